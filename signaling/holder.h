/* holder: account holders of the built-in order book, as the API shows them. */
#pragma once

#include "signaling/service.h"

/* The API's Account: contact and document's number are never shown whole. New reference. */
json_t *holder_view(const struct store_account *account);
/* The caller's account. Fails like failure_store. Caller frees with store_account_free. */
struct store_account *holder_account(struct service *service, const struct rpc_caller *caller, GError **error);
