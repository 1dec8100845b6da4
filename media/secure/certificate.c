#include "media/secure/certificate.h"

#include <openssl/err.h>
#include <openssl/rand.h>
#include <openssl/x509.h>
#include <string.h>

#define VALID_S (366L * 24 * 3600)
/* Largest handshake message that a client may make us buffer, its certificate chain: self-signed RSA 4096 is 1.5 KiB.
 */
#define HANDSHAKE_BYTES_MAX 8192

struct certificate {
    SSL_CTX *context;
    char fingerprint[MEDIA_FINGERPRINT_LENGTH + 1];
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_PKEY, EVP_PKEY_free)
G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)

bool certificate_digest(X509 *x509, char fingerprint[MEDIA_FINGERPRINT_LENGTH + 1])
{
    uint8_t digest[EVP_MAX_MD_SIZE];
    unsigned length;
    if (X509_digest(x509, EVP_sha256(), digest, &length) != 1 || length * 3 - 1 != MEDIA_FINGERPRINT_LENGTH) {
        return false;
    }
    for (unsigned i = 0; i < length; i++) {
        g_snprintf(fingerprint + 3 * i, 4, i + 1 < length ? "%02X:" : "%02X", digest[i]);
    }
    return true;
}

/* Self-signed; nobody looks at more than its digest. NULL when OpenSSL refuses. */
static X509 *make_x509(EVP_PKEY *key)
{
    uint64_t serial;
    g_autoptr(X509) x509 = X509_new();
    if (!x509 || RAND_bytes((uint8_t *)&serial, sizeof serial) != 1) {
        return NULL;
    }
    X509_NAME *name = X509_get_subject_name(x509);
    /* A day of validity backwards, for a client whose clock is slow. */
    if (!X509_set_version(x509, X509_VERSION_3) || !ASN1_INTEGER_set_uint64(X509_get_serialNumber(x509), serial >> 1) ||
        !X509_gmtime_adj(X509_getm_notBefore(x509), -24L * 3600) ||
        !X509_gmtime_adj(X509_getm_notAfter(x509), VALID_S) ||
        !X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const unsigned char *)"viva", -1, -1, 0) ||
        !X509_set_issuer_name(x509, name) || !X509_set_pubkey(x509, key) || !X509_sign(x509, key, EVP_sha256())) {
        return NULL;
    }
    return g_steal_pointer(&x509);
}

/* Any certificate passes here, because none is signed by anybody: what counts is its fingerprint (dtls.c). */
static int accept_any(int preverified, X509_STORE_CTX *store)
{
    (void)preverified, (void)store;
    return 1;
}

static SSL_CTX *make_context(EVP_PKEY *key, X509 *x509)
{
    SSL_CTX *context = SSL_CTX_new(DTLS_server_method());
    if (!context) {
        return NULL;
    }
    /* SSL_CTX_set_tlsext_use_srtp returns 0 when it is content, unlike the others. */
    if (!SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION) ||
        !SSL_CTX_set_cipher_list(context, "ECDHE+ECDSA+AESGCM:ECDHE+ECDSA+CHACHA20") ||
        !SSL_CTX_use_certificate(context, x509) || !SSL_CTX_use_PrivateKey(context, key) ||
        SSL_CTX_set_tlsext_use_srtp(context, "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80") != 0) {
        SSL_CTX_free(context);
        return NULL;
    }
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, accept_any);
    SSL_CTX_set_options(context, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_TICKET |
                                     SSL_OP_CIPHER_SERVER_PREFERENCE);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
    SSL_CTX_set_max_cert_list(context, HANDSHAKE_BYTES_MAX);
    return context;
}

struct certificate *certificate_new(GError **error)
{
    struct certificate *certificate = g_new0(struct certificate, 1);
    g_autoptr(EVP_PKEY) key = EVP_EC_gen("P-256");
    g_autoptr(X509) x509 = key ? make_x509(key) : NULL;
    if (x509 && certificate_digest(x509, certificate->fingerprint)) {
        certificate->context = make_context(key, x509);
    }
    if (!certificate->context) {
        char reason[256];
        ERR_error_string_n(ERR_get_error(), reason, sizeof reason);
        ERR_clear_error();
        g_set_error(error, MEDIA_ERROR, MEDIA_ERROR_CONFIG, "cannot make a DTLS certificate: %s", reason);
        g_clear_pointer(&certificate, certificate_free);
    }
    return certificate;
}

void certificate_free(struct certificate *certificate)
{
    SSL_CTX_free(certificate->context);
    g_free(certificate);
}

const char *certificate_fingerprint(const struct certificate *certificate)
{
    return certificate->fingerprint;
}

SSL_CTX *certificate_context(const struct certificate *certificate)
{
    return certificate->context;
}
