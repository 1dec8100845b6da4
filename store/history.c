#include "store/internal.h"

static void free_history(void *data)
{
    struct store_history *history = data;
    g_free(history->actor);
    g_free(history->event);
    g_free(history);
}

bool history_add(db_transaction *tx, const struct history_entry *entry, GError **error)
{
    struct db_statement *insert =
        db_prepare(tx, "INSERT INTO history (interview, version, at_us, from_state, to_state, actor, event)"
                       " VALUES (?, ?, ?, ?, ?, ?, ?)");
    db_bind_text(insert, entry->interview);
    db_bind_int(insert, entry->version);
    db_bind_int(insert, entry->at_us);
    db_bind_text(insert, interview_state_word(entry->from));
    db_bind_text(insert, interview_state_word(entry->to));
    db_bind_text(insert, entry->actor);
    db_bind_text(insert, entry->event);
    return db_run(insert, error);
}

GPtrArray *store_interview_history(struct store *store, const char *id, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select = db_prepare(
        tx, "SELECT at_us, from_state, to_state, actor, event FROM history WHERE interview = ? ORDER BY version");
    db_bind_text(select, id);
    g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(free_history);
    enum db_step step;
    while ((step = db_step(select, error)) == DB_ROW) {
        struct store_history *history = g_new0(struct store_history, 1);
        g_ptr_array_add(entries, history);
        history->at_us = db_int(select, 0);
        if (!interview_state_parse(select, 1, &history->from, error) ||
            !interview_state_parse(select, 2, &history->to, error)) {
            return NULL;
        }
        history->actor = db_text(select, 3);
        history->event = db_text(select, 4);
    }
    return step == DB_DONE ? g_steal_pointer(&entries) : NULL;
}
