#include <openssl/sha.h>

#include "store/internal.h"

void store_capture_free(struct store_capture *capture)
{
    if (capture == NULL) {
        return;
    }
    g_free(capture->id);
    g_free(capture->interview);
    g_free(capture->party);
    g_free(capture->officer);
    g_free(capture->kind);
    g_free(capture->codec);
    g_free(capture->room);
    g_free(capture->dtls_fingerprint);
    g_free(capture);
}

static void free_capture(void *capture)
{
    store_capture_free(capture);
}

/* ---- adding: the blob is durable first, then the record that makes it count ---- */

static bool interview_key(struct store *store, const char *interview, aead_key *key, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    return tx != NULL && keyring_get(store->keyring, tx, interview, key, error);
}

static bool next_seq(db_transaction *tx, const char *interview, unsigned *seq, GError **error)
{
    struct db_statement *select = db_prepare(tx, "SELECT coalesce(max(seq), 0) + 1 FROM capture WHERE interview = ?");
    db_bind_text(select, interview);
    if (!db_find(select, "interview", error)) {
        return false;
    }
    *seq = (unsigned)db_int(select, 0);
    return true;
}

static bool insert_capture(db_transaction *tx, const struct store_capture *capture, const char *blob, GError **error)
{
    struct db_statement *insert =
        db_prepare(tx, "INSERT INTO capture (id, interview, seq, party, officer, blob, kind, codec, room,"
                       " dtls_fingerprint, ssrc, rtp_timestamp, captured_us, width, height, frame_sha256, file_sha256,"
                       " file_bytes) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    db_bind_text(insert, capture->id);
    db_bind_text(insert, capture->interview);
    db_bind_int(insert, capture->seq);
    db_bind_text(insert, capture->party);
    db_bind_text(insert, capture->officer);
    db_bind_text(insert, blob);
    db_bind_text(insert, capture->kind);
    db_bind_text(insert, capture->codec);
    db_bind_text(insert, capture->room);
    db_bind_text(insert, capture->dtls_fingerprint);
    db_bind_int(insert, capture->ssrc);
    db_bind_int(insert, capture->rtp_timestamp);
    db_bind_int(insert, capture->captured_us);
    db_bind_int(insert, capture->width);
    db_bind_int(insert, capture->height);
    db_bind_bytes(insert, capture->frame_sha256, sizeof(capture->frame_sha256));
    db_bind_bytes(insert, capture->file_sha256, sizeof(capture->file_sha256));
    db_bind_int(insert, (int64_t)capture->file_bytes);
    return db_run(insert, error);
}

static bool commit_record(struct store *store, struct store_capture *capture, const char *blob, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    g_auto(aead_key) key = {0};
    /* The key once more: the interview may have been erased while its picture was being written. */
    return tx != NULL && keyring_get(store->keyring, tx, capture->interview, &key, error) &&
           next_seq(tx, capture->interview, &capture->seq, error) && insert_capture(tx, capture, blob, error) &&
           db_commit(g_steal_pointer(&tx), error);
}

bool store_capture_add(struct store *store, struct store_capture *capture, GBytes *jpeg, GError **error)
{
    size_t size;
    const void *bytes = g_bytes_get_data(jpeg, &size);
    SHA256(bytes, size, capture->file_sha256);
    capture->file_bytes = size;

    g_autofree char *blob = store_id_new();
    g_auto(aead_key) key = {0};
    if (!interview_key(store, capture->interview, &key, error) || !blob_put(store->blobs, blob, &key, jpeg, error)) {
        return false;
    }
    if (!commit_record(store, capture, blob, error)) {
        g_autoptr(GError) cause = NULL;
        if (!blob_delete(store->blobs, blob, &cause)) {
            g_warning("event=orphan_blob blob=%s message=\"%s\"", blob, cause->message);
        }
        return false;
    }
    return true;
}

/* ---- reading ---- */

#define SELECT_CAPTURE                                                                                                 \
    "SELECT id, interview, seq, party, officer, kind, codec, room, dtls_fingerprint, ssrc, rtp_timestamp,"             \
    " captured_us, width, height, frame_sha256, file_sha256, file_bytes FROM capture "

static struct store_capture *read_capture(struct db_statement *row, GError **error)
{
    struct store_capture *capture = g_new0(struct store_capture, 1);
    capture->id = db_text(row, 0);
    capture->interview = db_text(row, 1);
    capture->seq = (unsigned)db_int(row, 2);
    capture->party = db_text(row, 3);
    capture->officer = db_text(row, 4);
    capture->kind = db_text(row, 5);
    capture->codec = db_text(row, 6);
    capture->room = db_text(row, 7);
    capture->dtls_fingerprint = db_text(row, 8);
    capture->ssrc = (uint32_t)db_int(row, 9);
    capture->rtp_timestamp = (uint32_t)db_int(row, 10);
    capture->captured_us = db_int(row, 11);
    capture->width = (unsigned)db_int(row, 12);
    capture->height = (unsigned)db_int(row, 13);
    capture->file_bytes = (uint64_t)db_int(row, 16);
    if (!db_bytes(row, 14, capture->frame_sha256, sizeof(capture->frame_sha256), error) ||
        !db_bytes(row, 15, capture->file_sha256, sizeof(capture->file_sha256), error)) {
        g_clear_pointer(&capture, store_capture_free);
    }
    return capture;
}

struct store_capture *store_capture_get(struct store *store, const char *id, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select = db_prepare(tx, SELECT_CAPTURE "WHERE id = ?");
    db_bind_text(select, id);
    return db_find(select, "capture", error) ? read_capture(select, error) : NULL;
}

GPtrArray *store_capture_list(struct store *store, const char *interview, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select = db_prepare(tx, SELECT_CAPTURE "WHERE interview = ? ORDER BY seq");
    db_bind_text(select, interview);
    g_autoptr(GPtrArray) captures = g_ptr_array_new_with_free_func(free_capture);
    enum db_step step;
    while ((step = db_step(select, error)) == DB_ROW) {
        struct store_capture *capture = read_capture(select, error);
        if (capture == NULL) {
            return NULL;
        }
        g_ptr_array_add(captures, capture);
    }
    return step == DB_DONE ? g_steal_pointer(&captures) : NULL;
}

static char *blob_of(struct store *store, const struct store_capture *capture, aead_key *key, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select = db_prepare(tx, "SELECT blob FROM capture WHERE id = ? AND interview = ?");
    db_bind_text(select, capture->id);
    db_bind_text(select, capture->interview);
    if (!db_find(select, "capture", error) || !keyring_get(store->keyring, tx, capture->interview, key, error)) {
        return NULL;
    }
    return db_text(select, 0);
}

GBytes *store_capture_read(struct store *store, const struct store_capture *capture, GError **error)
{
    g_auto(aead_key) key = {0};
    g_autofree char *blob = blob_of(store, capture, &key, error);
    if (blob == NULL) {
        return NULL;
    }
    g_autoptr(GError) cause = NULL;
    g_autoptr(GBytes) jpeg = blob_get(store->blobs, blob, &key, &cause);
    if (jpeg == NULL) {
        const bool lost = g_error_matches(cause, STORE_ERROR, STORE_ERROR_NOT_FOUND);
        g_set_error(error, STORE_ERROR, lost ? STORE_ERROR_CORRUPT : cause->code, "capture %s: %s", capture->id,
                    cause->message);
        return NULL;
    }
    size_t size;
    const void *bytes = g_bytes_get_data(jpeg, &size);
    uint8_t hash[SHA256_DIGEST_LENGTH];
    SHA256(bytes, size, hash);
    if (memcmp(hash, capture->file_sha256, sizeof(hash)) != 0) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT, "capture %s is not the picture of its record",
                    capture->id);
        return NULL;
    }
    return g_steal_pointer(&jpeg);
}

/* ---- blobs as a whole ---- */

static GPtrArray *read_names(struct db_statement *select, GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    enum db_step step;
    while ((step = db_step(select, error)) == DB_ROW) {
        g_ptr_array_add(names, db_text(select, 0));
    }
    return step == DB_DONE ? g_steal_pointer(&names) : NULL;
}

GPtrArray *capture_blobs(db_transaction *tx, const char *interview, GError **error)
{
    struct db_statement *select = db_prepare(tx, "SELECT blob FROM capture WHERE interview = ?");
    db_bind_text(select, interview);
    return read_names(select, error);
}

/* The blobs of `store` that no record names. */
static GPtrArray *orphans(struct store *store, GError **error)
{
    g_autoptr(GPtrArray) found = blob_names(store->blobs, error);
    g_autoptr(db_transaction) tx = found == NULL ? NULL : db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    g_autoptr(GPtrArray) recorded = read_names(db_prepare(tx, "SELECT blob FROM capture"), error);
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

#define CRASH_ORPHANS_MAX 64 /* captures in flight when a server dies, with room to spare */

bool capture_sweep(struct store *store, GError **error)
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
