#include "media/secure/dtls.h"

#include <openssl/err.h>
#include <string.h>

#define RECORD_HEADER_BYTES 13   /* RFC 6347 §4.1 */
#define MTU_BYTES           1200 /* fits every path that WebRTC media fits */
/* RFC 6347 §4.2.4.1 starts at 1 s for want of knowledge; somebody waits for the picture, and a flight is one datagram.
 */
#define RETRANSMIT_FIRST_US 200000U
#define RETRANSMIT_LAST_US  3200000U
#define SRTP_LABEL          "EXTRACTOR-dtls_srtp" /* RFC 5764 §4.2 */

struct dtls {
    SSL *ssl;
    BIO *in, *out; /* owned by ssl */
    struct dtls_output output;
    enum dtls_state state;
    int64_t deadline_us;
};

G_DEFINE_AUTOPTR_CLEANUP_FUNC(X509, X509_free)

static unsigned next_timeout_us(SSL *ssl, unsigned last_us)
{
    (void)ssl;
    return last_us == 0 ? RETRANSMIT_FIRST_US : MIN(2 * last_us, RETRANSMIT_LAST_US);
}

struct dtls *dtls_new(const struct certificate *certificate, const struct dtls_output *output)
{
    struct dtls *dtls = g_new0(struct dtls, 1);
    dtls->output = *output;
    dtls->deadline_us = INT64_MAX;
    dtls->ssl = SSL_new(certificate_context(certificate));
    dtls->in = BIO_new(BIO_s_mem());
    dtls->out = BIO_new(BIO_s_mem());
    if (!dtls->ssl || !dtls->in || !dtls->out) {
        g_error("event=out_of_memory"); /* as GLib has it */
    }
    BIO_set_mem_eof_return(dtls->in, -1); /* empty means "later", not "end" */
    SSL_set_bio(dtls->ssl, dtls->in, dtls->out);
    SSL_set_mtu(dtls->ssl, MTU_BYTES);
    DTLS_set_timer_cb(dtls->ssl, next_timeout_us);
    SSL_set_accept_state(dtls->ssl);
    return dtls;
}

void dtls_free(struct dtls *dtls)
{
    SSL_free(dtls->ssl);
    g_free(dtls);
}

/* Length of the record at `bytes` with its header; 0: there is no whole one. */
static size_t record_length(const uint8_t *bytes, size_t left)
{
    if (left < RECORD_HEADER_BYTES) {
        return 0;
    }
    size_t length = RECORD_HEADER_BYTES + (size_t)(bytes[11] << 8 | bytes[12]);
    return length <= left ? length : 0;
}

static bool is_whole_records(const uint8_t *datagram, size_t length)
{
    while (length > 0) {
        size_t record = record_length(datagram, length);
        if (record == 0) {
            return false;
        }
        datagram += record;
        length -= record;
    }
    return true;
}

/* A memory BIO forgets where one write ended, so datagrams are made anew of as many whole records as fit. */
static void flush(struct dtls *dtls)
{
    const uint8_t *bytes;
    long pending = BIO_get_mem_data(dtls->out, &bytes);
    size_t left = pending > 0 ? (size_t)pending : 0;
    while (left > 0) {
        size_t length = record_length(bytes, left);
        g_assert(length > 0); /* OpenSSL writes whole records */
        for (size_t next; (next = record_length(bytes + length, left - length)) > 0 && length + next <= MTU_BYTES;) {
            length += next;
        }
        dtls->output.send(dtls->output.context, bytes, length);
        bytes += length;
        left -= length;
    }
    (void)BIO_reset(dtls->out);
}

static void rearm(struct dtls *dtls, int64_t now_us)
{
    struct timeval left;
    dtls->deadline_us = INT64_MAX;
    if (dtls->state == DTLS_HANDSHAKING && DTLSv1_get_timeout(dtls->ssl, &left)) {
        dtls->deadline_us = now_us + left.tv_sec * INT64_C(1000000) + left.tv_usec;
    }
}

/* Whether OpenSSL, having returned `result`, can go on with the next datagram. */
static bool can_go_on(const struct dtls *dtls, int result)
{
    int error = SSL_get_error(dtls->ssl, result);
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
}

static void handshake(struct dtls *dtls)
{
    int result = SSL_do_handshake(dtls->ssl);
    if (result == 1) {
        dtls->state = DTLS_UP;
    } else if (!can_go_on(dtls, result)) {
        dtls->state = DTLS_FAILED;
    }
}

/* Nothing but alerts is expected once up: there are no data channels, so application data is read and forgotten. */
static void read_alerts(struct dtls *dtls)
{
    uint8_t ignored[256];
    int result;
    do {
        result = SSL_read(dtls->ssl, ignored, sizeof ignored);
    } while (result > 0);
    if (!can_go_on(dtls, result)) {
        dtls->state = DTLS_ENDED;
    }
}

bool dtls_input(struct dtls *dtls, const uint8_t *datagram, size_t length, int64_t now_us)
{
    if (length > INT_MAX || !is_whole_records(datagram, length)) {
        return false;
    }
    ERR_clear_error(); /* SSL_get_error looks at the thread's whole queue */
    BIO_write(dtls->in, datagram, (int)length);
    if (dtls->state == DTLS_HANDSHAKING) {
        handshake(dtls);
    } else if (dtls->state == DTLS_UP) {
        read_alerts(dtls);
    }
    ERR_clear_error();
    (void)BIO_reset(dtls->in);
    flush(dtls);
    rearm(dtls, now_us);
    if (dtls->state == DTLS_UP) {
        SSL_free_buffers(dtls->ssl); /* 34 KiB, which SSL_MODE_RELEASE_BUFFERS does not release for DTLS */
    }
    return true;
}

int64_t dtls_deadline_us(const struct dtls *dtls)
{
    return dtls->deadline_us;
}

void dtls_tick(struct dtls *dtls, int64_t now_us)
{
    if (now_us < dtls->deadline_us) {
        return;
    }
    ERR_clear_error();
    if (DTLSv1_handle_timeout(dtls->ssl) < 0) {
        dtls->state = DTLS_FAILED;
    }
    ERR_clear_error();
    flush(dtls);
    rearm(dtls, now_us);
}

enum dtls_state dtls_state(const struct dtls *dtls)
{
    return dtls->state;
}

void dtls_close(struct dtls *dtls)
{
    if (dtls->state != DTLS_UP) {
        return;
    }
    ERR_clear_error();
    SSL_alloc_buffers(dtls->ssl); /* reading would do so itself, writing does not */
    SSL_shutdown(dtls->ssl);
    ERR_clear_error();
    flush(dtls);
    dtls->state = DTLS_ENDED;
}

bool dtls_fingerprint(const struct dtls *dtls, char fingerprint[MEDIA_FINGERPRINT_LENGTH + 1])
{
    g_autoptr(X509) x509 = SSL_get1_peer_certificate(dtls->ssl);
    return x509 && certificate_digest(x509, fingerprint);
}

bool dtls_export_keying(const struct dtls *dtls, struct srtp_keying *keying)
{
    const SRTP_PROTECTION_PROFILE *profile = SSL_get_selected_srtp_profile(dtls->ssl);
    if (!profile) {
        return false;
    }
    keying->protection = profile->id == SRTP_AEAD_AES_128_GCM ? SRTP_PROTECTION_GCM : SRTP_PROTECTION_CM;

    /* client key, server key, client salt, server salt */
    unsigned key = srtp_keying_key_bytes(keying->protection), salt = srtp_keying_salt_bytes(keying->protection);
    uint8_t material[2 * SRTP_KEYING_BYTES_MAX];
    bool exported = SSL_export_keying_material(dtls->ssl, material, 2 * (key + salt), SRTP_LABEL, strlen(SRTP_LABEL),
                                               NULL, 0, 0) == 1;
    if (exported) {
        memcpy(keying->theirs, material, key);
        memcpy(keying->ours, material + key, key);
        memcpy(keying->theirs + key, material + 2 * key, salt);
        memcpy(keying->ours + key, material + 2 * key + salt, salt);
    }
    OPENSSL_cleanse(material, sizeof material);
    return exported;
}
