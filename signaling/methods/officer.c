/* The mission's officers: who is there, whose an interview is, and handing over one that runs. */
#include "signaling/calls_private.h"
#include "signaling/conduct.h"
#include "signaling/failure.h"
#include "signaling/methods/methods.h"
#include "signaling/methods/params.h"

static json_t *officers_json(struct calls *calls, const GPtrArray *officers, const GPtrArray *in_call,
                             const struct rpc_caller *caller)
{
    json_t *list = json_array();
    g_mutex_lock(&calls->lock);
    for (guint i = 0; i < officers->len; i++) {
        const struct store_officer *officer = g_ptr_array_index(officers, i);
        const bool talking = g_ptr_array_find_with_equal_func((GPtrArray *)in_call, officer->id, g_str_equal, NULL);
        json_array_append_new(list, json_pack("{s:s, s:s, s:b, s:b, s:b}", "id", officer->id, "name", officer->name,
                                              "present", presence_is(calls->presence, officer->id), "in_call", talking,
                                              "you", g_str_equal(officer->id, caller->officer)));
    }
    g_mutex_unlock(&calls->lock);
    return json_pack("{s:o}", "officers", list);
}

static json_t *list(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    (void)params;
    GError *cause = NULL;
    g_autoptr(GPtrArray) officers = store_officer_list(service->store, caller->mission, &cause);
    g_autoptr(GPtrArray) in_call =
        officers != NULL ? store_officers_in_call(service->store, caller->mission, &cause) : NULL;
    if (in_call == NULL) {
        failure_store(error, cause, "officers");
        return NULL;
    }
    return officers_json(service->calls, officers, in_call, caller);
}

/* Before its call, that is: afterwards it is handed over. */
static bool check_not_begun(const struct turn *turn, GError **error)
{
    if (!interview_check_alive(turn->interview, error)) {
        return false;
    }
    if (interview_has_room(turn->interview->state)) {
        const char *state = interview_state_name(turn->interview->state);
        rpc_set_error(error, RPC_ERROR_WRONG_STATE,
                      json_pack("{s:s, s:[s,s,s]}", "state", state, "allowed", "required", "scheduled", "waiting"),
                      "the interview is %s: its call is handed over (call.hand_over) instead", state);
        return false;
    }
    return true;
}

static json_t *assign(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(Turn) turn = {0};
    const char *named = param_text(params, "officer_id");
    if (!turn_begin(&turn, service, caller, param_text(params, "interview_id"), error) ||
        !check_not_begun(&turn, error)) {
        return NULL;
    }
    g_autofree char *drawn = named == NULL ? conduct_draw(&turn, error) : NULL;
    struct store_officer *officer = named != NULL ? conduct_officer(&turn, named, error) : NULL;
    const char *id = officer != NULL ? officer->id : drawn;
    const bool ok = id != NULL && conduct_assign(&turn, id, "assigned", error);
    store_officer_free(officer);
    return ok ? turn_result(&turn) : NULL;
}

static json_t *hand_over(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(Turn) turn = {0};
    if (!turn_begin(&turn, service, caller, param_text(params, "interview_id"), error)) {
        return NULL;
    }
    struct store_officer *officer = conduct_officer(&turn, param_text(params, "officer_id"), error);
    const bool ok = officer != NULL && conduct_offer(&turn, officer, error);
    store_officer_free(officer);
    return ok ? turn_result(&turn) : NULL;
}

static json_t *take_over(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(Turn) turn = {0};
    return turn_begin(&turn, service, caller, param_text(params, "interview_id"), error) &&
                   conduct_take_over(&turn, error)
               ? turn_result(&turn)
               : NULL;
}

static const struct rpc_param assign_params[] = {
    PARAM_INTERVIEW,
    {.name = "officer_id",
     .type = RPC_STRING,
     .optional = true,
     .min = 1,
     .max = ID_LENGTH_MAX,
     .summary = "The officer; left out: drawn by lot among those who are there and free."},
    {0},
};
static const struct rpc_param hand_over_params[] = {PARAM_INTERVIEW, PARAM_OFFICER, {0}};
static const struct rpc_param take_over_params[] = {PARAM_INTERVIEW, {0}};

const struct rpc_method officer_methods[] = {
    {.name = "officer.list",
     .roles = RPC_OFFICER,
     .summary = "The mission's officers, by name: who is there, and who is in a call.",
     .result = "OfficerList",
     .call = list},
    {.name = "interview.assign",
     .roles = RPC_OFFICER,
     .summary = "Says whose interview it is, before its call; whoever starts the call has it then.",
     .params = assign_params,
     .result = "Interview",
     .call = assign},
    {.name = "call.hand_over",
     .roles = RPC_OFFICER,
     .summary = "Offers the running call to another officer, who may take it over for a while (call.offered).",
     .params = hand_over_params,
     .result = "Interview",
     .call = hand_over},
    {.name = "call.take_over",
     .roles = RPC_OFFICER,
     .summary =
         "Comes into a running call that is offered to the caller, or that has lost its officer. The caller joins "
         "its media then; the first officer leaves when that has connected.",
     .params = take_over_params,
     .result = "Interview",
     .call = take_over},
    {0},
};
