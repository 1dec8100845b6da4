#include "signaling/session.h"

#include "signaling/failure.h"

#define HOUR_US (INT64_C(3600) * G_USEC_PER_SEC)

void session_clear(struct session *session)
{
    g_clear_pointer(&session->row, store_session_free);
    g_clear_pointer(&session->officer, store_officer_free);
    g_clear_pointer(&session->party, store_party_free);
    g_clear_pointer(&session->facecheck, store_facecheck_free);
    g_clear_pointer(&session->account, store_account_free);
    session->caller = (struct rpc_caller){0};
}

static enum rpc_role role_of(const struct store_party *party)
{
    static const enum rpc_role roles[] = {[STORE_APPLICANT] = RPC_APPLICANT,
                                          [STORE_GUARDIAN] = RPC_GUARDIAN,
                                          [STORE_INTERPRETER] = RPC_INTERPRETER,
                                          [STORE_OFFICER] = RPC_OFFICER};
    return roles[party->role];
}

static void fill_caller(struct session *session, uint64_t connection)
{
    session->caller = (struct rpc_caller){
        .connection = connection,
        .session = session->row->id,
        .expires_us = session->row->expires_us,
    };
    if (session->officer != NULL) {
        session->caller.role = RPC_OFFICER;
        session->caller.officer = session->officer->id;
        session->caller.mission = session->officer->mission;
    } else if (session->party != NULL) {
        session->caller.role = role_of(session->party);
        session->caller.party = session->party->id;
        session->caller.interview = session->party->interview;
    } else if (session->facecheck != NULL) {
        session->caller.role = RPC_SUBMITTER;
        session->caller.facecheck = session->facecheck->id;
    } else if (session->account != NULL) {
        session->caller.role = RPC_HOLDER;
        session->caller.holder = session->account->id;
    }
}

static unsigned hours_of(const struct session *session, const struct config *config)
{
    return session->officer != NULL   ? config->session.officer_hours
           : session->account != NULL ? config->session.holder_hours
                                      : config->session.party_hours;
}

bool session_open(struct session *session, struct service *service, uint64_t connection, char **token, GError **error)
{
    session->row = g_new0(struct store_session, 1);
    *session->row = (struct store_session){
        .id = store_id_new(),
        .officer = session->officer != NULL ? g_strdup(session->officer->id) : NULL,
        .party = session->party != NULL ? g_strdup(session->party->id) : NULL,
        .facecheck = session->facecheck != NULL ? g_strdup(session->facecheck->id) : NULL,
        .account = session->account != NULL ? g_strdup(session->account->id) : NULL,
        .expires_us = g_get_real_time() + hours_of(session, service->config) * HOUR_US,
    };
    char *fresh = store_secret_new();
    GError *cause = NULL;
    if (!store_session_add(service->store, session->row, fresh, &cause)) {
        store_secret_free(fresh);
        failure_store(error, cause, "session");
        return false;
    }
    *token = fresh;
    fill_caller(session, connection);
    return true;
}

/* Whose row it is. */
static bool find_whose(struct session *session, struct store *store, GError **error)
{
    const struct store_session *row = session->row;
    if (row->officer != NULL) {
        return (session->officer = store_officer_get(store, row->officer, error)) != NULL;
    }
    if (row->party != NULL) {
        return (session->party = store_party_get(store, row->party, error)) != NULL;
    }
    if (row->facecheck != NULL) {
        return (session->facecheck = store_facecheck_get(store, row->facecheck, error)) != NULL;
    }
    return (session->account = store_account_get(store, row->account, error)) != NULL;
}

bool session_find(struct session *session, struct service *service, uint64_t connection, const char *token,
                  GError **error)
{
    GError *cause = NULL;
    session->row = store_session_find(service->store, token, g_get_real_time(), &cause);
    if (g_error_matches(cause, STORE_ERROR, STORE_ERROR_NOT_FOUND) ||
        g_error_matches(cause, STORE_ERROR, STORE_ERROR_EXPIRED)) {
        g_error_free(cause);
        rpc_set_error(error, RPC_ERROR_SESSION_EXPIRED, NULL, "the session has ended: sign in or open the link again");
        return false;
    }
    if (session->row == NULL || !find_whose(session, service->store, &cause)) {
        failure_store(error, cause, "session");
        return false;
    }
    fill_caller(session, connection);
    return true;
}
