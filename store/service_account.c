#include "store/internal.h"
#include "store/secret.h"

void store_service_account_free(struct store_service_account *account)
{
    if (account == NULL) {
        return;
    }
    g_free(account->id);
    g_free(account->mission);
    g_free(account->name);
    g_strfreev(account->scopes);
    g_free(account);
}

static void free_account(void *account)
{
    store_service_account_free(account);
}

/* ---- reading ---- */

#define SELECT_ACCOUNT                                                                                                 \
    "SELECT id, mission, name, scopes, created_us, revoked_us, previous_expires_us FROM service_account "

static struct store_service_account *read_account(struct db_statement *row)
{
    struct store_service_account *account = g_new0(struct store_service_account, 1);
    g_autofree char *scopes = db_text(row, 3);
    account->id = db_text(row, 0);
    account->mission = db_text(row, 1);
    account->name = db_text(row, 2);
    account->scopes = g_strsplit(scopes, " ", -1);
    account->created_us = db_int(row, 4);
    account->revoked_us = db_int(row, 5);
    account->previous_expires_us = db_int(row, 6);
    return account;
}

struct store_service_account *store_service_account_get(struct store *store, const char *id, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select = db_prepare(tx, SELECT_ACCOUNT "WHERE id = ?");
    db_bind_text(select, id);
    return db_find(select, "service account", error) ? read_account(select) : NULL;
}

struct store_service_account *store_service_account_find(struct store *store, const char *token, int64_t now_us,
                                                         GError **error)
{
    uint8_t hash[SECRET_HASH_BYTES];
    secret_hash(token, hash);
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select =
        db_prepare(tx, SELECT_ACCOUNT "WHERE token_sha256 = ? OR (previous_sha256 = ? AND previous_expires_us > ?)");
    db_bind_bytes(select, hash, sizeof(hash));
    db_bind_bytes(select, hash, sizeof(hash));
    db_bind_int(select, now_us);
    return db_find(select, "service account", error) ? read_account(select) : NULL;
}

GPtrArray *store_service_account_list(struct store *store, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select = db_prepare(tx, SELECT_ACCOUNT "ORDER BY name");
    g_autoptr(GPtrArray) accounts = g_ptr_array_new_with_free_func(free_account);
    enum db_step step;
    while ((step = db_step(select, error)) == DB_ROW) {
        g_ptr_array_add(accounts, read_account(select));
    }
    return step == DB_DONE ? g_steal_pointer(&accounts) : NULL;
}

/* ---- writing ---- */

bool store_service_account_add(struct store *store, const struct store_service_account *account, const char *token,
                               GError **error)
{
    uint8_t hash[SECRET_HASH_BYTES];
    g_autofree char *scopes = g_strjoinv(" ", account->scopes);
    secret_hash(token, hash);
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    if (tx == NULL) {
        return false;
    }
    struct db_statement *insert =
        db_prepare(tx, "INSERT INTO service_account (id, mission, name, scopes, created_us, token_sha256)"
                       " VALUES (?, ?, ?, ?, ?, ?)");
    db_bind_text(insert, account->id);
    db_bind_text(insert, account->mission);
    db_bind_text(insert, account->name);
    db_bind_text(insert, scopes);
    db_bind_int(insert, account->created_us);
    db_bind_bytes(insert, hash, sizeof(hash));
    return db_run(insert, error) && db_commit(g_steal_pointer(&tx), error);
}

bool store_service_account_rotate(struct store *store, const char *name, const char *token, int64_t previous_expires_us,
                                  GError **error)
{
    uint8_t hash[SECRET_HASH_BYTES];
    secret_hash(token, hash);
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    if (tx == NULL) {
        return false;
    }
    struct db_statement *update =
        db_prepare(tx, "UPDATE service_account SET previous_sha256 = token_sha256, previous_expires_us = ?,"
                       " token_sha256 = ? WHERE name = ? AND revoked_us = 0");
    db_bind_int(update, previous_expires_us);
    db_bind_bytes(update, hash, sizeof(hash));
    db_bind_text(update, name);
    return db_run_one(update, "service account", error) && db_commit(g_steal_pointer(&tx), error);
}

bool store_service_account_revoke(struct store *store, const char *name, int64_t now_us, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    if (tx == NULL) {
        return false;
    }
    struct db_statement *update =
        db_prepare(tx, "UPDATE service_account SET revoked_us = ?, token_sha256 = NULL, previous_sha256 = NULL,"
                       " previous_expires_us = 0 WHERE name = ? AND revoked_us = 0");
    db_bind_int(update, now_us);
    db_bind_text(update, name);
    return db_run_one(update, "service account", error) && db_commit(g_steal_pointer(&tx), error);
}
