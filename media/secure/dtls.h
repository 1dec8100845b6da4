/* dtls: the passive side of a DTLS 1.2 handshake (RFC 6347) that agrees on SRTP keys (RFC 5764), with OpenSSL.
 *
 * Sans-I/O, but for one thing: OpenSSL arms its retransmission timer by gettimeofday(3). Give datagrams only from
 * addresses that have passed an ICE check; no cookie exchange is needed then. */
#pragma once

#include "media/secure/certificate.h"
#include "media/secure/srtp.h"

struct dtls;

enum dtls_state {
    DTLS_HANDSHAKING,
    DTLS_UP,     /* keys agreed; with whom, is for the caller to check: dtls_fingerprint */
    DTLS_ENDED,  /* was up; the other side sent close_notify or a fatal alert */
    DTLS_FAILED, /* never came up */
};

struct dtls_output {
    void *context;
    void (*send)(void *context, const uint8_t *datagram, size_t length);
};

struct dtls *dtls_new(const struct certificate *certificate, const struct dtls_output *output);
void dtls_free(struct dtls *dtls);
/* Sends close_notify if up. */
void dtls_close(struct dtls *dtls);

/* False, and nothing happened: the datagram is not made of whole DTLS records. */
bool dtls_input(struct dtls *dtls, const uint8_t *datagram, size_t length, int64_t now_us);
/* When dtls_tick wants to be called to repeat a lost flight; INT64_MAX: never. */
int64_t dtls_deadline_us(const struct dtls *dtls);
void dtls_tick(struct dtls *dtls, int64_t now_us);
enum dtls_state dtls_state(const struct dtls *dtls);

/* Once up: the fingerprint of the certificate that the client proved to own. */
bool dtls_fingerprint(const struct dtls *dtls, char fingerprint[MEDIA_FINGERPRINT_LENGTH + 1]);
/* Once up: the SRTP keys. False when the client offered no SRTP protection that we have. */
bool dtls_export_keying(const struct dtls *dtls, struct srtp_keying *keying);
