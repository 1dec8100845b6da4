#include "signaling/account.h"
#include "signaling/failure.h"
#include "signaling/feed.h"
#include "signaling/methods/methods.h"

#define LIST_MAX       1000
#define LIST_DEFAULT   100
#define WINDOW_DEFAULT 100
#define CURSOR_MAX     9007199254740991 /* 2^53 - 1: exact in every JSON reader */

/* `fallback` when it was left out. */
static int64_t number(const json_t *params, const char *name, int64_t fallback)
{
    const json_t *value = json_object_get(params, name);
    return value != NULL ? json_integer_value(value) : fallback;
}

static bool newest(struct service *service, const struct rpc_caller *caller, int64_t *seq, GError **error)
{
    GError *cause = NULL;
    if (!store_event_last(service->store, caller->mission, seq, &cause)) {
        failure_store(error, cause, "events");
        return false;
    }
    return true;
}

static json_t *subscribe(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    int64_t last = 0;
    if (!newest(service, caller, &last, error)) {
        return NULL;
    }
    const int64_t after = number(params, "after", last);
    const unsigned window = (unsigned)number(params, "window", WINDOW_DEFAULT);
    if (after > last) { /* of another store, or from before a backup was put back: going on would lose events */
        rpc_set_error(error, RPC_ERROR_CONFLICT, json_pack("{s:I}", "last", (json_int_t)last),
                      "params.after is %" G_GINT64_FORMAT ", and the newest event of the mission is %" G_GINT64_FORMAT
                      ": start again from an earlier one",
                      after, last);
        return NULL;
    }
    feed_subscribe(service->feed, caller, after, window);
    return json_pack("{s:I, s:I}", "after", (json_int_t)after, "last", (json_int_t)last);
}

static json_t *acknowledge(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    if (!feed_acknowledge(service->feed, caller->connection, number(params, "seq", 0))) {
        rpc_set_error(error, RPC_ERROR_WRONG_STATE, NULL,
                      "this connection has no subscription: events.subscribe first");
        return NULL;
    }
    return json_object();
}

static json_t *list(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    GError *cause = NULL;
    int64_t last = 0;
    g_autoptr(GPtrArray) events = store_event_list(service->store, caller->mission, number(params, "after", 0),
                                                   (unsigned)number(params, "limit", LIST_DEFAULT), &cause);
    if (events == NULL) {
        failure_store(error, cause, "events");
        return NULL;
    }
    if (!newest(service, caller, &last, error)) {
        return NULL;
    }
    json_t *views = json_array();
    for (guint i = 0; i < events->len; i++) {
        json_array_append_new(views, feed_event_view(g_ptr_array_index(events, i)));
    }
    return json_pack("{s:o, s:I}", "events", views, "last", (json_int_t)last);
}

static const struct rpc_param subscribe_params[] = {
    {.name = "after",
     .type = RPC_INTEGER,
     .optional = true,
     .max = CURSOR_MAX,
     .summary = "The seq of the last event that the service has dealt with; 0: from the beginning; left out: only what "
                "happens from now on."},
    {.name = "window",
     .type = RPC_INTEGER,
     .optional = true,
     .min = 1,
     .max = FEED_WINDOW_MAX,
     .summary = "How many events may be on their way unacknowledged; left out: 100."},
    {0},
};
static const struct rpc_param acknowledge_params[] = {
    {.name = "seq", .type = RPC_INTEGER, .max = CURSOR_MAX, .summary = "This event and all before it are dealt with."},
    {0},
};
static const struct rpc_param list_params[] = {
    {.name = "after", .type = RPC_INTEGER, .optional = true, .max = CURSOR_MAX, .summary = "Those after this seq."},
    {.name = "limit",
     .type = RPC_INTEGER,
     .optional = true,
     .min = 1,
     .max = LIST_MAX,
     .summary = "At most so many; left out: 100."},
    {0},
};

const struct rpc_method events_methods[] = {
    {.name = "events.subscribe",
     .roles = RPC_SERVICE,
     .scope = ACCOUNT_SCOPE_EVENTS,
     .summary =
         "Sends the mission's events on this connection as events.event, in order, each at least once; the first "
         "may come before this answer.",
     .params = subscribe_params,
     .result = "Subscribed",
     .call = subscribe},
    {.name = "events.acknowledge",
     .roles = RPC_SERVICE,
     .scope = ACCOUNT_SCOPE_EVENTS,
     .summary = "Makes room in the window of the subscription.",
     .params = acknowledge_params,
     .result = "Empty",
     .call = acknowledge},
    {.name = "events.list",
     .roles = RPC_SERVICE,
     .scope = ACCOUNT_SCOPE_EVENTS,
     .summary = "The mission's events, oldest first.",
     .params = list_params,
     .result = "EventList",
     .call = list},
    {0},
};
