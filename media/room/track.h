/* track: one stream that a peer sends us: checked, counted, repaired, and handed to the slots that show it. */
#pragma once

#include "media/room/live_tap.h"
#include "media/room/tap.h"
#include "media/rtp/nack.h"
#include "media/rtp/packet.h"
#include "media/rtp/pli.h"
#include "media/rtp/remb.h"
#include "media/rtp/sequence.h"
#include "media/rtp/stats.h"
#include "media/sdp/offer.h"

struct slot;

/* A packet as it goes from a track to its slots. Pointers are borrowed for the call. */
struct track_packet {
    struct rtp_packet rtp;
    const uint8_t *bytes; /* all of it */
    size_t length;
    uint64_t sequence; /* extended */
    int64_t arrival_us;
    enum media_codec codec;
    bool keyframe; /* a keyframe begins here */
};

struct track {
    bool negotiated; /* false: this peer sends nothing of this kind, and nothing below counts */
    enum sdp_kind kind;
    enum media_codec codec;
    uint8_t payload_type;
    bool nack, pli, remb; /* what its sender understands */
    uint8_t mid_id;       /* header extension, 0: not offered */
    char mid[SDP_MID_LENGTH + 1];

    uint32_t ssrc;
    bool ssrc_known; /* signalled in the offer, or taken from the first packet */

    struct rtp_sequence sequence;
    struct rtp_receive_stats stats;
    struct nack_list missing;
    int64_t repair_us;       /* from asking for a packet until it comes, smoothed; 0: not known yet */
    struct rtp_cache *cache; /* video; NULL for audio */
    struct pli_limiter keyframe;
    struct remb_limit bitrate;
    struct tap tap;                 /* of a capture */
    struct live_tap live_tap;       /* video */
    struct rtcp_sender_info report; /* the sender's latest; ntp 0: none yet */

    struct slot *slots[MEDIA_SLOTS_MAX]; /* borrowed */
    unsigned slot_count;
};

/* `media` is the m-line of the offer that sends it. */
void track_init(struct track *track, const struct media_config *config, const struct sdp_media *media,
                enum media_codec codec);
void track_clear(struct track *track);

/* Whether a packet of an SSRC that nobody owns belongs to this track, whose offer named none (RFC 8843 §9.2): by mid
 * when the packet has it, and by payload type. The SSRC is then known. */
bool track_adopt(struct track *track, const struct rtp_packet *packet);

/* Takes a packet of this track; `bytes` is all of it. False when it is refused (RFC 3550 appendix A.1). */
bool track_receive(struct track *track, const struct rtp_packet *rtp, const uint8_t *bytes, size_t length,
                   int64_t now_us, struct track_packet *packet);

/* A slot shows this track from now on; at most MEDIA_SLOTS_MAX do. */
void track_add_slot(struct track *track, struct slot *slot);
void track_remove_slot(struct track *track, struct slot *slot);
/* Somebody needs a keyframe. Nothing happens for audio. */
void track_want_keyframe(struct track *track);
