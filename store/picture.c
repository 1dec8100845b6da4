/* The one way from a picture to a blob and its record: the blob is durable first, then the record that makes it count.
 * A crash in between leaves a blob without a record, which the next start sweeps. */
#include <openssl/sha.h>

#include "store/internal.h"

uint64_t picture_hash(GBytes *jpeg, uint8_t sha256[32])
{
    size_t size;
    const void *bytes = g_bytes_get_data(jpeg, &size);
    SHA256(bytes, size, sha256);
    return size;
}

static bool get_key(struct store *store, struct key_owner owner, aead_key *key, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    return tx != NULL && keyring_get(store->keyring, tx, owner, key, error);
}

char *picture_put(struct store *store, struct key_owner owner, GBytes *jpeg, GError **error)
{
    g_autofree char *blob = store_id_new();
    g_auto(aead_key) key = {0};
    return get_key(store, owner, &key, error) && blob_put(store->blobs, blob, &key, jpeg, error)
               ? g_steal_pointer(&blob)
               : NULL;
}

void picture_drop(struct store *store, const char *blob)
{
    g_autoptr(GError) cause = NULL;
    if (!blob_delete(store->blobs, blob, &cause)) {
        g_warning("event=orphan_blob blob=%s message=\"%s\"", blob, cause->message);
    }
}

GBytes *picture_get(struct store *store, const aead_key *key, const char *blob, GError **error)
{
    g_autoptr(GError) cause = NULL;
    GBytes *jpeg = blob_get(store->blobs, blob, key, &cause);
    if (jpeg == NULL) {
        const bool lost = g_error_matches(cause, STORE_ERROR, STORE_ERROR_NOT_FOUND);
        g_set_error(error, STORE_ERROR, lost ? STORE_ERROR_CORRUPT : cause->code, "a picture of a record: %s",
                    cause->message);
    }
    return jpeg;
}

bool picture_check(GBytes *jpeg, const uint8_t sha256[32], GError **error)
{
    uint8_t hash[SHA256_DIGEST_LENGTH];
    picture_hash(jpeg, hash);
    if (memcmp(hash, sha256, sizeof(hash)) != 0) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT, "a picture is not that of its record");
        return false;
    }
    return true;
}

/* ---- all of them ---- */

static GPtrArray *read_names(struct db_statement *select, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    enum db_step step;
    while ((step = db_step(select, error)) == DB_ROW) {
        g_ptr_array_add(names, db_text(select, 0));
    }
    return step == DB_DONE ? g_steal_pointer(&names) : NULL;
}

GPtrArray *picture_names(db_transaction *tx, struct key_owner owner, GError **error)
{
    static const char *const queries[] = {
        [KEY_OF_INTERVIEW] = "SELECT blob FROM capture WHERE interview = ?",
        [KEY_OF_FACECHECK] = "SELECT blob FROM (SELECT facecheck, blob FROM material UNION ALL"
                             " SELECT facecheck, blob FROM facecheck_try) AS picture"
                             " WHERE facecheck = ? AND blob IS NOT NULL",
        [KEY_OF_ORDER] = "SELECT blob FROM order_material WHERE book_order = ?",
    };
    struct db_statement *select = db_prepare(tx, queries[owner.kind]);
    db_bind_text(select, owner.id);
    return read_names(select, error);
}

#define SELECT_ALL_BLOBS                                                                                               \
    "SELECT blob FROM capture UNION ALL SELECT blob FROM material UNION ALL SELECT blob FROM order_material UNION ALL" \
    " SELECT blob FROM facecheck_try WHERE blob IS NOT NULL"

/* The blobs of `store` that no record names. */
static GPtrArray *orphans(struct store *store, GError **error)
{
    g_autoptr(GPtrArray) found = blob_names(store->blobs, error);
    g_autoptr(db_transaction) tx = found == NULL ? NULL : db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    g_autoptr(GPtrArray) recorded = read_names(db_prepare(tx, SELECT_ALL_BLOBS), error);
    if (recorded == NULL) {
        return NULL;
    }
    g_autoptr(GHashTable) known = g_hash_table_new(g_str_hash, g_str_equal);
    for (unsigned i = 0; i < recorded->len; i++) {
        g_hash_table_add(known, recorded->pdata[i]);
    }
    GPtrArray *unknown = g_ptr_array_new_with_free_func(g_free);
    for (unsigned i = 0; i < found->len; i++) {
        if (!g_hash_table_contains(known, found->pdata[i])) {
            g_ptr_array_add(unknown, g_strdup(found->pdata[i]));
        }
    }
    return unknown;
}

#define CRASH_ORPHANS_MAX 64 /* pictures in flight when a server dies, with room to spare */

bool picture_sweep(struct store *store, GError **error)
{
    g_autoptr(GPtrArray) names = orphans(store, error);
    if (names == NULL) {
        return false;
    }
    if (names->len > CRASH_ORPHANS_MAX) { /* no crash leaves that many; an old copy of the database does */
        g_set_error(error, STORE_ERROR, STORE_ERROR_CONFIG,
                    "%u blobs in %s are in no record: viva.db is older than blobs/; restore the two together",
                    names->len, store->path);
        return false;
    }
    for (unsigned i = 0; i < names->len; i++) {
        if (!blob_delete(store->blobs, names->pdata[i], error)) {
            return false;
        }
        g_message("event=orphan_swept blob=%s", (const char *)names->pdata[i]);
    }
    return true;
}
