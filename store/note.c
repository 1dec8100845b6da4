#include "store/internal.h"

void store_note_free(struct store_note *note)
{
    if (note == NULL) {
        return;
    }
    g_free(note->id);
    g_free(note->interview);
    g_free(note->officer);
    g_free(note->text);
    g_free(note);
}

static void free_note(void *note)
{
    store_note_free(note);
}

static struct seal_place text_place(const char *id)
{
    return (struct seal_place){"note", "sealed_text", id};
}

static bool insert_note(struct store *store, db_transaction *tx, const struct store_note *note, GError **error)
{
    g_auto(aead_key) key = {0};
    if (!keyring_get(store->keyring, tx, key_of_interview(note->interview), &key, error)) {
        return false;
    }
    g_autoptr(GBytes) text = seal_text(&key, text_place(note->id), note->text);
    struct db_statement *insert =
        db_prepare(tx, "INSERT INTO note (id, interview, officer, at_us, sealed_text) VALUES (?, ?, ?, ?, ?)");
    db_bind_text(insert, note->id);
    db_bind_text(insert, note->interview);
    db_bind_text(insert, note->officer);
    db_bind_int(insert, note->at_us);
    db_bind_blob(insert, text);
    return db_run(insert, error);
}

bool store_note_add(struct store *store, const struct store_note *note, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    return tx != NULL && insert_note(store, tx, note, error) && db_commit(g_steal_pointer(&tx), error);
}

static struct store_note *read_note(struct store *store, struct db_statement *row, GError **error)
{
    struct store_note *note = g_new0(struct store_note, 1);
    note->id = db_text(row, 0);
    note->interview = db_text(row, 1);
    note->officer = db_text(row, 2);
    note->at_us = db_int(row, 3);
    g_autoptr(GBytes) text = db_blob(row, 4);
    g_autoptr(GBytes) key = db_blob(row, 5);
    if (!keyring_open_text(store->keyring, key_of_interview(note->interview), key, text_place(note->id), text,
                           &note->text, error)) {
        g_clear_pointer(&note, store_note_free);
    }
    return note;
}

GPtrArray *store_note_list(struct store *store, const char *interview, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select =
        db_prepare(tx, "SELECT n.id, n.interview, n.officer, n.at_us, n.sealed_text, k.sealed_key"
                       " FROM note n JOIN interview_key k ON k.interview = n.interview"
                       " WHERE n.interview = ? ORDER BY n.at_us, n.id");
    db_bind_text(select, interview);
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(free_note);
    enum db_step step;
    while ((step = db_step(select, error)) == DB_ROW) {
        struct store_note *note = read_note(store, select, error);
        if (note == NULL) {
            return NULL;
        }
        g_ptr_array_add(notes, note);
    }
    return step == DB_DONE ? g_steal_pointer(&notes) : NULL;
}
