#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/media/fake_transport.h"

/* A sends, B watches. */
struct pair {
    struct world world;
    struct party *a, *b;
};

static void pair_open(struct pair *pair)
{
    world_open(&pair->world);
    pair->a = world_join_connected(&pair->world, 1, 1);
    pair->b = world_join_connected(&pair->world, 2, 1);
}

static void pair_close(struct pair *pair)
{
    world_close(&pair->world);
}

static void input(struct pair *pair, struct party *from, const struct rtcp_writer *writer)
{
    assert_int_equal(world_input(&pair->world, from, writer->data, writer->length), TRANSPORT_ACCEPTED);
}

#define WRITER(name)                                                                                                   \
    uint8_t name##_bytes[256];                                                                                         \
    struct rtcp_writer name = {name##_bytes, sizeof name##_bytes, 0}

static void a_sender_hears_at_once_how_much_it_may_send(void **state)
{
    (void)state;
    struct pair pair;
    struct rtcp_message message;
    unsigned from = 0;
    pair_open(&pair);
    world_run(&pair.world, SECOND_US);
    assert_false(world_told(pair.a, &from, RTCP_REMB, &message)); /* it sends nothing yet */
    world_send_video(&pair.world, pair.a, 1, true);
    world_run(&pair.world, 2000);
    assert_true(world_told(pair.a, &from, RTCP_REMB, &message));
    assert_in_range(message.bitrate_bps, BITRATE_MAX * 0.99, BITRATE_MAX);
    const unsigned before = world_count(pair.a, RTCP_REMB);
    world_run(&pair.world, 10 * SECOND_US);
    assert_in_range(world_count(pair.a, RTCP_REMB) - before, 19, 21);
    pair_close(&pair);
}

static void a_receivers_estimate_below_what_flows_limits_the_sender(void **state)
{
    (void)state;
    static const struct {
        const char *hazard;
        uint64_t estimate_bps, least_bps, most_bps;
    } rows[] = {
        {"far above what flows", 5000000, BITRATE_MAX * 99 / 100, BITRATE_MAX},
        {"just above what flows", 1000000, BITRATE_MAX * 99 / 100, BITRATE_MAX},
        {"below what flows", 300000, 290000, 310000},
        {"next to nothing", 1000, 99000, 101000},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct pair pair;
        struct rtcp_message message = {0};
        unsigned from = 0;
        pair_open(&pair);
        for (uint16_t n = 0; n < 200; n++) { /* 800 kbit/s for two seconds */
            world_send_packet(&pair.world, pair.a, &(struct sending){VP8_PT, VIDEO_SSRC, n, n, n == 0, true, 1000});
            if (n == 190) {
                WRITER(writer);
                rtcp_write_receiver_report(&writer, 7, NULL, 0);
                rtcp_write_remb(&writer, 7, pair.b->video_slot, rows[i].estimate_bps);
                input(&pair, pair.b, &writer);
            }
            world_run(&pair.world, 10000);
        }
        world_run(&pair.world, 500000);
        assert_true(world_told(pair.a, &from, RTCP_REMB, &message));
        if (message.bitrate_bps < rows[i].least_bps || message.bitrate_bps > rows[i].most_bps) {
            fail_msg("%s: %lu", rows[i].hazard, message.bitrate_bps);
        }
        pair_close(&pair);
    }
}

static void reports_loss_and_asks_for_what_is_missing(void **state)
{
    (void)state;
    struct pair pair;
    struct rtcp_message message;
    unsigned from = 0;
    pair_open(&pair);
    world_send_video(&pair.world, pair.a, 1, true);
    world_run(&pair.world, 50000);
    world_send_video(&pair.world, pair.a, 4, false);
    world_run(&pair.world, 15000);
    assert_true(world_told(pair.a, &from, RTCP_NACK, &message));
    assert_int_equal(message.media_ssrc, VIDEO_SSRC);
    assert_int_equal(message.count, 1);
    uint16_t sequence, following;
    rtcp_nack_read(&message, 0, &sequence, &following);
    assert_int_equal(sequence, 2);
    assert_int_equal(following, 1);
    world_send_video(&pair.world, pair.a, 2, false);
    world_run(&pair.world, SECOND_US);
    from = 0;
    assert_true(world_told(pair.a, &from, RTCP_RECEIVER_REPORT, &message));
    const unsigned reports = world_count(pair.a, RTCP_RECEIVER_REPORT);
    assert_true(reports > 3);
    struct rtcp_report_block block;
    const int64_t until_us = pair.world.now_us + 2 * SECOND_US;
    message.count = 0; /* what asks for something comes with an empty report */
    while (message.count == 0 && pair.world.now_us < until_us) {
        from = pair.a->transport->rtcp_count;
        world_run(&pair.world, 1000);
        world_told(pair.a, &from, RTCP_RECEIVER_REPORT, &message);
    }
    assert_int_equal(message.count, 1);
    rtcp_report_block_read(&message, 0, &block);
    assert_int_equal(block.ssrc, VIDEO_SSRC);
    assert_int_equal(block.packets_lost, 1);
    assert_int_equal(block.highest_sequence, 65536 + 4);
    pair_close(&pair);
}

/* A has shown nothing to anybody who could report, but its own repairs tell how far away it is. */
static void a_repair_tells_when_to_ask_again(void **state)
{
    (void)state;
    static const struct {
        int64_t repair_us, again_us;
    } distances[] = {{30000, 50000}, {70000, 70000}, {0, 100000}}; /* at least 50 ms; not known: 100 ms */
    for (size_t i = 0; i < G_N_ELEMENTS(distances); i++) {
        struct world world;
        world_open(&world);
        struct party *a = world_join_connected(&world, 1, 0);
        world_send_video(&world, a, 1, true);
        world_run(&world, 300000);
        if (distances[i].repair_us > 0) {
            world_send_video(&world, a, 3, false);
            world_run(&world, 10000 + distances[i].repair_us);
            world_send_video(&world, a, 2, false);
        }
        const unsigned before = world_count(a, RTCP_NACK);
        world_send_video(&world, a, 5, false);
        world_run(&world, 10000 + distances[i].again_us - 2000);
        assert_int_equal(world_count(a, RTCP_NACK), before + 1);
        world_run(&world, 4000);
        assert_int_equal(world_count(a, RTCP_NACK), before + 2);
        world_close(&world);
    }
}

static void every_compound_begins_with_a_report_and_our_name(void **state)
{
    (void)state;
    struct pair pair;
    pair_open(&pair);
    world_send_video(&pair.world, pair.a, 1, true);
    world_send_video(&pair.world, pair.a, 5, false);
    world_run(&pair.world, 3 * SECOND_US);
    assert_true(pair.a->transport->rtcp_count > 3);
    for (unsigned i = 0; i < pair.a->transport->rtcp_count; i++) {
        const struct fake_sent *sent = &pair.a->transport->rtcp[i];
        struct rtcp_message message;
        size_t offset = 0;
        assert_true(rtcp_validate(sent->bytes, sent->length));
        assert_true(rtcp_next(sent->bytes, sent->length, &offset, &message));
        assert_int_equal(message.kind, RTCP_RECEIVER_REPORT);
        assert_int_equal(sent->bytes[offset + 1], 202);
    }
    pair_close(&pair);
}

static void a_new_watcher_costs_one_keyframe_request(void **state)
{
    (void)state;
    struct pair pair;
    pair_open(&pair);
    const unsigned before = world_count(pair.a, RTCP_PLI);
    world_run(&pair.world, 2000);
    assert_int_equal(world_count(pair.a, RTCP_PLI), before + 1);
    world_send_video(&pair.world, pair.a, 1, true);
    world_run(&pair.world, 5 * SECOND_US);
    assert_int_equal(world_count(pair.a, RTCP_PLI), before + 1);
    pair_close(&pair);
}

static void keyframe_requests_are_repeated_until_one_begins(void **state)
{
    (void)state;
    struct pair pair;
    pair_open(&pair);
    for (uint16_t n = 1; n <= 100; n++) {
        world_send_video(&pair.world, pair.a, n, false);
        world_run(&pair.world, 40000);
    }
    assert_in_range(world_count(pair.a, RTCP_PLI), 8, 9); /* 4 s, one each half second */
    pair_close(&pair);
}

static void write_fir(struct rtcp_writer *writer, uint32_t ssrc)
{
    uint8_t fir[] = {0x84, 206, 0, 4, 0, 0, 0, 7, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0};
    for (unsigned byte = 0; byte < 4; byte++) {
        fir[12 + byte] = (uint8_t)(ssrc >> (24 - 8 * byte));
    }
    memcpy(writer->data, fir, sizeof fir);
    writer->length = sizeof fir;
}

/* B asks in either way there is, again and again; A hears it, but no more often than the interval allows. */
static void passes_a_watchers_requests_on_within_the_limit(void **state)
{
    (void)state;
    for (unsigned fir = 0; fir < 2; fir++) {
        struct pair pair;
        pair_open(&pair);
        world_run(&pair.world, 2000);
        world_send_video(&pair.world, pair.a, 1, true);
        world_run(&pair.world, SECOND_US);
        const unsigned before = world_count(pair.a, RTCP_PLI);
        for (unsigned i = 0; i < 100; i++) {
            WRITER(writer);
            if (fir) {
                write_fir(&writer, pair.b->video_slot);
            } else {
                rtcp_write_pli(&writer, 7, pair.b->video_slot);
            }
            input(&pair, pair.b, &writer);
            world_run(&pair.world, 10000);
        }
        assert_in_range(world_count(pair.a, RTCP_PLI) - before, 2, 3);
        pair_close(&pair);
    }
}

static void a_request_about_a_foreign_ssrc_is_ignored(void **state)
{
    (void)state;
    struct pair pair;
    pair_open(&pair);
    world_run(&pair.world, 2000);
    world_send_video(&pair.world, pair.a, 1, true);
    const unsigned before = world_count(pair.a, RTCP_PLI);
    WRITER(writer);
    rtcp_write_pli(&writer, 7, VIDEO_SSRC);
    static const uint16_t sequences[] = {1, 2, 3};
    rtcp_write_nack(&writer, 7, VIDEO_SSRC, sequences, 3);
    input(&pair, pair.b, &writer);
    world_run(&pair.world, 2 * SECOND_US);
    assert_int_equal(world_count(pair.a, RTCP_PLI), before);
    assert_int_equal(pair.b->transport->rtp_count, 1);
    pair_close(&pair);
}

static void a_sender_that_knows_no_pli_gets_none(void **state)
{
    (void)state;
    struct world world;
    struct sdp_offer offer;
    world_open(&world);
    world_offer(&offer, 1);
    offer.media[1].vp8.nack_pli = offer.media[1].vp8.remb = offer.media[1].vp8.nack = false;
    struct party *a = world_join_with(&world, 1, &offer, NULL);
    world_set_state(a, MEDIA_PEER_CONNECTED);
    world_join_connected(&world, 2, 1);
    world_send_video(&world, a, 1, false);
    world_send_video(&world, a, 5, false);
    world_run(&world, 2 * SECOND_US);
    assert_int_equal(world_count(a, RTCP_PLI), 0);
    assert_int_equal(world_count(a, RTCP_REMB), 0);
    assert_int_equal(world_count(a, RTCP_NACK), 0);
    assert_in_range(world_count(a, RTCP_RECEIVER_REPORT), 2, 3); /* and no compound that says nothing */
    world_close(&world);
}

static void answers_a_watchers_nack_from_the_cache(void **state)
{
    (void)state;
    struct pair pair;
    pair_open(&pair);
    for (uint16_t n = 1; n <= 5; n++) {
        world_send_video(&pair.world, pair.a, n, n == 1);
    }
    const struct fake_sent *sent = pair.b->transport->rtp;
    assert_int_equal(pair.b->transport->rtp_count, 5);
    const uint16_t first = (uint16_t)(sent[0].bytes[2] << 8 | sent[0].bytes[3]);
    const uint16_t sequences[] = {(uint16_t)(first + 1), (uint16_t)(first + 3), (uint16_t)(first + 100)};
    WRITER(writer);
    rtcp_write_nack(&writer, 7, pair.b->video_slot, sequences, 3);
    world_run(&pair.world, 300000); /* time goes on, the packets stay the same */
    input(&pair, pair.b, &writer);
    assert_int_equal(pair.b->transport->rtp_count, 7);
    for (unsigned i = 0; i < 2; i++) {
        const struct fake_sent *again = &sent[5 + i];
        assert_int_equal(again->length, sent[1 + 2 * i].length);
        assert_memory_equal(again->bytes, sent[1 + 2 * i].bytes, again->length);
    }
    pair_close(&pair);
}

static void sound_and_picture_stay_on_one_clock(void **state)
{
    (void)state;
    struct pair pair;
    struct rtcp_message message = {0};
    unsigned from = 0;
    pair_open(&pair);
    world_send_video(&pair.world, pair.a, 1, true);
    WRITER(writer);
    const struct rtcp_sender_info info = {UINT64_C(0xe5000000) << 32, 3000 + 900, 1, 11};
    rtcp_write_sender_report(&writer, VIDEO_SSRC, &info);
    input(&pair, pair.a, &writer);
    assert_true(world_told(pair.b, &from, RTCP_SENDER_REPORT, &message));
    assert_int_equal(message.sender_ssrc, pair.b->video_slot);
    assert_int_equal(message.sender.ntp, info.ntp);
    const uint8_t *sent = pair.b->transport->rtp[0].bytes;
    const uint32_t timestamp = (uint32_t)sent[4] << 24 | (uint32_t)sent[5] << 16 | (uint32_t)sent[6] << 8 | sent[7];
    assert_int_equal(message.sender.rtp_timestamp - timestamp, 900);
    pair_close(&pair);
}

static void a_late_watcher_hears_the_clock_with_its_first_packet(void **state)
{
    (void)state;
    struct pair pair;
    struct rtcp_message message;
    unsigned from = 0;
    pair_open(&pair);
    WRITER(writer);
    const struct rtcp_sender_info info = {UINT64_C(0xe5000000) << 32, 0, 0, 0};
    rtcp_write_sender_report(&writer, VIDEO_SSRC, &info);
    input(&pair, pair.a, &writer);
    assert_false(world_told(pair.b, &from, RTCP_SENDER_REPORT, &message));
    world_send_video(&pair.world, pair.a, 1, true);
    assert_true(world_told(pair.b, &from, RTCP_SENDER_REPORT, &message));
    pair_close(&pair);
}

static void a_watchers_report_gives_loss_and_round_trip(void **state)
{
    (void)state;
    struct pair pair;
    pair_open(&pair);
    world_send_video(&pair.world, pair.a, 1, true);
    WRITER(report);
    const struct rtcp_sender_info info = {UINT64_C(0x1122334455667788), 0, 0, 0};
    rtcp_write_sender_report(&report, VIDEO_SSRC, &info);
    input(&pair, pair.a, &report);
    pair.world.now_us += 140000;
    WRITER(answer);
    const struct rtcp_report_block block = {pair.b->video_slot, 64, 3, 1, 900, 0x33445566, 65536 / 10};
    rtcp_write_receiver_report(&answer, 7, &block, 1);
    input(&pair, pair.b, &answer);
    struct media_peer_stats stats[MEDIA_PARTIES_MAX];
    room_stats(pair.world.room, pair.world.now_us, stats);
    assert_in_range((unsigned)stats[1].round_trip_ms, 39, 41);
    const struct media_track_stats *shown = &stats[1].tracks[3];
    assert_int_equal(shown->packets_lost, 3);
    assert_in_range((unsigned)(shown->loss_fraction * 100), 25, 25);
    assert_in_range((unsigned)shown->jitter_ms, 10, 10);
    assert_true(stats[0].round_trip_ms < 0);
    pair_close(&pair);
}

static void goodbye_is_no_way_to_throw_somebody_out(void **state)
{
    (void)state;
    struct pair pair;
    pair_open(&pair);
    world_send_video(&pair.world, pair.a, 1, true);
    const uint8_t bye[] = {0x82, 203, 0, 2, 0, 7, 0x1d, 0xe0, 0, 0x0a, 0x0d, 0x10};
    world_input(&pair.world, pair.a, bye, sizeof bye);
    world_input(&pair.world, pair.b, bye, sizeof bye);
    world_send_video(&pair.world, pair.a, 2, false);
    assert_int_equal(pair.b->transport->rtp_count, 2);
    pair_close(&pair);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_sender_hears_at_once_how_much_it_may_send),
        cmocka_unit_test(a_receivers_estimate_below_what_flows_limits_the_sender),
        cmocka_unit_test(reports_loss_and_asks_for_what_is_missing),
        cmocka_unit_test(a_repair_tells_when_to_ask_again),
        cmocka_unit_test(every_compound_begins_with_a_report_and_our_name),
        cmocka_unit_test(a_new_watcher_costs_one_keyframe_request),
        cmocka_unit_test(keyframe_requests_are_repeated_until_one_begins),
        cmocka_unit_test(passes_a_watchers_requests_on_within_the_limit),
        cmocka_unit_test(a_request_about_a_foreign_ssrc_is_ignored),
        cmocka_unit_test(a_sender_that_knows_no_pli_gets_none),
        cmocka_unit_test(answers_a_watchers_nack_from_the_cache),
        cmocka_unit_test(sound_and_picture_stay_on_one_clock),
        cmocka_unit_test(a_late_watcher_hears_the_clock_with_its_first_packet),
        cmocka_unit_test(a_watchers_report_gives_loss_and_round_trip),
        cmocka_unit_test(goodbye_is_no_way_to_throw_somebody_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
