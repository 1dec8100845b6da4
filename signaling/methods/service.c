#include "signaling/account.h"
#include "signaling/calls.h"
#include "signaling/failure.h"
#include "signaling/feed.h"
#include "signaling/limit.h"
#include "signaling/methods/methods.h"
#include "signaling/methods/params.h"
#include "signaling/view.h"

static json_t *strings(char **texts)
{
    json_t *list = json_array();
    for (unsigned i = 0; texts[i] != NULL; i++) {
        json_array_append_new(list, json_string(texts[i]));
    }
    return list;
}

/* What it is signed in as, and then it is. */
static json_t *attach(struct service *service, const struct rpc_caller *caller,
                      const struct store_service_account *account, GError **error)
{
    GError *cause = NULL;
    struct store_mission *mission = store_mission_get(service->store, account->mission, &cause);
    if (mission == NULL) {
        failure_store(error, cause, "mission");
        return NULL;
    }
    const struct rpc_caller identity = {
        .connection = caller->connection,
        .role = RPC_SERVICE,
        .account = account->id,
        .mission = account->mission,
    };
    feed_forget(service->feed, caller->connection); /* what it was before is over */
    calls_attach(service->calls, &identity);
    json_t *result = json_pack("{s:s, s:s, s:o, s:o}", "id", account->id, "name", account->name, "mission",
                               view_mission(mission), "scopes", strings(account->scopes));
    store_mission_free(mission);
    return result;
}

static json_t *sign_in(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    int64_t retry_after_ms;
    if (!limit_service(service->limiter, caller->address, g_get_monotonic_time(), &retry_after_ms)) {
        failure_rate(error, retry_after_ms);
        return NULL;
    }
    struct store_service_account *account = account_find(service, param_text(params, "token"), error);
    if (account == NULL) {
        return NULL;
    }
    limit_service_succeeded(service->limiter, caller->address);
    g_message("event=signed_in service=%s", account->id);
    json_t *result = attach(service, caller, account, error);
    store_service_account_free(account);
    return result;
}

static const struct rpc_param sign_in_params[] = {
    {.name = "token",
     .type = RPC_STRING,
     .min = 1,
     .max = 128,
     .summary = "The account's token, as viva service add or rotate printed it."},
    {0},
};

const struct rpc_method service_methods[] = {
    {.name = "service.sign_in",
     .roles = RPC_ANYONE,
     .summary = "Signs a foreign order service in on this connection, for as long as it is open.",
     .params = sign_in_params,
     .result = "ServiceAccount",
     .call = sign_in},
    {0},
};
