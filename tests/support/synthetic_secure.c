#include "tests/support/synthetic_secure.h"

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <srtp2/srtp.h>
#include <string.h>
#include <sys/time.h>

#define MTU           1200
#define RECORD_HEADER 13 /* type, version, epoch, sequence number, length: RFC 6347 §4.1 */
#define EXPORT_LABEL  "EXTRACTOR-dtls_srtp"

struct synthetic_secure {
    SSL_CTX *context;
    SSL *ssl;
    BIO *in, *out; /* owned by ssl */
    char fingerprint[96];
    char remote_fingerprint[96];
    srtp_t send, receive;
    enum synthetic_secure_state state;
    const char *why;
};

static void fail(struct synthetic_secure *secure, enum synthetic_secure_state state, const char *why)
{
    secure->state = state;
    secure->why = why;
}

static void fingerprint_of(X509 *certificate, char text[static 96])
{
    uint8_t hash[EVP_MAX_MD_SIZE];
    unsigned length = 0;
    X509_digest(certificate, EVP_sha256(), hash, &length);
    for (unsigned i = 0; i < length; i++) {
        g_snprintf(text + 3 * i, 4, i + 1 < length ? "%02X:" : "%02X", hash[i]);
    }
}

/* The certificate's own fingerprint is compared in handshake_done: any chain is fine here. */
static int accept_any(int ok, X509_STORE_CTX *context)
{
    (void)ok, (void)context;
    return 1;
}

static void make_certificate(struct synthetic_secure *secure)
{
    EVP_PKEY *key = EVP_EC_gen("P-256");
    X509 *certificate = X509_new();
    X509_set_version(certificate, 2);
    ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), g_random_int());
    X509_gmtime_adj(X509_getm_notBefore(certificate), -86400);
    X509_gmtime_adj(X509_getm_notAfter(certificate), 30 * 86400);
    X509_set_pubkey(certificate, key);
    X509_NAME *name = X509_get_subject_name(certificate);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, (const uint8_t *)"synthetic", -1, -1, 0);
    X509_set_issuer_name(certificate, name);
    X509_sign(certificate, key, EVP_sha256());
    fingerprint_of(certificate, secure->fingerprint);
    SSL_CTX_use_certificate(secure->context, certificate);
    SSL_CTX_use_PrivateKey(secure->context, key);
    X509_free(certificate);
    EVP_PKEY_free(key);
}

struct synthetic_secure *synthetic_secure_new(bool no_gcm)
{
    static gsize once;
    if (g_once_init_enter(&once)) {
        srtp_init();
        g_once_init_leave(&once, 1);
    }
    struct synthetic_secure *secure = g_new0(struct synthetic_secure, 1);
    secure->context = SSL_CTX_new(DTLS_client_method());
    make_certificate(secure);
    SSL_CTX_set_verify(secure->context, SSL_VERIFY_PEER, accept_any);
    SSL_CTX_set_tlsext_use_srtp(secure->context,
                                no_gcm ? "SRTP_AES128_CM_SHA1_80" : "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80");
    secure->ssl = SSL_new(secure->context);
    SSL_set_options(secure->ssl, SSL_OP_NO_QUERY_MTU);
    SSL_set_mtu(secure->ssl, MTU);
    secure->in = BIO_new(BIO_s_mem());
    secure->out = BIO_new(BIO_s_mem());
    BIO_set_mem_eof_return(secure->in, -1);
    BIO_set_mem_eof_return(secure->out, -1);
    SSL_set_bio(secure->ssl, secure->in, secure->out);
    SSL_set_connect_state(secure->ssl);
    return secure;
}

void synthetic_secure_free(struct synthetic_secure *secure)
{
    if (!secure) {
        return;
    }
    if (secure->send) {
        srtp_dealloc(secure->send);
    }
    if (secure->receive) {
        srtp_dealloc(secure->receive);
    }
    SSL_free(secure->ssl);
    SSL_CTX_free(secure->context);
    g_free(secure);
}

const char *synthetic_secure_fingerprint(const struct synthetic_secure *secure)
{
    return secure->fingerprint;
}

static srtp_t make_session(srtp_profile_t profile, const uint8_t *key, const uint8_t *salt, srtp_ssrc_type_t direction)
{
    uint8_t master[SRTP_MAX_KEY_LEN];
    const unsigned key_bytes = srtp_profile_get_master_key_length(profile);
    memcpy(master, key, key_bytes);
    memcpy(master + key_bytes, salt, srtp_profile_get_master_salt_length(profile));
    srtp_policy_t policy = {.ssrc = {.type = direction}, .key = master, .window_size = 1024, .allow_repeat_tx = 1};
    srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, profile);
    srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, profile);
    srtp_t session = NULL;
    return srtp_create(&session, &policy) == srtp_err_status_ok ? session : NULL;
}

/* RFC 5764 §4.2: client key, server key, client salt, server salt */
static void start_srtp(struct synthetic_secure *secure)
{
    const SRTP_PROTECTION_PROFILE *chosen = SSL_get_selected_srtp_profile(secure->ssl);
    if (!chosen) {
        fail(secure, SECURE_FAILED, "no SRTP profile");
        return;
    }
    const srtp_profile_t profile =
        chosen->id == SRTP_AEAD_AES_128_GCM ? srtp_profile_aead_aes_128_gcm : srtp_profile_aes128_cm_sha1_80;
    const size_t key_bytes = srtp_profile_get_master_key_length(profile);
    const size_t salt_bytes = srtp_profile_get_master_salt_length(profile);
    uint8_t keys[2 * SRTP_MAX_KEY_LEN];
    SSL_export_keying_material(secure->ssl, keys, 2 * (key_bytes + salt_bytes), EXPORT_LABEL, strlen(EXPORT_LABEL),
                               NULL, 0, 0);
    const uint8_t *salts = keys + 2 * key_bytes;
    secure->send = make_session(profile, keys, salts, ssrc_any_outbound);
    secure->receive = make_session(profile, keys + key_bytes, salts + salt_bytes, ssrc_any_inbound);
    if (secure->send && secure->receive) {
        secure->state = SECURE_UP;
    } else {
        fail(secure, SECURE_FAILED, "libsrtp refused the keys");
    }
}

static void handshake_done(struct synthetic_secure *secure)
{
    char theirs[96] = "";
    X509 *certificate = SSL_get1_peer_certificate(secure->ssl);
    if (certificate) {
        fingerprint_of(certificate, theirs);
    }
    X509_free(certificate);
    if (g_ascii_strcasecmp(theirs, secure->remote_fingerprint) == 0) {
        start_srtp(secure);
    } else {
        fail(secure, SECURE_FAILED, "the server's certificate is not the answer's");
    }
}

static void drive(struct synthetic_secure *secure)
{
    ERR_clear_error();
    if (secure->state == SECURE_HANDSHAKING) {
        const int result = SSL_do_handshake(secure->ssl);
        if (result == 1) {
            handshake_done(secure);
        } else if (SSL_get_error(secure->ssl, result) != SSL_ERROR_WANT_READ) {
            fail(secure, SECURE_FAILED, "DTLS handshake refused");
        }
    }
    if (secure->state != SECURE_UP) {
        return;
    }
    uint8_t ignored[SYNTHETIC_DATAGRAM_MAX];
    const int result = SSL_read(secure->ssl, ignored, sizeof ignored);
    if (result > 0) {
        return;
    }
    const int reason = SSL_get_error(secure->ssl, result);
    if (reason == SSL_ERROR_ZERO_RETURN) {
        fail(secure, SECURE_CLOSED, "close_notify");
    } else if (reason != SSL_ERROR_WANT_READ) {
        fail(secure, SECURE_CLOSED, "DTLS alert");
    }
}

void synthetic_secure_start(struct synthetic_secure *secure, const char *remote_fingerprint)
{
    g_strlcpy(secure->remote_fingerprint, remote_fingerprint, sizeof secure->remote_fingerprint);
    drive(secure);
}

void synthetic_secure_input(struct synthetic_secure *secure, const uint8_t *datagram, size_t length)
{
    BIO_write(secure->in, datagram, (int)length);
    drive(secure);
}

/* A memory BIO does not keep the borders of datagrams: whole records are put together up to the MTU. */
size_t synthetic_secure_output(struct synthetic_secure *secure, uint8_t datagram[SYNTHETIC_DATAGRAM_MAX])
{
    char *pending = NULL;
    const long available = BIO_get_mem_data(secure->out, &pending);
    size_t length = 0;
    while ((long)length + RECORD_HEADER <= available) {
        const uint8_t *record = (const uint8_t *)pending + length;
        const size_t record_bytes = RECORD_HEADER + (((size_t)record[11] << 8) | record[12]);
        if (length > 0 && length + record_bytes > MTU) {
            break;
        }
        length += record_bytes;
    }
    return length ? (size_t)BIO_read(secure->out, datagram, (int)length) : 0;
}

int64_t synthetic_secure_timeout_us(struct synthetic_secure *secure)
{
    struct timeval left;
    if (secure->state != SECURE_HANDSHAKING || DTLSv1_get_timeout(secure->ssl, &left) != 1) {
        return -1;
    }
    return left.tv_sec * G_USEC_PER_SEC + left.tv_usec;
}

void synthetic_secure_expired(struct synthetic_secure *secure)
{
    if (DTLSv1_handle_timeout(secure->ssl) < 0) {
        fail(secure, SECURE_FAILED, "DTLS handshake timed out");
    }
}

void synthetic_secure_close(struct synthetic_secure *secure)
{
    if (secure->state == SECURE_UP) {
        SSL_shutdown(secure->ssl);
    }
}

enum synthetic_secure_state synthetic_secure_state(const struct synthetic_secure *secure)
{
    return secure->state;
}

const char *synthetic_secure_why(const struct synthetic_secure *secure)
{
    return secure->why;
}

bool synthetic_secure_protect(struct synthetic_secure *secure, bool rtcp, uint8_t *packet, size_t *length)
{
    int bytes = (int)*length;
    const srtp_err_status_t status =
        rtcp ? srtp_protect_rtcp(secure->send, packet, &bytes) : srtp_protect(secure->send, packet, &bytes);
    *length = (size_t)bytes;
    return status == srtp_err_status_ok;
}

enum synthetic_unprotect synthetic_secure_unprotect(struct synthetic_secure *secure, bool rtcp, uint8_t *packet,
                                                    size_t *length)
{
    int bytes = (int)*length;
    const srtp_err_status_t status =
        rtcp ? srtp_unprotect_rtcp(secure->receive, packet, &bytes) : srtp_unprotect(secure->receive, packet, &bytes);
    *length = (size_t)bytes;
    if (status == srtp_err_status_replay_fail || status == srtp_err_status_replay_old) {
        return UNPROTECT_REPEATED;
    }
    return status == srtp_err_status_ok ? UNPROTECT_OK : UNPROTECT_REFUSED;
}
