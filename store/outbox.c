#include "store/outbox.h"

#include "store/internal.h"

void store_event_free(struct store_event *event)
{
    if (event == NULL) {
        return;
    }
    g_free(event->id);
    g_free(event->type);
    g_free(event->mission);
    g_free(event->order_ref);
    g_free(event->subject);
    g_free(event->data);
    g_free(event);
}

static void free_event(void *event)
{
    store_event_free(event);
}

/* ---- writing ---- */

static const char *const inserts[] = {
#define INSERT_FROM(table, order)                                                                                      \
    "INSERT INTO event (seq, id, type, mission, order_ref, subject, at_us, data)"                                      \
    " SELECT (SELECT coalesce(max(seq), 0) + 1 FROM event), ?, ?, mission, " order ", id, ?, ? FROM " table            \
    " WHERE id = ?"
    [OUTBOX_INTERVIEW] = INSERT_FROM("interview", "order_ref"),
    [OUTBOX_FACECHECK] = INSERT_FROM("facecheck", "order_ref"),
    [OUTBOX_ORDER] = INSERT_FROM("book_order", "number"),
#undef INSERT_FROM
};

bool outbox_add(db_transaction *tx, struct outbox_event event, GError **error)
{
    g_autofree char *id = store_id_new(), *data = json_dumps(event.data, JSON_COMPACT);
    json_decref(event.data);
    struct db_statement *insert = db_prepare(tx, inserts[event.kind]);
    db_bind_text(insert, id);
    db_bind_text(insert, event.type);
    db_bind_int(insert, event.at_us);
    db_bind_text(insert, data);
    db_bind_text(insert, event.subject);
    return db_run_one(insert, "subject of an event", error);
}

bool outbox_commit(struct store *store, db_transaction *tx, GError **error)
{
    if (!db_commit(tx, error)) {
        return false;
    }
    g_mutex_lock(&store->watch_lock);
    for (unsigned i = 0; i < WATCHERS_MAX; i++) {
        if (store->watchers[i].wake != NULL) {
            store->watchers[i].wake(store->watchers[i].context);
        }
    }
    g_mutex_unlock(&store->watch_lock);
    return true;
}

/* The place of a watcher; of a free one for NULL. */
static struct watcher *find_watcher(struct store *store, void (*wake)(void *context), void *context)
{
    for (unsigned i = 0; i < WATCHERS_MAX; i++) {
        struct watcher *watcher = &store->watchers[i];
        if (watcher->wake == wake && watcher->context == context) {
            return watcher;
        }
    }
    return NULL;
}

void store_events_watch(struct store *store, void (*wake)(void *context), void *context)
{
    g_mutex_lock(&store->watch_lock);
    struct watcher *watcher = find_watcher(store, NULL, NULL);
    g_assert(watcher != NULL);
    *watcher = (struct watcher){wake, context};
    g_mutex_unlock(&store->watch_lock);
}

void store_events_unwatch(struct store *store, void (*wake)(void *context), void *context)
{
    g_mutex_lock(&store->watch_lock);
    struct watcher *watcher = find_watcher(store, wake, context);
    if (watcher != NULL) {
        *watcher = (struct watcher){0};
    }
    g_mutex_unlock(&store->watch_lock);
}

/* ---- reading ---- */

struct store_event *outbox_read(struct db_statement *row)
{
    struct store_event *event = g_new0(struct store_event, 1);
    event->seq = db_int(row, 0);
    event->id = db_text(row, 1);
    event->type = db_text(row, 2);
    event->mission = db_text(row, 3);
    event->order_ref = db_text(row, 4);
    event->subject = db_text(row, 5);
    event->at_us = db_int(row, 6);
    event->data = db_text(row, 7);
    return event;
}

GPtrArray *store_event_list(struct store *store, const char *mission, int64_t after, unsigned limit, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select =
        db_prepare(tx, SELECT_EVENT " FROM event e WHERE e.mission = ? AND e.seq > ? ORDER BY e.seq LIMIT ?");
    db_bind_text(select, mission);
    db_bind_int(select, after);
    db_bind_int(select, limit);
    g_autoptr(GPtrArray) events = g_ptr_array_new_with_free_func(free_event);
    enum db_step step;
    while ((step = db_step(select, error)) == DB_ROW) {
        g_ptr_array_add(events, outbox_read(select));
    }
    return step == DB_DONE ? g_steal_pointer(&events) : NULL;
}

bool store_event_last(struct store *store, const char *mission, int64_t *seq, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return false;
    }
    struct db_statement *select = db_prepare(tx, "SELECT coalesce(max(seq), 0) FROM event WHERE mission = ?");
    db_bind_text(select, mission);
    if (!db_find(select, "event", error)) {
        return false;
    }
    *seq = db_int(select, 0);
    return true;
}
