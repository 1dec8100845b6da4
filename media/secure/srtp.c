#include "media/secure/srtp.h"

#include <openssl/crypto.h>
#include <srtp2/srtp.h>
#include <string.h>

/* RFC 3711 §3.3.2 asks for at least 64; a retransmission may come half a second of video late. */
#define REPLAY_WINDOW_PACKETS 1024

struct srtp_session {
    srtp_t in, out;
    unsigned source_count;
    uint32_t sources[SRTP_SOURCES_MAX]; /* whose packets have been authenticated, in network byte order */
};

static srtp_profile_t profile_of(enum srtp_protection protection)
{
    return protection == SRTP_PROTECTION_GCM ? srtp_profile_aead_aes_128_gcm : srtp_profile_aes128_cm_sha1_80;
}

unsigned srtp_keying_key_bytes(enum srtp_protection protection)
{
    return srtp_profile_get_master_key_length(profile_of(protection));
}

unsigned srtp_keying_salt_bytes(enum srtp_protection protection)
{
    return srtp_profile_get_master_salt_length(profile_of(protection));
}

void srtp_session_prepare(void)
{
    static gsize ready;
    if (g_once_init_enter(&ready)) {
        srtp_err_status_t status = srtp_init();
        /* bad_param: somebody else in this process has done it (a test's own client). */
        if (status != srtp_err_status_ok && status != srtp_err_status_bad_param) {
            g_error("event=srtp_init_failed status=%d",
                    status); /* its self-test failed: nothing it makes can be trusted */
        }
        g_once_init_leave(&ready, 1);
    }
}

static srtp_t make_direction(enum srtp_protection protection, srtp_ssrc_type_t direction, const uint8_t *key_and_salt)
{
    srtp_policy_t policy = {
        .ssrc.type = direction,
        .key = (uint8_t *)key_and_salt, /* libsrtp only reads it */
        .window_size = REPLAY_WINDOW_PACKETS,
        .allow_repeat_tx = direction == ssrc_any_outbound, /* answers to NACK */
    };
    srtp_t session;
    if (srtp_crypto_policy_set_from_profile_for_rtp(&policy.rtp, profile_of(protection)) != srtp_err_status_ok ||
        srtp_crypto_policy_set_from_profile_for_rtcp(&policy.rtcp, profile_of(protection)) != srtp_err_status_ok ||
        srtp_create(&session, &policy) != srtp_err_status_ok) {
        return NULL;
    }
    return session;
}

struct srtp_session *srtp_session_new(const struct srtp_keying *keying)
{
    srtp_session_prepare();
    struct srtp_session *session = g_new0(struct srtp_session, 1);
    session->in = make_direction(keying->protection, ssrc_any_inbound, keying->theirs);
    session->out = make_direction(keying->protection, ssrc_any_outbound, keying->ours);
    if (!session->in || !session->out) {
        g_clear_pointer(&session, srtp_session_free);
    }
    return session;
}

void srtp_session_free(struct srtp_session *session)
{
    if (session->in) {
        srtp_dealloc(session->in);
    }
    if (session->out) {
        srtp_dealloc(session->out);
    }
    g_free(session);
}

typedef srtp_err_status_t transform(srtp_t session, void *packet, int *length);

static bool run(transform *function, srtp_t session, uint8_t *packet, size_t *length)
{
    int in_out = (int)*length;
    if (function(session, packet, &in_out) != srtp_err_status_ok) {
        return false;
    }
    *length = (size_t)in_out;
    return true;
}

static bool is_known(const struct srtp_session *session, uint32_t source)
{
    for (unsigned i = 0; i < session->source_count; i++) {
        if (session->sources[i] == source) {
            return true;
        }
    }
    return false;
}

/* `ssrc_at`: where the packet names its source. */
static bool unprotect(struct srtp_session *session, transform *function, unsigned ssrc_at, uint8_t *packet,
                      size_t *length)
{
    uint32_t source;
    memcpy(&source, packet + ssrc_at, sizeof source);
    bool known = is_known(session, source);
    if (!known && session->source_count == SRTP_SOURCES_MAX) {
        return false;
    }
    if (!run(function, session->in, packet, length)) {
        return false;
    }
    if (!known) {
        session->sources[session->source_count++] = source;
    }
    return true;
}

bool srtp_session_unprotect_rtp(struct srtp_session *session, uint8_t *packet, size_t *length)
{
    return unprotect(session, srtp_unprotect, 8, packet, length);
}

bool srtp_session_unprotect_rtcp(struct srtp_session *session, uint8_t *packet, size_t *length)
{
    return unprotect(session, srtp_unprotect_rtcp, 4, packet, length);
}

bool srtp_session_protect_rtp(struct srtp_session *session, uint8_t *packet, size_t *length)
{
    return run(srtp_protect, session->out, packet, length);
}

bool srtp_session_protect_rtcp(struct srtp_session *session, uint8_t *packet, size_t *length)
{
    return run(srtp_protect_rtcp, session->out, packet, length);
}
