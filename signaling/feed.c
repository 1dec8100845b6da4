#include "signaling/feed.h"

#include "signaling/account.h"
#include "signaling/instant.h"

#define STATUS_TRY_LATER 1013 /* RFC 6455 §7.4.1 */
#define BATCH_MAX        100u

struct subscriber {
    struct rpc_caller caller; /* owns account and mission */
    int64_t sent;             /* cursor */
    unsigned window;
    GQueue waiting; /* of int64_t *: sent and not acknowledged, oldest first */
    bool idle;      /* nothing comes after `sent`, as far as is known */
};

struct feed {
    struct service *service;
    GMutex lock;
    GHashTable *subscribers; /* &caller.connection → struct subscriber */

    GMutex wake_lock; /* innermost */
    GCond wake;
    bool woken;    /* something may be deliverable */
    bool happened; /* there are new events */
    bool closing;
    GThread *thread;
};

json_t *feed_event_view(const struct store_event *event)
{
    return json_pack("{s:I, s:s, s:s, s:s, s:s, s:o, s:o}", "seq", (json_int_t)event->seq, "id", event->id, "type",
                     event->type, "order_ref", event->order_ref, "subject_id", event->subject, "at",
                     instant_json(event->at_us), "data", json_loads(event->data, 0, NULL));
}

static void subscriber_free(void *data)
{
    struct subscriber *subscriber = data;
    g_queue_clear_full(&subscriber->waiting, g_free);
    g_free((char *)subscriber->caller.account);
    g_free((char *)subscriber->caller.mission);
    g_free(subscriber);
}

/* ---- waking ---- */

static void signal_thread(struct feed *feed, bool happened)
{
    g_mutex_lock(&feed->wake_lock);
    feed->woken = true;
    feed->happened |= happened;
    g_cond_signal(&feed->wake);
    g_mutex_unlock(&feed->wake_lock);
}

static void on_events(void *context)
{
    signal_thread(context, true);
}

/* False when it is time to end. */
static bool wait_for_work(struct feed *feed, bool *happened)
{
    g_mutex_lock(&feed->wake_lock);
    while (!feed->woken && !feed->closing) {
        g_cond_wait(&feed->wake, &feed->wake_lock);
    }
    *happened = feed->happened;
    feed->woken = false;
    feed->happened = false;
    const bool closing = feed->closing;
    g_mutex_unlock(&feed->wake_lock);
    return !closing;
}

/* ---- delivering ---- */

static void send_event(struct feed *feed, struct subscriber *subscriber, const struct store_event *event)
{
    hub_send(feed->service->hub, subscriber->caller.connection,
             rpc_notification("events.event", json_pack("{s:o}", "event", feed_event_view(event))));
    subscriber->sent = event->seq;
    g_queue_push_tail(&subscriber->waiting, g_memdup2(&event->seq, sizeof event->seq));
}

/* One batch; whether there may be more that fits its window. False also when it is to be cut off: it comes back and
 * says where it was. */
static bool deliver(struct feed *feed, struct subscriber *subscriber)
{
    const unsigned waiting = g_queue_get_length(&subscriber->waiting);
    const unsigned limit = MIN(subscriber->window - MIN(waiting, subscriber->window), BATCH_MAX);
    g_autoptr(GError) error = NULL;
    if (subscriber->idle || limit == 0) {
        return false;
    }
    g_autoptr(GPtrArray) events =
        store_event_list(feed->service->store, subscriber->caller.mission, subscriber->sent, limit, &error);
    if (events == NULL) {
        g_warning("event=feed_failed service=%s reason=\"%s\"", subscriber->caller.account, error->message);
        hub_close(feed->service->hub, subscriber->caller.connection, STATUS_TRY_LATER);
        subscriber->idle = true;
        return false;
    }
    /* After reading: what happened since it was revoked is not among what goes out. */
    if (!account_check(feed->service, &subscriber->caller, ACCOUNT_SCOPE_EVENTS, &error)) {
        subscriber->idle = true;
        return false;
    }
    for (guint i = 0; i < events->len; i++) {
        send_event(feed, subscriber, g_ptr_array_index(events, i));
    }
    subscriber->idle = events->len < limit;
    return !subscriber->idle;
}

/* A round: one batch for each, so that nobody waits for somebody else's past. */
static void deliver_all(struct feed *feed, bool happened)
{
    GHashTableIter iter;
    void *value;
    bool more = false;
    g_mutex_lock(&feed->lock);
    g_hash_table_iter_init(&iter, feed->subscribers);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        struct subscriber *subscriber = value;
        subscriber->idle = subscriber->idle && !happened;
        more |= deliver(feed, subscriber);
    }
    g_mutex_unlock(&feed->lock);
    if (more) {
        signal_thread(feed, false);
    }
}

static void *run(void *data)
{
    struct feed *feed = data;
    bool happened;
    while (wait_for_work(feed, &happened)) {
        deliver_all(feed, happened);
    }
    return NULL;
}

/* ---- subscribing ---- */

void feed_subscribe(struct feed *feed, const struct rpc_caller *caller, int64_t after, unsigned window)
{
    struct subscriber *subscriber = g_new0(struct subscriber, 1);
    subscriber->caller = (struct rpc_caller){
        .connection = caller->connection,
        .role = caller->role,
        .account = g_strdup(caller->account),
        .mission = g_strdup(caller->mission),
    };
    subscriber->sent = after;
    subscriber->window = window;
    g_queue_init(&subscriber->waiting);
    g_mutex_lock(&feed->lock);
    g_hash_table_replace(feed->subscribers, &subscriber->caller.connection, subscriber);
    g_mutex_unlock(&feed->lock);
    signal_thread(feed, false);
}

bool feed_acknowledge(struct feed *feed, uint64_t connection, int64_t seq)
{
    g_mutex_lock(&feed->lock);
    struct subscriber *subscriber = g_hash_table_lookup(feed->subscribers, &connection);
    while (subscriber != NULL && !g_queue_is_empty(&subscriber->waiting) &&
           *(int64_t *)g_queue_peek_head(&subscriber->waiting) <= seq) {
        g_free(g_queue_pop_head(&subscriber->waiting));
    }
    g_mutex_unlock(&feed->lock);
    if (subscriber != NULL) {
        signal_thread(feed, false);
    }
    return subscriber != NULL;
}

void feed_forget(struct feed *feed, uint64_t connection)
{
    g_mutex_lock(&feed->lock);
    g_hash_table_remove(feed->subscribers, &connection);
    g_mutex_unlock(&feed->lock);
}

/* ---- beginning and end ---- */

struct feed *feed_new(struct service *service)
{
    struct feed *feed = g_new0(struct feed, 1);
    feed->service = service;
    g_mutex_init(&feed->lock);
    g_mutex_init(&feed->wake_lock);
    g_cond_init(&feed->wake);
    feed->subscribers = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, subscriber_free);
    store_events_watch(service->store, on_events, feed);
    feed->thread = g_thread_new("feed", run, feed);
    return feed;
}

void feed_free(struct feed *feed)
{
    if (feed == NULL) {
        return;
    }
    store_events_unwatch(feed->service->store, on_events, feed);
    g_mutex_lock(&feed->wake_lock);
    feed->closing = true;
    g_cond_signal(&feed->wake);
    g_mutex_unlock(&feed->wake_lock);
    g_thread_join(feed->thread);
    g_hash_table_unref(feed->subscribers);
    g_cond_clear(&feed->wake);
    g_mutex_clear(&feed->wake_lock);
    g_mutex_clear(&feed->lock);
    g_free(feed);
}
