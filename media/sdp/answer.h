/* answer: the SDP answer of an ICE-lite, always passive, BUNDLEd server. */
#pragma once

#include "media/sdp/offer.h"

/* What the room decided for each m-line of the offer. */
struct sdp_answer_media {
    bool accepted;   /* false: port 0 */
    bool we_receive; /* the client's track */
    bool we_send;    /* a slot */
    enum media_codec
        codecs[2]; /* the client's track: exactly one; a slot: all that the client can receive, MEDIA_CODEC_NONE ends */
    uint32_t ssrc; /* of the slot, when we_send */
    char cname[17];
    char msid[33]; /* "slot0": stream id, so that audio and video of a slot come as one stream */
};

struct sdp_answer {
    const char *ice_ufrag, *ice_pwd; /* ours */
    const char *fingerprint;         /* our certificate */
    const struct media_address *addresses;
    unsigned address_count;
    uint16_t port;
    unsigned audio_bitrate_max_bps; /* what the client's Opus may use (RFC 7587 §6.1); 0: as it likes */
    unsigned media_count;
    struct sdp_answer_media media[SDP_MEDIA_MAX];
};

/* Caller frees. Cannot fail: everything in it is ours or was checked by sdp_offer_parse. */
char *sdp_answer_write(const struct sdp_offer *offer, const struct sdp_answer *answer);
