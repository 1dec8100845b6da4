#include "signaling/account.h"

#include "signaling/failure.h"

#define STATUS_POLICY 1008 /* RFC 6455 §7.4.1 */

const char *const account_scopes[] = {ACCOUNT_SCOPE_FACECHECK, ACCOUNT_SCOPE_INTERVIEW, ACCOUNT_SCOPE_EVENTS,
                                      ACCOUNT_SCOPE_WEBHOOKS, NULL};

struct store_service_account *account_find(struct service *service, const char *token, GError **error)
{
    GError *cause = NULL;
    struct store_service_account *account =
        store_service_account_find(service->store, token, g_get_real_time(), &cause);
    if (g_error_matches(cause, STORE_ERROR, STORE_ERROR_NOT_FOUND)) {
        g_error_free(cause);
        rpc_set_error(error, RPC_ERROR_BAD_CREDENTIALS, NULL, "no service has this token (any more)");
    } else if (account == NULL) {
        failure_store(error, cause, "service account");
    }
    return account;
}

bool account_check(struct service *service, const struct rpc_caller *caller, const char *scope, GError **error)
{
    GError *cause = NULL;
    struct store_service_account *account = store_service_account_get(service->store, caller->account, &cause);
    if (account == NULL) {
        failure_store(error, cause, "service account");
        return false;
    }
    const bool revoked = account->revoked_us != 0;
    const bool allowed = scope == NULL || g_strv_contains((const char *const *)account->scopes, scope);
    store_service_account_free(account);
    if (revoked) {
        hub_close(service->hub, caller->connection, STATUS_POLICY);
        rpc_set_error(error, RPC_ERROR_SESSION_EXPIRED, NULL, "the service account was revoked");
    } else if (!allowed) {
        rpc_set_error(error, RPC_ERROR_FORBIDDEN, json_pack("{s:s}", "scope", scope),
                      "this service account lacks the scope %s", scope);
    }
    return !revoked && allowed;
}
