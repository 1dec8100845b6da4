#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "tests/unit/media/fake_transport.h"

#define RING_BYTES 65536

/* What arrives, by sequence number, in this order: "K1" begins a keyframe, "+150" lets 150 ms go by. Then what the
 * reader has got. */
static const struct {
    const char *hazard;
    const char *arrivals;
    const char *handed_over;
} rows[] = {
    {"in order", "K1 2 3", "1 2 3"},
    {"it begins with a keyframe", "1 2 K3 4", "3 4"},
    {"no keyframe", "1 2 3 +1000", ""},
    {"one overtakes another", "K1 3 2 4", "1 2 3 4"},
    {"all the other way round", "K1 5 4 3 2", "1 2 3 4 5"},
    {"a missing one holds up those behind it", "K1 3 4 +148", "1"},
    {"it is waited for no longer than 150 ms", "K1 3 4 +152", "1 3 4"},
    {"its retransmission comes in time", "K1 3 4 +140 2", "1 2 3 4"},
    {"its retransmission comes too late", "K1 3 +152 2 4", "1 3 4"},
    {"several in a row are missing", "K1 5 +152", "1 5"},
    {"two gaps, each with its own time", "K1 3 +100 5 +52", "1 3"},
    {"the second gap's time is over too", "K1 3 +100 5 +152", "1 3 5"},
    {"the second gap is filled first", "K1 3 5 4 +100 2", "1 2 3 4 5"},
    {"a gap counts from the first packet behind it that came", "K1 5 +100 3 +52", "1 3 5"},
    {"a gap counts so even when another before it closes", "K1 9 +100 5 2 +52", "1 2 5 9"},
    {"a gap that opens after one that closed", "K1 3 2 +1000 5 +100", "1 2 3"},
    {"its first keyframe's beginning comes again", "1 3 4 +50 K2", "2 3 4"},
    {"its first keyframe's beginning comes too late", "1 3 4 +152 K2 5 K6", "6"},
    {"the same packet twice", "K1 2 2 1 3", "1 2 3"},
    {"the same packet twice behind a gap", "K1 4 3 3 2", "1 2 3 4"},
    {"numbers wrap", "K65534 65535 0 1", "65534 65535 0 1"},
    {"numbers wrap within a gap", "K65534 1 +20 0 65535", "65534 65535 0 1"},
    {"a gap larger than anybody could fill", "K1 2 1000 1001", "1 2 1000 1001"},
    {"the largest gap that is waited for", "K1 513 +100", "1"},
    {"one more is not", "K1 514", "1 514"},
    {"a gap behind a gap, and together too large", "K1 3 600 601", "1 3 600 601"},
    {"the sender counts anew", "K1 2 20000 20001 20002", "1 2 20001 20002"},
    {"the sender counts anew behind a gap", "K1 3 20000 20001", "1 3 20001"},
    {"the sender counts anew from a lower number", "K40000 40001 1 2 3", "40000 40001 2 3"},
};

struct tapped {
    struct world world;
    struct party *party;
    struct packet_ring *ring;
    struct media_tap_source source;
};

static void open_ring(struct tapped *tapped, size_t bytes)
{
    tapped->ring = packet_ring_new(bytes);
    assert_true(peer_tap_begin(tapped->party->peer, tapped->ring, &tapped->source, NULL));
}

static void open_tapped(struct tapped *tapped, size_t bytes)
{
    world_open(&tapped->world);
    tapped->party = world_join_connected(&tapped->world, 1, 0);
    open_ring(tapped, bytes);
}

static void close_tapped(struct tapped *tapped)
{
    world_close(&tapped->world);
    packet_ring_close(tapped->ring);
}

static void arrive(struct tapped *tapped, const char *arrivals)
{
    g_auto(GStrv) steps = g_strsplit(arrivals, " ", -1);
    for (char **step = steps; *step; step++) {
        if ((*step)[0] == '+') {
            world_run(&tapped->world, atoi(*step + 1) * 1000);
        } else {
            const bool keyframe = (*step)[0] == 'K';
            world_send_video(&tapped->world, tapped->party, (uint16_t)atoi(*step + keyframe), keyframe);
        }
    }
}

static void read_numbers(struct packet_ring *ring, GString *numbers)
{
    g_autoptr(GPtrArray) packets = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    packet_ring_read(ring, 0, packets);
    for (unsigned i = 0; i < packets->len; i++) {
        const uint8_t *bytes = g_bytes_get_data(packets->pdata[i], NULL);
        g_string_append_printf(numbers, "%s%d", numbers->len > 0 ? " " : "", bytes[2] << 8 | bytes[3]);
    }
}

static void hands_over_what_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct tapped tapped;
        open_tapped(&tapped, RING_BYTES);
        arrive(&tapped, rows[i].arrivals);
        g_autoptr(GString) numbers = g_string_new(NULL);
        read_numbers(tapped.ring, numbers);
        if (!g_str_equal(numbers->str, rows[i].handed_over)) {
            fail_msg("%s: \"%s\"", rows[i].hazard, numbers->str);
        }
        assert_int_equal(packet_ring_dropped(tapped.ring), 0);
        close_tapped(&tapped);
    }
}

static void packets_are_handed_over_byte_for_byte(void **state)
{
    (void)state;
    struct tapped tapped;
    open_tapped(&tapped, RING_BYTES);
    assert_int_equal(tapped.source.codec, MEDIA_CODEC_VP8);
    assert_int_equal(tapped.source.payload_type, VP8_PT);
    const struct sending sending = {VP8_PT, VIDEO_SSRC, 9, 90000, true, true, 700};
    world_send_packet(&tapped.world, tapped.party, &sending);
    g_autoptr(GPtrArray) packets = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    assert_true(packet_ring_read(tapped.ring, 0, packets));
    assert_int_equal(packets->len, 1);
    gsize length;
    struct rtp_packet rtp;
    assert_true(rtp_packet_parse(g_bytes_get_data(packets->pdata[0], &length), 712, &rtp));
    assert_int_equal(length, 712);
    assert_true(rtp.marker && rtp.sequence == 9 && rtp.timestamp == 90000 && rtp.ssrc == VIDEO_SSRC);
    assert_int_equal(rtp.payload_length, 700);
    close_tapped(&tapped);
}

/* ---- who asks for a keyframe when ---- */

static unsigned asked(struct tapped *tapped, const char *arrivals)
{
    const unsigned before = world_count(tapped->party, RTCP_PLI);
    arrive(tapped, arrivals);
    world_run(&tapped->world, PLI_US + 2000); /* within the limiter */
    return world_count(tapped->party, RTCP_PLI) - before;
}

static void asks_for_a_keyframe_until_one_begins_and_when_one_is_needed(void **state)
{
    (void)state;
    struct tapped tapped;
    open_tapped(&tapped, RING_BYTES);
    assert_true(asked(&tapped, "1 2") > 0);
    assert_int_equal(asked(&tapped, "K3 4"), 0);
    assert_int_equal(asked(&tapped, "6 5 7"), 0); /* nothing was lost */
    assert_true(asked(&tapped, "9 +152") > 0);
    assert_int_equal(asked(&tapped, "8 K10 11"), 0); /* 8: else NACK gives it up and asks too */
    peer_tap_refresh(tapped.party->peer);
    assert_true(asked(&tapped, "12") > 0);
    close_tapped(&tapped);
}

static void a_keyframe_whose_beginning_came_too_late_is_asked_for_again(void **state)
{
    (void)state;
    struct tapped tapped;
    open_tapped(&tapped, RING_BYTES);
    arrive(&tapped, "1 3 +152");
    assert_true(asked(&tapped, "K2") > 0); /* it has begun, but not for the reader */
    close_tapped(&tapped);
}

/* ---- a reader that does not keep up ---- */

static void send_large(struct tapped *tapped, uint16_t first, unsigned count, bool keyframe)
{
    for (unsigned i = 0; i < count; i++) {
        const struct sending sending = {VP8_PT,         VIDEO_SSRC, (uint16_t)(first + i), first, keyframe && i == 0,
                                        i + 1 == count, 1000};
        world_send_packet(&tapped->world, tapped->party, &sending);
    }
}

static void a_full_ring_drops_up_to_the_next_keyframe_and_asks_for_it(void **state)
{
    (void)state;
    struct tapped tapped;
    open_tapped(&tapped, 16384);
    const unsigned room = 16384 / (1000 + 12 + 2);
    send_large(&tapped, 1, 20, true);
    assert_int_equal(packet_ring_dropped(tapped.ring), 20 - room);
    assert_true(asked(&tapped, "21") > 0);
    assert_int_equal(packet_ring_dropped(tapped.ring), 21 - room);

    g_autoptr(GString) numbers = g_string_new(NULL);
    read_numbers(tapped.ring, numbers);
    assert_true(g_str_has_suffix(numbers->str, " 16")); /* the sixteen that had room */
    send_large(&tapped, 22, 3, false);                  /* there is room now, but they cannot be decoded */
    assert_int_equal(packet_ring_dropped(tapped.ring), 24 - room);
    send_large(&tapped, 25, 2, true);
    send_large(&tapped, 27, 1, false);
    g_string_truncate(numbers, 0);
    read_numbers(tapped.ring, numbers);
    assert_string_equal(numbers->str, "25 26 27");
    assert_int_equal(packet_ring_dropped(tapped.ring), 24 - room);
    close_tapped(&tapped);
}

static void a_keyframe_that_finds_no_room_either_is_asked_for_again(void **state)
{
    (void)state;
    struct tapped tapped;
    open_tapped(&tapped, 16384);
    send_large(&tapped, 1, 20, true);
    send_large(&tapped, 21, 1, true);
    assert_true(asked(&tapped, "+1") > 0);
    close_tapped(&tapped);
}

/* ---- beginning and end ---- */

static void a_tap_amid_a_stream_waits_for_its_keyframe(void **state)
{
    (void)state;
    struct tapped tapped;
    open_tapped(&tapped, RING_BYTES);
    arrive(&tapped, "K1 2 4"); /* 3 is missing */
    peer_tap_end(tapped.party->peer, tapped.ring);
    packet_ring_close(tapped.ring);
    open_ring(&tapped, RING_BYTES);
    arrive(&tapped, "K3 5 K6 7"); /* 3 belongs to the one before */
    g_autoptr(GString) numbers = g_string_new(NULL);
    read_numbers(tapped.ring, numbers);
    assert_string_equal(numbers->str, "6 7");
    close_tapped(&tapped);
}

static void what_is_held_back_comes_before_the_end(void **state)
{
    (void)state;
    struct tapped tapped;
    open_tapped(&tapped, RING_BYTES);
    arrive(&tapped, "K1 3 6");
    room_leave(tapped.world.room, tapped.party->peer, tapped.world.now_us);
    assert_true(packet_ring_ended(tapped.ring));
    g_autoptr(GString) numbers = g_string_new(NULL);
    read_numbers(tapped.ring, numbers);
    assert_string_equal(numbers->str, "1 3 6");
    close_tapped(&tapped);
}

static void a_peer_has_one_tap_and_another_after_it(void **state)
{
    (void)state;
    struct tapped tapped;
    open_tapped(&tapped, RING_BYTES);
    struct media_tap_source source = {MEDIA_CODEC_OPUS, 1};
    struct packet_ring *second = packet_ring_new(RING_BYTES);
    g_autoptr(GError) error = NULL;
    assert_false(peer_tap_begin(tapped.party->peer, second, &source, &error));
    assert_true(g_error_matches(error, MEDIA_ERROR, MEDIA_ERROR_BUSY));
    assert_int_equal(source.codec, MEDIA_CODEC_OPUS);
    peer_tap_end(tapped.party->peer, second); /* it is not the one */
    assert_false(packet_ring_ended(tapped.ring));
    peer_tap_end(tapped.party->peer, tapped.ring);
    assert_true(packet_ring_ended(tapped.ring));
    packet_ring_close(tapped.ring);
    tapped.ring = second;
    assert_true(peer_tap_begin(tapped.party->peer, second, &source, NULL));
    assert_int_equal(source.codec, MEDIA_CODEC_VP8);
    close_tapped(&tapped);
}

static void the_source_is_what_was_negotiated_before_any_packet(void **state)
{
    (void)state;
    struct tapped tapped;
    struct sdp_offer offer;
    world_open(&tapped.world);
    world_offer(&offer, 0);
    offer.media[1].vp8.payload_type = -1;
    tapped.party = world_join_with(&tapped.world, 1, &offer, NULL); /* and not even connected */
    open_ring(&tapped, RING_BYTES);
    assert_int_equal(tapped.source.codec, MEDIA_CODEC_H264);
    assert_int_equal(tapped.source.payload_type, H264_PT);

    world_offer(&offer, 1);
    offer.media[1].sends = false;
    struct party *silent = world_join_with(&tapped.world, 2, &offer, NULL);
    struct packet_ring *ring = packet_ring_new(RING_BYTES);
    g_autoptr(GError) error = NULL;
    assert_false(peer_tap_begin(silent->peer, ring, &tapped.source, &error));
    assert_true(g_error_matches(error, MEDIA_ERROR, MEDIA_ERROR_NO_VIDEO));
    packet_ring_end(ring);
    packet_ring_close(ring);
    close_tapped(&tapped);
}

static void a_capture_and_a_tap_of_one_video_do_not_disturb_each_other(void **state)
{
    (void)state;
    struct tapped tapped;
    open_tapped(&tapped, RING_BYTES);
    arrive(&tapped, "K1 2");
    assert_true(room_capture(tapped.world.room, tapped.party->peer, tapped.world.now_us + SECOND_US, 0,
                             tapped.world.now_us, NULL));
    arrive(&tapped, "3 K4 5");
    assert_int_equal(tapped.world.captures, 1);
    assert_int_equal(tapped.world.keyframe.packets->len, 1);
    g_autoptr(GString) numbers = g_string_new(NULL);
    read_numbers(tapped.ring, numbers);
    assert_string_equal(numbers->str, "1 2 3 4 5");
    close_tapped(&tapped);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hands_over_what_the_table_says),
        cmocka_unit_test(packets_are_handed_over_byte_for_byte),
        cmocka_unit_test(asks_for_a_keyframe_until_one_begins_and_when_one_is_needed),
        cmocka_unit_test(a_keyframe_whose_beginning_came_too_late_is_asked_for_again),
        cmocka_unit_test(a_full_ring_drops_up_to_the_next_keyframe_and_asks_for_it),
        cmocka_unit_test(a_keyframe_that_finds_no_room_either_is_asked_for_again),
        cmocka_unit_test(a_tap_amid_a_stream_waits_for_its_keyframe),
        cmocka_unit_test(what_is_held_back_comes_before_the_end),
        cmocka_unit_test(a_peer_has_one_tap_and_another_after_it),
        cmocka_unit_test(the_source_is_what_was_negotiated_before_any_packet),
        cmocka_unit_test(a_capture_and_a_tap_of_one_video_do_not_disturb_each_other),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
