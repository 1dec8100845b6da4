/* order: the life of an order as a state machine (D-26 … D-44, D-52), pure: no store, no clock, no locks. The one place
 * that allows or refuses.
 *
 *   draft ──submit──▶ submitted ──take──▶ in_review ──approve──▶ approved ──▶ produced ──▶ dispatched ──▶ completed
 *                         │                 │  ▲  └──reject──▶ rejected
 *               facecheck_skipped ──────────┤  │
 *                                           │  ├──supplemented── supplement_required ◀──supplement── in_review
 *                                           ▼  │
 *       interview_required ──booked──▶ interview_scheduled ──started──▶ interviewing ──ended, aborted──▶ in_review
 *              ▲                               │                             │
 *              └──────────unbooked, missed─────┴─────────────────────────────┘
 *       each of the three ──in_person──▶ in_person_required ──in_person_done──▶ in_review
 *       interview_required, interview_scheduled ──interview_dropped──▶ in_review
 *       draft, submitted, in_review ──withdraw──▶ withdrawn; an emergency travel document as a draft only (D-52)
 *
 * No automatic step ever rejects (D-19). */
#pragma once

#include "signaling/rpc.h"
#include "store/store.h"

enum order_event {
    /* the holder's */
    ORDER_EVENT_SUBMIT,
    ORDER_EVENT_SUPPLEMENTED,
    ORDER_EVENT_COMPLETE, /* the new document has arrived */
    ORDER_EVENT_WITHDRAW,
    /* an officer's */
    ORDER_EVENT_TAKE,
    ORDER_EVENT_ASSIGN, /* to another officer; the state stays */
    ORDER_EVENT_SUPPLEMENT,
    ORDER_EVENT_APPROVE,
    ORDER_EVENT_REJECT,
    ORDER_EVENT_PRODUCED,
    ORDER_EVENT_DISPATCHED, /* or ready to be collected */
    ORDER_EVENT_IN_PERSON_DONE,
    /* the book's, from what becomes of the face check and the interview; officers require and drop interviews, too */
    ORDER_EVENT_FACECHECK_PASSED,    /* the state stays; whoever reviews may take it from now on */
    ORDER_EVENT_FACECHECK_UNDECIDED, /* likewise: skipped, where policy wants no interview for that */
    ORDER_EVENT_FACECHECK_SKIPPED,
    ORDER_EVENT_INTERVIEW_REQUIRED,
    ORDER_EVENT_INTERVIEW_DROPPED,
    ORDER_EVENT_BOOKED,
    ORDER_EVENT_RESCHEDULED, /* the state stays */
    ORDER_EVENT_UNBOOKED,
    ORDER_EVENT_MISSED,
    ORDER_EVENT_STARTED,
    ORDER_EVENT_ENDED,
    ORDER_EVENT_ABORTED,
    ORDER_EVENT_IN_PERSON,
    ORDER_EVENT_COUNT
};

#define ORDER_REASON_MAX 500 /* characters */

extern const char *const order_state_names[ORDER_STATES + 1]; /* by state; ends with NULL */
const char *order_state_name(enum store_order_state state);   /* "in_review"; static */
bool order_state_named(const char *name, enum store_order_state *state);
const char *order_event_name(enum order_event event); /* "take"; static, for the history */
/* The template of the message that an account holder gets of it (D-29); NULL: none. Static. */
const char *order_event_message(enum order_event event);
/* Whether the holder learns the reason that a change has; the others' are for officers. */
bool order_reason_is_told(enum order_event event);
bool order_is_over(enum store_order_state state);
/* D-7: what is applied for in an emergency. */
bool order_is_emergency(const char *kind);

/* Where `event` leads from `state`; the same state where it changes nothing else; -1 when it is refused there. */
int order_next(enum store_order_state state, enum order_event event, bool emergency);
/* NULL error: the event may happen. Otherwise RPC_ERROR_WRONG_STATE, naming where it is allowed, or _NOT_WITHDRAWABLE
 * (D-52). */
bool order_check(const struct store_order *order, enum order_event event, GError **error);
/* RPC_ERROR_INVALID_PARAMS for a reason (NULL: none) of more than ORDER_REASON_MAX characters. */
bool order_reason_check(const char *reason, GError **error);
