#include "tests/support/synthetic_peer.h"

#include "tests/support/synthetic_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <stun/usages/ice.h>
#include <unistd.h>

#define CHECK_RETRY_US (100 * 1000)  /* RFC 8445 §14.3 allows less on a path this short */
#define CONSENT_US     (4 * 1000000) /* RFC 7675 §5.1: 5 s, randomised from 4 to 6 */
#define REPORT_US      1000000
#define ASK_US         (50 * 1000)
#define PRIORITY       0x6e7f1eff /* a peer-reflexive candidate's, RFC 8445 §7.1.1 */

static const uint16_t known_attributes[] = {STUN_ATTRIBUTE_PRIORITY,
                                            STUN_ATTRIBUTE_USE_CANDIDATE,
                                            STUN_ATTRIBUTE_ICE_CONTROLLING,
                                            STUN_ATTRIBUTE_ICE_CONTROLLED,
                                            STUN_ATTRIBUTE_USERNAME,
                                            STUN_ATTRIBUTE_MESSAGE_INTEGRITY,
                                            STUN_ATTRIBUTE_FINGERPRINT,
                                            STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS,
                                            STUN_ATTRIBUTE_ERROR_CODE,
                                            STUN_ATTRIBUTE_MAPPED_ADDRESS,
                                            0};

const char *synthetic_state_name(enum synthetic_state state)
{
    static const char *const names[] = {"new", "checking", "securing", "connected", "closed", "failed"};
    return names[state];
}

struct synthetic_peer *synthetic_peer_new(const struct synthetic_config *config, GError **error)
{
    g_autoptr(GPtrArray) frames = config->ivf ? synthetic_ivf_read(config->ivf, error) : NULL;
    if (config->ivf && !frames) {
        return NULL;
    }
    struct synthetic_peer *peer = g_new0(struct synthetic_peer, 1);
    peer->config = *config;
    peer->config.ivf = NULL;
    peer->frames = g_steal_pointer(&frames);
    peer->fd = peer->elsewhere_fd = -1;
    peer->round_trip_us = -1;
    peer->tie_breaker = (uint64_t)g_random_int() << 32 | g_random_int();
    peer->secure = synthetic_secure_new(config->no_gcm);
    synthetic_session_init(&peer->session, config);
    g_strlcpy(peer->session.fingerprint, synthetic_secure_fingerprint(peer->secure), sizeof peer->session.fingerprint);
    stun_agent_init(&peer->stun, known_attributes, STUN_COMPATIBILITY_RFC5389,
                    STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
    return peer;
}

static void flush_secure(struct synthetic_peer *peer)
{
    uint8_t datagram[SYNTHETIC_DATAGRAM_MAX];
    for (size_t length; (length = synthetic_secure_output(peer->secure, datagram)) > 0;) {
        synthetic_peer_send(peer, datagram, length);
    }
}

void synthetic_peer_free(struct synthetic_peer *peer)
{
    if (!peer) {
        return;
    }
    synthetic_secure_close(peer->secure);
    flush_secure(peer);
    for (unsigned i = 0; i < peer->tracks.source_count; i++) {
        synthetic_source_clear(&peer->tracks.sources[i]);
    }
    synthetic_secure_free(peer->secure);
    g_clear_pointer(&peer->frames, g_ptr_array_unref);
    if (peer->fd >= 0) {
        close(peer->fd);
    }
    if (peer->elsewhere_fd >= 0) {
        close(peer->elsewhere_fd);
    }
    g_free(peer);
}

char *synthetic_peer_offer(struct synthetic_peer *peer)
{
    return synthetic_offer_write(&peer->session, &peer->config);
}

char *synthetic_peer_restart(struct synthetic_peer *peer)
{
    synthetic_session_new_credentials(&peer->session);
    return synthetic_offer_write(&peer->session, &peer->config);
}

int synthetic_socket_new(const struct synthetic_peer *peer)
{
    const int fd = socket(peer->session.remote.ss_family, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    const int bytes = 1 << 20; /* a keyframe arrives in one burst */
    if (fd < 0) {
        return -1;
    }
    setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
    if (connect(fd, (const struct sockaddr *)&peer->session.remote, peer->session.remote_length) == 0) {
        return fd;
    }
    close(fd);
    return -1;
}

void synthetic_peer_send(struct synthetic_peer *peer, const uint8_t *datagram, size_t length)
{
    if (peer->fd >= 0 && !peer->mute) {
        (void)!send(peer->fd, datagram, length, 0);
    }
}

static void keep_for_replay(struct synthetic_peer *peer, const uint8_t *datagram, size_t length)
{
    struct synthetic_kept *kept = &peer->kept[peer->kept_count++ % SYNTHETIC_KEPT];
    kept->length = length;
    memcpy(kept->bytes, datagram, length);
}

void synthetic_peer_send_protected(struct synthetic_peer *peer, bool rtcp, const uint8_t *packet, size_t length)
{
    uint8_t datagram[SYNTHETIC_DATAGRAM_MAX];
    memcpy(datagram, packet, length);
    if (peer->state != SYNTHETIC_CONNECTED || !synthetic_secure_protect(peer->secure, rtcp, datagram, &length)) {
        return;
    }
    keep_for_replay(peer, datagram, length);
    synthetic_peer_send(peer, datagram, length);
}

static void send_rtp(void *context, const uint8_t *packet, size_t length)
{
    synthetic_peer_send_protected(context, false, packet, length);
}

/* Our own checks name both sides: "theirs:ours" (RFC 8445 §7.2.2). */
static void send_check(struct synthetic_peer *peer, int64_t now_us)
{
    uint8_t request[SYNTHETIC_DATAGRAM_MAX];
    StunMessage message;
    g_autofree char *username = g_strdup_printf("%s:%s", peer->session.remote_ufrag, peer->session.ufrag);
    if (peer->check_open) {
        stun_agent_forget_transaction(&peer->stun, peer->check_id);
    }
    const size_t length = stun_usage_ice_conncheck_create(
        &peer->stun, &message, request, sizeof request, (const uint8_t *)username, strlen(username),
        (const uint8_t *)peer->session.remote_pwd, strlen(peer->session.remote_pwd), true, true, PRIORITY,
        peer->tie_breaker, NULL, STUN_USAGE_ICE_COMPATIBILITY_RFC5245);
    stun_message_id(&message, peer->check_id);
    peer->check_open = true;
    peer->check_sent_us = now_us;
    peer->check_due_us = now_us + CHECK_RETRY_US;
    peer->checks_sent++;
    synthetic_peer_send(peer, request, length);
}

static void make_tracks(struct synthetic_peer *peer, int64_t now_us)
{
    struct synthetic_tracks *tracks = &peer->tracks;
    for (unsigned i = 0; i < peer->session.line_count; i++) {
        const struct synthetic_line *line = &peer->session.lines[i];
        if (!line->accepted) {
            continue;
        }
        if (!line->sends) {
            synthetic_sink_init(&tracks->sinks[tracks->sink_count++], line, i);
            continue;
        }
        struct synthetic_source *source = &tracks->sources[tracks->source_count++];
        synthetic_source_init(source, line, i, &peer->config, now_us);
        source->send = send_rtp;
        source->context = peer;
        if (peer->frames && line->video && !line->h264) {
            source->frames = g_ptr_array_ref(peer->frames);
        }
    }
}

bool synthetic_peer_answer(struct synthetic_peer *peer, const char *sdp, int64_t now_us, GError **error)
{
    if (!synthetic_answer_read(&peer->session, sdp, peer->config.family, error)) {
        return false;
    }
    const bool first = peer->state == SYNTHETIC_NEW;
    if (first) {
        peer->fd = synthetic_socket_new(peer);
        if (peer->fd < 0) {
            g_set_error(error, SYNTHETIC_ERROR, 0, "socket: %s", g_strerror(errno));
            return false;
        }
        peer->answered_us = now_us;
        peer->state = SYNTHETIC_CHECKING;
        make_tracks(peer, now_us);
    }
    send_check(peer, now_us);
    return true;
}

static void on_connected(struct synthetic_peer *peer, int64_t now_us)
{
    peer->state = SYNTHETIC_CONNECTED;
    peer->connected_us = now_us;
    peer->report_due_us = peer->ask_due_us = now_us;
    for (unsigned i = 0; i < peer->tracks.source_count; i++) {
        peer->tracks.sources[i].next_us = now_us;
    }
}

/* Sends what DTLS has to say and follows its state. */
static void follow_secure(struct synthetic_peer *peer, int64_t now_us)
{
    flush_secure(peer);
    const enum synthetic_secure_state state = synthetic_secure_state(peer->secure);
    if (state == SECURE_UP && peer->state == SYNTHETIC_SECURING) {
        on_connected(peer, now_us);
    } else if (state == SECURE_CLOSED) {
        peer->state = SYNTHETIC_CLOSED;
    } else if (state == SECURE_FAILED) {
        peer->state = SYNTHETIC_FAILED;
    }
}

static void on_stun(struct synthetic_peer *peer, const uint8_t *datagram, size_t length, int64_t now_us)
{
    StunMessage message;
    struct sockaddr_storage mapped;
    socklen_t mapped_length = sizeof mapped;
    const StunValidationStatus status = stun_agent_validate(&peer->stun, &message, datagram, length, NULL, NULL);
    if (status == STUN_VALIDATION_UNMATCHED_RESPONSE) {
        return; /* to a check that has been sent anew meanwhile: late, not wrong */
    }
    if (status != STUN_VALIDATION_SUCCESS ||
        stun_usage_ice_conncheck_process(&message, &mapped, &mapped_length, STUN_USAGE_ICE_COMPATIBILITY_RFC5245) !=
            STUN_USAGE_ICE_RETURN_SUCCESS) {
        peer->refused++;
        return;
    }
    peer->check_open = false;
    peer->checks_answered++;
    peer->round_trip_us = now_us - peer->check_sent_us;
    peer->check_due_us = now_us + CONSENT_US;
    if (peer->state != SYNTHETIC_CHECKING) {
        return;
    }
    peer->state = SYNTHETIC_SECURING;
    synthetic_secure_start(peer->secure, peer->session.remote_fingerprint);
    follow_secure(peer, now_us);
}

static void on_rtp(struct synthetic_peer *peer, uint8_t *packet, size_t length, int64_t now_us)
{
    const bool rtcp = packet[1] >= 192 && packet[1] <= 223; /* RFC 5761 §4 */
    const enum synthetic_unprotect verdict = peer->state == SYNTHETIC_CONNECTED && length >= 12
                                                 ? synthetic_secure_unprotect(peer->secure, rtcp, packet, &length)
                                                 : UNPROTECT_REFUSED;
    peer->refused += verdict == UNPROTECT_REFUSED;
    peer->repeated += verdict == UNPROTECT_REPEATED;
    if (verdict != UNPROTECT_OK) {
        return;
    }
    if (rtcp) {
        peer->refused += !synthetic_rtcp_input(&peer->tracks, packet, length, now_us);
        return;
    }
    uint32_t ssrc;
    memcpy(&ssrc, packet + 8, sizeof ssrc);
    for (unsigned i = 0; i < peer->tracks.sink_count; i++) {
        if (peer->tracks.sinks[i].line.ssrc == GUINT32_FROM_BE(ssrc)) {
            synthetic_sink_rtp(&peer->tracks.sinks[i], packet, length, now_us);
            return;
        }
    }
    peer->unknown++;
}

/* RFC 7983 §7 */
static void on_datagram(struct synthetic_peer *peer, uint8_t *datagram, size_t length, int64_t now_us)
{
    if (length == 0) {
        return;
    }
    if (datagram[0] <= 3) {
        on_stun(peer, datagram, length, now_us);
    } else if (datagram[0] >= 20 && datagram[0] <= 63) {
        synthetic_secure_input(peer->secure, datagram, length);
        follow_secure(peer, now_us);
    } else {
        on_rtp(peer, datagram, length, now_us);
    }
}

void synthetic_peer_receive(struct synthetic_peer *peer, int64_t now_us)
{
    uint8_t datagram[SYNTHETIC_DATAGRAM_MAX];
    for (;;) {
        const ssize_t length = recv(peer->fd, datagram, sizeof datagram, 0);
        if (length < 0 && errno != ECONNREFUSED) { /* the server may be restarting */
            return;
        }
        if (length >= 0 && !peer->mute) {
            on_datagram(peer, datagram, (size_t)length, now_us);
        }
    }
}

static int64_t secure_deadline_us(const struct synthetic_peer *peer, int64_t now_us)
{
    const int64_t left = peer->state == SYNTHETIC_SECURING ? synthetic_secure_timeout_us(peer->secure) : -1;
    return left < 0 ? INT64_MAX : now_us + left;
}

int64_t synthetic_peer_deadline_us(const struct synthetic_peer *peer)
{
    if (peer->state == SYNTHETIC_NEW || peer->state == SYNTHETIC_CLOSED || peer->state == SYNTHETIC_FAILED) {
        return INT64_MAX;
    }
    int64_t deadline = MIN(peer->check_due_us, secure_deadline_us(peer, g_get_monotonic_time()));
    if (peer->state != SYNTHETIC_CONNECTED) {
        return deadline;
    }
    deadline = MIN(deadline, MIN(peer->report_due_us, peer->ask_due_us));
    for (unsigned i = 0; i < peer->tracks.source_count; i++) {
        deadline = MIN(deadline, peer->tracks.sources[i].next_us);
    }
    return deadline;
}

void synthetic_peer_tick(struct synthetic_peer *peer, int64_t now_us)
{
    uint8_t packet[SYNTHETIC_DATAGRAM_MAX];
    if (peer->state == SYNTHETIC_NEW || peer->state == SYNTHETIC_CLOSED || peer->state == SYNTHETIC_FAILED) {
        return;
    }
    if (now_us >= peer->check_due_us) {
        send_check(peer, now_us);
    }
    if (secure_deadline_us(peer, now_us) <= now_us) {
        synthetic_secure_expired(peer->secure);
        follow_secure(peer, now_us);
    }
    if (peer->state != SYNTHETIC_CONNECTED) {
        return;
    }
    for (unsigned i = 0; i < peer->tracks.source_count; i++) {
        synthetic_source_tick(&peer->tracks.sources[i], now_us);
    }
    if (now_us >= peer->ask_due_us) {
        peer->ask_due_us = now_us + ASK_US;
        const size_t length = synthetic_rtcp_ask(&peer->tracks, packet);
        if (length) {
            synthetic_peer_send_protected(peer, true, packet, length);
        }
    }
    if (now_us >= peer->report_due_us) {
        peer->report_due_us = now_us + REPORT_US;
        const uint64_t remb_bps = peer->config.remb_bps ? peer->config.remb_bps : 10000000;
        const size_t length = synthetic_rtcp_report(&peer->tracks, packet, remb_bps, now_us);
        synthetic_peer_send_protected(peer, true, packet, length);
    }
}

void synthetic_peers_run(struct synthetic_peer *const *peers, unsigned count, int64_t until_us,
                         bool (*done)(void *context), void *context)
{
    g_autofree struct pollfd *polled = g_new0(struct pollfd, count);
    for (;;) {
        int64_t now_us = g_get_monotonic_time(), deadline = until_us;
        if (now_us >= until_us || (done && done(context))) {
            return;
        }
        for (unsigned i = 0; i < count; i++) {
            synthetic_peer_tick(peers[i], now_us);
            polled[i] = (struct pollfd){.fd = peers[i]->fd, .events = POLLIN};
            deadline = MIN(deadline, synthetic_peer_deadline_us(peers[i]));
        }
        now_us = g_get_monotonic_time();
        const int64_t wait_us = MAX(deadline - now_us, 0);
        const struct timespec wait = {.tv_sec = wait_us / G_USEC_PER_SEC, .tv_nsec = wait_us % G_USEC_PER_SEC * 1000};
        if (ppoll(polled, count, &wait, NULL) <= 0) {
            continue;
        }
        now_us = g_get_monotonic_time();
        for (unsigned i = 0; i < count; i++) {
            if (polled[i].revents) {
                synthetic_peer_receive(peers[i], now_us);
            }
        }
    }
}

int synthetic_peer_fd(const struct synthetic_peer *peer)
{
    return peer->fd;
}

bool synthetic_peer_roam(struct synthetic_peer *peer, int64_t now_us)
{
    const int fd = synthetic_socket_new(peer);
    if (fd < 0) {
        return false;
    }
    close(peer->fd);
    peer->fd = fd;
    send_check(peer, now_us);
    return true;
}

void synthetic_peer_mute(struct synthetic_peer *peer, bool mute)
{
    peer->mute = mute;
    peer->check_due_us = 0; /* coming back begins with a check */
}

static void drain_elsewhere(struct synthetic_peer *peer)
{
    uint8_t datagram[SYNTHETIC_DATAGRAM_MAX];
    while (peer->elsewhere_fd >= 0 && recv(peer->elsewhere_fd, datagram, sizeof datagram, 0) >= 0) {
        peer->elsewhere_replies++;
    }
}

void synthetic_peer_stats(struct synthetic_peer *peer, struct synthetic_stats *stats)
{
    drain_elsewhere(peer);
    *stats = (struct synthetic_stats){
        .state = peer->state,
        .why = synthetic_secure_why(peer->secure),
        .connected_us = peer->connected_us ? peer->connected_us - peer->answered_us : 0,
        .round_trip_ms = peer->round_trip_us < 0 ? -1 : (double)peer->round_trip_us / 1000,
        .checks_sent = peer->checks_sent,
        .checks_answered = peer->checks_answered,
        .refused = peer->refused,
        .repeated = peer->repeated,
        .unknown = peer->unknown,
        .remb_bps = peer->tracks.remb_bps,
        .elsewhere_replies = peer->elsewhere_replies,
    };
    for (unsigned i = 0; i < peer->tracks.source_count; i++) {
        const struct synthetic_source *source = &peer->tracks.sources[i];
        *(source->line.video ? &stats->video : &stats->audio) = source->sent;
    }
    for (unsigned i = 0; i < peer->tracks.sink_count; i++) {
        const struct synthetic_sink *sink = &peer->tracks.sinks[i];
        (sink->line.video ? stats->slot_video : stats->slot_audio)[sink->line.slot] = synthetic_sink_stats(sink);
        const int64_t first_us = sink->first_frame_us ? sink->first_frame_us - peer->answered_us : 0;
        if (first_us && (!stats->first_frame_us || first_us < stats->first_frame_us)) {
            stats->first_frame_us = first_us;
        }
    }
}
