#include "signaling/tls.h"

#include <openssl/err.h>
#include <openssl/x509.h>
#include <time.h>

G_DEFINE_QUARK(tls_error, tls_error)

static void set_error(GError **error, const char *what, const char *file)
{
    char reason[256];
    ERR_error_string_n(ERR_peek_last_error(), reason, sizeof reason);
    ERR_clear_error();
    g_set_error(error, TLS_ERROR, TLS_ERROR_UNUSABLE, "%s: %s (%s)", file, what, reason);
}

static SSL_CTX *load(const char *certificate, const char *key, GError **error)
{
    SSL_CTX *context = SSL_CTX_new(TLS_server_method());
    const char *failed = NULL;
    if (SSL_CTX_use_certificate_chain_file(context, certificate) != 1) {
        set_error(error, "not a readable PEM certificate chain", failed = certificate);
    } else if (SSL_CTX_use_PrivateKey_file(context, key, SSL_FILETYPE_PEM) != 1) {
        set_error(error, "not a readable PEM private key of the certificate", failed = key);
    } else if (SSL_CTX_check_private_key(context) != 1) {
        set_error(error, "not the private key of the certificate", failed = key);
    }
    if (failed != NULL) {
        g_clear_pointer(&context, SSL_CTX_free);
    }
    return context;
}

static int64_t instant_of(const ASN1_TIME *time)
{
    struct tm parts;
    return ASN1_TIME_to_tm(time, &parts) == 1 ? (int64_t)timegm(&parts) * G_USEC_PER_SEC : 0;
}

bool tls_check(const char *certificate, const char *key, struct tls_validity *validity, GError **error)
{
    SSL_CTX *context = load(certificate, key, error);
    if (context == NULL) {
        return false;
    }
    if (validity != NULL) {
        const X509 *leaf = SSL_CTX_get0_certificate(context);
        validity->from_us = instant_of(X509_get0_notBefore(leaf));
        validity->to_us = instant_of(X509_get0_notAfter(leaf));
    }
    SSL_CTX_free(context);
    return true;
}

bool tls_reload(SSL_CTX *context, const char *certificate, const char *key, GError **error)
{
    SSL_CTX *fresh = load(certificate, key, error);
    if (fresh == NULL) {
        return false;
    }
    STACK_OF(X509) *chain = NULL;
    SSL_CTX_get0_chain_certs(fresh, &chain);
    const int replaced =
        SSL_CTX_use_cert_and_key(context, SSL_CTX_get0_certificate(fresh), SSL_CTX_get0_privatekey(fresh), chain, 1);
    if (replaced != 1) {
        set_error(error, "not usable by this server", certificate);
    }
    SSL_CTX_free(fresh);
    return replaced == 1;
}
