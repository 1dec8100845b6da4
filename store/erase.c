#include "store/internal.h"

static bool run_for(db_transaction *tx, const char *sql, const char *id, GError **error)
{
    struct db_statement *update = db_prepare(tx, sql);
    db_bind_text(update, id);
    return db_run(update, error);
}

/* The key alone would do; without the sealed values nobody ever has to ask why they do not open. */
static bool erase_interview_rows(db_transaction *tx, const char *id, GError **error)
{
    return keyring_erase(tx, key_of_interview(id), error) &&
           run_for(tx, "UPDATE interview SET sealed_reason = NULL WHERE id = ?", id, error) &&
           run_for(tx, "UPDATE party SET sealed_name = NULL WHERE interview = ?", id, error) &&
           run_for(tx, "UPDATE note SET sealed_text = NULL WHERE interview = ?", id, error) &&
           run_for(tx, "UPDATE capture SET sealed_findings = NULL WHERE interview = ?", id, error) &&
           run_for(tx, "UPDATE script_answer SET sealed_answer = NULL WHERE interview = ?", id, error) &&
           run_for(tx, "UPDATE opinion SET sealed_reason = NULL WHERE interview = ?", id, error);
}

/* Frame hashes hang on no key of the face check's, and the applicant has nothing left to come back to. */
static bool erase_facecheck_rows(db_transaction *tx, const char *id, GError **error)
{
    return keyring_erase(tx, key_of_facecheck(id), error) &&
           run_for(tx,
                   "UPDATE facecheck SET sealed_identity = NULL, ticket_sha256 = NULL, ticket_expires_us = 0,"
                   " device_sha256 = NULL WHERE id = ?",
                   id, error) &&
           run_for(tx,
                   "UPDATE material SET sealed_report = NULL, sealed_embedding = NULL, sealed_face_picture = NULL"
                   " WHERE facecheck = ?",
                   id, error) &&
           run_for(tx, "UPDATE facecheck_try SET sealed_report = NULL, sealed_embedding = NULL WHERE facecheck = ?", id,
                   error) &&
           run_for(tx, "DELETE FROM frame_hash WHERE facecheck = ?", id, error) &&
           run_for(tx, "DELETE FROM session WHERE facecheck = ?", id, error);
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

/* Its holder finds it no more by what the applicant is called. */
static bool erase_order_rows(db_transaction *tx, const char *id, GError **error)
{
    return keyring_erase(tx, key_of_order(id), error) &&
           run_for(tx,
                   "UPDATE book_order SET sealed_details = NULL, sealed_declaration = NULL, sealed_supplement = NULL,"
                   " sealed_reason = NULL, sealed_tracking = NULL, applicant_hash = NULL, name_hash = NULL,"
                   " latin_hash = NULL, version = version + 1 WHERE id = ?",
                   id, error) &&
           run_for(tx, "UPDATE order_history SET sealed_reason = NULL WHERE book_order = ?", id, error) &&
           run_for(tx, "UPDATE order_material SET sealed_thumbnail = NULL WHERE book_order = ?", id, error);
}

bool store_interview_erase(struct store *store, const char *id, const char *actor, int64_t now_us, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    if (tx == NULL || !interview_next_version(tx, id, actor, "erased", now_us, error) ||
        !erase_interview_rows(tx, id, error)) {
        return false;
    }
    g_autoptr(GPtrArray) blobs = picture_names(tx, key_of_interview(id), error);
    return blobs != NULL && db_commit(g_steal_pointer(&tx), error) && erase_files(store, blobs, error);
}

static bool mark_erased(db_transaction *tx, const char *id, int64_t now_us, GError **error)
{
    struct db_statement *update = db_prepare(tx, "UPDATE facecheck SET erased_us = ? WHERE id = ?");
    db_bind_int(update, now_us);
    db_bind_text(update, id);
    return db_run(update, error);
}

bool store_facecheck_erase(struct store *store, const char *id, const char *actor, int64_t now_us, GError **error)
{
    const struct facecheck_change change = {id, actor, "erased", now_us};
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    if (tx == NULL || !facecheck_next_version(tx, &change, error) || !mark_erased(tx, id, now_us, error) ||
        !erase_facecheck_rows(tx, id, error)) {
        return false;
    }
    g_autoptr(GPtrArray) blobs = picture_names(tx, key_of_facecheck(id), error);
    return blobs != NULL && db_commit(g_steal_pointer(&tx), error) && erase_files(store, blobs, error);
}

/* Its contact must be free to register anew, and a code that is under way must not bring it back. */
static bool erase_account_rows(db_transaction *tx, const char *id, GError **error)
{
    return keyring_erase(tx, key_of_account(id), error) &&
           run_for(tx, "DELETE FROM account_code WHERE contact_hash = (SELECT contact_hash FROM account WHERE id = ?)",
                   id, error) &&
           run_for(tx,
                   "UPDATE account SET contact_hash = NULL, sealed_contact = NULL, id_number_hash = NULL,"
                   " sealed_id_number = NULL, sealed_name = NULL, mail_messages = 0 WHERE id = ?",
                   id, error) &&
           run_for(tx,
                   "UPDATE message SET sealed_args = NULL,"
                   " mail = CASE WHEN mail = 'waiting' THEN 'none' ELSE mail END WHERE account = ?",
                   id, error) &&
           run_for(tx, "DELETE FROM session WHERE account = ?", id, error);
}

bool store_account_erase(struct store *store, const char *id, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    return tx != NULL && erase_account_rows(tx, id, error) && db_commit(g_steal_pointer(&tx), error) &&
           db_flush(store->db, error);
}

/* Its history says so, in the state in which it was. */
static bool note_order_erased(db_transaction *tx, const char *id, const char *actor, int64_t now_us, GError **error)
{
    struct db_statement *insert =
        db_prepare(tx, "INSERT INTO order_history (book_order, version, at_us, from_state, to_state, actor, event)"
                       " SELECT id, version + 1, ?, state, state, ?, 'erased' FROM book_order WHERE id = ?");
    db_bind_int(insert, now_us);
    db_bind_text(insert, actor);
    db_bind_text(insert, id);
    return db_run_one(insert, "order", error);
}

bool store_order_erase(struct store *store, const char *id, const char *actor, int64_t now_us, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    if (tx == NULL || !note_order_erased(tx, id, actor, now_us, error) || !erase_order_rows(tx, id, error)) {
        return false;
    }
    g_autoptr(GPtrArray) blobs = picture_names(tx, key_of_order(id), error);
    return blobs != NULL && db_commit(g_steal_pointer(&tx), error) && erase_files(store, blobs, error);
}
