/* transport: ICE-lite (RFC 8445 §2.5), consent (RFC 7675), DTLS 1.2 (RFC 6347) and SRTP (RFC 5764) of one peer.
 *
 * Sans-I/O: datagrams, their path and the time go in; datagrams, packets and the next deadline come out. No socket, no
 * clock, no thread. Runs on its worker's thread. Callbacks must not free the transport.
 * Authenticate, then mutate: nothing that fails its integrity check changes anything but a counter. */
#pragma once

#include "media/media.h"
#include "media/net/path.h"

#define TRANSPORT_DATAGRAM_BYTES_MAX 2048 /* longer ones are refused */

struct transport;
struct certificate; /* secure/certificate.h: ours, one for the engine */

/* What became of a datagram. */
enum transport_verdict {
    TRANSPORT_ACCEPTED,
    TRANSPORT_REFUSED_STUN, /* malformed, wrong integrity, not a binding request */
    TRANSPORT_REFUSED_DTLS, /* from an address that has not passed an ICE check, or broken records */
    TRANSPORT_REFUSED_SRTP, /* before keys, wrong tag, replayed */
    TRANSPORT_REFUSED_KIND, /* nothing of RFC 7983, or too long */
};

struct transport_output {
    void *context;
    void (*send)(void *context, const struct path *path, const uint8_t *datagram, size_t length);
    /* An ICE check on this path passed: datagrams from it belong to this peer from now on. Comes with every check, so
     * that the receiver can tell which paths are still in use. */
    void (*authenticated)(void *context, const struct path *path);
    void (*state)(void *context, enum media_peer_state state, enum media_close_reason reason);
    /* Decrypted and authenticated, in the caller's buffer, valid for the call. */
    void (*rtp)(void *context, uint8_t *packet, size_t length, int64_t now_us);
    void (*rtcp)(void *context, uint8_t *packet, size_t length, int64_t now_us);
};

struct transport_config {
    const struct certificate *certificate;
    const char *remote_ufrag, *remote_pwd; /* copied */
    const char *remote_fingerprint;        /* copied */
    unsigned consent_timeout_ms, connect_timeout_ms;
};

/* `now_us` is monotonic everywhere. */
struct transport *transport_new(const struct transport_config *config, const struct transport_output *output,
                                int64_t now_us);
/* Sends close_notify if connected; says nothing through `state`. */
void transport_free(struct transport *transport, int64_t now_us);

const char *
transport_ufrag(const struct transport *transport); /* ours, 8 characters, unique in practice: routes STUN */
const char *transport_pwd(const struct transport *transport);

/* New credentials on both sides (RFC 8445 §9); DTLS and SRTP go on. The old local ufrag keeps answering until a check
 * with the new one has passed, so that media does not stall meanwhile; `transport_retired_ufrag` is it, or NULL. */
void transport_restart_ice(struct transport *transport, const char *remote_ufrag, const char *remote_pwd);
const char *transport_retired_ufrag(const struct transport *transport);

/* One datagram; `datagram` is decrypted in place. */
enum transport_verdict transport_input(struct transport *transport, const struct path *path, uint8_t *datagram,
                                       size_t length, int64_t now_us);
/* When transport_tick wants to be called; INT64_MAX: never. */
int64_t transport_deadline_us(const struct transport *transport);
void transport_tick(struct transport *transport, int64_t now_us);

/* Room behind the packet that SRTP needs for its tag. */
#define TRANSPORT_TRAILER_BYTES 32
/* Protects in place (`packet` has TRANSPORT_TRAILER_BYTES behind `length`) and sends on the selected path. False: not
 * connected, away, or a sequence number that SRTP refuses: one 1,024 or more behind the latest of its SSRC. A packet
 * may be sent again under its sequence number, but only byte for byte the same before protection (srtp.h says why). */
bool transport_send_rtp(struct transport *transport, uint8_t *packet, size_t length);
bool transport_send_rtcp(struct transport *transport, uint8_t *packet, size_t length);

enum media_peer_state transport_state(const struct transport *transport);
