#include "media/room/slot.h"

#include "media/room/negotiate.h"
#include "media/room/track.h"

#define SECOND_US  INT64_C(1000000)
#define CREDIT_MAX (128 * 1024) /* a keyframe or two */
#define FIRST_SEQUENCES                                                                                                \
    0x7fff /* a first number with the top bit clear: SRTP guesses its roll-over count (RFC 3711 §3.3.1) */

uint32_t slot_clock_rate(enum sdp_kind kind)
{
    return kind == SDP_AUDIO ? 48000 : 90000; /* RFC 7587 §4.1; RFC 7741 §4.1, RFC 6184 §5.1 */
}

void slot_init(struct slot *slot, struct peer *peer, const struct sdp_media *media, const enum media_codec codecs[2],
               uint32_t ssrc, uint32_t random)
{
    *slot = (struct slot){
        .peer = peer,
        .ssrc = ssrc,
        .clock_rate = slot_clock_rate(media->kind),
        .send_time_id = (uint8_t)media->abs_send_time_id,
        .highest = 1 + (random & FIRST_SEQUENCES),
        .last_timestamp = random,
        .credit_bytes = CREDIT_MAX,
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(slot->payload_types); i++) {
        slot->payload_types[i] = -1;
    }
    for (unsigned i = 0; i < 2 && codecs[i] != MEDIA_CODEC_NONE; i++) {
        slot->payload_types[codecs[i]] = negotiate_offered(media, codecs[i])->payload_type;
    }
}

void slot_restart(struct slot *slot)
{
    slot->running = false;
}

/* Begins a piece of the stream with `packet`: the number after the last, the timestamp as much later as time went on.
 */
static void begin(struct slot *slot, const struct track_packet *packet)
{
    uint32_t timestamp = slot->last_timestamp;
    if (slot->last_us != 0) {
        const int64_t elapsed_us = MAX(packet->arrival_us - slot->last_us, 0);
        timestamp += MAX((uint32_t)((uint64_t)elapsed_us * slot->clock_rate / SECOND_US), 1);
    }
    slot->source_base = packet->sequence;
    slot->base = slot->highest + 1;
    slot->timestamp_shift = timestamp - packet->rtp.timestamp;
    slot->running = true;
}

/* `rtp` as the receiver gets it. Everything here follows from the packet, its arrival and the mapping alone, so that a
 * retransmission comes out the same. */
static size_t translate(const struct slot *slot, struct rtp_packet rtp, uint64_t number, enum media_codec codec,
                        int64_t arrival_us, uint8_t out[SLOT_PACKET_BYTES_MAX])
{
    uint8_t extension[RTP_EXTENSION_BYTES_MAX];
    rtp.payload_type = (uint8_t)slot->payload_types[codec];
    rtp.sequence = (uint16_t)number;
    rtp.timestamp += slot->timestamp_shift;
    rtp.ssrc = slot->ssrc;
    rtp.extension_length = 0;
    if (slot->send_time_id != 0) {
        rtp_extension_set_send_time(&rtp, slot->send_time_id, arrival_us, extension);
    }
    return rtp_packet_write(&rtp, out, SLOT_PACKET_BYTES_MAX);
}

size_t slot_forward(struct slot *slot, const struct track_packet *packet, uint8_t out[SLOT_PACKET_BYTES_MAX])
{
    if (!slot->open) {
        return 0;
    }
    if (slot->payload_types[packet->codec] < 0) {
        slot->undelivered++;
        return 0;
    }
    if (!slot->running) {
        if (packet->codec != MEDIA_CODEC_OPUS && !packet->keyframe) {
            return 0;
        }
        begin(slot, packet);
    }
    if (packet->sequence < slot->source_base) {
        return 0;
    }
    const uint64_t number = slot->base + (packet->sequence - slot->source_base);
    const size_t length = translate(slot, packet->rtp, number, packet->codec, packet->arrival_us, out);
    if (length == 0) {
        return 0;
    }
    if (number > slot->highest) {
        slot->highest = number;
        slot->last_timestamp = packet->rtp.timestamp + slot->timestamp_shift;
        slot->last_us = packet->arrival_us;
    }
    slot->stats.packets++;
    slot->stats.bytes += packet->rtp.payload_length;
    slot->credit_bytes = MIN(slot->credit_bytes + (int64_t)length, CREDIT_MAX);
    rtp_rate_add(&slot->stats.rate, packet->rtp.payload_length, packet->arrival_us);
    return length;
}

size_t slot_retransmit(struct slot *slot, uint16_t number, uint8_t out[SLOT_PACKET_BYTES_MAX])
{
    if (!slot->open || !slot->running || !slot->source->cache) {
        return 0;
    }
    const uint16_t behind = (uint16_t)((uint16_t)slot->highest - number);
    if (behind > slot->highest - slot->base) {
        return 0;
    }
    const uint64_t extended = slot->highest - behind;
    struct rtp_cached cached;
    struct rtp_packet rtp;
    if (!rtp_cache_find(slot->source->cache, slot->source_base + (extended - slot->base), &cached) ||
        (int64_t)cached.length > slot->credit_bytes || !rtp_packet_parse(cached.packet, cached.length, &rtp)) {
        return 0;
    }
    slot->credit_bytes -= (int64_t)cached.length;
    slot->stats.retransmitted++;
    return translate(slot, rtp, extended, slot->source->codec, cached.time_us, out);
}

bool slot_report(struct slot *slot, struct rtcp_writer *writer, int64_t now_us)
{
    if (!slot->open || !slot->running || slot->source->report.ntp == 0) {
        return false;
    }
    const struct rtcp_sender_info info = {
        .ntp = slot->source->report.ntp,
        .rtp_timestamp = slot->source->report.rtp_timestamp + slot->timestamp_shift,
        .packets = (uint32_t)slot->stats.packets,
        .bytes = (uint32_t)slot->stats.bytes,
    };
    slot->stats.last_sr = (uint32_t)(info.ntp >> 16);
    slot->stats.last_sr_us = now_us;
    return rtcp_write_sender_report(writer, slot->ssrc, &info) && rtcp_write_cname(writer, slot->ssrc, slot->cname);
}
