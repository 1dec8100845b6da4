#include "store/internal.h"

void store_try_free(struct store_try *entry)
{
    if (entry == NULL) {
        return;
    }
    g_free(entry->id);
    g_free(entry->facecheck);
    g_free(entry->report);
    g_clear_pointer(&entry->frame, g_bytes_unref);
    g_clear_pointer(&entry->embedding, g_bytes_unref);
    g_free(entry);
}

static void free_try(void *entry)
{
    store_try_free(entry);
}

static struct seal_place place(const char *column, const char *id)
{
    return (struct seal_place){"facecheck_try", column, id};
}

/* ---- adding ---- */

static bool insert_try(struct store *store, db_transaction *tx, const struct store_try *entry, const char *blob,
                       GError **error)
{
    g_auto(aead_key) key = {0};
    if (!keyring_get(store->keyring, tx, key_of_facecheck(entry->facecheck), &key, error)) {
        return false;
    }
    g_autoptr(GBytes) report = seal_text(&key, place("sealed_report", entry->id), entry->report);
    g_autoptr(GBytes) embedding = seal_blob(&key, place("sealed_embedding", entry->id), entry->embedding);
    struct db_statement *insert =
        db_prepare(tx, "INSERT INTO facecheck_try (id, facecheck, at_us, passed, counted, blob, sealed_report,"
                       " sealed_embedding) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    db_bind_text(insert, entry->id);
    db_bind_text(insert, entry->facecheck);
    db_bind_int(insert, entry->at_us);
    db_bind_int(insert, entry->passed);
    db_bind_int(insert, entry->counted);
    db_bind_text(insert, blob);
    db_bind_blob(insert, report);
    db_bind_blob(insert, embedding);
    return db_run(insert, error);
}

static bool commit_record(struct store *store, const struct store_try *entry, const char *blob, GError **error)
{
    const struct facecheck_change change = {entry->facecheck, "submitter", "tried", entry->at_us};
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    return tx != NULL && insert_try(store, tx, entry, blob, error) && facecheck_next_version(tx, &change, error) &&
           db_commit(g_steal_pointer(&tx), error);
}

bool store_try_add(struct store *store, const struct store_try *entry, GError **error)
{
    g_autofree char *blob = NULL;
    if (entry->frame != NULL) {
        blob = picture_put(store, key_of_facecheck(entry->facecheck), entry->frame, error);
        if (blob == NULL) {
            return false;
        }
    }
    const bool committed = commit_record(store, entry, blob, error);
    if (!committed && blob != NULL) {
        picture_drop(store, blob);
    }
    return committed;
}

/* ---- reading ---- */

#define SELECT_TRY                                                                                                     \
    "SELECT t.id, t.facecheck, t.at_us, t.passed, t.counted, t.sealed_report, k.sealed_key, t.sealed_embedding,"       \
    " t.blob FROM facecheck_try t JOIN facecheck_key k ON k.facecheck = t.facecheck "

static struct store_try *read_try(struct store *store, struct db_statement *row, GError **error)
{
    struct store_try *entry = g_new0(struct store_try, 1);
    entry->id = db_text(row, 0);
    entry->facecheck = db_text(row, 1);
    entry->at_us = db_int(row, 2);
    entry->passed = db_int(row, 3) != 0;
    entry->counted = db_int(row, 4) != 0;
    g_autoptr(GBytes) report = db_blob(row, 5);
    g_autoptr(GBytes) key = db_blob(row, 6);
    if (!keyring_open_text(store->keyring, key_of_facecheck(entry->facecheck), key, place("sealed_report", entry->id),
                           report, &entry->report, error)) {
        g_clear_pointer(&entry, store_try_free);
    }
    return entry;
}

/* Where the frame lies, and what opens it; `*blob` is NULL where there is none (any more). */
static bool read_frame_place(struct store *store, db_transaction *tx, struct db_statement *row, char **blob,
                             aead_key *key, GError **error)
{
    g_autofree char *facecheck = db_text(row, 1);
    g_autofree char *name = db_text(row, 8);
    g_autoptr(GBytes) sealed_key = db_blob(row, 6);
    if (name == NULL || sealed_key == NULL) {
        *blob = NULL;
        return true;
    }
    *blob = g_steal_pointer(&name);
    return keyring_get(store->keyring, tx, key_of_facecheck(facecheck), key, error);
}

/* Everything but the frame. */
static struct store_try *find_try(struct store *store, db_transaction *tx, struct db_statement *select, char **blob,
                                  aead_key *key, GError **error)
{
    if (!db_find(select, "try", error)) {
        return NULL;
    }
    struct store_try *entry = read_try(store, select, error);
    if (entry == NULL) {
        return NULL;
    }
    g_autoptr(GBytes) sealed_key = db_blob(select, 6);
    g_autoptr(GBytes) embedding = db_blob(select, 7);
    if (!keyring_open_blob(store->keyring, key_of_facecheck(entry->facecheck), sealed_key,
                           place("sealed_embedding", entry->id), embedding, &entry->embedding, error) ||
        !read_frame_place(store, tx, select, blob, key, error)) {
        g_clear_pointer(&entry, store_try_free);
    }
    return entry;
}

struct store_try *store_try_get(struct store *store, const char *facecheck, const char *id, GError **error)
{
    g_auto(aead_key) key = {0};
    g_autofree char *blob = NULL;
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select = db_prepare(tx, SELECT_TRY "WHERE t.facecheck = ? AND t.id = ?");
    db_bind_text(select, facecheck);
    db_bind_text(select, id);
    struct store_try *entry = find_try(store, tx, select, &blob, &key, error);
    db_rollback(g_steal_pointer(&tx)); /* a file is read with no transaction open */
    if (entry != NULL && blob != NULL) {
        entry->frame = picture_get(store, &key, blob, error);
        if (entry->frame == NULL) {
            g_clear_pointer(&entry, store_try_free);
        }
    }
    return entry;
}

GPtrArray *store_try_list(struct store *store, const char *facecheck, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select = db_prepare(tx, SELECT_TRY "WHERE t.facecheck = ? ORDER BY t.at_us, t.rowid");
    db_bind_text(select, facecheck);
    g_autoptr(GPtrArray) tries = g_ptr_array_new_with_free_func(free_try);
    enum db_step step;
    while ((step = db_step(select, error)) == DB_ROW) {
        struct store_try *entry = read_try(store, select, error);
        if (entry == NULL) {
            return NULL;
        }
        g_ptr_array_add(tries, entry);
    }
    return step == DB_DONE ? g_steal_pointer(&tries) : NULL;
}
