#include "tests/support/synthetic_sink.h"

#include "tests/support/synthetic_source.h"

#include <string.h>

#define TRIES_MAX 10

void synthetic_sink_init(struct synthetic_sink *sink, const struct synthetic_line *line, unsigned mid)
{
    *sink = (struct synthetic_sink){.line = *line};
    g_snprintf(sink->mid, sizeof sink->mid, "%u", mid);
}

/* Marks a sequence number as seen; false when it was already. */
static bool mark_seen(struct synthetic_sink *sink, uint32_t sequence)
{
    const unsigned index = sequence % SYNTHETIC_WINDOW;
    const uint64_t bit = UINT64_C(1) << (index % 64);
    const bool fresh = !(sink->seen[index / 64] & bit);
    sink->seen[index / 64] |= bit;
    return fresh;
}

static void forget_seen(struct synthetic_sink *sink, uint32_t sequence)
{
    const unsigned index = sequence % SYNTHETIC_WINDOW;
    sink->seen[index / 64] &= ~(UINT64_C(1) << (index % 64));
}

static void add_missing(struct synthetic_sink *sink, uint16_t sequence)
{
    if (!sink->line.video || sink->missing_count == SYNTHETIC_MISSING_MAX) {
        return;
    }
    sink->missing[sink->missing_count].sequence = sequence;
    sink->missing[sink->missing_count++].tries = 0;
}

static void remove_missing(struct synthetic_sink *sink, uint16_t sequence)
{
    for (unsigned i = 0; i < sink->missing_count; i++) {
        if (sink->missing[i].sequence == sequence) {
            sink->missing[i] = sink->missing[--sink->missing_count];
        }
    }
}

/* Extends the sequence number and notes gaps; false for a duplicate. */
static bool take_sequence(struct synthetic_sink *sink, uint16_t sequence, uint32_t *extended)
{
    if (!sink->started) {
        sink->started = true;
        sink->base = sink->highest = 0x10000u + sequence;
        *extended = sink->highest;
        return mark_seen(sink, sink->highest);
    }
    const int16_t ahead = (int16_t)(uint16_t)(sequence - (uint16_t)sink->highest);
    *extended = (uint32_t)((int64_t)sink->highest + ahead);
    if (ahead <= -SYNTHETIC_WINDOW || *extended < sink->base) {
        return false;
    }
    for (uint32_t next = sink->highest + 1; ahead > 0 && next <= *extended; next++) {
        forget_seen(sink, next);
        if (next < *extended) {
            add_missing(sink, (uint16_t)next);
        }
    }
    if (ahead > 0) {
        sink->highest = *extended;
    } else {
        remove_missing(sink, sequence);
    }
    return mark_seen(sink, *extended);
}

/* Where the payload begins, 0 for a broken packet; false through `mid_ok` when it names another m-line. */
static size_t payload_offset(const struct synthetic_sink *sink, const uint8_t *packet, size_t length, bool *mid_ok)
{
    size_t offset = 12 + 4 * (size_t)(packet[0] & 0x0f);
    if (!(packet[0] & 0x10)) {
        return offset < length ? offset : 0;
    }
    if (offset + 4 > length) {
        return 0;
    }
    const bool one_byte = packet[offset] == 0xbe && packet[offset + 1] == 0xde;
    size_t at = offset + 4;
    const size_t end = at + 4 * (size_t)(packet[offset + 2] << 8 | packet[offset + 3]);
    if (end >= length) {
        return 0;
    }
    while (one_byte && at < end) {
        const unsigned id = packet[at] >> 4;
        const size_t bytes = (size_t)(packet[at] & 0x0f) + 1;
        if (id == 0) {
            at++;
            continue;
        }
        if (id == SYNTHETIC_MID_EXT && at + 1 + bytes <= end) {
            *mid_ok = bytes == strlen(sink->mid) && memcmp(packet + at + 1, sink->mid, bytes) == 0;
        }
        at += 1 + bytes;
    }
    return end;
}

/* The codec's own header in front of the frame's bytes: its length, and whether a keyframe or any frame begins here. */
static size_t codec_header(const uint8_t *payload, size_t length, int payload_type, bool *begins, bool *key)
{
    if (payload_type == SYNTHETIC_OPUS_PT) {
        return 1;
    }
    if (payload_type == SYNTHETIC_H264_PT) {
        const unsigned type = payload[0] & 0x1f;
        *begins = type != 28 || (length > 1 && payload[1] & 0x80);
        *key = type == 24 || type == 7; /* STAP-A or SPS: a keyframe's parameter sets come first */
        return type == 28 ? 2 : length;
    }
    size_t head = 1; /* VP8, RFC 7741 §4.2 */
    if (payload[0] & 0x80 && length > 2) {
        const uint8_t extended = payload[1];
        head = 2;
        if (extended & 0x80) {
            head += payload[2] & 0x80 ? 2 : 1;
        }
        head += (extended & 0x40 ? 1u : 0u) + (extended & 0x30 ? 1u : 0u);
    }
    *begins = (payload[0] & 0x17) == 0x10; /* S set, partition 0 */
    *key = *begins && head < length && (payload[head] & 1) == 0;
    return head + (*key ? 10 : *begins ? 3 : 0);
}

static void count_jitter(struct synthetic_sink *sink, uint32_t timestamp, int64_t now_us)
{
    const int64_t clock = sink->line.video ? 90000 : 48000;
    const int64_t transit = now_us * clock / G_USEC_PER_SEC - timestamp;
    const double difference = (double)(int32_t)(transit - sink->last_transit);
    if (sink->received.packets > 1) {
        sink->jitter += (ABS(difference) - sink->jitter) / 16;
    }
    sink->last_transit = transit;
}

/* A frame is whole when every packet from its keyframe's first to this marker came in order. */
static void follow_frames(struct synthetic_sink *sink, uint32_t sequence, bool key, bool marker, int64_t now_us)
{
    if (key) {
        sink->whole_next = sequence;
    }
    if (sequence == sink->whole_next) {
        sink->whole_next++;
    } else if (sink->whole_next && sequence > sink->whole_next) {
        sink->whole_next = 0;
    }
    if (marker && sink->whole_next && !sink->first_frame_us) {
        sink->first_frame_us = now_us;
    }
}

void synthetic_sink_rtp(struct synthetic_sink *sink, const uint8_t *packet, size_t length, int64_t now_us)
{
    const uint16_t sequence = (uint16_t)(packet[2] << 8 | packet[3]);
    uint32_t timestamp, extended;
    memcpy(&timestamp, packet + 4, sizeof timestamp);
    if (!take_sequence(sink, sequence, &extended)) {
        sink->received.duplicates++;
        return;
    }
    sink->received.packets++;
    bool mid_ok = true, begins = false, key = false;
    const size_t payload = payload_offset(sink, packet, length, &mid_ok);
    if (payload == 0 || !mid_ok) {
        sink->received.corrupt++;
        return;
    }
    sink->received.bytes += length - payload;
    const size_t header = codec_header(packet + payload, length - payload, packet[1] & 0x7f, &begins, &key);
    if (payload + header < length && !synthetic_mark_ok(packet + payload + header, length - payload - header)) {
        sink->received.corrupt++;
    }
    count_jitter(sink, GUINT32_FROM_BE(timestamp), now_us);
    sink->received.keyframes += key;
    sink->received.frames += !sink->line.video || packet[1] & 0x80;
    if (sink->line.video) {
        follow_frames(sink, extended, key, packet[1] & 0x80, now_us);
    }
}

unsigned synthetic_sink_nack(struct synthetic_sink *sink, uint16_t sequences[SYNTHETIC_MISSING_MAX])
{
    unsigned count = 0;
    for (unsigned i = 0; i < sink->missing_count;) {
        if (sink->missing[i].tries++ == TRIES_MAX) {
            sink->missing[i] = sink->missing[--sink->missing_count];
            continue;
        }
        sequences[count++] = sink->missing[i++].sequence;
    }
    sink->received.nacked += count;
    return count;
}

bool synthetic_sink_wants_keyframe(const struct synthetic_sink *sink)
{
    return sink->line.video && sink->started && sink->received.keyframes == 0;
}

struct synthetic_received synthetic_sink_stats(const struct synthetic_sink *sink)
{
    struct synthetic_received stats = sink->received;
    const uint64_t expected = sink->started ? (uint64_t)sink->highest - sink->base + 1 : 0;
    stats.lost = expected > stats.packets ? expected - stats.packets : 0;
    return stats;
}

void synthetic_sink_report(struct synthetic_sink *sink, uint8_t block[static 24], int64_t now_us)
{
    const uint64_t expected = (uint64_t)sink->highest - sink->base + 1;
    const uint64_t lost = synthetic_sink_stats(sink).lost;
    const uint64_t expected_now = expected - sink->expected_prior;
    const uint64_t received_now = sink->received.packets - sink->received_prior;
    const uint64_t lost_now = expected_now > received_now ? expected_now - received_now : 0;
    const uint64_t fraction = expected_now ? MIN(lost_now * 256 / expected_now, 255) : 0;
    const int64_t delay_us = sink->last_sr ? now_us - sink->last_sr_us : 0;
    const uint32_t words[6] = {
        GUINT32_TO_BE(sink->line.ssrc),
        GUINT32_TO_BE((uint32_t)(fraction << 24 | MIN(lost, 0x7fffff))),
        GUINT32_TO_BE(sink->highest - 0x10000u),
        GUINT32_TO_BE((uint32_t)sink->jitter),
        GUINT32_TO_BE(sink->last_sr),
        GUINT32_TO_BE((uint32_t)(delay_us * 65536 / G_USEC_PER_SEC)),
    };
    memcpy(block, words, sizeof words);
    sink->expected_prior = expected;
    sink->received_prior = sink->received.packets;
}
