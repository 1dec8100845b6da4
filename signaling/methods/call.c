#include "signaling/calls_private.h"
#include "signaling/conduct.h"
#include "signaling/failure.h"
#include "signaling/limit.h"
#include "signaling/methods/methods.h"
#include "signaling/methods/params.h"

/* An officer's event on an interview, with nothing else to it. */
static json_t *officer_event(struct service *service, const struct rpc_caller *caller, const json_t *params,
                             struct interview_change change, GError **error)
{
    g_auto(Turn) turn = {0};
    if (!turn_begin(&turn, service, caller, param_text(params, "interview_id"), error) ||
        !turn_apply(&turn, change, error)) {
        return NULL;
    }
    return turn_result(&turn);
}

/* It rings at third parties who are in the waiting room as well (D-21); who comes later is let in by call.admit. */
static void invite_ready(struct turn *turn)
{
    for (guint i = 0; i < turn->parties->len; i++) {
        const struct store_party *party = g_ptr_array_index(turn->parties, i);
        turn_live(turn, party)->invited = party->ready && party->role != STORE_OFFICER;
    }
}

static json_t *start(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(Turn) turn = {0};
    if (g_atomic_int_get(&service->draining) != 0) {
        rpc_set_error(error, RPC_ERROR_DRAINING, NULL, "the server is about to stop: start the call in a minute");
        return NULL;
    }
    if (!turn_begin(&turn, service, caller, param_text(params, "interview_id"), error) ||
        !interview_check(turn.interview, EVENT_START, error) || !turn_admit_officer(&turn, error) ||
        !conduct_release_others(&turn, caller->officer, error) ||
        !conduct_assign(&turn, caller->officer, "assigned", error)) {
        return NULL;
    }
    const int64_t ring_us = (int64_t)service->config->interview.ring_timeout_s * G_USEC_PER_SEC;
    const struct interview_change change = {.event = EVENT_START, .ring_expires_us = turn.now_us + ring_us};
    if (!turn_apply(&turn, change, error)) {
        return NULL;
    }
    invite_ready(&turn);
    return turn_result(&turn);
}

static json_t *cancel(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    return officer_event(service, caller, params, (struct interview_change){.event = EVENT_CANCEL}, error);
}

static void set_wrong_state(const struct turn *turn, GError **error)
{
    const char *state = interview_state_name(turn->interview->state);
    rpc_set_error(error, RPC_ERROR_WRONG_STATE,
                  json_pack("{s:s, s:[s,s]}", "state", state, "allowed", "ringing", "in_call"),
                  "there is no call now: the interview is %s", state);
}

static json_t *admit(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(Turn) turn = {0};
    if (!turn_begin(&turn, service, caller, param_text(params, "interview_id"), error)) {
        return NULL;
    }
    struct store_party *party = turn_party(&turn, param_text(params, "party_id"), error);
    if (party == NULL) {
        return NULL;
    }
    if (!interview_has_room(turn.interview->state)) {
        set_wrong_state(&turn, error);
        return NULL;
    }
    if (party->role != STORE_GUARDIAN && party->role != STORE_INTERPRETER) {
        rpc_set_error(error, RPC_ERROR_FORBIDDEN, NULL, "only a guardian or an interpreter is let in this way");
        return NULL;
    }
    return turn_set_party(&turn, party, party->ready, true, error) ? turn_result(&turn) : NULL;
}

/* The call begins when the applicant accepts. Third parties at whom it rings by then are let in: it goes on ringing. */
static bool accept_applicant(struct turn *turn, GError **error)
{
    bool ok =
        interview_check(turn->interview, EVENT_ACCEPT, error) && turn_set_party(turn, turn->self, true, true, error);
    for (guint i = 0; ok && i < turn->parties->len; i++) {
        struct store_party *party = g_ptr_array_index(turn->parties, i);
        ok = !turn_live(turn, party)->invited || turn_set_party(turn, party, party->ready, true, error);
    }
    return ok && turn_apply(turn, (struct interview_change){.event = EVENT_ACCEPT}, error);
}

/* A third party accepts for itself once it was invited or admitted. */
static bool accept_third(struct turn *turn, GError **error)
{
    if (!interview_has_room(turn->interview->state)) {
        set_wrong_state(turn, error);
        return false;
    }
    if (!turn->self->admitted && !turn_live(turn, turn->self)->invited) {
        rpc_set_error(error, RPC_ERROR_NOT_ADMITTED, NULL, "the officer has not let this party in yet: wait");
        return false;
    }
    return turn_set_party(turn, turn->self, true, true, error);
}

static json_t *accept_call(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    (void)params;
    g_auto(Turn) turn = {0};
    if (!turn_begin(&turn, service, caller, NULL, error)) {
        return NULL;
    }
    const bool ok = caller->role == RPC_APPLICANT ? accept_applicant(&turn, error) : accept_third(&turn, error);
    return ok ? turn_result(&turn) : NULL;
}

static json_t *decline(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    (void)params;
    g_auto(Turn) turn = {0};
    if (!turn_begin(&turn, service, caller, NULL, error)) {
        return NULL;
    }
    if (caller->role == RPC_APPLICANT) {
        if (!turn_apply(&turn, (struct interview_change){.event = EVENT_DECLINE}, error)) {
            return NULL;
        }
    } else {
        struct call_party *live = turn_live(&turn, turn.self);
        if (!interview_has_room(turn.interview->state) || live->peer != 0) {
            set_wrong_state(&turn, error);
            return NULL;
        }
        live->invited = false;
        if (!turn_set_party(&turn, turn.self, turn.self->ready, false, error)) {
            return NULL;
        }
    }
    turn_tell_officers(&turn, "call.declined",
                       json_pack("{s:s, s:s}", "interview_id", turn.interview->id, "party_id", caller->party));
    return turn_result(&turn);
}

static json_t *end(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    const struct interview_change change = {
        .event = EVENT_END, .outcome = param_text(params, "outcome"), .reason = param_text(params, "reason")};
    g_auto(Turn) turn = {0};
    if (!turn_begin(&turn, service, caller, param_text(params, "interview_id"), error) ||
        !interview_check(turn.interview, EVENT_END, error) || !conduct_check_proof(&turn, change.outcome, error) ||
        !turn_apply(&turn, change, error)) {
        return NULL;
    }
    return turn_result(&turn);
}

static json_t *abort_call(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    const struct interview_change change = {.event = EVENT_ABORT, .reason = param_text(params, "reason")};
    return officer_event(service, caller, params, change, error);
}

static json_t *missed(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    const struct interview_change change = {.event = EVENT_MISSED, .reason = param_text(params, "reason")};
    return officer_event(service, caller, params, change, error);
}

static bool check_hint(const struct turn *turn, const struct store_party *party, GError **error)
{
    int64_t retry_after_ms;
    if (party->role == STORE_OFFICER) {
        rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, NULL, "hints are for those who are interviewed");
    } else if (!party->admitted) {
        rpc_set_error(error, RPC_ERROR_NOT_ADMITTED, NULL, "this party has not been let in yet");
    } else if (!presence_is(turn->calls->presence, party->id)) {
        rpc_set_error(error, RPC_ERROR_PEER_GONE, NULL, "this party is not there: wait until it is back");
    } else if (!limit_hint(turn->service->limiter, party->id, g_get_monotonic_time(), &retry_after_ms)) {
        failure_rate(error, retry_after_ms);
    } else {
        return true;
    }
    return false;
}

static json_t *hint(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(Turn) turn = {0};
    if (!turn_begin(&turn, service, caller, param_text(params, "interview_id"), error) ||
        !conduct_check_in_call(&turn, error)) {
        return NULL;
    }
    const struct store_party *party = turn_party(&turn, param_text(params, "party_id"), error);
    if (party == NULL || !check_hint(&turn, party, error)) {
        return NULL;
    }
    g_autofree char *text = rpc_notification(
        "call.hint", json_pack("{s:s, s:s?}", "hint", param_text(params, "hint"), "from", turn.self->name));
    calls_tell(service->calls, party->id, 0, text);
    return json_object();
}

#define REASON_LENGTH_MAX (4 * INTERVIEW_REASON_MAX) /* bytes of UTF-8, whatever the script */

static const struct rpc_param interview_params[] = {PARAM_INTERVIEW, {0}};
static const struct rpc_param admit_params[] = {PARAM_INTERVIEW, PARAM_PARTY, {0}};
static const char *const hints[] = {"unmute",     "camera_on", "closer",   "steady", "more_light",
                                    "less_glare", "look_here", "speak_up", NULL};
static const struct rpc_param hint_params[] = {
    PARAM_INTERVIEW,
    PARAM_PARTY,
    {.name = "hint", .type = RPC_STRING, .values = hints, .summary = "What the party is asked to do."},
    {0},
};
static const struct rpc_param end_params[] = {
    PARAM_INTERVIEW,
    {.name = "outcome", .type = RPC_STRING, .values = interview_outcomes, .summary = "What the interview showed."},
    {.name = "reason",
     .type = RPC_STRING,
     .optional = true,
     .max = REASON_LENGTH_MAX,
     .summary = "Why; not empty unless the identity was confirmed."},
    {0},
};
static const struct rpc_param abort_params[] = {
    PARAM_INTERVIEW,
    {.name = "reason", .type = RPC_STRING, .min = 1, .max = REASON_LENGTH_MAX, .summary = "Why it is broken off."},
    {0},
};
static const struct rpc_param missed_params[] = {
    PARAM_INTERVIEW,
    {.name = "reason", .type = RPC_STRING, .optional = true, .max = REASON_LENGTH_MAX, .summary = "What is known."},
    {0},
};

const struct rpc_method call_methods[] = {
    {.name = "call.start",
     .roles = RPC_OFFICER,
     .summary = "Starts the call (D-36): it rings at the applicant's and at every other party in the waiting room.",
     .params = interview_params,
     .result = "Interview",
     .call = start},
    {.name = "call.cancel",
     .roles = RPC_OFFICER,
     .summary = "Stops ringing.",
     .params = interview_params,
     .result = "Interview",
     .call = cancel},
    {.name = "call.admit",
     .roles = RPC_OFFICER,
     .summary = "Lets a guardian or interpreter in who came after the call was started; it rings at theirs.",
     .params = admit_params,
     .result = "Interview",
     .call = admit},
    {.name = "call.accept",
     .roles = RPC_PARTY,
     .summary = "Takes the call: the caller may join the media; the applicant's taking it begins the call.",
     .result = "Interview",
     .call = accept_call},
    {.name = "call.decline",
     .roles = RPC_PARTY,
     .summary = "Does not take the call; the officers are told.",
     .result = "Interview",
     .call = decline},
    {.name = "call.end",
     .roles = RPC_OFFICER,
     .summary =
         "Ends the interview with an outcome; confirmed or not, the guardian who is needed is identified by then "
         "(D-21) and what the script requires is done.",
     .params = end_params,
     .result = "Interview",
     .call = end},
    {.name = "call.abort",
     .roles = RPC_OFFICER,
     .summary = "Breaks the interview off, in any state before its end.",
     .params = abort_params,
     .result = "Interview",
     .call = abort_call},
    {.name = "call.hint",
     .roles = RPC_OFFICER,
     .summary = "Shows a party of the call what to do, in that party's own language; a few times a minute.",
     .params = hint_params,
     .result = "Empty",
     .call = hint},
    {.name = "call.missed",
     .roles = RPC_OFFICER,
     .summary = "Says that the applicant did not come.",
     .params = missed_params,
     .result = "Interview",
     .call = missed},
    {0},
};
