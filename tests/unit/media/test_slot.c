#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "media/room/slot.h"
#include "media/room/track.h"

#define SECOND_US INT64_C(1000000)
#define OUR_SSRC  0x1000
#define OUR_PT    100

static const struct media_config config = {.cache_bytes = 65536, .video_bitrate_max_bps = 1000000};
static const enum media_codec vp8_only[2] = {MEDIA_CODEC_VP8, MEDIA_CODEC_NONE};

/* A receiver of VP8 that wants abs-send-time, and two senders whose numbers have nothing in common. */
struct bench {
    struct slot slot;
    struct track track, other;
    uint8_t out[SLOT_PACKET_BYTES_MAX];
};

static struct sdp_media media_of(unsigned vp8)
{
    return (struct sdp_media){.kind = SDP_VIDEO,
                              .opus = {.payload_type = -1},
                              .vp8 = {.payload_type = (int)vp8},
                              .h264 = {.payload_type = 102}};
}

static void bench_open(struct bench *bench)
{
    struct sdp_media receiving = media_of(OUR_PT);
    receiving.abs_send_time_id = 3;
    slot_init(&bench->slot, (struct peer *)bench, &receiving, vp8_only, OUR_SSRC, 0xffffff00);
    bench->slot.open = true;
    const struct sdp_media sending = media_of(96);
    track_init(&bench->track, &config, &sending, MEDIA_CODEC_VP8);
    track_init(&bench->other, &config, &sending, MEDIA_CODEC_VP8);
    track_add_slot(&bench->track, &bench->slot);
}

static void bench_close(struct bench *bench)
{
    track_clear(&bench->track);
    track_clear(&bench->other);
}

static uint16_t number_of(const uint8_t *out)
{
    return (uint16_t)(out[2] << 8 | out[3]);
}

static uint32_t timestamp_of(const uint8_t *out)
{
    return (uint32_t)out[4] << 24 | (uint32_t)out[5] << 16 | (uint32_t)out[6] << 8 | out[7];
}

/* A packet arrives at a track: cached and offered to the slot. */
static size_t send(struct bench *bench, struct track *track, uint64_t sequence, uint32_t timestamp, bool keyframe,
                   int64_t now_us)
{
    uint8_t bytes[64] = {0x90, 96, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 0xbe, 0xde, 0, 1, 0x10, 7, 0, 0, 'v', 'i', 'v', 'a'};
    bytes[2] = (uint8_t)(sequence >> 8);
    bytes[3] = (uint8_t)sequence;
    bytes[4] = (uint8_t)(timestamp >> 24);
    bytes[5] = (uint8_t)(timestamp >> 16);
    bytes[6] = (uint8_t)(timestamp >> 8);
    bytes[7] = (uint8_t)timestamp;
    struct track_packet packet = {.bytes = bytes,
                                  .length = 24,
                                  .sequence = sequence,
                                  .arrival_us = now_us,
                                  .codec = MEDIA_CODEC_VP8,
                                  .keyframe = keyframe};
    assert_true(rtp_packet_parse(bytes, packet.length, &packet.rtp));
    rtp_cache_add(track->cache, sequence, bytes, packet.length, now_us);
    return slot_forward(&bench->slot, &packet, bench->out);
}

static void video_waits_for_a_keyframe(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench);
    assert_int_equal(send(&bench, &bench.track, 70000, 0, false, SECOND_US), 0);
    assert_true(send(&bench, &bench.track, 70001, 0, true, SECOND_US) > 0);
    assert_true(send(&bench, &bench.track, 70002, 0, false, SECOND_US) > 0);
    assert_int_equal(send(&bench, &bench.track, 70000, 0, false, SECOND_US), 0); /* older than the beginning */
    bench_close(&bench);
}

static void the_receivers_own_numbers_type_and_extension(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench);
    const size_t length = send(&bench, &bench.track, 70000, 0, true, SECOND_US / 2);
    struct rtp_packet packet;
    assert_true(rtp_packet_parse(bench.out, length, &packet));
    assert_int_equal(packet.ssrc, OUR_SSRC);
    assert_int_equal(packet.payload_type, OUR_PT);
    assert_int_equal(packet.payload_length, 4);
    assert_memory_equal(packet.payload, "viva", 4);
    const uint8_t *data;
    size_t size;
    assert_true(rtp_extension_find(&packet, 3, &data, &size));
    assert_int_equal(data[0] << 16 | data[1] << 8 | data[2], 1 << 17); /* half a second */
    assert_false(rtp_extension_find(&packet, 1, &data, &size));        /* the sender's are not passed on */
    bench_close(&bench);
}

static void numbers_go_on_over_a_change_of_source(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench);
    send(&bench, &bench.track, 70000, 1000, true, SECOND_US);
    const uint16_t first = number_of(bench.out);
    send(&bench, &bench.track, 70003, 4000, false, SECOND_US); /* two packets are missing */
    assert_int_equal(number_of(bench.out), (uint16_t)(first + 3));
    const uint32_t timestamp = timestamp_of(bench.out);

    track_remove_slot(&bench.track, &bench.slot);
    track_add_slot(&bench.other, &bench.slot);
    assert_int_equal(send(&bench, &bench.other, 99000, 7, false, 2 * SECOND_US), 0);
    assert_true(send(&bench, &bench.other, 99001, 0xfffffff0, true, 3 * SECOND_US) > 0);
    assert_int_equal(number_of(bench.out), (uint16_t)(first + 4));
    assert_int_equal(timestamp_of(bench.out), timestamp + 2 * 90000);
    send(&bench, &bench.other, 99002, 0xfffffff0 + 3000, false, 3 * SECOND_US);
    assert_int_equal(number_of(bench.out), (uint16_t)(first + 5));
    assert_int_equal(timestamp_of(bench.out), timestamp + 2 * 90000 + 3000);
    bench_close(&bench);
}

static void a_change_within_one_tick_still_moves_the_timestamp(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench);
    send(&bench, &bench.track, 70000, 1000, true, SECOND_US);
    const uint32_t timestamp = timestamp_of(bench.out);
    slot_restart(&bench.slot);
    send(&bench, &bench.track, 70001, 1000, true, SECOND_US);
    assert_int_equal(timestamp_of(bench.out), timestamp + 1);
    bench_close(&bench);
}

static void a_retransmission_is_the_same_to_the_byte(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench);
    uint8_t first[3][64];
    size_t lengths[3];
    for (unsigned i = 0; i < 3; i++) {
        lengths[i] = send(&bench, &bench.track, 65536 + 65535 + i, 1000 * i, i == 0, SECOND_US + i * 777);
        memcpy(first[i], bench.out, lengths[i]);
    }
    for (unsigned i = 0; i < 3; i++) {
        memset(bench.out, 0xee, sizeof bench.out);
        assert_int_equal(slot_retransmit(&bench.slot, number_of(first[i]), bench.out), lengths[i]);
        assert_memory_equal(bench.out, first[i], lengths[i]);
    }
    assert_int_equal(bench.slot.stats.retransmitted, 3);
    bench_close(&bench);
}

static void retransmits_only_numbers_of_the_present_piece(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench);
    send(&bench, &bench.track, 70000, 0, true, SECOND_US);
    const uint16_t old = number_of(bench.out);
    slot_restart(&bench.slot);
    assert_int_equal(slot_retransmit(&bench.slot, old, bench.out), 0); /* nothing runs */
    send(&bench, &bench.track, 70001, 0, true, SECOND_US);
    send(&bench, &bench.track, 70003, 0, false, SECOND_US);
    assert_true(slot_retransmit(&bench.slot, (uint16_t)(old + 1), bench.out) > 0);
    assert_int_equal(slot_retransmit(&bench.slot, old, bench.out), 0);                 /* of the piece before */
    assert_int_equal(slot_retransmit(&bench.slot, (uint16_t)(old + 2), bench.out), 0); /* never came to us */
    assert_int_equal(slot_retransmit(&bench.slot, (uint16_t)(old + 4), bench.out), 0); /* not sent yet */
    assert_int_equal(slot_retransmit(&bench.slot, (uint16_t)(old + 40000), bench.out), 0);
    bench.slot.open = false;
    assert_int_equal(slot_retransmit(&bench.slot, (uint16_t)(old + 1), bench.out), 0);
    bench_close(&bench);
}

static void a_packet_that_comes_late_takes_the_place_it_left(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench);
    send(&bench, &bench.track, 70000, 0, true, SECOND_US);
    const uint16_t first = number_of(bench.out);
    send(&bench, &bench.track, 70002, 0, false, SECOND_US);
    send(&bench, &bench.track, 70001, 0, false, SECOND_US);
    assert_int_equal(number_of(bench.out), (uint16_t)(first + 1));
    send(&bench, &bench.track, 70003, 0, false, SECOND_US);
    assert_int_equal(number_of(bench.out), (uint16_t)(first + 3));
    bench_close(&bench);
}

static void nacks_cannot_make_us_send_without_end(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench);
    const size_t length = send(&bench, &bench.track, 70000, 0, true, SECOND_US);
    const uint16_t number = number_of(bench.out);
    size_t resent = 0;
    for (unsigned i = 0; i < 100000; i++) {
        resent += slot_retransmit(&bench.slot, number, bench.out);
    }
    assert_in_range(resent, length, 256 * 1024);
    assert_int_equal(slot_retransmit(&bench.slot, number, bench.out), 0);
    send(&bench, &bench.track, 70001, 0, false, SECOND_US); /* what is forwarded earns as much again */
    assert_true(slot_retransmit(&bench.slot, number, bench.out) > 0);
    assert_int_equal(slot_retransmit(&bench.slot, number, bench.out), 0);
    bench_close(&bench);
}

static void a_codec_that_the_receiver_cannot_take_is_not_forwarded(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench);
    struct track_packet packet = {.codec = MEDIA_CODEC_H264, .keyframe = true, .sequence = 70000};
    assert_int_equal(slot_forward(&bench.slot, &packet, bench.out), 0);
    assert_int_equal(bench.slot.undelivered, 1);
    assert_int_equal(bench.slot.stats.packets, 0);
    bench_close(&bench);
}

static void reports_the_sources_clock_in_the_receivers_timestamps(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench);
    uint8_t bytes[128];
    struct rtcp_writer writer = {bytes, sizeof bytes, 0};
    struct rtcp_message message;
    size_t offset = 0;
    bench.track.report = (struct rtcp_sender_info){UINT64_C(0x1122334455667788), 5000, 1000, 100000};
    assert_false(slot_report(&bench.slot, &writer, SECOND_US)); /* nothing sent yet, so nothing to relate */
    send(&bench, &bench.track, 70000, 4000, true, SECOND_US);
    const uint32_t shift = timestamp_of(bench.out) - 4000;
    assert_true(slot_report(&bench.slot, &writer, 2 * SECOND_US));
    assert_true(rtcp_validate(bytes, writer.length));
    assert_true(rtcp_next(bytes, writer.length, &offset, &message));
    assert_int_equal(message.kind, RTCP_SENDER_REPORT);
    assert_int_equal(message.sender_ssrc, OUR_SSRC);
    assert_int_equal(message.sender.ntp, UINT64_C(0x1122334455667788));
    assert_int_equal(message.sender.rtp_timestamp, 5000 + shift);
    assert_int_equal(message.sender.packets, 1);
    assert_int_equal(message.sender.bytes, 4);
    assert_int_equal(bench.slot.stats.last_sr, 0x33445566);
    bench_close(&bench);
}

static void the_longest_packet_still_fits(void **state)
{
    (void)state;
    struct bench bench;
    bench_open(&bench);
    bench.slot.send_time_id = 200; /* the longer form */
    uint8_t bytes[RTP_PACKET_BYTES_MAX] = {0x80, 96};
    struct track_packet packet = {.sequence = 70000, .codec = MEDIA_CODEC_VP8, .keyframe = true};
    assert_true(rtp_packet_parse(bytes, sizeof bytes, &packet.rtp));
    assert_int_equal(slot_forward(&bench.slot, &packet, bench.out), SLOT_PACKET_BYTES_MAX);
    bench_close(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(video_waits_for_a_keyframe),
        cmocka_unit_test(the_receivers_own_numbers_type_and_extension),
        cmocka_unit_test(numbers_go_on_over_a_change_of_source),
        cmocka_unit_test(a_change_within_one_tick_still_moves_the_timestamp),
        cmocka_unit_test(a_retransmission_is_the_same_to_the_byte),
        cmocka_unit_test(retransmits_only_numbers_of_the_present_piece),
        cmocka_unit_test(a_packet_that_comes_late_takes_the_place_it_left),
        cmocka_unit_test(nacks_cannot_make_us_send_without_end),
        cmocka_unit_test(a_codec_that_the_receiver_cannot_take_is_not_forwarded),
        cmocka_unit_test(reports_the_sources_clock_in_the_receivers_timestamps),
        cmocka_unit_test(the_longest_packet_still_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
