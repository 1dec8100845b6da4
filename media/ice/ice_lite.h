/* ice_lite: answers the connectivity checks of one peer (RFC 8445 §2.5, §7.3), on libnice's STUN stack.
 *
 * A lite agent never sends a check, so it has no candidate pairs, timers or transactions: a request comes in, a reply
 * goes out. Sans-I/O, any thread. Authenticate, then mutate: a request whose integrity fails changes nothing and is not
 * answered, so that nobody learns from us which fragments exist. */
#pragma once

#include "media/net/path.h"

#include <stddef.h>

#define ICE_UFRAG_LENGTH     8   /* 48 bits; RFC 8445 §5.3 asks for 24 */
#define ICE_PWD_LENGTH       24  /* 144 bits; RFC 8445 §5.3 asks for 128 */
#define ICE_REMOTE_UFRAG_MAX 256 /* RFC 8839 §5.4 */
#define ICE_REPLY_BYTES      512

struct ice_credentials {
    char ufrag[ICE_UFRAG_LENGTH + 1]; /* ours: a request names it first, "ours:theirs" */
    char pwd[ICE_PWD_LENGTH + 1];     /* ours: the key of requests to us and of our replies */
    char remote_ufrag[ICE_REMOTE_UFRAG_MAX + 1];
};

struct ice_lite {
    struct ice_credentials current;
    struct ice_credentials retired; /* answers until a check with `current` has passed; without one, ufrag is "" */
    bool confirmed;                 /* a check with `current` has passed */
};

/* New credentials of ours, and theirs. */
void ice_lite_init(struct ice_lite *ice, const char *remote_ufrag);
/* ICE restart (RFC 8445 §9). The last credentials that a check has passed with keep answering until the new ones do,
 * however many restarts come between. */
void ice_lite_restart(struct ice_lite *ice, const char *remote_ufrag);

enum ice_verdict {
    ICE_REFUSED,  /* not a binding request, malformed, or not authenticated: no reply, nothing changed */
    ICE_REJECTED, /* authenticated, but no passed check (role conflict, unknown attribute): reply with an error */
    ICE_PASSED,   /* reply with success */
};

struct ice_reply {
    size_t length;
    uint8_t bytes[ICE_REPLY_BYTES];
    bool use_candidate; /* the request nominates its path (RFC 8445 §7.3.1.5) */
};

/* `reply` is valid unless refused. */
enum ice_verdict ice_lite_input(struct ice_lite *ice, const struct path *path, const uint8_t *request, size_t length,
                                struct ice_reply *reply);

/* The fragment of ours that a STUN message names, NOT authenticated: good for finding the peer to ask, no more. */
bool ice_lite_peek_ufrag(const uint8_t *datagram, size_t length, char ufrag[ICE_UFRAG_LENGTH + 1]);
