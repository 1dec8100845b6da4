/* synthetic_internal: a synthetic peer from inside, for synthetic_peer.c and synthetic_attack.c alone. */
#pragma once

#include "tests/support/synthetic_rtcp.h"
#include "tests/support/synthetic_secure.h"

#include <stun/stunagent.h>

#define SYNTHETIC_KEPT 32 /* protected packets kept to be replayed */

struct synthetic_kept {
    size_t length;
    uint8_t bytes[SYNTHETIC_DATAGRAM_MAX];
};

struct synthetic_peer {
    struct synthetic_config config;
    struct synthetic_session session;
    struct synthetic_secure *secure;
    struct synthetic_tracks tracks;
    GPtrArray *frames; /* of the IVF file, or NULL */
    enum synthetic_state state;
    int fd, elsewhere_fd; /* ours, and the attacker's; -1: not made yet */
    bool mute;
    int64_t answered_us, connected_us;
    /* connectivity and consent checks: one at a time */
    StunAgent stun;
    StunTransactionId check_id;
    bool check_open;
    uint64_t tie_breaker;
    int64_t check_sent_us, check_due_us, round_trip_us;
    int64_t report_due_us, ask_due_us;
    uint64_t checks_sent, checks_answered, refused, repeated, unknown, elsewhere_replies;
    struct synthetic_kept kept[SYNTHETIC_KEPT]; /* a ring */
    unsigned kept_count;
};

/* A new socket connected to the server, -1 with errno. */
int synthetic_socket_new(const struct synthetic_peer *peer);
void synthetic_peer_send(struct synthetic_peer *peer, const uint8_t *datagram, size_t length);
void synthetic_peer_send_protected(struct synthetic_peer *peer, bool rtcp, const uint8_t *packet, size_t length);
