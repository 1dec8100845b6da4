#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "media/rtp/packet.h"

#define HEAD 0x00, 0x07, 0x00, 0x00, 0x00, 0x09, 0xca, 0xfe, 0xba, 0xbe /* sequence 7, timestamp 9, SSRC */

static const struct {
    const char *hazard;
    uint8_t bytes[32];
    size_t length;
    bool sound;
    size_t payload_length, extension_length;
} rows[] = {
    {"plain", {0x80, 0x60, HEAD, 1, 2, 3}, 15, true, 3, 0},
    {"no payload at all", {0x80, 0x60, HEAD}, 12, true, 0, 0},
    {"empty datagram", {0x80}, 0, false, 0, 0},
    {"header one byte short", {0x80, 0x60, HEAD}, 11, false, 0, 0},
    {"version 1", {0x40, 0x60, HEAD, 1}, 13, false, 0, 0},
    {"version 3", {0xc0, 0x60, HEAD, 1}, 13, false, 0, 0},
    {"two CSRCs", {0x82, 0x60, HEAD, 0, 0, 0, 1, 0, 0, 0, 2, 1}, 21, true, 1, 0},
    {"fifteen CSRCs promised, none there", {0x8f, 0x60, HEAD, 1}, 13, false, 0, 0},
    {"CSRC cut", {0x81, 0x60, HEAD, 0, 0, 0}, 15, false, 0, 0},
    {"extension of one word", {0x90, 0x60, HEAD, 0xbe, 0xde, 0, 1, 0x10, 1, 0, 0, 1}, 21, true, 1, 4},
    {"extension of no words", {0x90, 0x60, HEAD, 0xbe, 0xde, 0, 0, 1}, 17, true, 1, 0},
    {"extension head cut", {0x90, 0x60, HEAD, 0xbe, 0xde, 0}, 15, false, 0, 0},
    {"extension longer than the packet", {0x90, 0x60, HEAD, 0xbe, 0xde, 0, 2, 0x10, 1, 0, 0}, 20, false, 0, 0},
    {"extension of 256 KiB", {0x90, 0x60, HEAD, 0xbe, 0xde, 0xff, 0xff, 0, 0}, 18, false, 0, 0},
    {"padding of two", {0xa0, 0x60, HEAD, 1, 0, 2}, 15, true, 1, 0},
    {"padding only", {0xa0, 0x60, HEAD, 0, 0, 3}, 15, true, 0, 0},
    {"padding of zero", {0xa0, 0x60, HEAD, 1, 0, 0}, 15, false, 0, 0},
    {"padding reaches into the header", {0xa0, 0x60, HEAD, 1, 0, 4}, 15, false, 0, 0},
    {"padding without a byte for its length", {0xa0, 0x60, HEAD}, 12, false, 0, 0},
    {"padding reaches into the extension", {0xb0, 0x60, HEAD, 0xbe, 0xde, 0, 1, 0, 0, 0, 1, 2}, 21, false, 0, 0},
};

static void parses_exactly_what_is_sound(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree uint8_t *exact =
            g_memdup2(rows[i].bytes, MAX(rows[i].length, 1)); /* so that ASan sees one byte over */
        struct rtp_packet packet = {.ssrc = 42};
        const bool sound = rtp_packet_parse(exact, rows[i].length, &packet);
        if (sound != rows[i].sound) {
            fail_msg("%s: sound %d", rows[i].hazard, sound);
        }
        if (!sound && packet.ssrc != 42) {
            fail_msg("%s: wrote to its output", rows[i].hazard);
        }
        if (sound && (packet.payload_length != rows[i].payload_length ||
                      packet.extension_length != rows[i].extension_length || packet.sequence != 7 ||
                      packet.timestamp != 9 || packet.ssrc != 0xcafebabe || packet.payload_type != 0x60)) {
            fail_msg("%s: payload %zu, extension %zu", rows[i].hazard, packet.payload_length, packet.extension_length);
        }
    }
}

static void refuses_more_than_a_frame_carries(void **state)
{
    (void)state;
    uint8_t bytes[RTP_PACKET_BYTES_MAX + 1] = {0x80};
    struct rtp_packet packet;
    assert_true(rtp_packet_parse(bytes, RTP_PACKET_BYTES_MAX, &packet));
    assert_false(rtp_packet_parse(bytes, RTP_PACKET_BYTES_MAX + 1, &packet));
}

static void writes_what_it_parses(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {0x90, 0xe0, HEAD, 0xbe, 0xde, 0, 1, 0x10, 1, 0, 0, 0xaa, 0xbb};
    struct rtp_packet packet;
    uint8_t out[sizeof bytes];
    assert_true(rtp_packet_parse(bytes, sizeof bytes, &packet));
    assert_true(packet.marker);
    assert_int_equal(rtp_packet_write(&packet, out, sizeof out), sizeof bytes);
    assert_memory_equal(out, bytes, sizeof bytes);
}

static void writes_nothing_into_too_little_room(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {0x90, 0xe0, HEAD, 0xbe, 0xde, 0, 1, 0x10, 1, 0, 0, 0xaa, 0xbb};
    struct rtp_packet packet;
    assert_true(rtp_packet_parse(bytes, sizeof bytes, &packet));
    for (size_t capacity = 0; capacity < sizeof bytes; capacity++) {
        g_autofree uint8_t *out = g_malloc(MAX(capacity, 1));
        assert_int_equal(rtp_packet_write(&packet, out, capacity), 0);
    }
}

static void leaves_csrcs_and_padding_out(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {0xa1, 0x60, HEAD, 0, 0, 0, 5, 0xaa, 0, 2};
    static const uint8_t plain[] = {0x80, 0x60, HEAD, 0xaa};
    struct rtp_packet packet;
    uint8_t out[64];
    assert_true(rtp_packet_parse(bytes, sizeof bytes, &packet));
    assert_int_equal(rtp_packet_write(&packet, out, sizeof out), sizeof plain);
    assert_memory_equal(out, plain, sizeof plain);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parses_exactly_what_is_sound), cmocka_unit_test(refuses_more_than_a_frame_carries),
        cmocka_unit_test(writes_what_it_parses),        cmocka_unit_test(writes_nothing_into_too_little_room),
        cmocka_unit_test(leaves_csrcs_and_padding_out),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
