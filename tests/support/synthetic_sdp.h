/* synthetic_sdp: the synthetic peer's offer, and what it takes from the answer. */
#pragma once

#include "tests/support/synthetic_peer.h"

#include <netinet/in.h>

#define SYNTHETIC_OPUS_PT  111
#define SYNTHETIC_VP8_PT   96
#define SYNTHETIC_H264_PT  102
#define SYNTHETIC_TIME_EXT 2 /* abs-send-time */
#define SYNTHETIC_MID_EXT  4 /* urn:ietf:params:rtp-hdrext:sdes:mid */
#define SYNTHETIC_LINES    (2 + 2 * SYNTHETIC_SLOTS_MAX)

/* One m-line; its index is its mid. */
struct synthetic_line {
    bool video, sends;
    unsigned slot; /* of a receiving line */
    uint32_t ssrc; /* ours when it sends, the answer's when it receives; 0: none */
    bool accepted;
    bool h264;       /* the codec that the answer chose for a sending line */
    bool mid_agreed; /* the answer took the header extension */
    bool time_agreed;
};

struct synthetic_session {
    char ufrag[9], pwd[25];
    char fingerprint[96];
    unsigned version; /* of the offer; grows with an ICE restart */
    unsigned line_count;
    struct synthetic_line lines[SYNTHETIC_LINES];
    /* from the answer */
    char remote_ufrag[257], remote_pwd[257];
    char remote_fingerprint[96];
    struct sockaddr_storage remote;
    socklen_t remote_length;
};

void synthetic_session_init(struct synthetic_session *session, const struct synthetic_config *config);
void synthetic_session_new_credentials(struct synthetic_session *session);
/* Caller frees. */
char *synthetic_offer_write(const struct synthetic_session *session, const struct synthetic_config *config);
/* Fails when the answer is not one that an ICE-lite, passive, bundling server gives. */
bool synthetic_answer_read(struct synthetic_session *session, const char *sdp, int family, GError **error);
