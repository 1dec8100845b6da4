#include "tests/support/synthetic_internal.h"

#include <string.h>
#include <stun/usages/ice.h>
#include <sys/socket.h>

#define ROUNDS 50

struct attack {
    struct synthetic_peer *peer;
    unsigned sent;
};

/* From the peer's own, authenticated address. */
static void send_here(struct attack *attack, const uint8_t *datagram, size_t length)
{
    synthetic_peer_send(attack->peer, datagram, length);
    attack->sent++;
}

/* From an address that has passed no check. */
static void send_elsewhere(struct attack *attack, const uint8_t *datagram, size_t length)
{
    struct synthetic_peer *peer = attack->peer;
    if (peer->elsewhere_fd < 0) {
        peer->elsewhere_fd = synthetic_socket_new(peer);
    }
    if (peer->elsewhere_fd >= 0) {
        (void)!send(peer->elsewhere_fd, datagram, length, 0);
    }
    attack->sent++;
}

static void fill_random(uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        bytes[i] = (uint8_t)g_random_int();
    }
}

static size_t put_rtp(uint8_t *packet, uint8_t payload_type, uint32_t ssrc, uint16_t sequence, size_t payload)
{
    packet[0] = 0x80;
    packet[1] = payload_type;
    packet[2] = (uint8_t)(sequence >> 8);
    packet[3] = (uint8_t)sequence;
    fill_random(packet + 4, 4);
    ssrc = GUINT32_TO_BE(ssrc);
    memcpy(packet + 8, &ssrc, sizeof ssrc);
    fill_random(packet + 12, payload);
    return 12 + payload;
}

static uint32_t own_ssrc(const struct synthetic_peer *peer)
{
    return peer->tracks.sources[peer->tracks.source_count - 1].line.ssrc;
}

static void forged_ssrc(struct attack *attack)
{
    uint8_t packet[SYNTHETIC_DATAGRAM_MAX];
    for (unsigned i = 0; i < ROUNDS; i++) {
        /* Many SSRCs, too: a server that makes room for each is a server without memory. */
        const size_t length = put_rtp(packet, i % 2 ? SYNTHETIC_VP8_PT : 127, g_random_int(), (uint16_t)i, 200);
        synthetic_peer_send_protected(attack->peer, false, packet, length);
        attack->sent++;
    }
}

static void unkeyed(struct attack *attack)
{
    uint8_t packet[SYNTHETIC_DATAGRAM_MAX];
    for (unsigned i = 0; i < ROUNDS; i++) {
        const uint16_t sequence = (uint16_t)(attack->peer->tracks.sources[0].sequence + i * 500);
        size_t length = put_rtp(packet, SYNTHETIC_VP8_PT, own_ssrc(attack->peer), sequence, 200);
        send_here(attack, packet, length);
        send_elsewhere(attack, packet, length);
        length = put_rtp(packet, 201, own_ssrc(attack->peer), 1, 40); /* becomes a receiver report's header */
        send_here(attack, packet, length);
        send_elsewhere(attack, packet, length);
    }
}

static const struct synthetic_kept *latest(const struct synthetic_peer *peer)
{
    return &peer->kept[(peer->kept_count - 1) % SYNTHETIC_KEPT];
}

static void truncated(struct attack *attack)
{
    const struct synthetic_kept kept = *latest(attack->peer);
    for (size_t length = 1; length < kept.length; length++) {
        send_here(attack, kept.bytes, length);
    }
    /* Well protected, but their own fields lie: more CSRCs, extension words or padding than there are bytes. */
    static const struct {
        uint8_t first, extension_high, last;
    } lies[] = {{0x8f, 0, 0}, {0x90, 0xff, 0}, {0xa0, 0, 0xff}, {0x9f, 0xff, 0}, {0xbf, 0xff, 0xff}, {0xa0, 0, 0}};
    for (unsigned i = 0; i < G_N_ELEMENTS(lies); i++) {
        for (size_t payload = 4; payload < 24; payload += 4) {
            uint8_t packet[SYNTHETIC_DATAGRAM_MAX];
            const uint16_t sequence = attack->peer->tracks.sources[attack->peer->tracks.source_count - 1].sequence++;
            const size_t length = put_rtp(packet, SYNTHETIC_VP8_PT, own_ssrc(attack->peer), sequence, payload);
            packet[0] = lies[i].first;
            packet[14] = lies[i].extension_high;
            packet[length - 1] = lies[i].last;
            synthetic_peer_send_protected(attack->peer, false, packet, length);
            packet[0] = 0x9f; /* RTCP with 31 blocks that are not there, and a length beyond the end */
            packet[1] = (uint8_t)(200 + payload / 4);
            packet[2] = (uint8_t)(i % 2 ? 0xff : 0);
            synthetic_peer_send_protected(attack->peer, true, packet, length);
            attack->sent += 2;
        }
    }
}

static void replay(struct attack *attack)
{
    for (unsigned i = 0; i < MIN(attack->peer->kept_count, SYNTHETIC_KEPT); i++) {
        send_here(attack, attack->peer->kept[i].bytes, attack->peer->kept[i].length);
        send_elsewhere(attack, attack->peer->kept[i].bytes, attack->peer->kept[i].length);
    }
}

static void wrong_integrity(struct attack *attack)
{
    const struct synthetic_session *session = &attack->peer->session;
    static const char *const names[] = {"*:attacker", "*", "nobody*:attacker", ":*"};
    for (unsigned i = 0; i < ROUNDS; i++) {
        StunAgent agent;
        StunMessage message;
        uint8_t request[SYNTHETIC_DATAGRAM_MAX];
        g_autoptr(GString) username = g_string_new(names[i % G_N_ELEMENTS(names)]);
        g_string_replace(username, "*", session->remote_ufrag, 0);
        stun_agent_init(&agent, (const uint16_t[]){0}, STUN_COMPATIBILITY_RFC5389,
                        STUN_AGENT_USAGE_SHORT_TERM_CREDENTIALS | STUN_AGENT_USAGE_USE_FINGERPRINT);
        const size_t length =
            stun_usage_ice_conncheck_create(&agent, &message, request, sizeof request, (const uint8_t *)username->str,
                                            username->len, (const uint8_t *)"not the password here...", 24, true, true,
                                            1, 1, NULL, STUN_USAGE_ICE_COMPATIBILITY_RFC5245);
        send_elsewhere(attack, request, length);
        send_here(attack, request, length);
        send_elsewhere(attack, request, length * i / ROUNDS); /* and cut off */
    }
}

static void dtls_elsewhere(struct attack *attack)
{
    static const uint8_t fatal_alert[] = {21, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 9, 0, 2, 2, 40};
    for (unsigned i = 0; i < ROUNDS; i++) {
        uint8_t hello[SYNTHETIC_DATAGRAM_MAX];
        struct synthetic_secure *stranger = synthetic_secure_new(false);
        synthetic_secure_start(stranger, attack->peer->session.remote_fingerprint);
        const size_t length = synthetic_secure_output(stranger, hello);
        send_elsewhere(attack, hello, length);
        send_elsewhere(attack, fatal_alert, sizeof fatal_alert);
        synthetic_secure_free(stranger);
    }
}

static void garbage(struct attack *attack)
{
    for (unsigned first = 0; first < 256; first++) {
        uint8_t bytes[SYNTHETIC_DATAGRAM_MAX];
        const size_t length = (size_t)g_random_int_range(1, sizeof bytes);
        fill_random(bytes, length);
        bytes[0] = (uint8_t)first;
        send_elsewhere(attack, bytes, length);
        send_here(attack, bytes, length);
    }
    send_elsewhere(attack, (const uint8_t *)"", 0);
}

static const struct {
    const char *name;
    void (*run)(struct attack *attack);
} attacks[] = {
    [SYNTHETIC_FORGED_SSRC] = {"forged-ssrc", forged_ssrc},
    [SYNTHETIC_UNKEYED] = {"unkeyed", unkeyed},
    [SYNTHETIC_TRUNCATED] = {"truncated", truncated},
    [SYNTHETIC_REPLAY] = {"replay", replay},
    [SYNTHETIC_WRONG_INTEGRITY] = {"wrong-integrity", wrong_integrity},
    [SYNTHETIC_DTLS_ELSEWHERE] = {"dtls-elsewhere", dtls_elsewhere},
    [SYNTHETIC_GARBAGE] = {"garbage", garbage},
};

bool synthetic_attack_parse(const char *name, enum synthetic_attack *attack)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(attacks); i++) {
        if (g_strcmp0(attacks[i].name, name) == 0) {
            *attack = (enum synthetic_attack)i;
            return true;
        }
    }
    return false;
}

unsigned synthetic_peer_attack(struct synthetic_peer *peer, enum synthetic_attack kind)
{
    struct attack attack = {.peer = peer};
    if (peer->state == SYNTHETIC_CONNECTED && peer->kept_count > 0 && peer->tracks.source_count > 0) {
        attacks[kind].run(&attack);
    }
    return attack.sent;
}
