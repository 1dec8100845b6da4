#include "tests/support/synthetic_source.h"

#include <string.h>

#define RTP_HEADER     12
#define VP8_DESCRIPTOR 4 /* X, I and a 15-bit picture id, as Chromium sends */
#define MARK_BYTES     4
#define AUDIO_US       20000

static const uint8_t opus_toc = 0x78; /* hybrid, full band, 20 ms, mono: RFC 6716 §3.1 */
static const uint8_t vp8_key_head[] = {0x10, 0x02, 0x00, 0x9d, 0x01, 0x2a, 0x80, 0x02, 0xe0, 0x01}; /* 640×480 */
static const uint8_t vp8_delta_head[] = {0x11, 0x02, 0x00};
static const uint8_t h264_parameter_sets[] = {
    0x78,                                                                   /* STAP-A, RFC 6184 §5.7.1 */
    0x00, 0x0a, 0x67, 0x42, 0xe0, 0x1f, 0xa6, 0x80, 0xa0, 0x3d, 0xa1, 0x00, /* SPS 640×480 */
    0x00, 0x04, 0x68, 0xce, 0x38, 0x80,                                     /* PPS */
};
enum { FU_A = 28, NRI = 0x60, IDR = 5, SLICE = 1 };

void synthetic_source_init(struct synthetic_source *source, const struct synthetic_line *line, unsigned mid,
                           const struct synthetic_config *config, int64_t now_us)
{
    const unsigned fps = config->fps ? config->fps : 25, bps = config->video_bps ? config->video_bps : 500000;
    *source = (struct synthetic_source){
        .line = *line,
        .sequence = (uint16_t)g_random_int(),
        .timestamp = g_random_int(),
        .interval_us = line->video ? G_USEC_PER_SEC / fps : AUDIO_US,
        .next_us = now_us,
        .frame_bytes = line->video ? bps / 8 / fps : 80,
        .keyframe_wanted = true,
        .picture_id = g_random_int_range(0, 0x8000) & 0x7fff,
    };
    g_snprintf(source->mid, sizeof source->mid, "%u", mid);
    if (line->video) {
        source->cache = g_malloc0(SYNTHETIC_CACHE * sizeof *source->cache);
    }
}

void synthetic_source_clear(struct synthetic_source *source)
{
    g_clear_pointer(&source->cache, g_free);
    g_clear_pointer(&source->frames, g_ptr_array_unref);
}

bool synthetic_mark_ok(const uint8_t *bytes, size_t length)
{
    if (length < MARK_BYTES + 2 || memcmp(bytes, SYNTHETIC_MARK, MARK_BYTES) != 0) {
        return true;
    }
    return memcmp(bytes + MARK_BYTES, bytes + MARK_BYTES + 1, length - MARK_BYTES - 1) == 0;
}

static size_t put_mark(uint8_t *bytes, size_t length, uint8_t filling)
{
    memset(bytes, filling, length);
    memcpy(bytes, SYNTHETIC_MARK, MIN(length, MARK_BYTES));
    return length;
}

/* RFC 3550 §5.1, and one-byte header extensions (RFC 8285 §4.2) where the answer agreed to them. */
static size_t put_header(struct synthetic_source *source, uint8_t *packet, bool marker, int64_t now_us)
{
    const int payload_type = !source->line.video ? SYNTHETIC_OPUS_PT
                             : source->line.h264 ? SYNTHETIC_H264_PT
                                                 : SYNTHETIC_VP8_PT;
    packet[0] = 0x80;
    packet[1] = (uint8_t)((marker ? 0x80 : 0) | payload_type);
    packet[2] = (uint8_t)(source->sequence >> 8);
    packet[3] = (uint8_t)source->sequence;
    const uint32_t words[2] = {GUINT32_TO_BE(source->timestamp), GUINT32_TO_BE(source->line.ssrc)};
    memcpy(packet + 4, words, sizeof words);
    if (!source->line.mid_agreed && !source->line.time_agreed) {
        return RTP_HEADER;
    }
    uint8_t *extension = packet + RTP_HEADER + 4;
    size_t length = 0;
    if (source->line.time_agreed) { /* 6.18 fixed point seconds */
        const uint64_t time = ((uint64_t)now_us << 18) / G_USEC_PER_SEC;
        extension[length++] = SYNTHETIC_TIME_EXT << 4 | 2;
        for (int shift = 16; shift >= 0; shift -= 8) {
            extension[length++] = (uint8_t)(time >> shift);
        }
    }
    if (source->line.mid_agreed) {
        const size_t mid_length = strlen(source->mid);
        extension[length++] = (uint8_t)(SYNTHETIC_MID_EXT << 4 | (mid_length - 1));
        memcpy(extension + length, source->mid, mid_length);
        length += mid_length;
    }
    while (length % 4 != 0) {
        extension[length++] = 0;
    }
    packet[0] |= 0x10;
    packet[RTP_HEADER] = 0xbe;
    packet[RTP_HEADER + 1] = 0xde;
    packet[RTP_HEADER + 2] = 0;
    packet[RTP_HEADER + 3] = (uint8_t)(length / 4);
    return RTP_HEADER + 4 + length;
}

static void send_packet(struct synthetic_source *source, const uint8_t *packet, size_t length, size_t payload)
{
    if (source->cache) {
        const unsigned slot = source->sequence % SYNTHETIC_CACHE;
        source->cache[slot].length = (uint16_t)length;
        memcpy(source->cache[slot].bytes, packet, length);
    }
    source->sequence++;
    source->sent.packets++;
    source->sent.bytes += payload;
    source->send(source->context, packet, length);
}

void synthetic_source_resend(struct synthetic_source *source, uint16_t sequence)
{
    source->sent.nacked++;
    if (!source->cache) {
        return;
    }
    const unsigned slot = sequence % SYNTHETIC_CACHE;
    const uint8_t *packet = source->cache[slot].bytes;
    if (source->cache[slot].length == 0 || (packet[2] << 8 | packet[3]) != sequence) {
        return;
    }
    source->sent.resent++;
    source->send(source->context, packet, source->cache[slot].length);
}

static size_t put_descriptor(const struct synthetic_source *source, uint8_t *payload, bool first, bool last, bool key)
{
    if (source->line.h264) { /* FU-A, RFC 6184 §5.8 */
        payload[0] = NRI | FU_A;
        payload[1] = (uint8_t)((first ? 0x80 : 0) | (last ? 0x40 : 0) | (key ? IDR : SLICE));
        return 2;
    }
    payload[0] = first ? 0x90 : 0x80; /* X, S: RFC 7741 §4.2 */
    payload[1] = 0x80;                /* I */
    payload[2] = (uint8_t)(0x80 | source->picture_id >> 8);
    payload[3] = (uint8_t)source->picture_id;
    return VP8_DESCRIPTOR;
}

/* The piece [offset, offset + length) of the frame: from the file, or a head and the mark. */
static void put_piece(uint8_t *payload, const uint8_t *frame, size_t offset, size_t length, bool key, bool h264,
                      uint8_t filling)
{
    if (frame) {
        memcpy(payload, frame + offset, length);
        return;
    }
    size_t head = 0;
    if (offset == 0 && !h264) {
        head = key ? sizeof vp8_key_head : sizeof vp8_delta_head;
        memcpy(payload, key ? vp8_key_head : vp8_delta_head, head);
    }
    put_mark(payload + head, length - head, filling);
}

static void send_frame(struct synthetic_source *source, const uint8_t *frame, size_t frame_bytes, bool key,
                       int64_t now_us)
{
    uint8_t packet[SYNTHETIC_PACKET_MAX];
    if (source->line.h264 && key) {
        size_t length = put_header(source, packet, false, now_us);
        memcpy(packet + length, h264_parameter_sets, sizeof h264_parameter_sets);
        send_packet(source, packet, length + sizeof h264_parameter_sets, sizeof h264_parameter_sets);
    }
    /* Equal pieces, as Chromium's packetizer makes them. */
    const size_t pieces = (frame_bytes + SYNTHETIC_PAYLOAD_MAX - 1) / SYNTHETIC_PAYLOAD_MAX;
    for (size_t i = 0; i < pieces; i++) {
        const size_t begin = frame_bytes * i / pieces, end = frame_bytes * (i + 1) / pieces;
        const bool last = i + 1 == pieces;
        const size_t header = put_header(source, packet, last, now_us);
        const size_t descriptor = put_descriptor(source, packet + header, i == 0, last, key);
        put_piece(packet + header + descriptor, frame, begin, end - begin, key, source->line.h264,
                  (uint8_t)(source->sent.frames + i));
        send_packet(source, packet, header + descriptor + end - begin, descriptor + end - begin);
    }
    source->picture_id = (source->picture_id + 1) & 0x7fff;
    source->sent.frames++;
    source->sent.keyframes += key;
}

static bool is_vp8_keyframe(GBytes *frame)
{
    return g_bytes_get_size(frame) > 0 && (*(const uint8_t *)g_bytes_get_data(frame, NULL) & 1) == 0;
}

static void send_video(struct synthetic_source *source, int64_t now_us)
{
    const bool wanted = source->keyframe_wanted;
    source->keyframe_wanted = false;
    if (!source->frames) {
        send_frame(source, NULL, MAX(source->frame_bytes, 32) * (wanted ? 3 : 1), wanted, now_us);
        return;
    }
    /* A wanted keyframe is the next one in the file, which goes round and round. */
    const unsigned count = source->frames->len;
    GBytes *frame = source->frames->pdata[source->next_frame % count];
    while (wanted && !is_vp8_keyframe(frame)) {
        frame = source->frames->pdata[++source->next_frame % count];
    }
    source->next_frame = (source->next_frame + 1) % count;
    send_frame(source, g_bytes_get_data(frame, NULL), g_bytes_get_size(frame), is_vp8_keyframe(frame), now_us);
}

static void send_audio(struct synthetic_source *source, int64_t now_us)
{
    uint8_t packet[SYNTHETIC_PACKET_MAX];
    const size_t header = put_header(source, packet, source->sent.packets == 0, now_us);
    packet[header] = opus_toc;
    put_mark(packet + header + 1, source->frame_bytes - 1, (uint8_t)source->sent.packets);
    send_packet(source, packet, header + source->frame_bytes, source->frame_bytes);
    source->sent.frames++;
}

void synthetic_source_tick(struct synthetic_source *source, int64_t now_us)
{
    if (now_us < source->next_us) {
        return;
    }
    if (source->line.video) {
        send_video(source, now_us);
    } else {
        send_audio(source, now_us);
    }
    const uint32_t clock = source->line.video ? 90000 : 48000;
    source->timestamp += (uint32_t)(clock * source->interval_us / G_USEC_PER_SEC);
    source->next_us += source->interval_us;
    if (source->next_us < now_us - G_USEC_PER_SEC) { /* this machine stood still: do not catch up in one burst */
        source->next_us = now_us;
    }
}

GPtrArray *synthetic_ivf_read(const char *path, GError **error)
{
    enum { FILE_HEADER = 32, FRAME_HEADER = 12 };
    g_autofree char *file = NULL;
    gsize size = 0;
    if (!g_file_get_contents(path, &file, &size, error)) {
        return NULL;
    }
    g_autoptr(GPtrArray) frames = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
    for (gsize at = FILE_HEADER; size > FRAME_HEADER && at <= size - FRAME_HEADER;) {
        uint32_t length;
        memcpy(&length, file + at, sizeof length);
        length = GUINT32_FROM_LE(length);
        at += FRAME_HEADER;
        if (length == 0 || length > size - at) {
            break;
        }
        g_ptr_array_add(frames, g_bytes_new(file + at, length));
        at += length;
    }
    if (size < FILE_HEADER || memcmp(file, "DKIF", 4) != 0 || memcmp(file + 8, "VP80", 4) != 0 || frames->len == 0 ||
        !is_vp8_keyframe(frames->pdata[0])) {
        g_set_error(error, SYNTHETIC_ERROR, 0, "%s: not an IVF file of VP8 that begins with a keyframe", path);
        return NULL;
    }
    return g_steal_pointer(&frames);
}
