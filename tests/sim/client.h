/* client: the tests' own WebRTC client (tests/support) without its socket and clock: for a simulated network. */
#pragma once

#include "tests/support/synthetic_rtcp.h"
#include "tests/support/synthetic_secure.h"

#include <stun/stunagent.h>

struct client {
    struct synthetic_config config;
    struct synthetic_session session;
    struct synthetic_secure *secure;
    struct synthetic_tracks tracks;
    StunAgent stun;
    StunTransactionId check_id;
    bool checked, connected, mute;
    int64_t now_us, check_due_us, report_due_us, ask_due_us;
    uint64_t refused, unknown; /* packets that did not authenticate, or of an SSRC that the answer does not name */
    void (*send)(void *context, const uint8_t *datagram, size_t length);
    void *context;
};

void client_open(struct client *client, const struct synthetic_config *config,
                 void (*send)(void *context, const uint8_t *datagram, size_t length), void *context);
void client_close(struct client *client);
/* Caller frees. */
char *client_offer(struct client *client);
void client_answer(struct client *client, const char *sdp, int64_t now_us);
void client_input(struct client *client, uint8_t *datagram, size_t length, int64_t now_us);
/* Call it each millisecond. */
void client_tick(struct client *client, int64_t now_us);

/* The receiving side of a slot; NULL without one. */
const struct synthetic_sink *client_sink(const struct client *client, bool video, unsigned slot);
/* The sending side. */
const struct synthetic_source *client_source(const struct client *client, bool video);
