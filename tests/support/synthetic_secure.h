/* synthetic_secure: DTLS 1.2 client (RFC 5764) and the two SRTP sessions of a synthetic peer. Sans-I/O. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SYNTHETIC_DATAGRAM_MAX 1500

struct synthetic_secure;

enum synthetic_secure_state { SECURE_HANDSHAKING, SECURE_UP, SECURE_CLOSED, SECURE_FAILED };

/* Makes a fresh P-256 certificate. */
struct synthetic_secure *synthetic_secure_new(bool no_gcm);
void synthetic_secure_free(struct synthetic_secure *secure);
/* "AB:CD:…" of our certificate; valid as long as `secure`. */
const char *synthetic_secure_fingerprint(const struct synthetic_secure *secure);

/* Begins the handshake; the server's certificate must have this fingerprint. Then fetch what is to be sent. */
void synthetic_secure_start(struct synthetic_secure *secure, const char *remote_fingerprint);
void synthetic_secure_input(struct synthetic_secure *secure, const uint8_t *datagram, size_t length);
/* The next datagram to send, 0 when there is none. */
size_t synthetic_secure_output(struct synthetic_secure *secure, uint8_t datagram[SYNTHETIC_DATAGRAM_MAX]);
/* Until the next retransmission is due, -1: none is. */
int64_t synthetic_secure_timeout_us(struct synthetic_secure *secure);
void synthetic_secure_expired(struct synthetic_secure *secure);
/* Queues close_notify. */
void synthetic_secure_close(struct synthetic_secure *secure);

enum synthetic_secure_state synthetic_secure_state(const struct synthetic_secure *secure);
const char *synthetic_secure_why(const struct synthetic_secure *secure); /* static; NULL while all is well */

/* In place; false when libsrtp refuses. `packet` has SYNTHETIC_DATAGRAM_MAX bytes. */
bool synthetic_secure_protect(struct synthetic_secure *secure, bool rtcp, uint8_t *packet, size_t *length);
enum synthetic_unprotect { UNPROTECT_OK, UNPROTECT_REPEATED, UNPROTECT_REFUSED };
enum synthetic_unprotect synthetic_secure_unprotect(struct synthetic_secure *secure, bool rtcp, uint8_t *packet,
                                                    size_t *length);
