#include "store/internal.h"
#include "store/outbox.h"

void store_dead_letter_free(struct store_dead_letter *letter)
{
    if (letter != NULL) {
        g_free(letter->target);
        g_free(letter->reason);
        store_event_free(letter->event);
        g_free(letter);
    }
}

static void free_letter(void *letter)
{
    store_dead_letter_free(letter);
}

/* ---- where a target is ---- */

static bool insert_new(db_transaction *tx, const char *target, const char *mission, GError **error)
{
    struct db_statement *insert =
        db_prepare(tx, "INSERT INTO webhook (target, cursor) SELECT ?, (SELECT coalesce(max(seq), 0) FROM event"
                       " WHERE mission = ?) WHERE NOT EXISTS (SELECT 1 FROM webhook WHERE target = ?)");
    db_bind_text(insert, target);
    db_bind_text(insert, mission);
    db_bind_text(insert, target);
    return db_run(insert, error);
}

bool store_webhook_open(struct store *store, const char *target, const char *mission, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    return tx != NULL && insert_new(tx, target, mission, error) && db_commit(g_steal_pointer(&tx), error);
}

bool store_webhook_get(struct store *store, const char *target, struct store_webhook *webhook, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return false;
    }
    struct db_statement *select = db_prepare(tx, "SELECT cursor, tries, next_try_us FROM webhook WHERE target = ?");
    db_bind_text(select, target);
    if (!db_find(select, "webhook", error)) {
        return false;
    }
    *webhook = (struct store_webhook){db_int(select, 0), (unsigned)db_int(select, 1), db_int(select, 2)};
    return true;
}

static bool write_webhook(db_transaction *tx, const char *target, const struct store_webhook *webhook, GError **error)
{
    struct db_statement *update =
        db_prepare(tx, "UPDATE webhook SET cursor = ?, tries = ?, next_try_us = ? WHERE target = ?");
    db_bind_int(update, webhook->cursor);
    db_bind_int(update, webhook->tries);
    db_bind_int(update, webhook->next_try_us);
    db_bind_text(update, target);
    return db_run_one(update, "webhook", error);
}

bool store_webhook_set(struct store *store, const char *target, const struct store_webhook *webhook, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    return tx != NULL && write_webhook(tx, target, webhook, error) && db_commit(g_steal_pointer(&tx), error);
}

/* ---- dead letters ---- */

bool store_dead_letter_add(struct store *store, const char *target, int64_t seq, const char *reason, int64_t now_us,
                           GError **error)
{
    const struct store_webhook past = {.cursor = seq};
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    if (tx == NULL) {
        return false;
    }
    struct db_statement *insert =
        db_prepare(tx, "INSERT INTO dead_letter (target, seq, dead_us, reason) VALUES (?, ?, ?, ?)");
    db_bind_text(insert, target);
    db_bind_int(insert, seq);
    db_bind_int(insert, now_us);
    db_bind_text(insert, reason);
    return db_run(insert, error) && write_webhook(tx, target, &past, error) && db_commit(g_steal_pointer(&tx), error);
}

GPtrArray *store_dead_letter_list(struct store *store, const char *mission, unsigned limit, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select = db_prepare(
        tx, SELECT_EVENT ", d.target, d.dead_us, d.reason, d.resend FROM event e JOIN dead_letter d ON d.seq = e.seq"
                         " WHERE e.mission = ? ORDER BY e.seq, d.target LIMIT ?");
    db_bind_text(select, mission);
    db_bind_int(select, limit);
    g_autoptr(GPtrArray) letters = g_ptr_array_new_with_free_func(free_letter);
    enum db_step step;
    while ((step = db_step(select, error)) == DB_ROW) {
        struct store_dead_letter *letter = g_new0(struct store_dead_letter, 1);
        letter->event = outbox_read(select);
        letter->target = db_text(select, 8);
        letter->dead_us = db_int(select, 9);
        letter->reason = db_text(select, 10);
        letter->resend = db_int(select, 11) != 0;
        g_ptr_array_add(letters, letter);
    }
    return step == DB_DONE ? g_steal_pointer(&letters) : NULL;
}

bool store_dead_letter_resend(struct store *store, const char *mission, const char *target, int64_t seq, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    if (tx == NULL) {
        return false;
    }
    struct db_statement *update =
        db_prepare(tx, "UPDATE dead_letter SET resend = 1 WHERE target = ? AND seq = ?"
                       " AND EXISTS (SELECT 1 FROM event WHERE event.seq = dead_letter.seq AND mission = ?)");
    db_bind_text(update, target);
    db_bind_int(update, seq);
    db_bind_text(update, mission);
    return db_run_one(update, "dead letter", error) && db_commit(g_steal_pointer(&tx), error);
}

struct store_event *store_dead_letter_next(struct store *store, const char *target, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select = db_prepare(tx, SELECT_EVENT " FROM event e JOIN dead_letter d ON d.seq = e.seq"
                                                              " WHERE d.target = ? AND d.resend = 1 ORDER BY e.seq"
                                                              " LIMIT 1");
    db_bind_text(select, target);
    return db_find(select, "dead letter", error) ? outbox_read(select) : NULL;
}

bool store_dead_letter_settle(struct store *store, const char *target, int64_t seq, const char *reason, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    if (tx == NULL) {
        return false;
    }
    struct db_statement *settle;
    if (reason == NULL) {
        settle = db_prepare(tx, "DELETE FROM dead_letter WHERE target = ? AND seq = ?");
    } else {
        settle = db_prepare(tx, "UPDATE dead_letter SET resend = 0, reason = ? WHERE target = ? AND seq = ?");
        db_bind_text(settle, reason);
    }
    db_bind_text(settle, target);
    db_bind_int(settle, seq);
    return db_run_one(settle, "dead letter", error) && db_commit(g_steal_pointer(&tx), error);
}
