#include "signaling/message_center.h"

#include "signaling/message_text.h"
#include "signaling/reminder.h"

#define LOOK_US   G_USEC_PER_SEC
#define BATCH_MAX 100u

struct message_center {
    struct service *service;
    int64_t told; /* seq; the thread's alone */
    GMutex lock;
    GCond changed;
    bool woken;
    bool closing;
    GThread *thread;
};

static json_t *notification_of(struct service *service, const struct store_message *message, GError **error)
{
    struct store_account *account = store_account_get(service->store, message->account, error);
    json_t *view = account != NULL ? message_view(service, message, account->language, error) : NULL;
    store_account_free(account);
    unsigned unread;
    if (view == NULL || !store_message_unread(service->store, message->account, &unread, error)) {
        json_decref(view);
        return NULL;
    }
    return json_pack("{s:o, s:i}", "message", view, "unread", (int)unread);
}

static void tell(struct service *service, const struct store_message *message)
{
    g_autoptr(GError) error = NULL;
    if (!hub_has_holder(service->hub, message->account)) {
        return;
    }
    json_t *params = notification_of(service, message, &error);
    if (params == NULL) {
        g_warning("event=message_not_told seq=%" G_GINT64_FORMAT " reason=\"%s\"", message->seq, error->message);
        return;
    }
    char *text = rpc_notification("message.added", params);
    hub_send_holder(service->hub, message->account, text);
    g_free(text);
}

/* Whether there may be more. */
static bool tell_batch(struct message_center *center)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) messages = store_message_after(center->service->store, center->told, BATCH_MAX, &error);
    if (messages == NULL) {
        g_warning("event=message_center_failed reason=\"%s\"", error->message);
        return false;
    }
    for (guint i = 0; i < messages->len; i++) {
        const struct store_message *message = g_ptr_array_index(messages, i);
        tell(center->service, message);
        center->told = message->seq;
    }
    return messages->len == BATCH_MAX;
}

/* False when it is time to end. */
static bool wait_for_work(struct message_center *center)
{
    const int64_t until_us = g_get_monotonic_time() + LOOK_US;
    g_mutex_lock(&center->lock);
    while (!center->woken && !center->closing && g_cond_wait_until(&center->changed, &center->lock, until_us)) {
    }
    center->woken = false;
    const bool closing = center->closing;
    g_mutex_unlock(&center->lock);
    return !closing;
}

static void *run(void *data)
{
    struct message_center *center = data;
    int64_t remind_us = 0;
    while (wait_for_work(center)) {
        if (g_get_monotonic_time() >= remind_us) {
            reminder_tick(center->service, g_get_real_time());
            remind_us = g_get_monotonic_time() + REMINDER_TICK_US;
        }
        while (tell_batch(center)) {
        }
    }
    return NULL;
}

static void on_events(void *context)
{
    struct message_center *center = context;
    g_mutex_lock(&center->lock);
    center->woken = true;
    g_cond_signal(&center->changed);
    g_mutex_unlock(&center->lock);
}

struct message_center *message_center_new(struct service *service, GError **error)
{
    int64_t last;
    if (!store_message_last(service->store, &last, error)) {
        return NULL;
    }
    struct message_center *center = g_new0(struct message_center, 1);
    center->service = service;
    center->told = last;
    g_mutex_init(&center->lock);
    g_cond_init(&center->changed);
    store_events_watch(service->store, on_events, center);
    center->thread = g_thread_new("messages", run, center);
    return center;
}

void message_center_free(struct message_center *center)
{
    if (center == NULL) {
        return;
    }
    store_events_unwatch(center->service->store, on_events, center);
    g_mutex_lock(&center->lock);
    center->closing = true;
    g_cond_signal(&center->changed);
    g_mutex_unlock(&center->lock);
    g_thread_join(center->thread);
    g_cond_clear(&center->changed);
    g_mutex_clear(&center->lock);
    g_free(center);
}
