/* media: WebRTC rooms on this server's own UDP ports. The only header of media/ that other modules include.
 *
 * An engine owns workers (one thread, one epoll loop, one UDP port each); a worker owns rooms, a room owns peers, a
 * peer owns tracks. A room lives on one worker for its whole life. Callers hold ids, never pointers: an id carries a
 * generation, so an id of something gone is an error (MEDIA_ERROR_GONE) and never somebody else's.
 *
 * Threads: every function here may be called from any thread but a worker's, and blocks until the worker has
 * answered (microseconds; media_capture up to its timeout). Listener callbacks run on a worker thread: they must copy
 * what they need, return at once and not call back into the engine. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define MEDIA_PARTIES_MAX        4                       /* parties in a room */
#define MEDIA_SLOTS_MAX          (MEDIA_PARTIES_MAX - 1) /* the others, each in one audio and one video receive slot */
#define MEDIA_FINGERPRINT_LENGTH 95                      /* "AB:CD:…", SHA-256, RFC 8122 §5 */

enum media_codec { MEDIA_CODEC_NONE, MEDIA_CODEC_OPUS, MEDIA_CODEC_VP8, MEDIA_CODEC_H264 };
const char *media_codec_name(enum media_codec codec); /* "opus", "VP8", "H264"; static */

struct media_address {
    char *bind;     /* numeric IPv4 or IPv6 address to bind, e.g. "10.0.0.5" or "::1" */
    char *announce; /* address written into candidates behind 1:1 NAT; NULL: the same */
};

struct media_config {
    const struct media_address *addresses; /* at least one; each worker binds its port on all of them */
    unsigned address_count;
    uint16_t port;                    /* UDP port of worker 0, worker n has port + n; 0: any free port (tests) */
    unsigned workers;                 /* 1..64 */
    enum media_codec video_codecs[2]; /* server's order of preference; MEDIA_CODEC_NONE ends it */
    unsigned rooms_max;               /* all workers together */
    unsigned peers_max;
    unsigned packets_per_s_max;     /* accepted from one peer, burst of the same size; more is dropped and counted */
    unsigned video_bitrate_max_bps; /* told to senders by REMB */
    unsigned audio_bitrate_max_bps; /* told to senders in the answer, for Opus (RFC 7587 §6.1) */
    unsigned cache_bytes;           /* retransmission cache of each video track */
    unsigned keyframe_bytes_max;    /* the largest keyframe that media_capture collects */
    unsigned pli_interval_ms;       /* at most one PLI to a sender in this time (a capture's first PLI is exempt) */
    unsigned consent_timeout_ms;    /* RFC 7675 §5.1: a peer silent for this long is away */
    unsigned connect_timeout_ms;    /* a peer that has not completed DTLS by then is closed */
};

typedef uint64_t media_room_id; /* 0 is never an id */
typedef uint64_t media_peer_id;

enum media_peer_state {
    MEDIA_PEER_CONNECTING,
    MEDIA_PEER_CONNECTED, /* DTLS up, fingerprint compared, consent fresh */
    MEDIA_PEER_AWAY,      /* consent expired; a new check or an ICE restart brings it back */
    MEDIA_PEER_CLOSED,    /* for good; `reason` says why; the id is gone */
};

enum media_close_reason {
    MEDIA_CLOSE_LEFT,        /* media_leave, or its room was closed */
    MEDIA_CLOSE_REMOTE,      /* DTLS close_notify or fatal alert */
    MEDIA_CLOSE_FINGERPRINT, /* certificate is not the one of the SDP (RFC 8122 §6.2) */
    MEDIA_CLOSE_DTLS,        /* handshake failed */
    MEDIA_CLOSE_TIMEOUT,     /* not connected in time */
};
const char *media_close_reason_name(enum media_close_reason reason);

/* Which party fills receive slot `index` of a peer: peer 0 when the slot is empty. */
struct media_slot {
    unsigned index;
    media_peer_id source;
};

struct media_listener {
    void *context;
    void (*peer_state)(void *context, media_room_id room, media_peer_id peer, enum media_peer_state state,
                       enum media_close_reason reason);
    /* The slots of `peer` changed: all of them, as they are now. */
    void (*peer_slots)(void *context, media_room_id room, media_peer_id peer, const struct media_slot *slots,
                       unsigned count);
};

enum media_error {
    MEDIA_ERROR_CONFIG,      /* a setting out of range, an address that does not bind */
    MEDIA_ERROR_LIMIT,       /* rooms, peers or parties are at their maximum */
    MEDIA_ERROR_GONE,        /* no such room or peer any more */
    MEDIA_ERROR_SDP,         /* the offer cannot be used; the message says which line and why */
    MEDIA_ERROR_NO_VIDEO,    /* capture: the peer sends no video, or none arrives */
    MEDIA_ERROR_NO_KEYFRAME, /* capture: no complete keyframe in time; the message says how far it came */
    MEDIA_ERROR_BUSY,        /* capture: one is already running for this peer */
};
#define MEDIA_ERROR media_error_quark()
GQuark media_error_quark(void);

struct media_engine;

/* Binds all ports and starts the workers. `config` is copied. Fails with MEDIA_ERROR_CONFIG. */
struct media_engine *media_engine_new(const struct media_config *config, const struct media_listener *listener,
                                      GError **error);
/* Closes every room (peers get a DTLS close_notify), stops the workers, joins their threads. */
void media_engine_free(struct media_engine *engine);

/* Makes an empty room on the worker with the fewest peers. Fails with MEDIA_ERROR_LIMIT. */
bool media_room_open(struct media_engine *engine, media_room_id *room, GError **error);
/* Closes a room and all its peers. An unknown id is no error. */
void media_room_close(struct media_engine *engine, media_room_id room);

struct media_answer {
    media_peer_id peer;
    char *sdp;                                      /* owned by the caller: media_answer_clear */
    char fingerprint[MEDIA_FINGERPRINT_LENGTH + 1]; /* the client's certificate, as its offer says */
};
void media_answer_clear(struct media_answer *answer);

/* Whether `offer` could be joined with, so that nothing has to be given up for one that cannot. Fails with
 * MEDIA_ERROR_SDP. */
bool media_check_offer(struct media_engine *engine, const char *offer, GError **error);
/* Joins a room with a client's SDP offer (JSEP, RFC 8829). The first audio and the first video m-line that send carry
 * the party's tracks; every m-line that receives is a slot, in the order of the offer, separately for audio and video.
 * At most 64 KiB, 16 m-lines. Fails with MEDIA_ERROR_SDP, _LIMIT or _GONE; the room is then unchanged. */
bool media_join(struct media_engine *engine, media_room_id room, const char *offer, struct media_answer *answer,
                GError **error);
/* ICE restart (RFC 8445 §9): the new credentials of `offer` for the same DTLS association, tracks and slots. A changed
 * fingerprint is MEDIA_ERROR_SDP: that client has to join anew. */
bool media_restart_ice(struct media_engine *engine, media_peer_id peer, const char *offer, char **answer_sdp,
                       GError **error);
/* Ends a peer's media. An unknown id is no error. */
void media_leave(struct media_engine *engine, media_peer_id peer);

/* A complete keyframe as it came off the wire, decrypted: the evidence that a screenshot is made from. */
struct media_keyframe {
    enum media_codec codec;
    uint8_t payload_type;
    uint32_t ssrc;          /* as the client sent it */
    uint32_t rtp_timestamp; /* as the client sent it */
    int64_t wall_us;        /* UTC microseconds at the arrival of its last packet */
    char fingerprint[MEDIA_FINGERPRINT_LENGTH + 1];
    GPtrArray *packets; /* of GBytes: whole RTP packets in order, no gap, the last with the marker bit */
};
void media_keyframe_clear(struct media_keyframe *keyframe);

/* Asks `peer` for a keyframe (PLI, RFC 4585 §6.3.1), waits for all of its packets, checked by sequence number, losses
 * repaired by NACK. Blocks at most `timeout_ms`. Fails with MEDIA_ERROR_NO_VIDEO, _NO_KEYFRAME, _BUSY or _GONE. */
bool media_capture(struct media_engine *engine, media_peer_id peer, unsigned timeout_ms,
                   struct media_keyframe *keyframe, GError **error);

/* A tap: the video of one peer as it comes, for somebody who decodes it (liveness). The worker fills a bounded ring;
 * one reader takes from it. It begins with a keyframe. A full ring drops packets, up to the next keyframe, asks for
 * that one, counts what was dropped, and never holds the worker up. */
struct media_tap;
struct media_tap_source {
    enum media_codec codec;
    uint8_t payload_type;
};
/* Asks for a keyframe (PLI) too. One tap a peer, which need not be connected yet. Fails with MEDIA_ERROR_NO_VIDEO (its
 * offer sends none), _BUSY or _GONE. */
struct media_tap *media_tap_open(struct media_engine *engine, media_peer_id peer, size_t ring_bytes,
                                 struct media_tap_source *source, GError **error);
enum media_tap_state { MEDIA_TAP_OPEN, MEDIA_TAP_ENDED };
/* Appends the packets that have come (GBytes: whole RTP packets, in order of sequence; one that is missing is waited
 * for until its retransmission, at most 150 ms, then left out) and returns at once when there are any, else after at
 * most `timeout_ms`. MEDIA_TAP_ENDED: the peer has left and everything has been read. `dropped`: so far, by a full
 * ring. */
enum media_tap_state media_tap_read(struct media_tap *tap, unsigned timeout_ms, GPtrArray *packets, uint64_t *dropped);
/* Asks the sender for a keyframe, within the limiter. */
void media_tap_refresh(struct media_tap *tap);
/* Not while another thread reads. A tap that has ended may be closed after its engine was freed. */
void media_tap_close(struct media_tap *tap);

/* One track of a peer: `sent` is what the peer sends us (received here), otherwise what we send it in slot `slot`. */
struct media_track_stats {
    bool sent;
    unsigned slot;
    enum media_codec codec;
    uint32_t ssrc;
    uint64_t packets;
    uint64_t bytes;         /* RTP payload */
    uint64_t packets_lost;  /* RFC 3550 §6.4.1, cumulative, never negative here */
    uint64_t retransmitted; /* packets sent again (slot) or recovered (sent) */
    uint64_t undelivered;   /* slot: packets in a codec that its receiver did not offer */
    double loss_fraction;   /* of the last reporting interval, 0..1 */
    double jitter_ms;       /* RFC 3550 §6.4.1 */
    unsigned bitrate_bps;   /* over the last second */
};
#define MEDIA_TRACKS_MAX (2 + 2 * MEDIA_SLOTS_MAX)
struct media_peer_stats {
    media_peer_id peer;
    enum media_peer_state state;
    unsigned track_count;
    double round_trip_ms; /* from the peer's receiver reports; < 0: not known yet */
    uint64_t dropped;     /* packets from this peer that were refused: unauthenticated, replayed, malformed, too many */
    struct media_track_stats tracks[MEDIA_TRACKS_MAX];
};
/* Statistics of all peers of a room; returns how many were written, 0 for an unknown room. */
unsigned media_room_stats(struct media_engine *engine, media_room_id room,
                          struct media_peer_stats stats[MEDIA_PARTIES_MAX]);

struct media_engine_stats {
    unsigned workers, rooms, peers;
    uint64_t packets_received, packets_sent, packets_forwarded; /* forwarded: one for each receiver */
    uint64_t refused_stun, refused_dtls, refused_srtp, refused_rate,
        refused_unknown; /* datagrams that changed nothing */
    uint64_t send_failed;
};
void media_engine_stats(struct media_engine *engine, struct media_engine_stats *stats);
/* The UDP port of worker `index`, for logs and doctor. */
uint16_t media_engine_port(const struct media_engine *engine, unsigned index);
