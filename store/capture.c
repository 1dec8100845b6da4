#include "store/internal.h"
#include "store/outbox.h"

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

static bool tell(db_transaction *tx, const struct store_capture *capture, GError **error)
{
    const struct outbox_event event = {
        OUTBOX_INTERVIEW,
        capture->interview,
        "interview.captured",
        capture->captured_us,
        json_pack("{s:s, s:s, s:s, s:i}", "capture_id", capture->id, "party_id", capture->party, "kind", capture->kind,
                  "seq", (int)capture->seq),
    };
    return outbox_add(tx, event, error);
}

static bool commit_record(struct store *store, struct store_capture *capture, const char *blob, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    g_auto(aead_key) key = {0};
    /* The key once more: the interview may have been erased while its picture was being written. */
    return tx != NULL && keyring_get(store->keyring, tx, key_of_interview(capture->interview), &key, error) &&
           next_seq(tx, capture->interview, &capture->seq, error) && insert_capture(tx, capture, blob, error) &&
           tell(tx, capture, error) && outbox_commit(store, g_steal_pointer(&tx), error);
}

bool store_capture_add(struct store *store, struct store_capture *capture, GBytes *jpeg, GError **error)
{
    capture->file_bytes = picture_hash(jpeg, capture->file_sha256);
    g_autofree char *blob = picture_put(store, key_of_interview(capture->interview), jpeg, error);
    if (blob == NULL) {
        return false;
    }
    if (!commit_record(store, capture, blob, error)) {
        picture_drop(store, blob);
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
    if (!db_find(select, "capture", error) ||
        !keyring_get(store->keyring, tx, key_of_interview(capture->interview), key, error)) {
        return NULL;
    }
    return db_text(select, 0);
}

GBytes *store_capture_read(struct store *store, const struct store_capture *capture, GError **error)
{
    g_auto(aead_key) key = {0};
    g_autofree char *blob = blob_of(store, capture, &key, error);
    g_autoptr(GBytes) jpeg = blob == NULL ? NULL : picture_get(store, &key, blob, error);
    return jpeg != NULL && picture_check(jpeg, capture->file_sha256, error) ? g_steal_pointer(&jpeg) : NULL;
}

/* ---- findings ---- */

static struct seal_place findings_place(const char *id)
{
    return (struct seal_place){"capture", "sealed_findings", id};
}

static char *interview_of(db_transaction *tx, const char *capture, GError **error)
{
    struct db_statement *select = db_prepare(tx, "SELECT interview FROM capture WHERE id = ?");
    db_bind_text(select, capture);
    return db_find(select, "capture", error) ? db_text(select, 0) : NULL;
}

static bool write_findings(struct store *store, db_transaction *tx, const char *capture, const char *findings,
                           GError **error)
{
    g_autofree char *interview = interview_of(tx, capture, error);
    g_auto(aead_key) key = {0};
    if (interview == NULL || !keyring_get(store->keyring, tx, key_of_interview(interview), &key, error)) {
        return false;
    }
    g_autoptr(GBytes) sealed = seal_text(&key, findings_place(capture), findings);
    struct db_statement *update = db_prepare(tx, "UPDATE capture SET sealed_findings = ? WHERE id = ?");
    db_bind_blob(update, sealed);
    db_bind_text(update, capture);
    return db_run(update, error);
}

bool store_capture_findings_set(struct store *store, const char *capture, const char *findings, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    return tx != NULL && write_findings(store, tx, capture, findings, error) && db_commit(g_steal_pointer(&tx), error);
}

char *store_capture_findings(struct store *store, const char *capture, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select =
        db_prepare(tx, "SELECT c.interview, c.sealed_findings, k.sealed_key"
                       " FROM capture c JOIN interview_key k ON k.interview = c.interview WHERE c.id = ?");
    db_bind_text(select, capture);
    if (!db_find(select, "capture", error)) {
        return NULL;
    }
    g_autofree char *interview = db_text(select, 0);
    g_autoptr(GBytes) sealed = db_blob(select, 1);
    g_autoptr(GBytes) key = db_blob(select, 2);
    char *findings = NULL;
    keyring_open_text(store->keyring, key_of_interview(interview), key, findings_place(capture), sealed, &findings,
                      error);
    return findings;
}
