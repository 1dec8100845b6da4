#include "media/rtp/keyframe.h"

#include "media/rtp/bytes.h"

/* RFC 7741 §4.2, payload descriptor            RFC 7741 §4.3 and RFC 6386 §9.1, frame header
 *      |X|R|N|S|R| PID |                            |size0:3|H|VER:3|P|   P 0: keyframe
 * X:   |I|L|T|K| RSV   |                            |size1|size2|
 * I:   |M| PictureID   |  M: 15 bits, two bytes     |9d 01 2a| width:2 | height:2 |
 * L:   |  TL0PICIDX    |
 * T/K: |TID|Y| KEYIDX  | */
#define VP8_EXTENDED          0x80
#define VP8_FIRST             0x10
#define VP8_PARTITION         0x07
#define VP8_PICTURE_ID        0x80
#define VP8_LAYER_INDEX       0x40
#define VP8_LAYER_OR_KEY      0x30
#define VP8_LONG_PICTURE_ID   0x80
#define VP8_PREDICTED         0x01
#define VP8_KEYFRAME_HEADER   10
#define VP8_START_CODE        0x9d012a
#define VP8_START_CODE_OFFSET 3

static bool vp8_begins(const uint8_t *payload, size_t length)
{
    if (length < 2 || (payload[0] & (VP8_FIRST | VP8_PARTITION)) != VP8_FIRST) {
        return false;
    }
    size_t at = 1;
    if (payload[0] & VP8_EXTENDED) {
        const uint8_t fields = payload[at++];
        if (fields & VP8_PICTURE_ID) {
            if (at >= length) {
                return false;
            }
            at += payload[at] & VP8_LONG_PICTURE_ID ? 2 : 1;
        }
        at += (fields & VP8_LAYER_INDEX ? 1u : 0u) + (fields & VP8_LAYER_OR_KEY ? 1u : 0u);
    }
    if (at > length || length - at < VP8_KEYFRAME_HEADER) {
        return false;
    }
    return !(payload[at] & VP8_PREDICTED) && bytes_read_u24(payload + at + VP8_START_CODE_OFFSET) == VP8_START_CODE;
}

#define H264_TYPE_MASK   0x1f
#define H264_SPS         7
#define H264_STAP_A      24
#define H264_FU_A        28
#define H264_FU_FIRST    0x80
#define H264_SIZE_LENGTH 2

static bool stap_a_has_sps(const uint8_t *units, size_t length)
{
    while (length > H264_SIZE_LENGTH) {
        const size_t size = bytes_read_u16(units);
        units += H264_SIZE_LENGTH;
        length -= H264_SIZE_LENGTH;
        if (size == 0 || size > length) {
            return false;
        }
        if ((units[0] & H264_TYPE_MASK) == H264_SPS) {
            return true;
        }
        units += size;
        length -= size;
    }
    return false;
}

static bool h264_begins(const uint8_t *payload, size_t length)
{
    if (length < 2) {
        return false;
    }
    switch (payload[0] & H264_TYPE_MASK) {
    case H264_SPS:
        return true;
    case H264_STAP_A:
        return stap_a_has_sps(payload + 1, length - 1);
    case H264_FU_A:
        return (payload[1] & H264_FU_FIRST) && (payload[1] & H264_TYPE_MASK) == H264_SPS;
    default:
        return false;
    }
}

bool keyframe_begins(enum media_codec codec, const uint8_t *payload, size_t length)
{
    switch (codec) {
    case MEDIA_CODEC_VP8:
        return vp8_begins(payload, length);
    case MEDIA_CODEC_H264:
        return h264_begins(payload, length);
    default:
        return false;
    }
}
