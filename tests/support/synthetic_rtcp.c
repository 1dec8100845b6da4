#include "tests/support/synthetic_rtcp.h"

#include <string.h>

enum { SR = 200, RR = 201, SDES = 202, RTPFB = 205, PSFB = 206 };
enum { NACK = 1, PLI = 1, FIR = 4, AFB = 15 };

static size_t put_u32(uint8_t *bytes, uint32_t value)
{
    value = GUINT32_TO_BE(value);
    memcpy(bytes, &value, sizeof value);
    return sizeof value;
}

static uint32_t get_u32(const uint8_t *bytes)
{
    uint32_t value;
    memcpy(&value, bytes, sizeof value);
    return GUINT32_FROM_BE(value);
}

/*  |V=2|P| count |      type     |             length            | of a packet whose end is known */
static void put_header(uint8_t *packet, unsigned count, unsigned type, size_t bytes)
{
    const size_t words = bytes / 4 - 1;
    packet[0] = (uint8_t)(0x80 | count);
    packet[1] = (uint8_t)type;
    packet[2] = (uint8_t)(words >> 8);
    packet[3] = (uint8_t)words;
}

static uint32_t own_ssrc(const struct synthetic_tracks *tracks)
{
    return tracks->source_count ? tracks->sources[0].line.ssrc : 1;
}

static size_t put_blocks(struct synthetic_tracks *tracks, uint8_t *at, unsigned *count, int64_t now_us)
{
    size_t length = 0;
    for (unsigned i = 0; i < tracks->sink_count; i++) {
        if (!tracks->sinks[i].started) {
            continue;
        }
        synthetic_sink_report(&tracks->sinks[i], at + length, now_us);
        length += 24;
        ++*count;
    }
    return length;
}

static size_t put_sender_report(const struct synthetic_source *source, uint8_t *packet, int64_t now_us)
{
    const uint64_t real_us = (uint64_t)g_get_real_time();
    const uint64_t seconds = real_us / G_USEC_PER_SEC + UINT64_C(2208988800); /* NTP counts from 1900 */
    const int64_t clock = source->line.video ? 90000 : 48000;
    const int64_t ahead_us = source->next_us - now_us; /* `timestamp` belongs to the next frame */
    size_t length = 4;
    length += put_u32(packet + length, source->line.ssrc);
    length += put_u32(packet + length, (uint32_t)seconds);
    length += put_u32(packet + length, (uint32_t)(((real_us % G_USEC_PER_SEC) << 32) / G_USEC_PER_SEC));
    length += put_u32(packet + length, source->timestamp - (uint32_t)(ahead_us * clock / G_USEC_PER_SEC));
    length += put_u32(packet + length, (uint32_t)source->sent.packets);
    length += put_u32(packet + length, (uint32_t)source->sent.bytes);
    return length;
}

static size_t put_description(const struct synthetic_tracks *tracks, uint8_t *packet)
{
    static const char cname[] = "\x01\x09synthetic\0"; /* CNAME, its length, and the end of the list */
    size_t length = 4;
    for (unsigned i = 0; i < tracks->source_count; i++) {
        length += put_u32(packet + length, tracks->sources[i].line.ssrc);
        memcpy(packet + length, cname, 12);
        length += 12;
    }
    put_header(packet, tracks->source_count, SDES, length);
    return length;
}

/* draft-alvestrand-rmcat-remb-03 §2.2: 'REMB', number of SSRCs, 6 bits of exponent, 18 of mantissa, the SSRCs */
static size_t put_remb(struct synthetic_tracks *tracks, uint8_t *packet, uint64_t bps)
{
    unsigned exponent = 0, count = 0;
    while (bps >> exponent > 0x3ffff) {
        exponent++;
    }
    size_t length = 4;
    length += put_u32(packet + length, own_ssrc(tracks));
    length += put_u32(packet + length, 0);
    memcpy(packet + length, "REMB", 4);
    length += 8;
    for (unsigned i = 0; i < tracks->sink_count; i++) {
        if (tracks->sinks[i].line.video && tracks->sinks[i].started) {
            length += put_u32(packet + length, tracks->sinks[i].line.ssrc);
            count++;
        }
    }
    put_u32(packet + 16, (uint32_t)(count << 24 | exponent << 18 | (uint32_t)(bps >> exponent)));
    put_header(packet, AFB, PSFB, length);
    return count ? length : 0;
}

size_t synthetic_rtcp_report(struct synthetic_tracks *tracks, uint8_t *packet, uint64_t remb_bps, int64_t now_us)
{
    unsigned blocks = 0;
    size_t length = 0;
    if (tracks->source_count) {
        length = put_sender_report(&tracks->sources[0], packet, now_us);
        length += put_blocks(tracks, packet + length, &blocks, now_us);
        put_header(packet, blocks, SR, length);
    } else {
        length = 4 + put_u32(packet + 4, own_ssrc(tracks));
        length += put_blocks(tracks, packet + length, &blocks, now_us);
        put_header(packet, blocks, RR, length);
    }
    for (unsigned i = 1; i < tracks->source_count; i++) {
        const size_t report = put_sender_report(&tracks->sources[i], packet + length, now_us);
        put_header(packet + length, 0, SR, report);
        length += report;
    }
    if (tracks->source_count) {
        length += put_description(tracks, packet + length);
    }
    return length + put_remb(tracks, packet + length, remb_bps);
}

size_t synthetic_rtcp_ask(struct synthetic_tracks *tracks, uint8_t *packet)
{
    size_t length = 0;
    for (unsigned i = 0; i < tracks->sink_count; i++) {
        struct synthetic_sink *sink = &tracks->sinks[i];
        uint16_t sequences[SYNTHETIC_MISSING_MAX];
        const unsigned missing = synthetic_sink_nack(sink, sequences);
        if (length > 900) { /* the rest waits for the next round */
            break;
        }
        if (missing) { /* one pair of PID and (empty) BLP for each */
            uint8_t *nack = packet + length;
            put_u32(nack + 4, own_ssrc(tracks));
            put_u32(nack + 8, sink->line.ssrc);
            for (unsigned k = 0; k < missing; k++) {
                put_u32(nack + 12 + 4 * k, (uint32_t)sequences[k] << 16);
            }
            put_header(nack, NACK, RTPFB, 12 + 4 * (size_t)missing);
            length += 12 + 4 * (size_t)missing;
        }
        if (synthetic_sink_wants_keyframe(sink)) {
            put_u32(packet + length + 4, own_ssrc(tracks));
            put_u32(packet + length + 8, sink->line.ssrc);
            put_header(packet + length, PLI, PSFB, 12);
            length += 12;
        }
    }
    return length;
}

static struct synthetic_source *source_of(struct synthetic_tracks *tracks, uint32_t ssrc)
{
    for (unsigned i = 0; i < tracks->source_count; i++) {
        if (tracks->sources[i].line.ssrc == ssrc) {
            return &tracks->sources[i];
        }
    }
    return NULL;
}

static void on_blocks(struct synthetic_tracks *tracks, const uint8_t *block, unsigned count)
{
    for (unsigned i = 0; i < count; i++, block += 24) {
        struct synthetic_source *source = source_of(tracks, get_u32(block));
        if (source) {
            source->sent.reported_lost = get_u32(block + 4) & 0xffffff;
        }
    }
}

static void on_sender_report(struct synthetic_tracks *tracks, const uint8_t *packet, int64_t now_us)
{
    for (unsigned i = 0; i < tracks->sink_count; i++) {
        if (tracks->sinks[i].line.ssrc == get_u32(packet + 4)) {
            tracks->sinks[i].last_sr = get_u32(packet + 10);
            tracks->sinks[i].last_sr_us = now_us;
        }
    }
}

static void on_nack(struct synthetic_tracks *tracks, const uint8_t *packet, size_t length)
{
    struct synthetic_source *source = source_of(tracks, get_u32(packet + 8));
    for (size_t at = 12; source && at + 4 <= length; at += 4) {
        const uint32_t item = get_u32(packet + at);
        synthetic_source_resend(source, (uint16_t)(item >> 16));
        for (unsigned bit = 0; bit < 16; bit++) {
            if (item >> bit & 1) {
                synthetic_source_resend(source, (uint16_t)((item >> 16) + bit + 1));
            }
        }
    }
}

static void on_keyframe_request(struct synthetic_tracks *tracks, uint32_t ssrc)
{
    struct synthetic_source *source = source_of(tracks, ssrc);
    if (!source) {
        return;
    }
    source->sent.pli++;
    source->keyframe_wanted = true;
}

static void on_payload_feedback(struct synthetic_tracks *tracks, const uint8_t *packet, size_t length)
{
    const unsigned format = packet[0] & 0x1f;
    if (format == PLI) {
        on_keyframe_request(tracks, get_u32(packet + 8));
    } else if (format == FIR && length >= 20) {
        on_keyframe_request(tracks, get_u32(packet + 12));
    } else if (format == AFB && length >= 20 && memcmp(packet + 12, "REMB", 4) == 0) {
        tracks->remb_bps = (uint64_t)(get_u32(packet + 16) & 0x3ffff) << (get_u32(packet + 16) >> 18 & 0x3f);
    }
}

bool synthetic_rtcp_input(struct synthetic_tracks *tracks, const uint8_t *packet, size_t length, int64_t now_us)
{
    for (size_t left = length; left > 0;) {
        const size_t bytes = left < 8 ? 0 : 4 * (1 + (size_t)(packet[2] << 8 | packet[3]));
        const unsigned count = packet[0] & 0x1f, type = packet[1];
        const size_t head = type == SR ? 28 : type == RR ? 8 : 12;
        const bool reports = type == SR || type == RR, feedback = type == RTPFB || type == PSFB;
        if (bytes == 0 || bytes > left || packet[0] >> 6 != 2) {
            return false;
        }
        if ((reports && bytes < head + 24 * (size_t)count) || (feedback && bytes < head)) {
            return false;
        }
        if (type == SR) {
            on_sender_report(tracks, packet, now_us);
        }
        if (reports) {
            on_blocks(tracks, packet + head, count);
        } else if (type == RTPFB && count == NACK) {
            on_nack(tracks, packet, bytes);
        } else if (type == PSFB) {
            on_payload_feedback(tracks, packet, bytes);
        }
        packet += bytes;
        left -= bytes;
    }
    return true;
}
