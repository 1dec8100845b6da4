#include "signaling/order.h"

#include <string.h>

/* Short names for the table only. */
enum {
    DRAFT = ORDER_DRAFT,
    SUBMITTED = ORDER_SUBMITTED,
    IN_REVIEW = ORDER_IN_REVIEW,
    SUPPLEMENT = ORDER_SUPPLEMENT_REQUIRED,
    REQUIRED = ORDER_INTERVIEW_REQUIRED,
    SCHEDULED = ORDER_INTERVIEW_SCHEDULED,
    INTERVIEWING = ORDER_INTERVIEWING,
    IN_PERSON = ORDER_IN_PERSON_REQUIRED,
    APPROVED = ORDER_APPROVED,
    PRODUCED = ORDER_PRODUCED,
    DISPATCHED = ORDER_DISPATCHED,
    COMPLETED = ORDER_COMPLETED,
    REJECTED = ORDER_REJECTED,
    WITHDRAWN = ORDER_WITHDRAWN,
    STAYS = -2,
};

#define FROM_MAX 9

static const struct {
    const char *name;
    signed char to;             /* STAYS: where it was */
    signed char from[FROM_MAX]; /* as many as `count` */
    unsigned char count;
} transitions[ORDER_EVENT_COUNT] = {
    [ORDER_EVENT_SUBMIT] = {"submit", SUBMITTED, {DRAFT}, 1},
    [ORDER_EVENT_SUPPLEMENTED] = {"supplemented", IN_REVIEW, {SUPPLEMENT}, 1},
    [ORDER_EVENT_COMPLETE] = {"complete", COMPLETED, {DISPATCHED}, 1},
    [ORDER_EVENT_WITHDRAW] = {"withdraw", WITHDRAWN, {DRAFT, SUBMITTED, IN_REVIEW}, 3},
    [ORDER_EVENT_TAKE] = {"take", IN_REVIEW, {SUBMITTED}, 1},
    [ORDER_EVENT_ASSIGN] = {"assign",
                            STAYS,
                            {IN_REVIEW, SUPPLEMENT, REQUIRED, SCHEDULED, INTERVIEWING, IN_PERSON, APPROVED, PRODUCED,
                             DISPATCHED},
                            9},
    [ORDER_EVENT_SUPPLEMENT] = {"supplement", SUPPLEMENT, {IN_REVIEW}, 1},
    [ORDER_EVENT_APPROVE] = {"approve", APPROVED, {IN_REVIEW}, 1},
    [ORDER_EVENT_REJECT] = {"reject", REJECTED, {IN_REVIEW}, 1},
    [ORDER_EVENT_PRODUCED] = {"produced", PRODUCED, {APPROVED}, 1},
    [ORDER_EVENT_DISPATCHED] = {"dispatched", DISPATCHED, {PRODUCED}, 1},
    [ORDER_EVENT_IN_PERSON_DONE] = {"in_person_done", IN_REVIEW, {IN_PERSON}, 1},
    [ORDER_EVENT_FACECHECK_PASSED] = {"facecheck_passed", STAYS, {SUBMITTED}, 1},
    [ORDER_EVENT_FACECHECK_UNDECIDED] = {"facecheck_undecided", STAYS, {SUBMITTED}, 1},
    [ORDER_EVENT_FACECHECK_SKIPPED] = {"facecheck_skipped", IN_REVIEW, {SUBMITTED}, 1},
    [ORDER_EVENT_INTERVIEW_REQUIRED] = {"interview_required", REQUIRED, {IN_REVIEW}, 1},
    [ORDER_EVENT_INTERVIEW_DROPPED] = {"interview_dropped", IN_REVIEW, {REQUIRED, SCHEDULED}, 2},
    [ORDER_EVENT_BOOKED] = {"booked", SCHEDULED, {REQUIRED}, 1},
    [ORDER_EVENT_RESCHEDULED] = {"rescheduled", STAYS, {SCHEDULED}, 1},
    [ORDER_EVENT_UNBOOKED] = {"unbooked", REQUIRED, {SCHEDULED, INTERVIEWING}, 2},
    [ORDER_EVENT_MISSED] = {"missed", REQUIRED, {SCHEDULED, INTERVIEWING}, 2},
    [ORDER_EVENT_STARTED] = {"started", INTERVIEWING, {SCHEDULED}, 1},
    [ORDER_EVENT_ENDED] = {"ended", IN_REVIEW, {INTERVIEWING}, 1},
    [ORDER_EVENT_ABORTED] = {"aborted", IN_REVIEW, {INTERVIEWING}, 1},
    [ORDER_EVENT_IN_PERSON] = {"in_person", IN_PERSON, {REQUIRED, SCHEDULED, INTERVIEWING}, 3},
};

const char *const order_state_names[ORDER_STATES + 1] = {"draft",
                                                         "submitted",
                                                         "in_review",
                                                         "supplement_required",
                                                         "interview_required",
                                                         "interview_scheduled",
                                                         "interviewing",
                                                         "in_person_required",
                                                         "approved",
                                                         "produced",
                                                         "dispatched",
                                                         "completed",
                                                         "rejected",
                                                         "withdrawn",
                                                         NULL};

const char *order_state_name(enum store_order_state state)
{
    return order_state_names[state];
}

bool order_state_named(const char *name, enum store_order_state *state)
{
    for (unsigned i = 0; i < ORDER_STATES; i++) {
        if (strcmp(name, order_state_names[i]) == 0) {
            *state = (enum store_order_state)i;
            return true;
        }
    }
    return false;
}

const char *order_event_name(enum order_event event)
{
    return transitions[event].name;
}

/* Templates are named by what has become of an order (deploy/messages). */
const char *order_event_message(enum order_event event)
{
    switch (event) {
    case ORDER_EVENT_ASSIGN:
        return NULL; /* who reviews it is the mission's affair */
    case ORDER_EVENT_SUBMIT:
        return "submitted";
    case ORDER_EVENT_TAKE:
        return "taken_in";
    case ORDER_EVENT_APPROVE:
        return "approved";
    case ORDER_EVENT_REJECT:
        return "rejected";
    case ORDER_EVENT_COMPLETE:
        return "completed";
    case ORDER_EVENT_WITHDRAW:
        return "withdrawn";
    default:
        return transitions[event].name;
    }
}

bool order_reason_is_told(enum order_event event)
{
    return event == ORDER_EVENT_SUPPLEMENT || event == ORDER_EVENT_REJECT || event == ORDER_EVENT_WITHDRAW ||
           event == ORDER_EVENT_IN_PERSON;
}

bool order_is_over(enum store_order_state state)
{
    return state == ORDER_COMPLETED || state == ORDER_REJECTED || state == ORDER_WITHDRAWN;
}

bool order_is_emergency(const char *kind)
{
    return strcmp(kind, "emergency_travel_document") == 0;
}

int order_next(enum store_order_state state, enum order_event event, bool emergency)
{
    if (emergency && event == ORDER_EVENT_WITHDRAW && state != ORDER_DRAFT) {
        return -1;
    }
    for (unsigned i = 0; i < transitions[event].count; i++) {
        if (transitions[event].from[i] == (signed char)state) {
            return transitions[event].to == STAYS ? (int)state : transitions[event].to;
        }
    }
    return -1;
}

bool order_check(const struct store_order *order, enum order_event event, GError **error)
{
    const bool emergency = order_is_emergency(order->kind);
    if (order_next(order->state, event, emergency) >= 0) {
        return true;
    }
    if (emergency && order_next(order->state, event, false) >= 0) {
        rpc_set_error(error, RPC_ERROR_NOT_WITHDRAWABLE, json_pack("{s:s}", "state", order_state_names[order->state]),
                      "an emergency travel document cannot be withdrawn once it is submitted, and its fee is not "
                      "refunded (D-52)");
        return false;
    }
    json_t *allowed = json_array();
    for (unsigned i = 0; i < transitions[event].count; i++) {
        json_array_append_new(allowed, json_string(order_state_names[transitions[event].from[i]]));
    }
    rpc_set_error(error, RPC_ERROR_WRONG_STATE,
                  json_pack("{s:s, s:o}", "state", order_state_names[order->state], "allowed", allowed),
                  "%s is not possible while the order is %s; data.allowed says when it is", transitions[event].name,
                  order_state_names[order->state]);
    return false;
}

bool order_reason_check(const char *reason, GError **error)
{
    const glong length = reason != NULL ? g_utf8_strlen(reason, -1) : 0;
    if (length > ORDER_REASON_MAX) {
        rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, NULL, "reason has %ld characters; at most %d are kept", length,
                      ORDER_REASON_MAX);
        return false;
    }
    return true;
}
