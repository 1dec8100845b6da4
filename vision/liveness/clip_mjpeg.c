/* clip_mjpeg: JPEG files one after the other, as cameras and Chromium's fake one have them. */
#include "vision/liveness/clip.h"

#define FRAME_US (G_USEC_PER_SEC / 30) /* nothing says how fast; Chromium plays them at this rate */

enum marker { SOI = 0xd8, EOI = 0xd9, SOS = 0xda, RST0 = 0xd0, RST7 = 0xd7, TEM = 0x01 };

/* The end of the JPEG that begins at `at` (ITU-T T.81 §B.1): past its EOI; 0: it is cut off. Thumbnails lie within
 * segments, which are jumped over. */
static size_t find_end(const uint8_t *bytes, size_t length, size_t at)
{
    at += 2;
    bool scan = false;
    while (at + 1 < length) {
        if (bytes[at] != 0xff) {
            if (!scan) {
                return 0;
            }
            at++;
            continue;
        }
        const uint8_t marker = bytes[at + 1];
        if (marker == EOI) {
            return at + 2;
        }
        const bool alone = marker == TEM || (marker >= RST0 && marker <= RST7);
        if (marker == 0 || marker == 0xff || alone) {
            at += marker == 0xff ? 1 : 2;
            continue;
        }
        if (length - at < 4) {
            return 0;
        }
        at += 2 + (size_t)(bytes[at + 2] << 8 | bytes[at + 3]);
        scan = marker == SOS;
    }
    return 0;
}

void clip_read_mjpeg(struct clip_reader *reader, GBytes *file)
{
    size_t length;
    const uint8_t *bytes = g_bytes_get_data(file, &length);
    for (size_t at = 0; at < length;) {
        if (length - at < 2 || bytes[at] != 0xff || bytes[at + 1] != SOI) {
            if (at == 0 || bytes[at] != 0) { /* zeros pad */
                return;
            }
            at++;
            continue;
        }
        const size_t end = find_end(bytes, length, at);
        if (end == 0) {
            clip_reader_fail(reader, VISION_ERROR_TRUNCATED, "the video ends within its frame %u", reader->frames + 1);
            return;
        }
        g_autoptr(GBytes) jpeg = g_bytes_new_from_bytes(file, at, end - at);
        if (!clip_take_jpeg(reader, jpeg, (int64_t)reader->frames * FRAME_US, 0)) {
            return;
        }
        at = end;
    }
}
