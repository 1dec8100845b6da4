/* facecheck: the face check at submission (D-16 … D-19) as policy and state machine, pure: no store, no clock, no
 * locks.
 *
 *   open ──a try passes──▶ passed
 *    └────skip (D-18), or never finished──▶ skipped: goes to an interview (D-19)
 *
 * Nobody is ever rejected here. */
#pragma once

#include "signaling/rpc.h"
#include "store/store.h"

#define FACECHECK_STATES (FACECHECK_SKIPPED + 1)

struct facecheck_policy {
    unsigned tries_max;  /* then a skip is offered */
    unsigned tries_stop; /* then there are no more */
};

/* All that decides about what may happen. */
struct facecheck_facts {
    enum store_facecheck_state state;
    unsigned tries;
    bool portrait_usable, page_usable;
    bool running; /* a try */
};

struct facecheck_can {
    bool upload, start, skip_tries, skip_accessibility;
};
struct facecheck_can facecheck_can(struct facecheck_policy policy, const struct facecheck_facts *facts);
/* Whether the order needs an interview as things are. */
bool facecheck_interview_required(struct facecheck_policy policy, const struct facecheck_facts *facts);

/* Each says why not: RPC_ERROR_WRONG_STATE, and of a start also _BUSY (one runs) and _TRIES_EXHAUSTED. `reason` of a
 * skip is "tries" or "accessibility". */
bool facecheck_check_upload(const struct facecheck_facts *facts, GError **error);
bool facecheck_check_start(struct facecheck_policy policy, const struct facecheck_facts *facts, GError **error);
bool facecheck_check_skip(struct facecheck_policy policy, const struct facecheck_facts *facts, const char *reason,
                          GError **error);

enum facecheck_event {
    FACECHECK_TRY_PASSED,
    FACECHECK_TRY_FAILED, /* and is counted */
    FACECHECK_SKIP_TRIES,
    FACECHECK_SKIP_ACCESSIBILITY,
    FACECHECK_EXPIRED, /* its link expired before it was decided */
};
const char *facecheck_event_name(enum facecheck_event event); /* "try_failed"; static, for the history */
const char *facecheck_state_name(enum store_facecheck_state state);
/* Carries an event out on an open face check; on any other nothing changes and false is returned. */
bool facecheck_apply(struct store_facecheck *facecheck, enum facecheck_event event, int64_t now_us);
