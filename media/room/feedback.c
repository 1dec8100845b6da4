#include "media/room/feedback.h"

#define SECOND_US           INT64_C(1000000)
#define REPORT_US           SECOND_US
#define BITRATE_US          (SECOND_US / 2)
#define ESTIMATE_FRESH_US   (5 * SECOND_US) /* a client repeats its REMB each second; then it may have stopped */
#define ROUND_TRIP_GUESS_US 100000
#define RETRY_MIN_US        20000
#define REPAIR_MIN_US       50000 /* a packet that was only very late looks like a fast repair */
#define COMPOUND_BYTES_MAX  1200

struct compound {
    struct rtcp_writer writer;
    uint8_t bytes[COMPOUND_BYTES_MAX + TRANSPORT_TRAILER_BYTES];
};

static void compound_init(struct compound *compound)
{
    compound->writer = (struct rtcp_writer){.data = compound->bytes, .capacity = COMPOUND_BYTES_MAX};
}

static void compound_send(struct compound *compound, struct peer *peer)
{
    transport_send_rtcp(peer->transport, compound->bytes, compound->writer.length);
}

static struct slot *find_slot(struct peer *peer, uint32_t ssrc)
{
    for (unsigned kind = 0; kind < MEDIA_KINDS; kind++) {
        for (unsigned i = 0; i < MEDIA_SLOTS_MAX; i++) {
            if (peer->slots[kind][i].peer && peer->slots[kind][i].ssrc == ssrc) {
                return &peer->slots[kind][i];
            }
        }
    }
    return NULL;
}

void feedback_report_slot(struct slot *slot, int64_t now_us)
{
    struct compound compound;
    compound_init(&compound);
    if (slot_report(slot, &compound.writer, now_us)) {
        compound_send(&compound, slot->peer);
    }
}

static void take_sender_report(struct peer *peer, const struct rtcp_message *message, int64_t now_us)
{
    for (unsigned kind = 0; kind < MEDIA_KINDS; kind++) {
        struct track *track = &peer->tracks[kind];
        if (track->negotiated && track->ssrc_known && track->ssrc == message->sender_ssrc) {
            track->report = message->sender;
            rtp_receive_stats_sender_report(&track->stats, message->sender.ntp, now_us);
            for (unsigned i = 0; i < track->slot_count; i++) {
                feedback_report_slot(track->slots[i], now_us);
            }
        }
    }
}

static void take_report_blocks(struct peer *peer, const struct rtcp_message *message, int64_t now_us)
{
    for (unsigned i = 0; i < message->count; i++) {
        struct rtcp_report_block block;
        rtcp_report_block_read(message, i, &block);
        struct slot *slot = find_slot(peer, block.ssrc);
        if (slot) {
            const int64_t round_trip_us = rtp_send_stats_report(&slot->stats, &block, now_us);
            if (round_trip_us >= 0) {
                peer->round_trip_us = round_trip_us;
            }
        }
    }
}

static void resend(struct slot *slot, uint16_t number)
{
    uint8_t packet[SLOT_PACKET_BYTES_MAX + TRANSPORT_TRAILER_BYTES];
    const size_t length = slot_retransmit(slot, number, packet);
    if (length > 0) {
        transport_send_rtp(slot->peer->transport, packet, length);
    }
}

static void take_nack(struct peer *peer, const struct rtcp_message *message)
{
    struct slot *slot = find_slot(peer, message->media_ssrc);
    if (!slot) {
        return;
    }
    for (unsigned i = 0; i < message->count; i++) {
        uint16_t number, following;
        rtcp_nack_read(message, i, &number, &following);
        resend(slot, number);
        for (unsigned bit = 0; bit < 16; bit++) {
            if (following & 1u << bit) {
                resend(slot, (uint16_t)(number + bit + 1));
            }
        }
    }
}

static void take_keyframe_request(struct peer *peer, uint32_t ssrc)
{
    const struct slot *slot = find_slot(peer, ssrc);
    if (slot && slot->source) {
        track_want_keyframe(slot->source);
    }
}

bool feedback_input(struct peer *peer, const uint8_t *data, size_t length, int64_t now_us)
{
    if (!rtcp_validate(data, length)) {
        return false;
    }
    struct rtcp_message message;
    size_t offset = 0;
    while (rtcp_next(data, length, &offset, &message)) {
        switch (message.kind) {
        case RTCP_SENDER_REPORT:
            take_sender_report(peer, &message, now_us);
            take_report_blocks(peer, &message, now_us);
            break;
        case RTCP_RECEIVER_REPORT:
            take_report_blocks(peer, &message, now_us);
            break;
        case RTCP_NACK:
            take_nack(peer, &message);
            break;
        case RTCP_PLI:
            take_keyframe_request(peer, message.media_ssrc);
            break;
        case RTCP_FIR:
            for (unsigned i = 0; i < message.count; i++) {
                take_keyframe_request(peer, rtcp_fir_read_ssrc(&message, i));
            }
            break;
        case RTCP_REMB:
            peer->estimate_bps = message.bitrate_bps;
            peer->estimate_us = now_us;
            break;
        case RTCP_OTHER: /* BYE too: a party leaves by signaling or by its silence */
            break;
        }
    }
    return true;
}

/* All video that we send to a peer now: what its estimate is about. */
static uint64_t sent_bps(const struct peer *peer, int64_t now_us)
{
    uint64_t bps = 0;
    for (unsigned i = 0; i < MEDIA_SLOTS_MAX; i++) {
        bps += rtp_rate_bps(&peer->slots[SDP_VIDEO][i].stats.rate, now_us);
    }
    return bps;
}

/* The least that a receiver of this track can take of it now. */
static uint64_t lowest_share_bps(const struct track *track, int64_t now_us)
{
    uint64_t lowest_bps = REMB_UNLIMITED;
    for (unsigned i = 0; i < track->slot_count; i++) {
        const struct slot *slot = track->slots[i];
        const struct peer *receiver = slot->peer;
        if (receiver->estimate_us == 0 || now_us - receiver->estimate_us > ESTIMATE_FRESH_US) {
            continue;
        }
        const uint64_t share_bps =
            remb_share(receiver->estimate_bps, rtp_rate_bps(&slot->stats.rate, now_us), sent_bps(receiver, now_us));
        lowest_bps = MIN(lowest_bps, share_bps);
    }
    return lowest_bps;
}

/* A party that is alone in its room gets nothing that it could report on: its repairs tell how far away it is. */
static int64_t retry_us(const struct peer *peer, const struct track *track)
{
    if (peer->round_trip_us >= 0) {
        return MAX(peer->round_trip_us, RETRY_MIN_US);
    }
    return track->repair_us > 0 ? MAX(track->repair_us, REPAIR_MIN_US) : ROUND_TRIP_GUESS_US;
}

/* Asks for what is missing of one track. */
static void write_requests(struct peer *peer, struct track *track, struct rtcp_writer *writer, int64_t now_us)
{
    uint16_t sequences[NACK_LIST_MAX];
    bool given_up;
    const unsigned count = nack_list_due(&track->missing, now_us, retry_us(peer, track), sequences, &given_up);
    if (count > 0) {
        rtcp_write_nack(writer, peer->ssrc, track->ssrc, sequences, count);
    }
    if (given_up) {
        track_want_keyframe(track);
    }
    if (pli_limiter_due(&track->keyframe, now_us) && track->pli && track->ssrc_known) {
        rtcp_write_pli(writer, peer->ssrc, track->ssrc);
    }
}

static void write_bitrate(struct peer *peer, struct track *track, struct rtcp_writer *writer, int64_t now_us)
{
    const uint64_t allowed_bps = remb_limit_update(&track->bitrate, lowest_share_bps(track, now_us), now_us);
    if (track->remb) {
        rtcp_write_remb(writer, peer->ssrc, track->ssrc, allowed_bps);
    }
    peer->bitrate_us = now_us + BITRATE_US;
}

static unsigned fill_report_blocks(struct peer *peer, int64_t now_us, struct rtcp_report_block blocks[MEDIA_KINDS])
{
    unsigned count = 0;
    for (unsigned kind = 0; kind < MEDIA_KINDS; kind++) {
        struct track *track = &peer->tracks[kind];
        if (track->negotiated && track->stats.packets > 0) {
            rtp_receive_stats_report(&track->stats, track->ssrc, now_us, &blocks[count++]);
        }
    }
    peer->report_us = now_us + REPORT_US;
    return count;
}

int64_t feedback_deadline_us(const struct peer *peer)
{
    int64_t deadline_us = MIN(peer->report_us, peer->bitrate_us);
    for (unsigned kind = 0; kind < MEDIA_KINDS; kind++) {
        const struct track *track = &peer->tracks[kind];
        deadline_us = MIN(deadline_us, nack_list_deadline_us(&track->missing));
        deadline_us = MIN(deadline_us, pli_limiter_deadline_us(&track->keyframe));
    }
    return deadline_us;
}

void feedback_tick(struct peer *peer, int64_t now_us)
{
    if (now_us < feedback_deadline_us(peer)) {
        return;
    }
    /* Always a compound of a report, which may be empty, and our name (RFC 3550 §6.1, RFC 4585 §3.1). */
    struct compound compound;
    compound_init(&compound);
    struct rtcp_report_block blocks[MEDIA_KINDS];
    const bool report = peer->report_us <= now_us;
    const unsigned count = report ? fill_report_blocks(peer, now_us, blocks) : 0;
    rtcp_write_receiver_report(&compound.writer, peer->ssrc, blocks, count);
    rtcp_write_cname(&compound.writer, peer->ssrc, peer->cname);
    const size_t head = compound.writer.length;
    if (peer->bitrate_us <= now_us) {
        write_bitrate(peer, &peer->tracks[SDP_VIDEO], &compound.writer, now_us);
    }
    for (unsigned kind = 0; kind < MEDIA_KINDS; kind++) {
        write_requests(peer, &peer->tracks[kind], &compound.writer, now_us);
    }
    if (report || compound.writer.length > head) {
        compound_send(&compound, peer);
    }
}
