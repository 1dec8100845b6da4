#include "signaling/interview.h"

#include "signaling/instant.h"

#define MINUTE_US (60 * G_USEC_PER_SEC)

/* Short names for the table only. */
enum {
    SCHEDULED = INTERVIEW_SCHEDULED,
    WAITING = INTERVIEW_WAITING,
    RINGING = INTERVIEW_RINGING,
    IN_CALL = INTERVIEW_IN_CALL,
    ENDED = INTERVIEW_ENDED,
    MISSED = INTERVIEW_MISSED,
    ABORTED = INTERVIEW_ABORTED,
    REQUIRED = INTERVIEW_REQUIRED,
    NO = -1,
};

/* Rows: events; columns: the state in which they come. What is over stays over. A page that was reloaded may say
 * `ready` or `accept` once more: that changes nothing. */
static const signed char next_state[EVENT_COUNT][INTERVIEW_STATES] = {
    /*                      scheduled  waiting    ringing    in_call  ended missed aborted required */
    [EVENT_READY] = {WAITING, WAITING, RINGING, IN_CALL, NO, NO, NO, NO},
    [EVENT_START] = {NO, RINGING, NO, NO, NO, NO, NO, NO},
    [EVENT_CANCEL] = {NO, NO, WAITING, NO, NO, NO, NO, NO},
    [EVENT_DECLINE] = {NO, NO, WAITING, NO, NO, NO, NO, NO},
    [EVENT_RING_TIMEOUT] = {NO, NO, WAITING, NO, NO, NO, NO, NO},
    [EVENT_ACCEPT] = {NO, NO, IN_CALL, IN_CALL, NO, NO, NO, NO},
    [EVENT_LOST] = {SCHEDULED, SCHEDULED, SCHEDULED, IN_CALL, NO, NO, NO, REQUIRED},
    [EVENT_END] = {NO, NO, NO, ENDED, NO, NO, NO, NO},
    [EVENT_ABORT] = {ABORTED, ABORTED, ABORTED, ABORTED, NO, NO, NO, ABORTED},
    [EVENT_ABANDONED] = {NO, NO, NO, ABORTED, NO, NO, NO, NO},
    [EVENT_MISSED] = {MISSED, MISSED, NO, NO, NO, NO, NO, NO},
    [EVENT_NO_SHOW] = {MISSED, NO, NO, NO, NO, NO, NO, NO},
    [EVENT_BOOK] = {NO, NO, NO, NO, NO, SCHEDULED, NO, SCHEDULED},
    [EVENT_MOVE] = {SCHEDULED, NO, NO, NO, NO, NO, NO, NO},
    [EVENT_UNBOOK] = {REQUIRED, NO, NO, NO, NO, NO, NO, NO},
    [EVENT_IN_PERSON] = {ENDED, ENDED, NO, NO, NO, ENDED, NO, ENDED},
};

static const char *const state_names[INTERVIEW_STATES] = {"scheduled", "waiting", "ringing", "in_call",
                                                          "ended",     "missed",  "aborted", "required"};

static const char *const event_names[EVENT_COUNT] = {
    [EVENT_READY] = "ready",
    [EVENT_START] = "start",
    [EVENT_CANCEL] = "cancel",
    [EVENT_DECLINE] = "decline",
    [EVENT_RING_TIMEOUT] = "ring_timeout",
    [EVENT_ACCEPT] = "accept",
    [EVENT_LOST] = "lost",
    [EVENT_END] = "end",
    [EVENT_ABORT] = "abort",
    [EVENT_ABANDONED] = "abandoned",
    [EVENT_MISSED] = "missed",
    [EVENT_NO_SHOW] = "no_show",
    [EVENT_BOOK] = "book",
    [EVENT_MOVE] = "move",
    [EVENT_UNBOOK] = "unbook",
    [EVENT_IN_PERSON] = "in_person",
};

#define IN_PERSON "in_person"
const char *const interview_outcomes[] = {"identity_confirmed", "not_confirmed", IN_PERSON, NULL};

const char *interview_state_name(enum store_interview_state state)
{
    return state_names[state];
}

const char *interview_event_name(enum interview_event event)
{
    return event_names[event];
}

bool interview_is_over(enum store_interview_state state)
{
    return state == INTERVIEW_ENDED || state == INTERVIEW_MISSED || state == INTERVIEW_ABORTED;
}

bool interview_has_room(enum store_interview_state state)
{
    return state == INTERVIEW_RINGING || state == INTERVIEW_IN_CALL;
}

int interview_next(enum store_interview_state state, enum interview_event event)
{
    return next_state[event][state];
}

static void set_over(const struct store_interview *interview, GError **error)
{
    const char *state = state_names[interview->state];
    rpc_set_error(error, RPC_ERROR_INTERVIEW_OVER, json_pack("{s:s}", "state", state),
                  "the interview is over (%s): nothing can be done in it any more", state);
}

bool interview_check(const struct store_interview *interview, enum interview_event event, GError **error)
{
    if (interview_next(interview->state, event) != NO) {
        return true;
    }
    if (interview_is_over(interview->state)) {
        set_over(interview, error);
        return false;
    }
    json_t *allowed = json_array();
    for (enum store_interview_state state = 0; state < INTERVIEW_STATES; state++) {
        if (interview_next(state, event) != NO) {
            json_array_append_new(allowed, json_string(state_names[state]));
        }
    }
    rpc_set_error(error, RPC_ERROR_WRONG_STATE,
                  json_pack("{s:s, s:o}", "state", state_names[interview->state], "allowed", allowed),
                  "%s is not possible while the interview is %s; data.allowed says when it is", event_names[event],
                  state_names[interview->state]);
    return false;
}

static bool check_details(const struct interview_change *change, GError **error)
{
    const glong length = change->reason != NULL ? g_utf8_strlen(change->reason, -1) : 0;
    if (length > INTERVIEW_REASON_MAX) {
        rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, NULL, "reason has %ld characters; at most %d are kept", length,
                      INTERVIEW_REASON_MAX);
        return false;
    }
    if (change->event == EVENT_IN_PERSON && length == 0) {
        rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, NULL, "reason is needed: why it is in person instead");
        return false;
    }
    if (change->event != EVENT_END) {
        return true;
    }
    if (change->outcome == NULL || !g_strv_contains(interview_outcomes, change->outcome)) {
        rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, NULL, "outcome must be one of those that the API lists");
        return false;
    }
    if (length == 0 && !g_str_equal(change->outcome, interview_outcomes[0])) {
        rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, NULL, "reason is needed unless the outcome is %s",
                      interview_outcomes[0]);
        return false;
    }
    return true;
}

bool interview_appoints(enum interview_event event)
{
    return event == EVENT_BOOK || event == EVENT_MOVE || event == EVENT_UNBOOK;
}

static void set_appointment(struct store_interview *interview, const struct interview_change *change)
{
    const bool booked = change->event != EVENT_UNBOOK;
    interview->scheduled_us = booked ? change->scheduled_us : 0;
    interview->length_min = booked ? change->length_min : interview->length_min;
    interview->bookings += booked;
    g_clear_pointer(&interview->outcome, g_free); /* of one that was missed */
    g_clear_pointer(&interview->reason, g_free);
}

bool interview_apply(struct store_interview *interview, const struct interview_change *change, GError **error)
{
    if (!interview_check(interview, change->event, error) || !check_details(change, error)) {
        return false;
    }
    const enum store_interview_state next = (enum store_interview_state)interview_next(interview->state, change->event);
    if (interview_appoints(change->event)) {
        set_appointment(interview, change);
    }
    if (next == interview->state) {
        return true;
    }
    if (interview->state == INTERVIEW_SCHEDULED && next == INTERVIEW_WAITING) {
        interview->waiting_since_us = change->now_us;
    } else if (next == INTERVIEW_SCHEDULED) {
        interview->waiting_since_us = 0;
    }
    interview->ring_expires_us = next == INTERVIEW_RINGING ? change->ring_expires_us : 0;
    interview->state = next;
    interview->state_since_us = change->now_us;
    if (interview_is_over(next)) {
        g_free(interview->outcome);
        g_free(interview->reason);
        interview->outcome = g_strdup(change->event == EVENT_IN_PERSON ? IN_PERSON : change->outcome);
        interview->reason = g_strcmp0(change->reason, "") != 0 ? g_strdup(change->reason) : NULL;
    }
    return true;
}

bool interview_check_proof(const struct interview_proof *proof, const char *outcome, GError **error)
{
    if (g_strcmp0(outcome, IN_PERSON) == 0) {
        return true;
    }
    if (proof->guardian_needed && !proof->guardian_identified) {
        rpc_set_error(error, RPC_ERROR_GUARDIAN_MISSING, NULL,
                      "a parent or legal guardian takes part in this interview and has not been identified: identify "
                      "them (interview.guardian), or end it in person");
        return false;
    }
    json_t *items = json_array();
    for (unsigned i = 0; proof->open_items[i] != NULL; i++) {
        json_array_append_new(items, json_string(proof->open_items[i]));
    }
    const size_t count = json_array_size(items);
    if (count > 0) {
        rpc_set_error(error, RPC_ERROR_SCRIPT_OPEN, json_pack("{s:O}", "items", items),
                      "%zu required items of the script are not done: go through data.items, or end it in person",
                      count);
    }
    json_decref(items);
    return count == 0;
}

int64_t interview_opens_us(const struct store_interview *interview, unsigned join_before_min)
{
    return interview->scheduled_us - (int64_t)join_before_min * MINUTE_US;
}

bool interview_check_alive(const struct store_interview *interview, GError **error)
{
    if (interview_is_over(interview->state)) {
        set_over(interview, error);
        return false;
    }
    return true;
}

bool interview_check_open(const struct store_interview *interview, unsigned join_before_min, int64_t now_us,
                          GError **error)
{
    if (!interview_check_alive(interview, error)) {
        return false;
    }
    if (interview->state == INTERVIEW_REQUIRED) {
        rpc_set_error(error, RPC_ERROR_NOT_OPEN, json_pack("{s:n}", "opens_at"),
                      "the interview has no appointment yet: the applicant picks a time");
        return false;
    }
    const int64_t opens_us = interview_opens_us(interview, join_before_min);
    if (now_us < opens_us) {
        g_autofree char *opens_at = instant_format(opens_us);
        rpc_set_error(error, RPC_ERROR_NOT_OPEN, json_pack("{s:s}", "opens_at", opens_at),
                      "the interview opens at %s: come back then", opens_at);
        return false;
    }
    return true;
}

int64_t interview_no_show_us(const struct store_interview *interview, unsigned no_show_min, int64_t up_since_us)
{
    const int64_t from_us = MAX(interview->scheduled_us, MAX(interview->state_since_us, up_since_us));
    return from_us + (int64_t)no_show_min * MINUTE_US;
}
