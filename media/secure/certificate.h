/* certificate: who this server is in DTLS: a P-256 key and a self-signed certificate (RFC 8827 §6.5), made in memory
 * when the engine starts and gone with it. Nobody trusts it by itself: the SDP, which comes over the authenticated
 * signaling, says its fingerprint. Read-only after it is made, so any thread may use it. */
#pragma once

#include "media/media.h"

#include <openssl/ssl.h>

struct certificate;

/* Fails with MEDIA_ERROR_CONFIG when OpenSSL refuses (no randomness, a policy without P-256). */
struct certificate *certificate_new(GError **error);
void certificate_free(struct certificate *certificate);

/* "AB:CD:…": SHA-256, RFC 8122 §5. */
const char *certificate_fingerprint(const struct certificate *certificate);
/* The DTLS 1.2 context that offers it; borrowed. */
SSL_CTX *certificate_context(const struct certificate *certificate);

/* The fingerprint of any certificate. */
bool certificate_digest(X509 *x509, char fingerprint[MEDIA_FINGERPRINT_LENGTH + 1]);
