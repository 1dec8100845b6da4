/* synthetic_peer: a WebRTC client for tests, made of libnice's STUN, OpenSSL, libsrtp and GStreamer's SDP library and
 * of none of viva's code, so that the two cannot share a mistake.
 *
 * It offers one audio and one video m-line that send and `slots` of each that receive, checks connectivity as the
 * controlling side (RFC 8445), shakes hands as the active side (RFC 5763), sends made-up or recorded video and made-up
 * Opus at a set rate, answers PLI and NACK, reports (SR, RR, REMB) and counts what it receives.
 *
 * No thread of its own: the caller polls `synthetic_peer_fd` and calls `synthetic_peer_receive` and `_tick`; hundreds
 * run in one process. A peer belongs to one thread at a time. `now_us` is monotonic. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define SYNTHETIC_SLOTS_MAX 8
#define SYNTHETIC_ERROR     g_quark_from_static_string("synthetic") /* code 0: the message says it all */

struct synthetic_config {
    unsigned slots; /* receiving m-lines of each kind, at most SYNTHETIC_SLOTS_MAX */
    bool no_audio, no_video;
    bool no_vp8, no_h264; /* codecs left out of the offer; what the answer chooses is sent */
    bool no_gcm;          /* offer only AES_CM_128_HMAC_SHA1_80 */
    int family;           /* AF_INET, AF_INET6; AF_UNSPEC: whatever the answer's first candidate is */
    unsigned video_bps;   /* 0: 500,000 */
    unsigned fps;         /* 0: 25 */
    const char *ivf;      /* send the VP8 frames of this file instead of made-up ones; borrowed for the call */
    unsigned remb_bps;    /* what we tell the server it may send; 0: 10 Mbit/s */
};

enum synthetic_state {
    SYNTHETIC_NEW,       /* no answer yet */
    SYNTHETIC_CHECKING,  /* no connectivity check has succeeded yet */
    SYNTHETIC_SECURING,  /* DTLS */
    SYNTHETIC_CONNECTED, /* sending and receiving */
    SYNTHETIC_CLOSED,    /* the server sent close_notify or an alert */
    SYNTHETIC_FAILED,    /* `why` says what */
};
const char *synthetic_state_name(enum synthetic_state state);

struct synthetic_sent {
    uint64_t packets, bytes, frames, keyframes; /* without retransmissions */
    uint64_t pli, nacked, resent;               /* asked of us, and done */
    uint64_t reported_lost;                     /* the server's latest report block */
};

struct synthetic_received {
    uint64_t packets, bytes, frames, keyframes;
    uint64_t lost;       /* expected and not here (yet) */
    uint64_t duplicates; /* the same sequence number again */
    uint64_t corrupt;    /* payload altered, or another m-line's mid */
    uint64_t nacked;     /* sequence numbers we asked for again */
};

struct synthetic_stats {
    enum synthetic_state state;
    const char *why;        /* static; NULL unless failed or closed */
    int64_t connected_us;   /* from the answer until DTLS was up; 0: not yet */
    int64_t first_frame_us; /* from the answer until the first whole keyframe was in; 0: not yet */
    double round_trip_ms;   /* of the latest connectivity check; < 0: none yet */
    uint64_t checks_sent, checks_answered;
    uint64_t refused;           /* datagrams from the server that failed authentication: 0, always */
    uint64_t repeated;          /* packets that came twice: retransmissions asked for more than once */
    uint64_t unknown;           /* packets with an SSRC that the answer does not name: 0, always */
    uint64_t remb_bps;          /* what the server allows us; 0: never told */
    uint64_t elsewhere_replies; /* datagrams that came back to the attacker's socket */
    struct synthetic_sent audio, video;
    struct synthetic_received slot_audio[SYNTHETIC_SLOTS_MAX], slot_video[SYNTHETIC_SLOTS_MAX];
};

struct synthetic_peer;

/* NULL with an error for an unreadable IVF file. */
struct synthetic_peer *synthetic_peer_new(const struct synthetic_config *config, GError **error);
/* Sends close_notify if connected. */
void synthetic_peer_free(struct synthetic_peer *peer);

/* The SDP offer; caller frees. */
char *synthetic_peer_offer(struct synthetic_peer *peer);
/* Fresh ICE credentials and the offer with them (RFC 8445 §9); they count once its answer is in. Caller frees. */
char *synthetic_peer_restart(struct synthetic_peer *peer);
/* Takes the answer to the latest offer and begins, or goes on with, the checks. */
bool synthetic_peer_answer(struct synthetic_peer *peer, const char *sdp, int64_t now_us, GError **error);

/* The socket to poll for reading, -1 before the answer. Changes when the peer roams. */
int synthetic_peer_fd(const struct synthetic_peer *peer);
/* Takes all datagrams that are waiting. */
void synthetic_peer_receive(struct synthetic_peer *peer, int64_t now_us);
/* When to call `_tick` next. */
int64_t synthetic_peer_deadline_us(const struct synthetic_peer *peer);
void synthetic_peer_tick(struct synthetic_peer *peer, int64_t now_us);

/* Runs several peers from this thread until `until_us` or until `done` (may be NULL) says so. */
void synthetic_peers_run(struct synthetic_peer *const *peers, unsigned count, int64_t until_us,
                         bool (*done)(void *context), void *context);

/* A network change: from now on everything leaves from a new port. */
bool synthetic_peer_roam(struct synthetic_peer *peer, int64_t now_us);
/* Falls silent without a word, consent included, as a phone without a network; again false: comes back. */
void synthetic_peer_mute(struct synthetic_peer *peer, bool mute);

/* What an attacker, or a broken client, sends. */
enum synthetic_attack {
    SYNTHETIC_FORGED_SSRC,     /* well protected RTP with an SSRC that the offer does not name */
    SYNTHETIC_UNKEYED,         /* RTP and RTCP with the right SSRC but a tag of random bytes, from both sockets */
    SYNTHETIC_TRUNCATED,       /* protected RTP and RTCP cut to every length from 1 byte on, and lying header fields */
    SYNTHETIC_REPLAY,          /* the last protected packets again, from both sockets */
    SYNTHETIC_WRONG_INTEGRITY, /* checks with USE-CANDIDATE and a wrong key from another port */
    SYNTHETIC_DTLS_ELSEWHERE,  /* a ClientHello and a fatal alert from a port that has passed no check */
    SYNTHETIC_GARBAGE,         /* random bytes behind every possible first byte, from both sockets */
};
/* Needs a connected peer that sends. Returns how many datagrams were sent. */
unsigned synthetic_peer_attack(struct synthetic_peer *peer, enum synthetic_attack attack);
/* By its name in the line protocol, e.g. "forged-ssrc"; false: no such attack. */
bool synthetic_attack_parse(const char *name, enum synthetic_attack *attack);

void synthetic_peer_stats(struct synthetic_peer *peer, struct synthetic_stats *stats);
