#include "signaling/account.h"
#include "signaling/failure.h"
#include "signaling/feed.h"
#include "signaling/instant.h"
#include "signaling/methods/methods.h"
#include "signaling/methods/params.h"

#define LIST_MAX   100
#define CURSOR_MAX 9007199254740991 /* 2^53 - 1: exact in every JSON reader */

static json_t *list(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    (void)params;
    GError *cause = NULL;
    g_autoptr(GPtrArray) letters = store_dead_letter_list(service->store, caller->mission, LIST_MAX, &cause);
    if (letters == NULL) {
        failure_store(error, cause, "dead letters");
        return NULL;
    }
    json_t *views = json_array();
    for (guint i = 0; i < letters->len; i++) {
        const struct store_dead_letter *letter = g_ptr_array_index(letters, i);
        json_array_append_new(views, json_pack("{s:s, s:o, s:o, s:s, s:b}", "target", letter->target, "event",
                                               feed_event_view(letter->event), "dead_at", instant_json(letter->dead_us),
                                               "reason", letter->reason, "resending", letter->resend));
    }
    return json_pack("{s:o}", "dead_letters", views);
}

static json_t *resend(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    GError *cause = NULL;
    if (!store_dead_letter_resend(service->store, caller->mission, param_text(params, "target"),
                                  json_integer_value(json_object_get(params, "seq")), &cause)) {
        failure_store(error, cause, "dead letter");
        return NULL;
    }
    return json_object();
}

static const struct rpc_param resend_params[] = {
    {.name = "target", .type = RPC_STRING, .min = 1, .max = ID_LENGTH_MAX, .summary = "The target's name."},
    {.name = "seq", .type = RPC_INTEGER, .max = CURSOR_MAX, .summary = "The event's seq."},
    {0},
};

const struct rpc_method webhooks_methods[] = {
    {.name = "webhooks.list",
     .roles = RPC_SERVICE,
     .scope = ACCOUNT_SCOPE_WEBHOOKS,
     .summary = "The mission's dead letters: events that a webhook's target did not take; in order, at most 100.",
     .result = "DeadLetterList",
     .call = list},
    {.name = "webhooks.resend",
     .roles = RPC_SERVICE,
     .scope = ACCOUNT_SCOPE_WEBHOOKS,
     .summary = "Sends a dead letter once more, within seconds; it is gone from the list when it was taken.",
     .params = resend_params,
     .result = "Empty",
     .call = resend},
    {0},
};
