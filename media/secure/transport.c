#include "media/secure/transport.h"

#include "media/ice/consent.h"
#include "media/ice/ice_lite.h"
#include "media/net/demux.h"
#include "media/net/route.h"
#include "media/secure/dtls.h"
#include "media/secure/srtp.h"

#include <openssl/crypto.h>
#include <string.h>

#define PATHS_MAX ROUTE_PATHS_MAX /* the worker's route and this list forget the same path */

struct transport {
    struct transport_output output;
    enum media_peer_state state;
    int64_t connect_deadline_us;
    char remote_fingerprint[MEDIA_FINGERPRINT_LENGTH + 1];

    struct ice_lite ice;
    struct consent consent;
    unsigned path_count;
    struct path paths[PATHS_MAX]; /* authenticated, the one checked longest ago first */
    struct path selected;         /* one of them: where we send; none before the first check */

    struct dtls *dtls;
    struct srtp_session *srtp; /* NULL before the handshake */
};

static void send_datagram(void *context, const uint8_t *datagram, size_t length)
{
    struct transport *transport = context;
    transport->output.send(transport->output.context, &transport->selected, datagram, length);
}

struct transport *transport_new(const struct transport_config *config, const struct transport_output *output,
                                int64_t now_us)
{
    struct transport *transport = g_new0(struct transport, 1);
    transport->output = *output;
    transport->state = MEDIA_PEER_CONNECTING;
    transport->connect_deadline_us = now_us + (int64_t)config->connect_timeout_ms * 1000;
    g_strlcpy(transport->remote_fingerprint, config->remote_fingerprint, sizeof transport->remote_fingerprint);
    ice_lite_init(&transport->ice, config->remote_ufrag);
    consent_init(&transport->consent, config->consent_timeout_ms);
    transport->dtls = dtls_new(config->certificate, &(struct dtls_output){transport, send_datagram});
    return transport;
}

void transport_free(struct transport *transport, int64_t now_us)
{
    (void)now_us;
    dtls_close(transport->dtls);
    dtls_free(transport->dtls);
    g_clear_pointer(&transport->srtp, srtp_session_free);
    OPENSSL_cleanse(&transport->ice, sizeof transport->ice);
    g_free(transport);
}

const char *transport_ufrag(const struct transport *transport)
{
    return transport->ice.current.ufrag;
}

const char *transport_pwd(const struct transport *transport)
{
    return transport->ice.current.pwd;
}

void transport_restart_ice(struct transport *transport, const char *remote_ufrag, const char *remote_pwd)
{
    (void)remote_pwd; /* the key of checks that a lite agent never sends */
    ice_lite_restart(&transport->ice, remote_ufrag);
}

const char *transport_retired_ufrag(const struct transport *transport)
{
    return transport->ice.retired.ufrag[0] != '\0' ? transport->ice.retired.ufrag : NULL;
}

enum media_peer_state transport_state(const struct transport *transport)
{
    return transport->state;
}

static void enter(struct transport *transport, enum media_peer_state state)
{
    transport->state = state;
    transport->output.state(transport->output.context, state, MEDIA_CLOSE_LEFT); /* no reason: not closed */
}

static void close_for(struct transport *transport, enum media_close_reason reason)
{
    dtls_close(transport->dtls);
    transport->state = MEDIA_PEER_CLOSED;
    transport->output.state(transport->output.context, MEDIA_PEER_CLOSED, reason);
}

static unsigned find_path(const struct transport *transport, const struct path *path)
{
    unsigned i = 0;
    while (i < transport->path_count && !path_equal(&transport->paths[i], path)) {
        i++;
    }
    return i;
}

static bool is_authenticated(const struct transport *transport, const struct path *path)
{
    return find_path(transport, path) < transport->path_count;
}

/* Makes `path` the latest of the list; a full list forgets the one checked longest ago. */
static void add_path(struct transport *transport, const struct path *path)
{
    unsigned i = find_path(transport, path);
    if (i == PATHS_MAX) {
        i = 0;
    }
    if (i < transport->path_count) {
        transport->path_count--;
        memmove(transport->paths + i, transport->paths + i + 1, (transport->path_count - i) * sizeof *path);
    }
    transport->paths[transport->path_count++] = *path;
}

/* Sends to `path` from now on if the client says so, if we have nowhere to send yet, or if where we sent is silent. */
static void select_path(struct transport *transport, const struct path *path, bool use_candidate)
{
    if (use_candidate || !is_authenticated(transport, &transport->selected) || transport->state == MEDIA_PEER_AWAY) {
        transport->selected = *path;
    }
}

static enum transport_verdict input_stun(struct transport *transport, const struct path *path, const uint8_t *datagram,
                                         size_t length, int64_t now_us)
{
    struct ice_reply reply;
    enum ice_verdict verdict = ice_lite_input(&transport->ice, path, datagram, length, &reply);
    if (verdict == ICE_REFUSED) {
        return TRANSPORT_REFUSED_STUN;
    }
    if (verdict == ICE_PASSED) {
        add_path(transport, path);
        select_path(transport, path, reply.use_candidate);
        transport->output.authenticated(transport->output.context, path);
    }
    transport->output.send(transport->output.context, path, reply.bytes, reply.length);
    if (verdict == ICE_PASSED && transport->srtp) {
        consent_give(&transport->consent, now_us);
        if (transport->state == MEDIA_PEER_AWAY) {
            enter(transport, MEDIA_PEER_CONNECTED);
        }
    }
    return TRANSPORT_ACCEPTED;
}

/* The handshake proved that the client has some certificate's key. Only if it is the certificate of the SDP is it our
 * client (RFC 8122 §6.2); no key is used before that is known. */
static void handshake_done(struct transport *transport, int64_t now_us)
{
    char fingerprint[MEDIA_FINGERPRINT_LENGTH + 1];
    if (!dtls_fingerprint(transport->dtls, fingerprint) ||
        CRYPTO_memcmp(fingerprint, transport->remote_fingerprint, sizeof fingerprint) != 0) {
        close_for(transport, MEDIA_CLOSE_FINGERPRINT);
        return;
    }
    struct srtp_keying keying;
    if (dtls_export_keying(transport->dtls, &keying)) {
        transport->srtp = srtp_session_new(&keying);
    }
    OPENSSL_cleanse(&keying, sizeof keying);
    if (!transport->srtp) {
        close_for(transport, MEDIA_CLOSE_DTLS);
        return;
    }
    consent_give(&transport->consent, now_us);
    enter(transport, MEDIA_PEER_CONNECTED);
}

static void follow_dtls(struct transport *transport, int64_t now_us)
{
    switch (dtls_state(transport->dtls)) {
    case DTLS_HANDSHAKING:
        break;
    case DTLS_UP:
        if (!transport->srtp) {
            handshake_done(transport, now_us);
        }
        break;
    case DTLS_ENDED:
        close_for(transport, MEDIA_CLOSE_REMOTE);
        break;
    case DTLS_FAILED:
        close_for(transport, MEDIA_CLOSE_DTLS);
        break;
    }
}

static enum transport_verdict input_dtls(struct transport *transport, const struct path *path, const uint8_t *datagram,
                                         size_t length, int64_t now_us)
{
    if (!is_authenticated(transport, path) || !dtls_input(transport->dtls, datagram, length, now_us)) {
        return TRANSPORT_REFUSED_DTLS;
    }
    follow_dtls(transport, now_us);
    return TRANSPORT_ACCEPTED;
}

static enum transport_verdict input_rtp(struct transport *transport, const struct path *path, uint8_t *packet,
                                        size_t length, int64_t now_us)
{
    if (!transport->srtp || !is_authenticated(transport, path) ||
        !srtp_session_unprotect_rtp(transport->srtp, packet, &length)) {
        return TRANSPORT_REFUSED_SRTP;
    }
    consent_renew(&transport->consent, now_us);
    transport->output.rtp(transport->output.context, packet, length, now_us);
    return TRANSPORT_ACCEPTED;
}

static enum transport_verdict input_rtcp(struct transport *transport, const struct path *path, uint8_t *packet,
                                         size_t length, int64_t now_us)
{
    if (!transport->srtp || !is_authenticated(transport, path) ||
        !srtp_session_unprotect_rtcp(transport->srtp, packet, &length)) {
        return TRANSPORT_REFUSED_SRTP;
    }
    consent_renew(&transport->consent, now_us);
    transport->output.rtcp(transport->output.context, packet, length, now_us);
    return TRANSPORT_ACCEPTED;
}

enum transport_verdict transport_input(struct transport *transport, const struct path *path, uint8_t *datagram,
                                       size_t length, int64_t now_us)
{
    if (transport->state == MEDIA_PEER_CLOSED || length > TRANSPORT_DATAGRAM_BYTES_MAX) {
        return TRANSPORT_REFUSED_KIND;
    }
    if (demux_is_rtp(datagram, length)) {
        return input_rtp(transport, path, datagram, length, now_us);
    }
    if (demux_is_rtcp(datagram, length)) {
        return input_rtcp(transport, path, datagram, length, now_us);
    }
    if (demux_is_stun(datagram, length)) {
        return input_stun(transport, path, datagram, length, now_us);
    }
    if (demux_is_dtls(datagram, length)) {
        return input_dtls(transport, path, datagram, length, now_us);
    }
    return TRANSPORT_REFUSED_KIND;
}

int64_t transport_deadline_us(const struct transport *transport)
{
    switch (transport->state) {
    case MEDIA_PEER_CONNECTING:
        return MIN(transport->connect_deadline_us, dtls_deadline_us(transport->dtls));
    case MEDIA_PEER_CONNECTED:
        return consent_deadline_us(&transport->consent);
    default:
        return INT64_MAX;
    }
}

void transport_tick(struct transport *transport, int64_t now_us)
{
    if (transport->state == MEDIA_PEER_CONNECTING) {
        dtls_tick(transport->dtls, now_us);
        follow_dtls(transport, now_us);
    }
    if (transport->state == MEDIA_PEER_CONNECTING && now_us >= transport->connect_deadline_us) {
        close_for(transport, MEDIA_CLOSE_TIMEOUT);
    } else if (transport->state == MEDIA_PEER_CONNECTED && consent_tick(&transport->consent, now_us)) {
        enter(transport, MEDIA_PEER_AWAY);
    }
}

static bool can_send(const struct transport *transport)
{
    return transport->state == MEDIA_PEER_CONNECTED;
}

bool transport_send_rtp(struct transport *transport, uint8_t *packet, size_t length)
{
    if (!can_send(transport) || !srtp_session_protect_rtp(transport->srtp, packet, &length)) {
        return false;
    }
    send_datagram(transport, packet, length);
    return true;
}

bool transport_send_rtcp(struct transport *transport, uint8_t *packet, size_t length)
{
    if (!can_send(transport) || !srtp_session_protect_rtcp(transport->srtp, packet, &length)) {
        return false;
    }
    send_datagram(transport, packet, length);
    return true;
}
