#include "store/internal.h"
#include "store/message.h"

void store_reminder_free(struct store_reminder *reminder)
{
    if (reminder != NULL) {
        g_free(reminder->interview);
        g_free(reminder->order);
        g_free(reminder);
    }
}

static void free_reminder(void *reminder)
{
    store_reminder_free(reminder);
}

/* Of the book's orders; booked so early that it can have been forgotten. */
#define SELECT_DUE                                                                                                     \
    "SELECT i.id, o.id, i.scheduled_us FROM interview i JOIN book_order o ON o.interview = i.id"                       \
    " WHERE i.state = 'scheduled' AND i.scheduled_us > ? AND i.scheduled_us <= ?"                                      \
    " AND (SELECT max(h.at_us) FROM history h WHERE h.interview = i.id AND h.event IN ('book', 'move', "               \
    "'rescheduled'))"                                                                                                  \
    " <= i.scheduled_us - ?"                                                                                           \
    " AND NOT EXISTS (SELECT 1 FROM reminder r WHERE r.interview = i.id AND r.scheduled_us = i.scheduled_us"           \
    " AND r.kind = ?) ORDER BY i.scheduled_us, i.id LIMIT ?"

GPtrArray *store_reminder_due(struct store *store, const struct store_reminder_kind *kind, int64_t now_us,
                              unsigned limit, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select = db_prepare(tx, SELECT_DUE);
    db_bind_int(select, now_us + kind->until_us);
    db_bind_int(select, now_us + kind->before_us);
    db_bind_int(select, kind->before_us);
    db_bind_text(select, kind->name);
    db_bind_int(select, limit);
    g_autoptr(GPtrArray) due = g_ptr_array_new_with_free_func(free_reminder);
    enum db_step step;
    while ((step = db_step(select, error)) == DB_ROW) {
        struct store_reminder *reminder = g_new0(struct store_reminder, 1);
        reminder->interview = db_text(select, 0);
        reminder->order = db_text(select, 1);
        reminder->scheduled_us = db_int(select, 2);
        g_ptr_array_add(due, reminder);
    }
    return step == DB_DONE ? g_steal_pointer(&due) : NULL;
}

/* Only while the appointment is what it was, and once: `*added` says whether it was now. */
static bool insert_reminder(db_transaction *tx, const struct store_reminder *reminder, const char *kind, int64_t now_us,
                            bool *added, GError **error)
{
    struct db_statement *insert =
        db_prepare(tx, "INSERT INTO reminder (interview, scheduled_us, kind, at_us) SELECT id, scheduled_us, ?, ?"
                       " FROM interview WHERE id = ? AND scheduled_us = ? AND state = 'scheduled'"
                       " ON CONFLICT DO NOTHING");
    db_bind_text(insert, kind);
    db_bind_int(insert, now_us);
    db_bind_text(insert, reminder->interview);
    db_bind_int(insert, reminder->scheduled_us);
    if (!db_run(insert, error)) {
        return false;
    }
    *added = db_changes(tx) > 0;
    return true;
}

bool store_reminder_send(struct store *store, const struct store_reminder *reminder, const char *kind,
                         const struct store_reminder_words *words, int64_t now_us, GError **error)
{
    bool added;
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    if (tx == NULL || !insert_reminder(tx, reminder, kind, now_us, &added, error)) {
        return false;
    }
    struct db_statement *select = db_prepare(tx, "SELECT account, mission, number, state FROM book_order WHERE id = ?");
    db_bind_text(select, reminder->order);
    if (!added || !db_find(select, "order", error)) {
        return !added;
    }
    g_autofree char *account = db_text(select, 0), *mission = db_text(select, 1);
    g_autofree char *number = db_text(select, 2), *state = db_text(select, 3);
    const struct message_draft draft = {
        .account = account,
        .mission = mission,
        .order_id = reminder->order,
        .order_number = number,
        .template = words->template,
        .args = words->args,
        .state = state,
        .at_us = now_us,
    };
    return message_add(store, tx, &draft, error) && db_commit(g_steal_pointer(&tx), error);
}
