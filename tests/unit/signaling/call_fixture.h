/* call_fixture: what tests of calls do again and again: ask and expect a code, join with media, let time pass. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/support/synthetic_peer.h"
#include "tests/unit/signaling/service_fixture.h"

static struct fixture *fixture; /* the test program's; one for each test, made by its setup */

static inline int teardown(void **state)
{
    (void)state;
    fixture_free(fixture);
    return 0;
}

#define assert_call(expected, caller, method, params)                                                                  \
    do {                                                                                                               \
        g_autofree char *code_ = fixture_code(fixture, caller, method, params);                                        \
        if (strcmp(code_, expected) != 0) {                                                                            \
            fail_msg("%s: %s instead of %s", method, code_, expected);                                                 \
        }                                                                                                              \
    } while (false)

/* Of media.join, with the offer of a client that could be in a full room. */
static inline json_t *join_params(const struct rpc_caller *caller)
{
    struct synthetic_peer *peer = synthetic_peer_new(&(const struct synthetic_config){.slots = 3}, NULL);
    g_autofree char *sdp = synthetic_peer_offer(peer);
    synthetic_peer_free(peer);
    json_t *params = json_pack("{s:s}", "sdp", sdp);
    if (caller->role == RPC_OFFICER) {
        json_object_set_new(params, "interview_id", json_string("i"));
    }
    return params;
}

/* As if so much time had passed. */
static inline void tick_in(int64_t seconds)
{
    calls_tick(fixture->service.calls, g_get_real_time() + seconds * SECOND_US);
}

static inline unsigned peers(void)
{
    struct media_engine_stats stats;
    media_engine_stats(fixture->service.media, &stats);
    return stats.peers;
}
