#include "signaling/failure.h"
#include "signaling/holder.h"
#include "signaling/message_text.h"
#include "signaling/methods/methods.h"
#include "signaling/methods/params.h"

#define LIMIT_DEFAULT 50u
#define LIMIT_MAX     200u
#define SEQ_MAX       9007199254740991 /* 2^53 - 1: exact in every JSON reader */

static json_t *views_of(struct service *service, const GPtrArray *messages, const char *language, GError **error)
{
    json_t *views = json_array();
    for (guint i = 0; i < messages->len; i++) {
        json_t *view = message_view(service, g_ptr_array_index(messages, i), language, error);
        if (view == NULL) {
            json_decref(views);
            return NULL;
        }
        json_array_append_new(views, view);
    }
    return views;
}

static json_t *list_in(struct service *service, const struct rpc_caller *caller, const char *language,
                       const json_t *params, GError **error)
{
    const json_int_t before = json_integer_value(json_object_get(params, "before"));
    const json_t *limit = json_object_get(params, "limit");
    unsigned unread;
    GError *cause = NULL;
    g_autoptr(GPtrArray) messages =
        store_message_list(service->store, caller->holder, before,
                           limit != NULL ? (unsigned)json_integer_value(limit) : LIMIT_DEFAULT, &cause);
    if (messages == NULL || !store_message_unread(service->store, caller->holder, &unread, &cause)) {
        failure_store(error, cause, "messages");
        return NULL;
    }
    json_t *views = views_of(service, messages, language, error);
    return views != NULL ? json_pack("{s:o, s:i}", "messages", views, "unread", (int)unread) : NULL;
}

static json_t *list(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    struct store_account *account = holder_account(service, caller, error);
    json_t *result = account != NULL ? list_in(service, caller, account->language, params, error) : NULL;
    store_account_free(account);
    return result;
}

static json_t *read_up_to(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    unsigned unread;
    GError *cause = NULL;
    const int64_t seq = json_integer_value(json_object_get(params, "seq"));
    if (!store_message_read(service->store, caller->holder, seq, g_get_real_time(), &unread, &cause)) {
        failure_store(error, cause, "messages");
        return NULL;
    }
    return json_pack("{s:i}", "unread", (int)unread);
}

static const struct rpc_param list_params[] = {
    {.name = "before",
     .type = RPC_INTEGER,
     .optional = true,
     .min = 1,
     .max = SEQ_MAX,
     .summary = "seq of a message: those before it. Left out: the newest."},
    {.name = "limit",
     .type = RPC_INTEGER,
     .optional = true,
     .min = 1,
     .max = LIMIT_MAX,
     .summary = "At most so many; 50 where it is left out."},
    {0},
};
static const struct rpc_param read_params[] = {
    {.name = "seq", .type = RPC_INTEGER, .min = 1, .max = SEQ_MAX, .summary = "Of the last message that was seen."},
    {0},
};

const struct rpc_method message_methods[] = {
    {.name = "message.list",
     .roles = RPC_HOLDER,
     .of_book = true,
     .summary = "What the account holder was told of their orders (D-29), newest first, in the account's language.",
     .params = list_params,
     .result = "MessageList",
     .call = list},
    {.name = "message.read",
     .roles = RPC_HOLDER,
     .of_book = true,
     .summary = "All messages up to this one are read.",
     .params = read_params,
     .result = "Unread",
     .call = read_up_to},
    {0},
};
