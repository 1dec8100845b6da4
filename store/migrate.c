#include "store/migrate.h"

static bool read_version(db_transaction *tx, int64_t *version, GError **error)
{
    if (!db_script(tx,
                   "CREATE TABLE IF NOT EXISTS schema_version"
                   " (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_us BIGINT NOT NULL)",
                   error)) {
        return false;
    }
    struct db_statement *select = db_prepare(tx, "SELECT coalesce(max(version), 0) FROM schema_version");
    if (db_step(select, error) != DB_ROW) {
        return false;
    }
    *version = db_int(select, 0);
    db_reset(select); /* no table can be dropped while a query runs */
    return true;
}

static bool apply(db_transaction *tx, const struct migration *migration, GError **error)
{
    if (!db_script(tx, migration->sql, error)) {
        g_prefix_error(error, "migration %s: ", migration->name);
        return false;
    }
    struct db_statement *insert =
        db_prepare(tx, "INSERT INTO schema_version (version, name, applied_us) VALUES (?, ?, ?)");
    db_bind_int(insert, migration->number);
    db_bind_text(insert, migration->name);
    db_bind_int(insert, g_get_real_time());
    return db_run(insert, error);
}

/* Applies the next one that is missing; `*done` when there was none. The version is read inside the transaction, so of
 * two processes that start at once one migrates and the other finds it done. */
static bool apply_next(struct db *db, const struct migration *list, size_t count, bool *done, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(db, DB_WRITE, error);
    int64_t version;
    if (tx == NULL || !read_version(tx, &version, error)) {
        return false;
    }
    if (version > (int64_t)count) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_CONFIG,
                    "the database has version %" G_GINT64_FORMAT " and this viva knows up to %zu: start a newer viva",
                    version, count);
        return false;
    }
    *done = version == (int64_t)count;
    if (*done) {
        return true;
    }
    const struct migration *next = &list[version];
    g_assert(next->number == version + 1);
    if (!apply(tx, next, error) || !db_commit(g_steal_pointer(&tx), error)) {
        return false;
    }
    g_info("event=migrated version=%u name=%s", next->number, next->name);
    return true;
}

bool migrate(struct db *db, const struct migration *list, size_t count, GError **error)
{
    bool done = false;
    while (!done) {
        if (!apply_next(db, list, count, &done, error)) {
            return false;
        }
    }
    return true;
}
