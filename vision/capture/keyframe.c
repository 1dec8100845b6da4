#include "vision/capture/keyframe.h"

#include <string.h>

#include "vision/capture/sps.h"

static bool refuse(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
static bool refuse(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    if (error != NULL) {
        *error = g_error_new_valist(VISION_ERROR, VISION_ERROR_DECODE, format, arguments);
    }
    va_end(arguments);
    return false;
}

/* ---- packets ---- */

#define RTP_HEADER_BYTES 12

/*  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 * |                           timestamp                           |
 * |                             SSRC                              |   RFC 3550 §5.1 */
struct rtp_header {
    bool marker;
    unsigned payload_type;
    uint16_t sequence;
    uint64_t source_and_time; /* SSRC and timestamp: equal in all packets of a frame */
};

static bool read_header(GBytes *packet, struct rtp_header *header)
{
    size_t size;
    const uint8_t *bytes = g_bytes_get_data(packet, &size);
    if (size < RTP_HEADER_BYTES || bytes[0] >> 6 != 2) {
        return false;
    }
    uint16_t sequence;
    memcpy(&sequence, bytes + 2, sizeof(sequence));
    header->marker = bytes[1] >> 7;
    header->payload_type = bytes[1] & 0x7f;
    header->sequence = GUINT16_FROM_BE(sequence);
    memcpy(&header->source_and_time, bytes + 4, sizeof(header->source_and_time));
    return true;
}

bool keyframe_check_packets(const struct vision_keyframe *keyframe, GError **error)
{
    const unsigned count = keyframe->packets->len;
    struct rtp_header first = {0};
    for (unsigned i = 0; i < count; i++) {
        struct rtp_header header;
        if (!read_header(keyframe->packets->pdata[i], &header)) {
            return refuse(error, "packet %u of %u is no RTP packet", i + 1, count);
        }
        if (header.payload_type != keyframe->payload_type) {
            return refuse(error, "packet %u of %u has payload type %u, not %u", i + 1, count, header.payload_type,
                          keyframe->payload_type);
        }
        if (i == 0) {
            first = header;
        }
        if (header.source_and_time != first.source_and_time) {
            return refuse(error, "packet %u of %u is of another frame", i + 1, count);
        }
        if (header.sequence != (uint16_t)(first.sequence + i)) {
            return refuse(error, "packet %u of %u has sequence number %u after %u: one is missing", i + 1, count,
                          header.sequence, (uint16_t)(first.sequence + i - 1));
        }
        if (header.marker != (i == count - 1)) {
            return refuse(error, "packet %u of %u %s the end of the frame", i + 1, count,
                          header.marker ? "marks" : "does not mark");
        }
    }
    return count > 0 || refuse(error, "no packets");
}

/* ---- frames ---- */

static bool check_size(unsigned width, unsigned height, unsigned picture_px_max, GError **error)
{
    if ((uint64_t)width * height > picture_px_max) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_SIZE, "a picture of %u×%u has more than %u pixels", width, height,
                    picture_px_max);
        return false;
    }
    return true;
}

/*  0        3            6              8               10
 * | tag (3) | 9D 01 2A   | width (14+2) | height (14+2) |   little-endian; the 2 bits ask for scaling
 *   bit 0 of the tag is 0 in a key frame; RFC 6386 §9.1 */
#define VP8_HEADER_BYTES 10

static bool check_vp8(const uint8_t *frame, size_t size, unsigned picture_px_max, GError **error)
{
    static const uint8_t start_code[] = {0x9d, 0x01, 0x2a};
    if (size == 0 || (frame[0] & 1) != 0) {
        return refuse(error, "a VP8 frame of %zu bytes that is no key frame", size);
    }
    if (size < VP8_HEADER_BYTES || memcmp(frame + 3, start_code, sizeof(start_code)) != 0) {
        return refuse(error, "a VP8 key frame of %zu bytes without its start code", size);
    }
    const unsigned width = (frame[6] | (unsigned)frame[7] << 8) & 0x3fff;
    const unsigned height = (frame[8] | (unsigned)frame[9] << 8) & 0x3fff;
    if (width == 0 || height == 0) {
        return refuse(error, "a VP8 key frame of %u×%u pixels", width, height);
    }
    return check_size(width, height, picture_px_max, error);
}

#define START_CODE_BYTES 3
enum nal_type { NAL_IDR = 5, NAL_SPS = 7, NAL_PPS = 8 }; /* ITU-T H.264 table 7-1 */

/* The offset of the next 00 00 01 from `from` on, or `size`. */
static size_t find_start_code(const uint8_t *frame, size_t size, size_t from)
{
    for (size_t i = from; i + START_CODE_BYTES <= size; i++) {
        if (frame[i] == 0 && frame[i + 1] == 0 && frame[i + 2] == 1) {
            return i;
        }
    }
    return size;
}

static bool check_h264(const uint8_t *frame, size_t size, unsigned picture_px_max, GError **error)
{
    bool idr = false, sps = false, pps = false;
    for (size_t start = find_start_code(frame, size, 0); start < size;) {
        const uint8_t *nal = frame + start + START_CODE_BYTES;
        start = find_start_code(frame, size, start + START_CODE_BYTES);
        const size_t length = (size_t)(frame + start - nal);
        const unsigned type = length == 0 ? 0 : nal[0] & 0x1f;
        unsigned width, height;
        if (type == NAL_SPS) {
            if (!sps_picture_size(nal, length, &width, &height)) {
                return refuse(error, "an H.264 sequence parameter set that cannot be used");
            }
            if (!check_size(width, height, picture_px_max, error)) {
                return false;
            }
        }
        idr = idr || type == NAL_IDR;
        sps = sps || type == NAL_SPS;
        pps = pps || type == NAL_PPS;
    }
    return (idr && sps && pps) ||
           refuse(error, "an H.264 access unit of %zu bytes without%s%s%s", size, idr ? "" : " IDR picture",
                  sps ? "" : " sequence parameter set", pps ? "" : " picture parameter set");
}

bool keyframe_check_frame(enum vision_codec codec, const uint8_t *frame, size_t size, unsigned picture_px_max,
                          GError **error)
{
    return codec == VISION_CODEC_VP8 ? check_vp8(frame, size, picture_px_max, error)
                                     : check_h264(frame, size, picture_px_max, error);
}
