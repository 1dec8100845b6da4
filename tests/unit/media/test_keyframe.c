#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glib.h>

#include "media/rtp/keyframe.h"

#define VP8  MEDIA_CODEC_VP8
#define H264 MEDIA_CODEC_H264
#define KEY  0x10, 0x00, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01 /* 640x480 */

static const struct {
    const char *hazard;
    enum media_codec codec;
    uint8_t bytes[20];
    size_t length;
    bool begins;
} rows[] = {
    {"VP8 keyframe, shortest descriptor", VP8, {0x10, KEY}, 11, true},
    {"VP8 keyframe, 7-bit picture id", VP8, {0x90, 0x80, 0x11, KEY}, 13, true},
    {"VP8 keyframe, 15-bit picture id", VP8, {0x90, 0x80, 0x81, 0x11, KEY}, 14, true},
    {"VP8 keyframe, every field", VP8, {0x90, 0xf0, 0x81, 0x11, 5, 0x20, KEY}, 16, true},
    {"VP8 keyframe, only the key index", VP8, {0x90, 0x10, 0x20, KEY}, 13, true},
    {"VP8 predicted frame", VP8, {0x10, 0x11, 0, 0, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01}, 11, false},
    {"VP8 keyframe's second packet", VP8, {0x00, KEY}, 11, false},
    {"VP8 start of the second partition", VP8, {0x11, KEY}, 11, false},
    {"VP8 without the start code", VP8, {0x10, 0x10, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 11, false},
    {"VP8 header one byte short", VP8, {0x10, KEY}, 10, false},
    {"VP8 descriptor alone", VP8, {0x10}, 1, false},
    {"VP8 picture id cut", VP8, {0x90, 0x80}, 2, false},
    {"VP8 long picture id cut", VP8, {0x90, 0x80, 0x81}, 3, false},
    {"VP8 every field promised, none there", VP8, {0x90, 0xf0, 0x01}, 3, false},
    {"VP8 nothing", VP8, {0}, 0, false},
    {"H.264 parameter set alone", H264, {0x67, 0x42}, 2, true},
    {"H.264 aggregate of SPS and PPS", H264, {0x78, 0, 2, 0x67, 0x42, 0, 1, 0x68}, 8, true},
    {"H.264 aggregate with the SPS second", H264, {0x78, 0, 1, 0x09, 0, 2, 0x67, 0x42}, 8, true},
    {"H.264 aggregate without a SPS", H264, {0x78, 0, 1, 0x68, 0, 1, 0x41}, 7, false},
    {"H.264 aggregate with a size over the end", H264, {0x78, 0, 9, 0x67, 0x42}, 5, false},
    {"H.264 aggregate with a unit of no bytes", H264, {0x78, 0, 0, 0, 1, 0x67}, 6, false},
    {"H.264 aggregate with its size cut", H264, {0x78, 0}, 2, false},
    {"H.264 first fragment of a SPS", H264, {0x7c, 0x87, 0x42}, 3, true},
    {"H.264 later fragment of a SPS", H264, {0x7c, 0x07, 0x42}, 3, false},
    {"H.264 IDR without parameter sets", H264, {0x65, 0x88}, 2, false},
    {"H.264 first fragment of such an IDR", H264, {0x7c, 0x85}, 2, false},
    {"H.264 other slice", H264, {0x41, 0x9a}, 2, false},
    {"H.264 one byte", H264, {0x67}, 1, false},
    {"Opus has none", MEDIA_CODEC_OPUS, {0x10, KEY}, 11, false},
};

static void knows_where_a_keyframe_begins(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree uint8_t *exact = g_memdup2(rows[i].bytes, MAX(rows[i].length, 1));
        if (keyframe_begins(rows[i].codec, exact, rows[i].length) != rows[i].begins) {
            fail_msg("%s", rows[i].hazard);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(knows_where_a_keyframe_begins)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
