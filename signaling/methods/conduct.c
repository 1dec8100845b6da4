/* Who else has to do with an interview: the guardian who is identified in it (D-21), a second officer with an opinion.
 */
#include "signaling/conduct.h"
#include "signaling/failure.h"
#include "signaling/methods/methods.h"
#include "signaling/methods/params.h"

#define REASON_LENGTH_MAX (4 * INTERVIEW_REASON_MAX) /* bytes of UTF-8, whatever the script */

/* ---- the guardian ---- */

/* A picture of a document that this very guardian held into the camera. */
static bool check_capture(const struct turn *turn, const struct store_party *guardian, const char *capture_id,
                          GError **error)
{
    GError *cause = NULL;
    struct store_capture *capture = store_capture_get(turn->service->store, capture_id, &cause);
    if (capture == NULL) {
        failure_store(error, cause, "capture");
        return false;
    }
    const bool here = g_str_equal(capture->interview, turn->interview->id);
    const bool fits = g_str_equal(capture->party, guardian->id) && g_str_equal(capture->kind, "document");
    store_capture_free(capture);
    if (!here) {
        rpc_set_error(error, RPC_ERROR_NOT_FOUND, NULL, "there is no such capture");
    } else if (!fits) {
        rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, NULL,
                      "params.capture_id is no picture of a document of this guardian: take one (capture.take)");
    }
    return here && fits;
}

static json_t *identify(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(Turn) turn = {0};
    if (!turn_begin(&turn, service, caller, param_text(params, "interview_id"), error) ||
        !conduct_check_in_call(&turn, error)) {
        return NULL;
    }
    const struct store_party *party = turn_party(&turn, param_text(params, "party_id"), error);
    if (party != NULL && party->role != STORE_GUARDIAN) {
        rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, NULL, "params.party_id is no guardian of this interview");
        return NULL;
    }
    if (party == NULL || !check_capture(&turn, party, param_text(params, "capture_id"), error)) {
        return NULL;
    }
    const struct store_guardianship guardianship = {
        .party = party->id,
        .relation = (char *)param_text(params, "relation"),
        .capture = (char *)param_text(params, "capture_id"),
        .officer = (char *)caller->officer,
        .at_us = turn.now_us,
    };
    GError *cause = NULL;
    const bool ok = store_guardianship_set(service->store, turn.interview->id, &guardianship, &cause);
    if (!turn_stored(&turn, ok, cause, "guardian", error)) {
        return NULL;
    }
    g_message("event=guardian_identified interview=%s party=%s", turn.interview->id, party->id);
    return turn_result(&turn);
}

/* ---- a second officer's opinion ---- */

/* It is about what was seen in a call. */
static bool check_held(const struct turn *turn, GError **error)
{
    const enum store_interview_state state = turn->interview->state;
    if (state == INTERVIEW_IN_CALL || state == INTERVIEW_ENDED || state == INTERVIEW_ABORTED) {
        return true;
    }
    rpc_set_error(
        error, RPC_ERROR_WRONG_STATE,
        json_pack("{s:s, s:[s,s,s]}", "state", interview_state_name(state), "allowed", "in_call", "ended", "aborted"),
        "an opinion is about an interview that is or was held: this one is %s", interview_state_name(state));
    return false;
}

/* Takes `cause`. */
static bool stored(struct turn *turn, bool ok, GError *cause, GError **error)
{
    if (g_error_matches(cause, STORE_ERROR, STORE_ERROR_CONFLICT)) {
        rpc_set_error(error, RPC_ERROR_CONFLICT, NULL, "the opinion was given already, and stays as it is");
        g_error_free(cause);
        return false;
    }
    return turn_stored(turn, ok, cause, "opinion", error);
}

static bool ask_officer(struct turn *turn, const char *officer, GError **error)
{
    if (!conduct_is_own(turn, turn->caller->officer)) {
        rpc_set_error(error, RPC_ERROR_FORBIDDEN, NULL,
                      "only an officer who conducts the interview asks for an opinion");
        return false;
    }
    if (conduct_is_own(turn, officer)) {
        rpc_set_error(error, RPC_ERROR_FORBIDDEN, NULL,
                      "an officer has no second opinion on an interview of their own: ask another one");
        return false;
    }
    const struct store_opinion question = {
        .officer = (char *)officer,
        .asked_by = (char *)turn->caller->officer,
        .asked_us = turn->now_us,
    };
    GError *cause = NULL;
    const bool ok = store_opinion_ask(turn->service->store, turn->interview->id, &question, &cause);
    return stored(turn, ok, cause, error);
}

static json_t *ask(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(Turn) turn = {0};
    if (!turn_begin(&turn, service, caller, param_text(params, "interview_id"), error) || !check_held(&turn, error)) {
        return NULL;
    }
    struct store_officer *officer = conduct_officer(&turn, param_text(params, "officer_id"), error);
    const bool ok = officer != NULL && ask_officer(&turn, officer->id, error);
    if (ok) {
        turn_tell_officer(&turn, officer->id, "interview.opinion_asked");
        g_message("event=opinion_asked interview=%s officer=%s", turn.interview->id, officer->id);
    }
    store_officer_free(officer);
    return ok ? turn_result(&turn) : NULL;
}

static bool check_asked(const struct turn *turn, const char *reason, GError **error)
{
    if (reason != NULL && g_utf8_strlen(reason, -1) > INTERVIEW_REASON_MAX) {
        rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, NULL,
                      "params.reason is too long: at most %d characters are kept", INTERVIEW_REASON_MAX);
        return false;
    }
    if (g_strcmp0(turn->conduct->opinion.officer, turn->caller->officer) != 0) {
        rpc_set_error(error, RPC_ERROR_FORBIDDEN, NULL, "only the officer who was asked gives this opinion");
        return false;
    }
    if (conduct_is_own(turn, turn->caller->officer)) {
        rpc_set_error(error, RPC_ERROR_FORBIDDEN, NULL,
                      "the interview has become your own since you were asked: it needs another officer's opinion");
        return false;
    }
    return check_held(turn, error);
}

static json_t *give(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(Turn) turn = {0};
    const char *reason = param_text(params, "reason");
    if (!turn_begin(&turn, service, caller, param_text(params, "interview_id"), error) ||
        !check_asked(&turn, reason, error)) {
        return NULL;
    }
    const struct store_opinion opinion = {
        .officer = (char *)caller->officer,
        .opinion = (char *)param_text(params, "opinion"),
        .reason = (char *)(g_strcmp0(reason, "") != 0 ? reason : NULL),
        .given_us = turn.now_us,
    };
    GError *cause = NULL;
    const bool ok = store_opinion_give(service->store, turn.interview->id, &opinion, &cause);
    return stored(&turn, ok, cause, error) ? turn_result(&turn) : NULL;
}

static const char *const relations[] = {"father", "mother", "guardian", NULL};
static const char *const opinions[] = {"agree", "disagree", NULL};
static const struct rpc_param identify_params[] = {
    PARAM_INTERVIEW,
    PARAM_PARTY,
    {.name = "relation", .type = RPC_STRING, .values = relations, .summary = "What the guardian is to the applicant."},
    {.name = "capture_id",
     .type = RPC_STRING,
     .min = 1,
     .max = ID_LENGTH_MAX,
     .summary = "The picture of the guardian's document."},
    {0},
};
static const struct rpc_param ask_params[] = {PARAM_INTERVIEW, PARAM_OFFICER, {0}};
static const struct rpc_param give_params[] = {
    PARAM_INTERVIEW,
    {.name = "opinion", .type = RPC_STRING, .values = opinions, .summary = "Whether the second officer agrees."},
    {.name = "reason", .type = RPC_STRING, .optional = true, .max = REASON_LENGTH_MAX, .summary = "Why."},
    {0},
};

const struct rpc_method conduct_methods[] = {
    {.name = "interview.guardian",
     .roles = RPC_OFFICER,
     .summary = "Says that a guardian in the call has proven identity and guardianship (D-21), and by which picture.",
     .params = identify_params,
     .result = "Interview",
     .call = identify},
    {.name = "interview.ask_opinion",
     .roles = RPC_OFFICER,
     .summary = "Asks a second officer, who has had nothing to do with the interview, for an opinion on it.",
     .params = ask_params,
     .result = "Interview",
     .call = ask},
    {.name = "interview.opinion",
     .roles = RPC_OFFICER,
     .summary = "Gives the opinion that the caller was asked for; it cannot be changed afterwards.",
     .params = give_params,
     .result = "Interview",
     .call = give},
    {0},
};
