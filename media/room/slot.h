/* slot: one stream that a peer receives: whoever is shown in it, it stays one RTP stream with its own SSRC, numbers
 * that go on without a gap, and timestamps that go on with the clock.
 *
 * Video begins, and begins again after a change of its source, with a keyframe. */
#pragma once

#include "media/rtp/cache.h"
#include "media/rtp/extension.h"
#include "media/rtp/packet.h"
#include "media/rtp/rtcp.h"
#include "media/rtp/stats.h"
#include "media/sdp/answer.h"

struct peer;
struct track;
struct track_packet;

/* A forwarded packet at its longest: the extension's own head of 4 bytes, and ours for the sender's. */
#define SLOT_PACKET_BYTES_MAX (RTP_PACKET_BYTES_MAX + 4 + RTP_EXTENSION_BYTES_MAX)
#define SLOT_CNAME_LENGTH     16

struct slot {
    struct peer *peer; /* whose slot it is; NULL: its offer has no m-line for it */
    uint32_t ssrc;
    uint32_t clock_rate;
    int payload_types[MEDIA_CODEC_H264 + 1]; /* by codec; < 0: this receiver cannot take it */
    uint8_t send_time_id;                    /* abs-send-time header extension, 0: not offered */
    char cname[SLOT_CNAME_LENGTH + 1];

    struct track *source; /* borrowed; NULL: empty */
    bool open;            /* its peer is connected */
    bool running;         /* what follows maps the source's numbers to ours */
    uint64_t source_base, base;
    uint32_t timestamp_shift;

    uint64_t highest;        /* extended number of the latest packet sent */
    uint32_t last_timestamp; /* and its timestamp, */
    int64_t last_us;         /* and when its source sent it here; 0: none yet */
    int64_t credit_bytes;    /* for retransmissions */
    uint64_t undelivered;    /* packets in a codec that this receiver cannot take */
    struct rtp_send_stats stats;
};

uint32_t slot_clock_rate(enum sdp_kind kind);

/* `media` is the m-line that receives it, `codecs` what it can take, `ssrc` is ours, the first numbers come from
 * `random`. The caller sets `cname`. */
void slot_init(struct slot *slot, struct peer *peer, const struct sdp_media *media, const enum media_codec codecs[2],
               uint32_t ssrc, uint32_t random);

/* The next packet (video: the next keyframe) begins a new piece of the stream. */
void slot_restart(struct slot *slot);

/* Writes the packet as this receiver gets it and counts it. Returns its length, 0 when it gets none: the slot waits, or
 * the packet is older than the piece, or in the wrong codec. */
size_t slot_forward(struct slot *slot, const struct track_packet *packet, uint8_t out[SLOT_PACKET_BYTES_MAX]);

/* Writes packet `number`, as the receiver numbers it, once more: byte for byte as it was sent first (or would have
 * been, had it not been lost on its way to us). AES-GCM gives away its key when two different packets go out under one
 * number. 0: not in the cache, not of this piece, or there is no credit left: no more is sent again than was ever
 * forwarded. */
size_t slot_retransmit(struct slot *slot, uint16_t number, uint8_t out[SLOT_PACKET_BYTES_MAX]);

/* Writes our sender report from the source's: its NTP time, its timestamp in our stream, our counts; so sound and
 * picture of a source stay together (RFC 3550 §6.4.1). False when there is nothing to report. */
bool slot_report(struct slot *slot, struct rtcp_writer *writer, int64_t now_us);
