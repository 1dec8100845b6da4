/* Which orders are interviewed: policy proposes, an officer decides (D-32, D-33, D-40). */
#include "signaling/requirement.h"

#include "signaling/facecheck.h"
#include "signaling/failure.h"
#include "signaling/methods/methods.h"
#include "signaling/methods/params.h"
#include "signaling/minor.h"
#include "signaling/ticket.h"
#include "signaling/turn.h"
#include "signaling/view.h"

/* ---- proposing ---- */

/* NULL without error: the order has none. */
static bool find_facecheck(struct service *service, const struct rpc_caller *caller, const char *order_ref,
                           struct store_facecheck **facecheck, GError **error)
{
    GError *cause = NULL;
    *facecheck = store_facecheck_of_order(service->store, caller->mission, order_ref, &cause);
    if (*facecheck == NULL && !g_error_matches(cause, STORE_ERROR, STORE_ERROR_NOT_FOUND)) {
        failure_store(error, cause, "face check");
        return false;
    }
    g_clear_error(&cause);
    return true;
}

static json_t *propose(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    struct policy_order order = {.first_issue = json_is_true(json_object_get(params, "first_issue"))};
    struct store_facecheck *facecheck;
    if (!minor_age(param_text(params, "birth_date"), &order.age_known, &order.age, error) ||
        !find_facecheck(service, caller, param_text(params, "order_ref"), &facecheck, error)) {
        return NULL;
    }
    static const char *const names[] = {
        [FACECHECK_OPEN] = "open", [FACECHECK_PASSED] = "passed", [FACECHECK_SKIPPED] = "skipped"};
    const char *state = facecheck != NULL ? names[facecheck->state] : NULL;
    const struct policy *policy = policies_get(service->policies, caller->mission);
    const unsigned tries = facecheck != NULL ? facecheck->tries : 0;
    order.facecheck_undecided =
        facecheck != NULL && (facecheck->state == FACECHECK_SKIPPED ||
                              (facecheck->state == FACECHECK_OPEN && tries >= service->config->facecheck.tries_stop));
    store_facecheck_free(facecheck);
    return json_pack("{s:o, s:s?, s:b}", "triggers", policy_triggers(policy, &order), "facecheck", state,
                     "guardian_needed", order.age_known && policy_needs_guardian(policy, order.age));
}

/* ---- requiring ---- */

static json_t *link_json(const struct config *config, const struct store_party *party, const char *ticket,
                         int64_t expires_us)
{
    json_t *view = view_link(config, party, ticket, expires_us);
    json_object_set_new(view, "name", party->name != NULL ? json_string(party->name) : json_null());
    return view;
}

/* The new one as its officer sees it, with the links that are shown this once. */
static json_t *required_json(struct service *service, const struct rpc_caller *caller,
                             const struct requirement *requirement, GError **error)
{
    g_auto(Turn) turn = {0};
    if (!turn_begin(&turn, service, caller, requirement->interview.id, error)) {
        return NULL;
    }
    turn.changed = true;
    json_t *links = json_array();
    for (size_t i = 0; i < requirement->count; i++) {
        const struct store_party *party = &requirement->invited[i].party;
        json_array_append_new(
            links, link_json(service->config, party, requirement->invited[i].ticket, party->ticket_expires_us));
    }
    g_message("event=interview_required interview=%s officer=%s", requirement->interview.id, caller->officer);
    return json_pack("{s:o, s:o}", "interview", turn_result(&turn), "links", links);
}

static json_t *require(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    const struct policy *policy = policies_get(service->policies, caller->mission);
    if (!minor_check_guardian(policy, param_text(params, "birth_date"), param_text(params, "guardian"), error)) {
        return NULL;
    }
    g_auto(Requirement) requirement = {0};
    const struct requirement_people people = {.applicant = param_text(params, "applicant"),
                                              .guardian = param_text(params, "guardian"),
                                              .interpreter = param_text(params, "interpreter")};
    requirement_init(&requirement, service, caller->mission, param_text(params, "order_ref"),
                     param_text(params, "document"), &people);
    return requirement_store(&requirement, service, error) ? required_json(service, caller, &requirement, error) : NULL;
}

/* ---- links and in person ---- */

static json_t *new_link(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(Turn) turn = {0};
    if (!turn_begin(&turn, service, caller, param_text(params, "interview_id"), error) ||
        (turn.interview->state != INTERVIEW_MISSED && !interview_check_alive(turn.interview, error))) {
        return NULL;
    }
    const struct store_party *party = turn_party(&turn, param_text(params, "party_id"), error);
    if (party == NULL || party->role == STORE_OFFICER) {
        if (party != NULL) {
            rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, NULL, "officers sign in; they have no link");
        }
        return NULL;
    }
    int64_t expires_us;
    char *ticket = ticket_issue(service, turn.interview, party->id, &expires_us, error);
    json_t *result = ticket != NULL ? link_json(service->config, party, ticket, expires_us) : NULL;
    store_secret_free(ticket);
    return result;
}

static json_t *in_person(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(Turn) turn = {0};
    const struct interview_change change = {.event = EVENT_IN_PERSON, .reason = param_text(params, "reason")};
    return turn_begin(&turn, service, caller, param_text(params, "interview_id"), error) &&
                   turn_apply(&turn, change, error)
               ? turn_result(&turn)
               : NULL;
}

#define NAME(member, is_optional, meaning)                                                                             \
    {                                                                                                                  \
        .name = member, .type = RPC_STRING, .optional = (is_optional), .min = 1, .max = 256, .summary = (meaning)      \
    }
#define ORDER_REF                                                                                                      \
    {                                                                                                                  \
        .name = "order_ref", .type = RPC_STRING, .min = 1, .max = 64, .summary = "The order's number."                 \
    }

static const char *const documents[] = {"passport", "travel_document", NULL};
static const struct rpc_param propose_params[] = {
    ORDER_REF,
    PARAM_BIRTH_DATE,
    {.name = "first_issue",
     .type = RPC_BOOLEAN,
     .optional = true,
     .summary = "Whether the applicant never held one (D-8)."},
    {0},
};
static const struct rpc_param require_params[] = {
    ORDER_REF,
    {.name = "document", .type = RPC_STRING, .values = documents, .summary = "What is applied for (D-6)."},
    NAME("applicant", false, "The applicant's name."),
    NAME("guardian", true, "Name of the parent or guardian who takes part (D-21)."),
    NAME("interpreter", true, "Name of the interpreter."),
    PARAM_BIRTH_DATE,
    {0},
};
static const struct rpc_param link_params[] = {PARAM_INTERVIEW, PARAM_PARTY, {0}};
static const struct rpc_param in_person_params[] = {
    PARAM_INTERVIEW,
    {.name = "reason", .type = RPC_STRING, .min = 1, .max = 4 * INTERVIEW_REASON_MAX, .summary = "Why (D-40)."},
    {0},
};

const struct rpc_method requirement_methods[] = {
    {.name = "interview.propose",
     .roles = RPC_OFFICER,
     .summary = "Why the mission's policy proposes to interview an order's applicant, if it does (D-20, D-32, D-33).",
     .params = propose_params,
     .result = "Proposal",
     .call = propose},
    {.name = "interview.require",
     .roles = RPC_OFFICER,
     .summary =
         "Requires an interview for an order: its parties' links let the applicant book an appointment, and all of "
         "them join it (D-33, D-34).",
     .params = require_params,
     .result = "InterviewRequired",
     .call = require},
    {.name = "interview.link",
     .roles = RPC_OFFICER,
     .summary = "Gives a party a new link; the earlier one is dead.",
     .params = link_params,
     .result = "InterviewLink",
     .call = new_link},
    {.name = "interview.in_person",
     .roles = RPC_OFFICER,
     .summary = "Decides that the applicant comes to the mission instead (D-40); the interview is over.",
     .params = in_person_params,
     .result = "Interview",
     .call = in_person},
    {0},
};
