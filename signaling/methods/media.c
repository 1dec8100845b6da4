#include "signaling/calls_private.h"
#include "signaling/methods/methods.h"
#include "signaling/methods/params.h"
#include "signaling/stage.h"

/* Nobody joins media unadmitted, however early: an officer from the moment of ringing, the others in the call. */
static bool check_admitted(const struct turn *turn, GError **error)
{
    const enum store_interview_state state = turn->interview->state;
    const bool officer = turn->caller->role == RPC_OFFICER;
    if (interview_is_over(state)) {
        return interview_check(turn->interview, EVENT_ACCEPT, error); /* says that it is over */
    }
    if (turn->self == NULL || !turn->self->admitted) {
        rpc_set_error(error, RPC_ERROR_NOT_ADMITTED, NULL,
                      officer ? "only the officer who conducts the call is in it"
                              : "the officer has not let this party in yet");
        return false;
    }
    if (state != INTERVIEW_IN_CALL && !(officer && state == INTERVIEW_RINGING)) {
        rpc_set_error(error, RPC_ERROR_WRONG_STATE,
                      json_pack("{s:s, s:[s]}", "state", interview_state_name(state), "allowed", "in_call"),
                      "the call has not begun: the interview is %s", interview_state_name(state));
        return false;
    }
    return true;
}

static bool begin(struct turn *turn, struct service *service, const struct rpc_caller *caller, const json_t *params,
                  GError **error)
{
    return turn_begin(turn, service, caller, param_text(params, "interview_id"), error) && check_admitted(turn, error);
}

/* Takes `sdp`. */
static json_t *sdp_result(char *sdp)
{
    json_t *result = json_pack("{s:s}", "sdp", sdp);
    g_free(sdp);
    return result;
}

static json_t *join(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(Turn) turn = {0};
    g_autofree char *sdp = NULL;
    json_t *slots = NULL;
    if (!begin(&turn, service, caller, params, error) ||
        !stage_join(&turn, turn.self, param_text(params, "sdp"), &sdp, &slots, error)) {
        return NULL;
    }
    return json_pack("{s:s, s:o}", "sdp", sdp, "slots", slots);
}

static json_t *restart(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(Turn) turn = {0};
    char *sdp = NULL;
    if (!begin(&turn, service, caller, params, error) ||
        !stage_restart(&turn, turn.self, param_text(params, "sdp"), &sdp, error)) {
        return NULL;
    }
    return sdp_result(sdp);
}

static json_t *leave(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(Turn) turn = {0};
    if (!turn_begin(&turn, service, caller, param_text(params, "interview_id"), error)) {
        return NULL;
    }
    if (turn.self != NULL) {
        turn.changed = stage_leave(service->calls, turn.call, turn_live(&turn, turn.self), "left", caller->connection);
    }
    return json_object();
}

static json_t *test(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(Turn) turn = {0};
    char *sdp = NULL;
    const unsigned join_before_min = service->config->interview.join_before_min;
    if (!turn_begin(&turn, service, caller, NULL, error) ||
        !interview_check_open(turn.interview, join_before_min, turn.now_us, error) ||
        !stage_test(&turn, param_text(params, "sdp"), &sdp, error)) {
        return NULL;
    }
    return sdp_result(sdp);
}

static json_t *test_end(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    (void)params;
    g_auto(Turn) turn = {0};
    if (!turn_begin(&turn, service, caller, NULL, error)) {
        return NULL;
    }
    stage_test_end(service->calls, caller->party);
    return json_object();
}

static void set_text(char **to, const char *text)
{
    g_free(*to);
    *to = g_strdup(text);
}

static json_t *state(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(Turn) turn = {0};
    if (!begin(&turn, service, caller, params, error)) {
        return NULL;
    }
    struct call_party *live = turn_live(&turn, turn.self);
    set_text(&live->microphone, param_text(params, "microphone"));
    set_text(&live->camera, param_text(params, "camera"));
    turn_tell_call(&turn, caller->connection, "party.media",
                   json_pack("{s:s, s:s, s:s, s:s}", "interview_id", turn.interview->id, "party_id", live->id,
                             "microphone", live->microphone, "camera", live->camera));
    return json_object();
}

static const char *const microphone_states[] = {"on", "muted", "none", NULL};
static const char *const camera_states[] = {"on", "off", "none", NULL};
static const struct rpc_param join_params[] = {PARAM_INTERVIEW_OF_OFFICER, PARAM_SDP, {0}};
static const struct rpc_param leave_params[] = {PARAM_INTERVIEW_OF_OFFICER, {0}};
static const struct rpc_param test_params[] = {PARAM_SDP, {0}};
static const struct rpc_param state_params[] = {
    PARAM_INTERVIEW_OF_OFFICER,
    {.name = "microphone", .type = RPC_STRING, .values = microphone_states, .summary = "The caller's microphone."},
    {.name = "camera", .type = RPC_STRING, .values = camera_states, .summary = "The caller's camera."},
    {0},
};

const struct rpc_method media_methods[] = {
    {.name = "media.join",
     .roles = RPC_OFFICER | RPC_PARTY,
     .summary = "Joins the interview's room with an SDP offer; replaces the caller's earlier media.",
     .params = join_params,
     .result = "MediaJoined",
     .call = join},
    {.name = "media.restart",
     .roles = RPC_OFFICER | RPC_PARTY,
     .summary = "ICE restart after a change of network.",
     .params = join_params,
     .result = "MediaAnswer",
     .call = restart},
    {.name = "media.leave",
     .roles = RPC_OFFICER | RPC_PARTY,
     .summary = "Ends the caller's media; the interview goes on.",
     .params = leave_params,
     .result = "Empty",
     .call = leave},
    {.name = "media.test",
     .roles = RPC_PARTY,
     .summary = "A room of one's own for a short time, to prove that UDP and DTLS get through.",
     .params = test_params,
     .result = "MediaAnswer",
     .call = test},
    {.name = "media.test_end", .roles = RPC_PARTY, .summary = "Ends the test.", .result = "Empty", .call = test_end},
    {.name = "media.state",
     .roles = RPC_OFFICER | RPC_PARTY,
     .summary = "Tells the others whether the caller's microphone and camera are on.",
     .params = state_params,
     .result = "Empty",
     .call = state},
    {0},
};
