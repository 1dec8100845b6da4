/* Rows of material and order_material: a picture each, which another may replace. */
#include "store/internal.h"

static const struct {
    const char *find, *delete, *find_this;
} statements[] = {
    [KEY_OF_FACECHECK] = {"SELECT blob FROM material WHERE facecheck = ? AND kind = ?",
                          "DELETE FROM material WHERE facecheck = ? AND kind = ?",
                          "SELECT blob FROM material WHERE facecheck = ? AND kind = ? AND file_sha256 = ?"},
    [KEY_OF_ORDER] = {"SELECT blob FROM order_material WHERE book_order = ? AND slot = ?",
                      "DELETE FROM order_material WHERE book_order = ? AND slot = ?",
                      "SELECT blob FROM order_material WHERE book_order = ? AND slot = ? AND file_sha256 = ?"},
};

static struct db_statement *prepare(db_transaction *tx, const char *sql, struct picture_row row)
{
    struct db_statement *statement = db_prepare(tx, sql);
    db_bind_text(statement, row.owner.id);
    db_bind_text(statement, row.name);
    return statement;
}

bool picture_row_find(db_transaction *tx, struct picture_row row, char **blob, GError **error)
{
    struct db_statement *select = prepare(tx, statements[row.owner.kind].find, row);
    const enum db_step step = db_step(select, error);
    *blob = step == DB_ROW ? db_text(select, 0) : NULL;
    return step != DB_FAILED;
}

bool picture_row_delete(db_transaction *tx, struct picture_row row, GError **error)
{
    return db_run(prepare(tx, statements[row.owner.kind].delete, row), error);
}

/* The blob of this very picture: NOT_FOUND once it was replaced, removed or erased. */
static char *blob_of(struct store *store, struct picture_row row, const uint8_t sha256[32], aead_key *key,
                     GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select = prepare(tx, statements[row.owner.kind].find_this, row);
    db_bind_bytes(select, sha256, 32);
    return db_find(select, "material", error) && keyring_get(store->keyring, tx, row.owner, key, error)
               ? db_text(select, 0)
               : NULL;
}

GBytes *picture_row_read(struct store *store, struct picture_row row, const uint8_t sha256[32], GError **error)
{
    g_auto(aead_key) key = {0};
    g_autofree char *blob = blob_of(store, row, sha256, &key, error);
    if (blob == NULL) {
        return NULL;
    }
    g_autoptr(GError) cause = NULL;
    g_autoptr(GBytes) jpeg = picture_get(store, &key, blob, &cause);
    if (jpeg == NULL) { /* replaced since we asked for its name: then its record says so */
        g_autofree char *now = blob_of(store, row, sha256, &key, error);
        if (now != NULL) {
            g_propagate_error(error, g_steal_pointer(&cause));
        }
        return NULL;
    }
    return picture_check(jpeg, sha256, error) ? g_steal_pointer(&jpeg) : NULL;
}
