/* tls: the server's certificate: what it says, and how to change it while connections live. */
#pragma once

#include <glib.h>
#include <openssl/ssl.h>
#include <stdbool.h>
#include <stdint.h>

enum tls_error { TLS_ERROR_UNUSABLE }; /* the files cannot be read, or do not belong together */
#define TLS_ERROR tls_error_quark()
GQuark tls_error_quark(void);

struct tls_validity {
    int64_t from_us, to_us; /* UTC */
};

/* Reads certificate chain and key (PEM) and checks that they belong together. `validity` may be NULL. */
bool tls_check(const char *certificate, const char *key, struct tls_validity *validity, GError **error);

/* Gives `context` the certificate and key of these files: connections from now on use them, older ones keep theirs.
 * On failure `context` is unchanged. */
bool tls_reload(SSL_CTX *context, const char *certificate, const char *key, GError **error);
