#include "signaling/methods/session.h"

#include "signaling/facecheck_turn.h"
#include "signaling/failure.h"
#include "signaling/holder.h"
#include "signaling/instant.h"
#include "signaling/limit.h"
#include "signaling/live.h"
#include "signaling/methods/methods.h"
#include "signaling/methods/params.h"
#include "signaling/password.h"
#include "signaling/ticket.h"
#include "signaling/turn.h"
#include "signaling/view.h"

static json_t *officer_json(struct service *service, const struct store_officer *officer, GError **error)
{
    GError *cause = NULL;
    struct store_mission *mission = store_mission_get(service->store, officer->mission, &cause);
    if (mission == NULL) {
        failure_store(error, cause, "mission");
        return NULL;
    }
    json_t *view = view_officer(officer, mission);
    store_mission_free(mission);
    return view;
}

static json_t *interview_json(struct service *service, const struct rpc_caller *caller, GError **error)
{
    g_auto(Turn) turn = {0};
    return turn_begin(&turn, service, caller, NULL, error) ? turn_view(&turn) : NULL;
}

static json_t *facecheck_json(struct service *service, const struct rpc_caller *caller, GError **error)
{
    g_auto(FacecheckTurn) turn = {0};
    return facecheck_turn_begin(&turn, service, caller, NULL, error) ? facecheck_turn_result(&turn, caller) : NULL;
}

/* The session's own side of the answer: {officer}, {interview}, {role, facecheck} or {role, account}; the connection is
 * signed in. */
static json_t *attach(struct service *service, const struct session *session, GError **error)
{
    const bool officer = session->officer != NULL;
    calls_attach(service->calls, &session->caller);
    if (session->account != NULL) {
        return json_pack("{s:s, s:o}", "role", "holder", "account", holder_view(session->account));
    }
    if (session->facecheck != NULL) {
        json_t *facecheck = facecheck_json(service, &session->caller, error);
        return facecheck != NULL ? json_pack("{s:s, s:o}", "role", "submitter", "facecheck", facecheck) : NULL;
    }
    json_t *view =
        officer ? officer_json(service, session->officer, error) : interview_json(service, &session->caller, error);
    return view != NULL ? json_pack("{s:o}", officer ? "officer" : "interview", view) : NULL;
}

json_t *session_begin(struct service *service, const struct rpc_caller *caller, struct session *session, GError **error)
{
    char *token = NULL;
    if (!session_open(session, service, caller->connection, &token, error)) {
        return NULL;
    }
    json_t *result = attach(service, session, error);
    if (result != NULL) {
        json_object_set_new(result, "token", json_string(token));
        json_object_set_new(result, "expires_at", instant_json(session->row->expires_us));
    }
    store_secret_free(token);
    return result;
}

static json_t *sign_in(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    const char *login = param_text(params, "login");
    int64_t retry_after_ms;
    if (!limit_sign_in(service->limiter, caller->address, login, g_get_monotonic_time(), &retry_after_ms)) {
        failure_rate(error, retry_after_ms);
        return NULL;
    }
    GError *cause = NULL;
    g_auto(Session) session = {.officer = store_officer_by_login(service->store, login, &cause)};
    const struct store_officer *officer = session.officer;
    if (officer == NULL && !g_error_matches(cause, STORE_ERROR, STORE_ERROR_NOT_FOUND)) {
        failure_store(error, cause, "officer");
        return NULL;
    }
    g_clear_error(&cause);
    const bool right = password_verify(officer != NULL ? officer->password_hash : NULL, param_text(params, "password"));
    if (officer == NULL || !right) {
        rpc_set_error(error, RPC_ERROR_BAD_CREDENTIALS, NULL, "login or password is wrong");
        return NULL;
    }
    limit_sign_in_succeeded(service->limiter, caller->address, login);
    g_message("event=signed_in officer=%s", officer->id);
    return session_begin(service, caller, &session, error);
}

/* Whose ticket it is: a party's, else a face check's. */
static bool find_holder(struct session *session, struct service *service, const json_t *params, GError **error)
{
    const char *ticket = param_text(params, "ticket"), *device = param_text(params, "device");
    g_autoptr(GError) cause = NULL;
    const bool scheduling = g_strcmp0(param_text(params, "purpose"), "schedule") == 0;
    session->party = ticket_redeem(service, scheduling ? TICKET_TO_SCHEDULE : TICKET_TO_JOIN, ticket, device,
                                   g_get_real_time(), &cause);
    if (session->party == NULL && g_error_matches(cause, RPC_ERROR, RPC_ERROR_TICKET_UNKNOWN)) {
        session->facecheck = ticket_redeem_facecheck(service, ticket, device, g_get_real_time(), error);
        return session->facecheck != NULL;
    }
    if (session->party == NULL) {
        g_propagate_error(error, g_steal_pointer(&cause));
    }
    return session->party != NULL;
}

static json_t *redeem(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    int64_t retry_after_ms;
    if (!limit_ticket(service->limiter, caller->address, g_get_monotonic_time(), &retry_after_ms)) {
        failure_rate(error, retry_after_ms);
        return NULL;
    }
    g_auto(Session) session = {0};
    if (!find_holder(&session, service, params, error)) {
        return NULL;
    }
    limit_ticket_succeeded(service->limiter, caller->address);
    if (session.party != NULL) {
        g_message("event=ticket_redeemed interview=%s party=%s", session.party->interview, session.party->id);
    } else {
        g_message("event=ticket_redeemed facecheck=%s", session.facecheck->id);
    }
    return session_begin(service, caller, &session, error);
}

static json_t *resume(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(Session) session = {0};
    return session_find(&session, service, caller->connection, param_text(params, "token"), error)
               ? attach(service, &session, error)
               : NULL;
}

static json_t *end(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    (void)params;
    GError *cause = NULL;
    if (!store_session_end(service->store, caller->session, &cause)) {
        failure_store(error, cause, "session");
        return NULL;
    }
    if (caller->role == RPC_SUBMITTER) {
        live_session_ended(service, caller);
    }
    calls_sign_out(service->calls, caller);
    return json_object();
}

static const struct rpc_param sign_in_params[] = {
    {.name = "login", .type = RPC_STRING, .min = 1, .max = 64, .summary = "The officer's login."},
    {.name = "password", .type = RPC_STRING, .min = 1, .max = PASSWORD_LENGTH_MAX, .summary = "The password."},
    {0},
};
static const char *const purposes[] = {"join", "schedule", NULL};
static const struct rpc_param redeem_params[] = {
    {.name = "ticket", .type = RPC_STRING, .min = 1, .max = 128, .summary = "The ticket from the link's fragment."},
    {.name = "device",
     .type = RPC_STRING,
     .optional = true,
     .min = 22,
     .max = 128,
     .summary = "A secret of 128 bits or more that this device made and keeps; without it the ticket works once."},
    {.name = "purpose",
     .type = RPC_STRING,
     .optional = true,
     .values = purposes,
     .summary =
         "join (left out: this), from shortly before the appointment; or schedule: the applicant books, moves or "
         "gives back the appointment, at any time."},
    {0},
};
static const struct rpc_param resume_params[] = {
    {.name = "token", .type = RPC_STRING, .min = 1, .max = 128, .summary = "The session's token."},
    {0},
};

const struct rpc_method session_methods[] = {
    {.name = "officer.sign_in",
     .roles = RPC_ANYONE,
     .summary = "Signs an officer in on this connection.",
     .params = sign_in_params,
     .result = "OfficerSession",
     .call = sign_in},
    {.name = "ticket.redeem",
     .roles = RPC_ANYONE,
     .summary =
         "Signs a party, or the applicant of a face check, in on this connection; the first time ties the ticket "
         "to the device.",
     .params = redeem_params,
     .result = "TicketSession",
     .call = redeem},
    {.name = "session.resume",
     .roles = RPC_ANYONE,
     .summary = "Signs this connection in to a session made earlier: after a reload, a lost connection or a restart.",
     .params = resume_params,
     .result = "Resumed",
     .call = resume},
    {.name = "session.end",
     .roles = RPC_OFFICER | RPC_PARTY | RPC_SUBMITTER | RPC_HOLDER,
     .summary = "Signs out on every connection of this session; its token is dead.",
     .result = "Empty",
     .call = end},
    {0},
};
