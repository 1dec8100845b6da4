#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "media/room/track.h"

#define SECOND_US INT64_C(1000000)

static const struct media_config config = {.cache_bytes = 16384, .video_bitrate_max_bps = 1000000};
static const uint8_t key[] = {0x10, 0x10, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01};

static void open_track(struct track *track, uint32_t signalled_ssrc)
{
    const struct sdp_media media = {.kind = SDP_VIDEO,
                                    .mid = "12",
                                    .mid_id = 4,
                                    .ssrc = signalled_ssrc,
                                    .vp8 = {.payload_type = 96, .nack = true, .nack_pli = true, .remb = true}};
    track_init(track, &config, &media, MEDIA_CODEC_VP8);
}

static bool receive(struct track *track, uint16_t number, bool keyframe, int64_t now_us, struct track_packet *packet)
{
    uint8_t bytes[12 + sizeof key] = {0x80, 96, (uint8_t)(number >> 8), (uint8_t)number};
    struct rtp_packet rtp;
    memcpy(bytes + 12, key, sizeof key);
    bytes[12 + 1] |= !keyframe;
    assert_true(rtp_packet_parse(bytes, sizeof bytes, &rtp));
    return track_receive(track, &rtp, bytes, sizeof bytes, now_us, packet);
}

static const struct {
    const char *hazard;
    uint32_t payload_type;
    const char *mid; /* NULL: the packet has none */
    uint32_t signalled_ssrc;
    bool adopted;
} rows[] = {
    {"right payload type", 96, NULL, 0, true},
    {"another payload type", 97, NULL, 0, false},
    {"right mid", 96, "12", 0, true},
    {"mid of another m-line", 96, "13", 0, false},
    {"mid that begins alike", 96, "123", 0, false},
    {"mid that ends early", 96, "1", 0, false},
    {"right mid, another payload type", 97, "12", 0, false},
    {"SSRC was signalled: no other is taken", 96, "12", 5, false},
};

static void adopts_an_unknown_ssrc_only_when_none_was_signalled(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct track track;
        open_track(&track, rows[i].signalled_ssrc);
        uint8_t extension[4] = {0};
        struct rtp_packet packet = {.payload_type = (uint8_t)rows[i].payload_type, .ssrc = 77};
        if (rows[i].mid) {
            extension[0] = (uint8_t)(4 << 4 | (strlen(rows[i].mid) - 1));
            memcpy(extension + 1, rows[i].mid, strlen(rows[i].mid));
            packet.extension_profile = 0xbede;
            packet.extension = extension;
            packet.extension_length = sizeof extension;
        }
        if (track_adopt(&track, &packet) != rows[i].adopted) {
            fail_msg("%s", rows[i].hazard);
        }
        assert_int_equal(track.ssrc, rows[i].adopted ? 77 : rows[i].signalled_ssrc);
        track_clear(&track);
    }
}

static void asks_for_what_is_missing_and_counts_what_comes_back(void **state)
{
    (void)state;
    struct track track;
    struct track_packet packet;
    open_track(&track, 0);
    assert_true(receive(&track, 10, true, 0, &packet));
    assert_true(packet.keyframe);
    assert_true(receive(&track, 13, false, 0, &packet));
    assert_false(packet.keyframe);
    assert_int_equal(track.missing.count, 2);
    uint16_t sequences[NACK_LIST_MAX];
    bool given_up;
    assert_int_equal(nack_list_due(&track.missing, SECOND_US, SECOND_US, sequences, &given_up), 2);
    assert_int_equal(sequences[0], 11);
    assert_int_equal(sequences[1], 12);
    assert_true(receive(&track, 11, false, SECOND_US, &packet));
    assert_int_equal(packet.sequence, 65536 + 11);
    assert_int_equal(track.stats.recovered, 1);
    assert_int_equal(rtp_receive_stats_lost(&track.stats), 1);
    track_clear(&track);
}

static void a_hole_too_large_for_nack_asks_for_a_keyframe(void **state)
{
    (void)state;
    struct track track;
    struct track_packet packet;
    open_track(&track, 0);
    receive(&track, 10, true, 0, &packet);
    assert_false(track.keyframe.wanted);
    receive(&track, 10 + NACK_LIST_MAX + 2, false, 0, &packet);
    assert_true(track.keyframe.wanted);
    assert_int_equal(track.missing.count, 0);
    receive(&track, 10 + NACK_LIST_MAX + 3, true, 0, &packet);
    assert_false(track.keyframe.wanted);
    track_clear(&track);
}

static void a_duplicate_changes_nothing(void **state)
{
    (void)state;
    struct track track;
    struct track_packet packet;
    open_track(&track, 0);
    assert_true(receive(&track, 10, true, 0, &packet));
    assert_false(receive(&track, 10, true, 0, &packet));
    assert_int_equal(track.stats.packets, 1);
    track_clear(&track);
}

static void a_sender_that_counts_anew_is_followed(void **state)
{
    (void)state;
    struct track track;
    struct track_packet packet;
    open_track(&track, 0);
    receive(&track, 10, true, 0, &packet);
    receive(&track, 12, false, 0, &packet);
    const uint64_t before = packet.sequence;
    assert_false(receive(&track, 30000, false, 0, &packet));
    assert_true(receive(&track, 30001, false, 0, &packet));
    assert_true(packet.sequence > before);
    assert_int_equal(track.missing.count, 0);
    assert_true(track.keyframe.wanted);
    assert_int_equal(rtp_receive_stats_lost(&track.stats), 1);
    track_clear(&track);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(adopts_an_unknown_ssrc_only_when_none_was_signalled),
        cmocka_unit_test(asks_for_what_is_missing_and_counts_what_comes_back),
        cmocka_unit_test(a_hole_too_large_for_nack_asks_for_a_keyframe),
        cmocka_unit_test(a_duplicate_changes_nothing),
        cmocka_unit_test(a_sender_that_counts_anew_is_followed),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
