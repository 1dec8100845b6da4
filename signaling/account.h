/* account: foreign order services, which speak the same API with a token. An account belongs to one mission and may do
 * what its scopes say. There is no session: a token is presented once on each connection. */
#pragma once

#include "signaling/service.h"

#define ACCOUNT_SCOPE_FACECHECK "facecheck" /* make face checks, read how they ended */
#define ACCOUNT_SCOPE_INTERVIEW "interview" /* make, move and cancel interviews, read how they ended */
#define ACCOUNT_SCOPE_EVENTS    "events"    /* hear of what happens */
#define ACCOUNT_SCOPE_WEBHOOKS  "webhooks"  /* see what webhooks could not deliver, and have it sent again */
extern const char *const account_scopes[];  /* NULL-terminated */

/* Whose token it is. Fails with RPC_ERROR_BAD_CREDENTIALS. Caller frees with store_service_account_free. */
struct store_service_account *account_find(struct service *service, const char *token, GError **error);
/* The one place where scopes are checked: before each call of a service, against the store, so that a revoked account
 * is out at once. Fails with RPC_ERROR_SESSION_EXPIRED (and then closes the connection) or _FORBIDDEN. */
bool account_check(struct service *service, const struct rpc_caller *caller, const char *scope, GError **error);
