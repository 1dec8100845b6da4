#include "store/internal.h"
#include "store/secret.h"

void store_session_free(struct store_session *session)
{
    if (session == NULL) {
        return;
    }
    g_free(session->id);
    g_free(session->officer);
    g_free(session->party);
    g_free(session->facecheck);
    g_free(session->account);
    g_free(session);
}

bool store_session_add(struct store *store, const struct store_session *session, const char *token, GError **error)
{
    uint8_t hash[SECRET_HASH_BYTES];
    secret_hash(token, hash);
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    if (tx == NULL) {
        return false;
    }
    struct db_statement *insert =
        db_prepare(tx, "INSERT INTO session (id, token_sha256, officer, party, facecheck, account, expires_us)"
                       " VALUES (?, ?, ?, ?, ?, ?, ?)");
    db_bind_text(insert, session->id);
    db_bind_bytes(insert, hash, sizeof(hash));
    db_bind_text(insert, session->officer);
    db_bind_text(insert, session->party);
    db_bind_text(insert, session->facecheck);
    db_bind_text(insert, session->account);
    db_bind_int(insert, session->expires_us);
    return db_run(insert, error) && db_commit(g_steal_pointer(&tx), error);
}

struct store_session *store_session_find(struct store *store, const char *token, int64_t now_us, GError **error)
{
    uint8_t hash[SECRET_HASH_BYTES];
    secret_hash(token, hash);
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select =
        db_prepare(tx, "SELECT id, officer, party, facecheck, account, expires_us FROM session WHERE token_sha256 = ?");
    db_bind_bytes(select, hash, sizeof(hash));
    if (!db_find(select, "session", error)) {
        return NULL;
    }
    if (db_int(select, 5) <= now_us) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_EXPIRED, "the session has expired");
        return NULL;
    }
    struct store_session *session = g_new0(struct store_session, 1);
    session->id = db_text(select, 0);
    session->officer = db_text(select, 1);
    session->party = db_text(select, 2);
    session->facecheck = db_text(select, 3);
    session->account = db_text(select, 4);
    session->expires_us = db_int(select, 5);
    return session;
}

bool store_session_end(struct store *store, const char *id, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    if (tx == NULL) {
        return false;
    }
    struct db_statement *delete = db_prepare(tx, "DELETE FROM session WHERE id = ?");
    db_bind_text(delete, id);
    return db_run(delete, error) && db_commit(g_steal_pointer(&tx), error);
}

static bool sweep(struct store *store, int64_t now_us, unsigned *deleted, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    if (tx == NULL) {
        return false;
    }
    struct db_statement *delete = db_prepare(tx, "DELETE FROM session WHERE expires_us <= ?");
    db_bind_int(delete, now_us);
    if (!db_run(delete, error)) {
        return false;
    }
    *deleted = db_changes(tx);
    return db_commit(g_steal_pointer(&tx), error);
}

unsigned store_session_sweep(struct store *store, int64_t now_us)
{
    unsigned deleted = 0;
    g_autoptr(GError) error = NULL;
    if (!sweep(store, now_us, &deleted, &error)) {
        g_warning("event=session_sweep_failed message=\"%s\"", error->message);
        return 0;
    }
    return deleted;
}
