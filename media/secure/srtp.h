/* srtp: protects and unprotects the RTP and RTCP of one peer (RFC 3711, RFC 7714) with libsrtp.
 *
 * Sans-I/O. Everything happens in place. A packet that fails its tag or was seen before changes nothing. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SRTP_KEYING_BYTES_MAX 30 /* master key and salt: 16 + 14, or 16 + 12 with GCM */
/* Sources a peer may send from: its two tracks, retransmission and report senders, each perhaps replaced in a call.
 * libsrtp keeps state for each source for good, so a client must not be able to invent them for ever. */
#define SRTP_SOURCES_MAX 16

enum srtp_protection {
    SRTP_PROTECTION_GCM, /* AEAD_AES_128_GCM */
    SRTP_PROTECTION_CM,  /* AES128_CM_HMAC_SHA1_80 */
};

/* What the DTLS handshake agreed on (RFC 5764 §4.2). Wipe after use. */
struct srtp_keying {
    enum srtp_protection protection;
    uint8_t ours[SRTP_KEYING_BYTES_MAX]; /* master key, then salt, of what we send */
    uint8_t theirs[SRTP_KEYING_BYTES_MAX];
};
unsigned srtp_keying_key_bytes(enum srtp_protection protection);
unsigned srtp_keying_salt_bytes(enum srtp_protection protection);

/* Starts libsrtp, whose cryptography takes a while to load; done by the first session otherwise. Any thread. */
void srtp_session_prepare(void);

struct srtp_session;
/* NULL when libsrtp refuses. */
struct srtp_session *srtp_session_new(const struct srtp_keying *keying);
void srtp_session_free(struct srtp_session *session);

/* `*length` becomes that of the plain packet. False: forged, replayed, malformed, or of one source too many. The buffer
 * then holds rubbish. The packet must be RTP resp. RTCP by demux. */
bool srtp_session_unprotect_rtp(struct srtp_session *session, uint8_t *packet, size_t *length);
bool srtp_session_unprotect_rtcp(struct srtp_session *session, uint8_t *packet, size_t *length);
/* There must be TRANSPORT_TRAILER_BYTES of room behind `*length`, which grows by the tag. A packet may be sent again
 * with its sequence number (NACK), but only byte for byte the same: two plaintexts under one GCM nonce give the key of
 * the tag away (RFC 7714 §8.1). */
bool srtp_session_protect_rtp(struct srtp_session *session, uint8_t *packet, size_t *length);
bool srtp_session_protect_rtcp(struct srtp_session *session, uint8_t *packet, size_t *length);
