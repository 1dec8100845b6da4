/* offer: a client's SDP offer (RFC 8866, JSEP RFC 8829), checked and reduced to what we use.
 *
 * Text is parsed by GStreamer's sdp library; limits are applied to the text before it. Pure function of its input. */
#pragma once

#include "media/media.h"

#define SDP_OFFER_BYTES_MAX (64 * 1024)
#define SDP_LINE_BYTES_MAX  2048
#define SDP_MEDIA_MAX       16
#define SDP_MID_LENGTH      32 /* RFC 5888 token; longer ones are refused */

#define SDP_ABS_SEND_TIME_URI "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time"
#define SDP_MID_URI           "urn:ietf:params:rtp-hdrext:sdes:mid" /* RFC 9143 §15.2 */

enum sdp_kind { SDP_AUDIO, SDP_VIDEO, SDP_OTHER /* answered with port 0 */ };

/* One codec as the client numbers it on this m-line; payload_type < 0: not offered. */
struct sdp_codec {
    int payload_type;
    bool nack, nack_pli, fir, remb; /* a=rtcp-fb (RFC 4585, RFC 5104, draft-alvestrand-rmcat-remb) */
    char fmtp[128];                 /* answered as offered; "" without one */
};

struct sdp_media {
    enum sdp_kind kind;
    char type[16], protocol[32], format[32]; /* of the m-line, the first of its formats: a refused one is echoed */
    char mid[SDP_MID_LENGTH + 1];
    bool sends, receives;             /* from the client's point of view; both false: inactive or rejected */
    struct sdp_codec opus, vp8, h264; /* h264: packetization-mode 1, constrained baseline or baseline */
    int abs_send_time_id;             /* RTP header extension id, 0: not offered */
    int mid_id;                       /* urn:ietf:params:rtp-hdrext:sdes:mid, 0: not offered */
    uint32_t ssrc; /* of the medium: first of a=ssrc-group:FID, else the first a=ssrc; 0: none given */
};

struct sdp_offer {
    char ice_ufrag[257]; /* RFC 8839 §5.4 */
    char ice_pwd[257];
    char fingerprint[MEDIA_FINGERPRINT_LENGTH + 1]; /* sha-256, upper case; other hashes are refused */
    unsigned media_count;
    struct sdp_media media[SDP_MEDIA_MAX];
};

/* Fails with MEDIA_ERROR_SDP: too long, no SDP, too many m-lines, no or malformed fingerprint, no ICE credentials,
 * no BUNDLE or no rtcp-mux, a=setup that does not let the client be active, ice-lite on their side too. */
bool sdp_offer_parse(const char *text, struct sdp_offer *offer, GError **error);
