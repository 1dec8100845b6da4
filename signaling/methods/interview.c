#include "signaling/failure.h"
#include "signaling/instant.h"
#include "signaling/methods/methods.h"
#include "signaling/methods/params.h"
#include "signaling/same_person.h"
#include "signaling/turn.h"

static json_t *view_of(struct service *service, const struct rpc_caller *caller, const char *interview_id,
                       GError **error)
{
    g_auto(Turn) turn = {0};
    return turn_begin(&turn, service, caller, interview_id, error) ? turn_view(&turn) : NULL;
}

static json_t *views_of(struct service *service, const struct rpc_caller *caller, const GPtrArray *interviews,
                        GError **error)
{
    json_t *views = json_array();
    for (guint i = 0; i < interviews->len; i++) {
        const struct store_interview *interview = g_ptr_array_index(interviews, i);
        json_t *view = view_of(service, caller, interview->id, error);
        if (view == NULL) {
            json_decref(views);
            return NULL;
        }
        json_array_append_new(views, view);
    }
    return views;
}

static json_t *list(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    struct instant_day day;
    GError *cause = NULL;
    struct store_mission *mission = store_mission_get(service->store, caller->mission, &cause);
    if (mission == NULL) {
        failure_store(error, cause, "mission");
        return NULL;
    }
    const bool ok = instant_day(mission->time_zone, param_text(params, "day"), g_get_real_time(), &day, error);
    store_mission_free(mission);
    if (!ok) {
        return NULL;
    }
    g_autoptr(GPtrArray) interviews =
        store_interview_list(service->store, caller->mission, day.from_us, day.to_us, &cause);
    if (interviews == NULL) {
        failure_store(error, cause, "interviews");
        return NULL;
    }
    json_t *views = views_of(service, caller, interviews, error);
    return views != NULL ? json_pack("{s:s, s:o}", "day", day.text, "interviews", views) : NULL;
}

static json_t *get(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    return view_of(service, caller, param_text(params, "interview_id"), error);
}

/* The applicant's being ready is the interview's affair too; a third party's only its own. */
static json_t *ready(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    (void)params;
    g_auto(Turn) turn = {0};
    const unsigned join_before_min = service->config->interview.join_before_min;
    if (!turn_begin(&turn, service, caller, NULL, error) ||
        !interview_check_open(turn.interview, join_before_min, turn.now_us, error) ||
        !turn_set_party(&turn, turn.self, true, turn.self->admitted, error)) {
        return NULL;
    }
    if (caller->role == RPC_APPLICANT && !turn_apply(&turn, (struct interview_change){.event = EVENT_READY}, error)) {
        return NULL;
    }
    return turn_result(&turn);
}

static json_t *watch(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(Turn) turn = {0};
    if (!turn_begin(&turn, service, caller, param_text(params, "interview_id"), error)) {
        return NULL;
    }
    const bool wanted = json_is_true(json_object_get(params, "enabled"));
    const bool enabled = same_person_watch(service->same_person, turn.interview->id, wanted);
    return json_pack("{s:b}", "enabled", enabled);
}

static const struct rpc_param list_params[] = {
    {.name = "day",
     .type = RPC_STRING,
     .optional = true,
     .min = 10,
     .max = 10,
     .summary = "YYYY-MM-DD in the mission's time zone; left out: today."},
    {0},
};
static const struct rpc_param get_params[] = {PARAM_INTERVIEW_OF_OFFICER, {0}};
static const struct rpc_param watch_params[] = {
    PARAM_INTERVIEW,
    {.name = "enabled", .type = RPC_BOOLEAN, .summary = "Whether to look; it begins as true."},
    {0},
};

const struct rpc_method interview_methods[] = {
    {.name = "interview.list",
     .roles = RPC_OFFICER,
     .summary = "The mission's interviews of a day, by time.",
     .params = list_params,
     .result = "InterviewList",
     .call = list},
    {.name = "interview.get",
     .roles = RPC_OFFICER | RPC_PARTY,
     .summary = "One interview as the caller sees it.",
     .params = get_params,
     .result = "Interview",
     .call = get},
    {.name = "interview.ready",
     .roles = RPC_PARTY,
     .summary = "The device check is done: the caller enters the waiting room.",
     .result = "Interview",
     .call = ready},
    {.name = "interview.watch",
     .roles = RPC_OFFICER,
     .summary = "Switches the quiet check that the applicant's face is still the same; says what it is then.",
     .params = watch_params,
     .result = "Watch",
     .call = watch},
    {0},
};
