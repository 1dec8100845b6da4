/* What arrives at a worker's port: demultiplexing, STUN, DTLS records and SRTP before and after an ICE check has
 * passed.
 *
 * The input is a list of steps. A step with a choice of 1 makes its bytes into the attributes of a binding request with
 * the right username, integrity and fingerprint, so that what lies behind authentication is reached as well. */
#include "media/net/demux.h"
#include "media/secure/certificate.h"
#include "media/secure/transport.h"
#include "tests/fuzz/input.h"

#include <openssl/hmac.h>
#include <stdlib.h>
#include <string.h>

#define STUN_HEADER 20
#define FINGERPRINT "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct certificate *certificate;

struct seen {
    unsigned authenticated, sent;
    bool closed;
};

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void on_send(void *context, const struct path *path, const uint8_t *datagram, size_t length)
{
    (void)path;
    must(length > 0 && length <= 1500 && (demux_is_stun(datagram, length) || demux_is_dtls(datagram, length)));
    ((struct seen *)context)->sent++;
}

static void on_authenticated(void *context, const struct path *path)
{
    (void)path;
    ((struct seen *)context)->authenticated++;
}

static void on_state(void *context, enum media_peer_state state, enum media_close_reason reason)
{
    (void)reason;
    must(state != MEDIA_PEER_CONNECTED); /* nobody here knows a key */
    ((struct seen *)context)->closed |= state == MEDIA_PEER_CLOSED;
}

static void on_packet(void *context, uint8_t *packet, size_t length, int64_t now_us)
{
    (void)context, (void)packet, (void)length, (void)now_us;
    abort(); /* no packet can be authentic without a handshake */
}

static uint32_t crc32(const uint8_t *bytes, size_t length)
{
    uint32_t crc = 0xffffffff;
    for (size_t i = 0; i < length; i++) {
        crc ^= bytes[i];
        for (int bit = 0; bit < 8; bit++) {
            crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
        }
    }
    return ~crc;
}

static size_t put_attribute(uint8_t *message, size_t length, uint16_t type, const void *value, size_t bytes)
{
    const uint16_t head[2] = {GUINT16_TO_BE(type), GUINT16_TO_BE((uint16_t)bytes)};
    const size_t padded = (bytes + 3) / 4 * 4;
    memcpy(message + length, head, sizeof head);
    memset(message + length + sizeof head, 0, padded);
    memcpy(message + length + sizeof head, value, bytes);
    return length + sizeof head + padded;
}

static void set_length(uint8_t *message, size_t length)
{
    message[2] = (uint8_t)((length - STUN_HEADER) >> 8);
    message[3] = (uint8_t)(length - STUN_HEADER);
}

/* RFC 8489 §14.5, §14.7 */
static size_t authentic_request(const struct transport *transport, const uint8_t *attributes, size_t bytes,
                                uint8_t message[1500])
{
    uint8_t mac[20];
    unsigned mac_length = sizeof mac;
    g_autofree char *username = g_strdup_printf("%s:peer", transport_ufrag(transport));
    const char *pwd = transport_pwd(transport);
    memcpy(message, "\x00\x01\x00\x00\x21\x12\xa4\x42transaction!", STUN_HEADER);
    size_t length = put_attribute(message, STUN_HEADER, 0x0006, username, strlen(username));
    memcpy(message + length, attributes, bytes / 4 * 4);
    length += bytes / 4 * 4;
    set_length(message, length + 24);
    HMAC(EVP_sha1(), pwd, (int)strlen(pwd), message, length, mac, &mac_length);
    length = put_attribute(message, length, 0x0008, mac, sizeof mac);
    set_length(message, length + 8);
    const uint32_t crc = GUINT32_TO_BE(crc32(message, length) ^ 0x5354554e);
    return put_attribute(message, length, 0x8028, &crc, sizeof crc);
}

static void step(struct transport *transport, struct input *input, struct seen *seen, int64_t *now_us)
{
    uint8_t datagram[2048];
    size_t length;
    const uint8_t choice = input_u8(input);
    struct path path = {.socket = choice >> 7};
    path.remote.v4 = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = (in_port_t)(choice >> 4 & 7)};
    const uint8_t *piece = input_piece(input, 1300, &length);
    if (choice % 4 == 2) { /* time passes */
        *now_us += (int64_t)(length + 1) * 1000;
        transport_tick(transport, *now_us);
        return;
    }
    if (choice % 4 == 1) {
        length = authentic_request(transport, piece, length, datagram);
    } else {
        memcpy(datagram, piece, length);
    }
    /* An exact heap copy, so that reading one byte too far is seen. */
    g_autofree uint8_t *copy = g_malloc(length + 1);
    memcpy(copy, datagram, length);
    must(demux_is_stun(copy, length) + demux_is_dtls(copy, length) + demux_is_rtp(copy, length) +
             demux_is_rtcp(copy, length) <=
         1);
    const unsigned authenticated = seen->authenticated, sent = seen->sent;
    const enum transport_verdict verdict = transport_input(transport, &path, copy, length, *now_us);
    must(verdict == TRANSPORT_ACCEPTED || seen->authenticated == authenticated);
    must(authenticated > 0 || choice % 4 == 1 || sent == seen->sent); /* strangers get no answer but to STUN */
}

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc, (void)argv;
    certificate = certificate_new(NULL);
    return 0;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct input input = {data, size};
    struct seen seen = {0};
    int64_t now_us = 1000000;
    const struct transport_config config = {.certificate = certificate,
                                            .remote_ufrag = "peer",
                                            .remote_pwd = "passwordpasswordpassword",
                                            .remote_fingerprint = FINGERPRINT,
                                            .consent_timeout_ms = 30000,
                                            .connect_timeout_ms = 30000};
    const struct transport_output output = {.context = &seen,
                                            .send = on_send,
                                            .authenticated = on_authenticated,
                                            .state = on_state,
                                            .rtp = on_packet,
                                            .rtcp = on_packet};
    struct transport *transport = transport_new(&config, &output, now_us);
    while (input.left > 0 && !seen.closed) {
        step(transport, &input, &seen, &now_us);
    }
    transport_free(transport, now_us);
    return 0;
}
