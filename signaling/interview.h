/* interview: the life of one interview as a state machine (D-34 … D-40), pure: no store, no clock, no locks.
 *
 *   required ──book──▶ scheduled ──unbook──▶ required      missed ──book──▶ scheduled      scheduled ──move──▶
 * scheduled
 *
 *   scheduled ──ready──▶ waiting ──start──▶ ringing ──accept──▶ in_call ──end──▶ ended
 *       ▲                  │  ▲               │ │                  │
 *       └──────lost────────┘  └decline, cancel┘ │                  └──abandoned──▶ aborted
 *       └──────────────────lost─────────────────┘       abort, from every state above ──▶ aborted
 *   scheduled, waiting ──missed──▶ missed ◀──no_show── scheduled
 *   required, scheduled, waiting, missed ──in_person──▶ ended
 *
 * `missed` is over, unless the applicant books once more (mission policy says how often).
 */
#pragma once

#include "signaling/rpc.h"
#include "store/store.h"

#define INTERVIEW_STATES (INTERVIEW_REQUIRED + 1)

enum interview_event {
    EVENT_READY,        /* the applicant is in the waiting room (D-37) */
    EVENT_START,        /* the officer starts the call (D-36) */
    EVENT_CANCEL,       /* the officer stops ringing */
    EVENT_DECLINE,      /* the applicant does not take the call */
    EVENT_RING_TIMEOUT, /* nobody took it */
    EVENT_ACCEPT,       /* the applicant takes it */
    EVENT_LOST,         /* the applicant's connection is lost for good */
    EVENT_END,          /* the officer ends it with an outcome */
    EVENT_ABORT,        /* the officer breaks it off with a reason */
    EVENT_ABANDONED,    /* everybody has been lost for too long */
    EVENT_MISSED,       /* the officer says that the applicant did not come */
    EVENT_NO_SHOW,      /* the server says so */
    EVENT_BOOK,         /* the applicant picks a time (D-35) */
    EVENT_MOVE,         /* and another one instead */
    EVENT_UNBOOK,       /* and gives it back */
    EVENT_IN_PERSON,    /* the officer decides that it is in person instead (D-40) */
    EVENT_COUNT
};

/* An event and what comes with it. */
struct interview_change {
    enum interview_event event;
    int64_t now_us;
    int64_t ring_expires_us; /* EVENT_START */
    const char *outcome;     /* EVENT_END: one of interview_outcomes */
    const char *reason;      /* EVENT_END, _ABORT, _ABANDONED, _MISSED, _IN_PERSON; may be NULL */
    int64_t scheduled_us;    /* EVENT_BOOK, _MOVE, with length_min */
    unsigned length_min;
    unsigned capacity;        /* likewise: interviews of the mission at the same time */
    int64_t tickets_until_us; /* likewise: how long the parties' tickets work at least */
};

#define INTERVIEW_REASON_MAX 500 /* characters */

extern const char *const interview_outcomes[]; /* "identity_confirmed", …; NULL-terminated */

const char *interview_state_name(enum store_interview_state state); /* "in_call"; static */
const char *interview_event_name(enum interview_event event);       /* "ring_timeout"; static, for the history */
bool interview_is_over(enum store_interview_state state);
/* Whether there may be a media room: ringing (the officer's preview) and in_call. */
bool interview_has_room(enum store_interview_state state);

/* Where `event` leads from `state`; the same state when it changes nothing; -1 when it is refused there. */
int interview_next(enum store_interview_state state, enum interview_event event);
/* NULL error: the event may happen. Otherwise RPC_ERROR_INTERVIEW_OVER or _WRONG_STATE, naming where it is allowed. */
bool interview_check(const struct store_interview *interview, enum interview_event event, GError **error);
/* Whether the event changes the appointment, perhaps nothing else. */
bool interview_appoints(enum interview_event event);
/* Carries the change out on `interview`: state, times, appointment, outcome and reason; the version is the store's
 * affair. Fails as interview_check does, and with RPC_ERROR_INVALID_PARAMS for an outcome without the reason it needs
 * or a reason that is too long; the interview is then untouched. */
bool interview_apply(struct store_interview *interview, const struct interview_change *change, GError **error);

/* What has to be there before an interview decides on the identity. */
struct interview_proof {
    bool guardian_needed, guardian_identified; /* D-21 */
    const char *const *open_items; /* ids of the script's required items that are not done; NULL-terminated */
};
/* RPC_ERROR_GUARDIAN_MISSING or _SCRIPT_OPEN (with the items) where something is missing. An interview that is to go on
 * in person (D-40) has decided nothing and needs none of it. */
bool interview_check_proof(const struct interview_proof *proof, const char *outcome, GError **error);

/* RPC_ERROR_INTERVIEW_OVER when it is. */
bool interview_check_alive(const struct store_interview *interview, GError **error);
/* From when on the applicant may come in. */
int64_t interview_opens_us(const struct store_interview *interview, unsigned join_before_min);
/* RPC_ERROR_INTERVIEW_OVER, or RPC_ERROR_NOT_OPEN with opens_at, unless a party may come in at `now_us`. */
bool interview_check_open(const struct store_interview *interview, unsigned join_before_min, int64_t now_us,
                          GError **error);
/* When an applicant who is not there counts as missed: after the appointment, and never sooner than no_show_min after
 * having been there or after `up_since_us`, when this server began to be reachable. */
int64_t interview_no_show_us(const struct store_interview *interview, unsigned no_show_min, int64_t up_since_us);
