#include "tests/sim/client.h"

#include <netinet/in.h>
#include <string.h>
#include <stun/usages/ice.h>

#define CHECK_US  2000000
#define REPORT_US 1000000
#define ASK_US    50000
#define PRIORITY  0x6e7f1eff

static const uint16_t known_attributes[] = {
    STUN_ATTRIBUTE_PRIORITY,           STUN_ATTRIBUTE_USE_CANDIDATE,     STUN_ATTRIBUTE_ICE_CONTROLLING,
    STUN_ATTRIBUTE_USERNAME,           STUN_ATTRIBUTE_MESSAGE_INTEGRITY, STUN_ATTRIBUTE_FINGERPRINT,
    STUN_ATTRIBUTE_XOR_MAPPED_ADDRESS, STUN_ATTRIBUTE_ERROR_CODE,        0};

void client_open(struct client *client, const struct synthetic_config *config,
                 void (*send)(void *context, const uint8_t *datagram, size_t length), void *context)
{
    *client = (struct client){.config = *config, .send = send, .context = context};
    client->secure = synthetic_secure_new(config->no_gcm);
    synthetic_session_init(&client->session, config);
    g_strlcpy(client->session.fingerprint, synthetic_secure_fingerprint(client->secure),
              sizeof client->session.fingerprint);
    stun_agent_init(&client->stun, known_attributes, STUN_COMPATIBILITY_RFC5389,
                    STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
}

void client_close(struct client *client)
{
    for (unsigned i = 0; i < client->tracks.source_count; i++) {
        synthetic_source_clear(&client->tracks.sources[i]);
    }
    synthetic_secure_free(client->secure);
}

char *client_offer(struct client *client)
{
    return synthetic_offer_write(&client->session, &client->config);
}

static void send_datagram(struct client *client, const uint8_t *datagram, size_t length)
{
    if (!client->mute) {
        client->send(client->context, datagram, length);
    }
}

static void send_protected(struct client *client, bool rtcp, const uint8_t *packet, size_t length)
{
    uint8_t datagram[SYNTHETIC_DATAGRAM_MAX];
    memcpy(datagram, packet, length);
    if (client->connected && synthetic_secure_protect(client->secure, rtcp, datagram, &length)) {
        send_datagram(client, datagram, length);
    }
}

static void send_rtp(void *context, const uint8_t *packet, size_t length)
{
    send_protected(context, false, packet, length);
}

static void send_check(struct client *client, int64_t now_us)
{
    uint8_t request[SYNTHETIC_DATAGRAM_MAX];
    StunMessage message;
    g_autofree char *username = g_strdup_printf("%s:%s", client->session.remote_ufrag, client->session.ufrag);
    if (client->check_due_us != 0) {
        stun_agent_forget_transaction(&client->stun, client->check_id);
    }
    const size_t length = stun_usage_ice_conncheck_create(
        &client->stun, &message, request, sizeof request, (const uint8_t *)username, strlen(username),
        (const uint8_t *)client->session.remote_pwd, strlen(client->session.remote_pwd), true, true, PRIORITY, 1, NULL,
        STUN_USAGE_ICE_COMPATIBILITY_RFC5245);
    stun_message_id(&message, client->check_id);
    client->check_due_us = now_us + CHECK_US;
    send_datagram(client, request, length);
}

static void make_tracks(struct client *client, int64_t now_us)
{
    struct synthetic_tracks *tracks = &client->tracks;
    for (unsigned i = 0; i < client->session.line_count; i++) {
        const struct synthetic_line *line = &client->session.lines[i];
        if (!line->accepted) {
            continue;
        }
        if (!line->sends) {
            synthetic_sink_init(&tracks->sinks[tracks->sink_count++], line, i);
            continue;
        }
        struct synthetic_source *source = &tracks->sources[tracks->source_count++];
        synthetic_source_init(source, line, i, &client->config, now_us);
        source->send = send_rtp;
        source->context = client;
    }
}

void client_answer(struct client *client, const char *sdp, int64_t now_us)
{
    g_autoptr(GError) error = NULL;
    if (!synthetic_answer_read(&client->session, sdp, AF_INET, &error)) {
        g_error("the answer cannot be used: %s", error->message);
    }
    make_tracks(client, now_us);
    send_check(client, now_us);
}

static void follow_secure(struct client *client, int64_t now_us)
{
    uint8_t datagram[SYNTHETIC_DATAGRAM_MAX];
    for (size_t length; (length = synthetic_secure_output(client->secure, datagram)) > 0;) {
        send_datagram(client, datagram, length);
    }
    if (synthetic_secure_state(client->secure) == SECURE_UP && !client->connected) {
        client->connected = true;
        client->report_due_us = client->ask_due_us = now_us;
        for (unsigned i = 0; i < client->tracks.source_count; i++) {
            client->tracks.sources[i].next_us = now_us;
        }
    }
}

static void on_stun(struct client *client, const uint8_t *datagram, size_t length, int64_t now_us)
{
    StunMessage message;
    if (stun_agent_validate(&client->stun, &message, datagram, length, NULL, NULL) == STUN_VALIDATION_SUCCESS &&
        !client->checked) {
        client->checked = true;
        synthetic_secure_start(client->secure, client->session.remote_fingerprint);
        follow_secure(client, now_us);
    }
}

static void on_media(struct client *client, uint8_t *packet, size_t length, int64_t now_us)
{
    const bool rtcp = packet[1] >= 192 && packet[1] <= 223;
    const enum synthetic_unprotect verdict = synthetic_secure_unprotect(client->secure, rtcp, packet, &length);
    client->refused += verdict == UNPROTECT_REFUSED;
    if (verdict != UNPROTECT_OK) {
        return;
    }
    if (rtcp) {
        client->refused += !synthetic_rtcp_input(&client->tracks, packet, length, now_us);
        return;
    }
    const uint32_t ssrc =
        (uint32_t)packet[8] << 24 | (uint32_t)packet[9] << 16 | (uint32_t)packet[10] << 8 | packet[11];
    for (unsigned i = 0; i < client->tracks.sink_count; i++) {
        if (client->tracks.sinks[i].line.ssrc == ssrc) {
            synthetic_sink_rtp(&client->tracks.sinks[i], packet, length, now_us);
            return;
        }
    }
    client->unknown++;
}

void client_input(struct client *client, uint8_t *datagram, size_t length, int64_t now_us)
{
    if (client->mute) {
        return;
    }
    if (datagram[0] <= 3) { /* RFC 7983 §7 */
        on_stun(client, datagram, length, now_us);
    } else if (datagram[0] <= 63) {
        synthetic_secure_input(client->secure, datagram, length);
        follow_secure(client, now_us);
    } else {
        on_media(client, datagram, length, now_us);
    }
}

void client_tick(struct client *client, int64_t now_us)
{
    uint8_t packet[SYNTHETIC_DATAGRAM_MAX];
    if (client->check_due_us != 0 && now_us >= client->check_due_us) {
        send_check(client, now_us);
    }
    if (!client->connected) {
        return;
    }
    for (unsigned i = 0; i < client->tracks.source_count; i++) {
        synthetic_source_tick(&client->tracks.sources[i], now_us);
    }
    if (now_us >= client->ask_due_us) {
        client->ask_due_us = now_us + ASK_US;
        const size_t length = synthetic_rtcp_ask(&client->tracks, packet);
        if (length > 0) {
            send_protected(client, true, packet, length);
        }
    }
    if (now_us >= client->report_due_us) {
        client->report_due_us = now_us + REPORT_US;
        const uint64_t remb_bps = client->config.remb_bps ? client->config.remb_bps : 10000000;
        send_protected(client, true, packet, synthetic_rtcp_report(&client->tracks, packet, remb_bps, now_us));
    }
}

const struct synthetic_sink *client_sink(const struct client *client, bool video, unsigned slot)
{
    for (unsigned i = 0; i < client->tracks.sink_count; i++) {
        const struct synthetic_sink *sink = &client->tracks.sinks[i];
        if (sink->line.video == video && sink->line.slot == slot) {
            return sink;
        }
    }
    return NULL;
}

const struct synthetic_source *client_source(const struct client *client, bool video)
{
    for (unsigned i = 0; i < client->tracks.source_count; i++) {
        if (client->tracks.sources[i].line.video == video) {
            return &client->tracks.sources[i];
        }
    }
    return NULL;
}
