#include "store/internal.h"

static bool run_for(db_transaction *tx, const char *sql, const char *interview, GError **error)
{
    struct db_statement *update = db_prepare(tx, sql);
    db_bind_text(update, interview);
    return db_run(update, error);
}

/* The key alone would do; without the sealed values nobody ever has to ask why they do not open. */
static bool erase_rows(db_transaction *tx, const char *interview, GError **error)
{
    return keyring_erase(tx, interview, error) &&
           run_for(tx, "UPDATE interview SET sealed_reason = NULL WHERE id = ?", interview, error) &&
           run_for(tx, "UPDATE party SET sealed_name = NULL WHERE interview = ?", interview, error) &&
           run_for(tx, "UPDATE note SET sealed_text = NULL WHERE interview = ?", interview, error);
}

/* Leaves nothing of the key in the database's files; what a disk keeps of overwritten sectors is beyond a program. */
static bool erase_files(struct store *store, const GPtrArray *blobs, GError **error)
{
    bool ok = db_flush(store->db, error);
    for (unsigned i = 0; ok && i < blobs->len; i++) {
        ok = blob_delete(store->blobs, blobs->pdata[i], error);
    }
    return ok;
}

bool store_interview_erase(struct store *store, const char *id, const char *actor, int64_t now_us, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    if (tx == NULL || !interview_next_version(tx, id, actor, "erased", now_us, error) || !erase_rows(tx, id, error)) {
        return false;
    }
    g_autoptr(GPtrArray) blobs = capture_blobs(tx, id, error);
    return blobs != NULL && db_commit(g_steal_pointer(&tx), error) && erase_files(store, blobs, error);
}
