#include <sodium.h>

#include "store/internal.h"

#define DAY_US (INT64_C(86400) * G_USEC_PER_SEC)

void store_account_free(struct store_account *account)
{
    if (account == NULL) {
        return;
    }
    g_free(account->id);
    g_free(account->contact_kind);
    g_free(account->contact);
    g_free(account->language);
    g_free(account->id_kind);
    g_free(account->id_number);
    g_free(account->name);
    g_free(account);
}

static struct seal_place place(const char *column, const char *id)
{
    return (struct seal_place){"account", column, id};
}

/* ---- reading ---- */

#define SELECT_ACCOUNT                                                                                                 \
    "SELECT a.id, a.contact_kind, a.language, a.mail_messages, a.created_us, a.verified_us, a.id_kind,"                \
    " a.sealed_contact, a.sealed_id_number, a.sealed_name, k.sealed_key"                                               \
    " FROM account a JOIN account_key k ON k.account = a.id "

static bool open_sealed(struct store *store, struct db_statement *row, struct store_account *account, GError **error)
{
    const struct {
        const char *column;
        char **text;
    } sealed[] = {{"sealed_contact", &account->contact},
                  {"sealed_id_number", &account->id_number},
                  {"sealed_name", &account->name}};
    g_autoptr(GBytes) key = db_blob(row, 10);
    for (unsigned i = 0; i < G_N_ELEMENTS(sealed); i++) {
        g_autoptr(GBytes) value = db_blob(row, 7 + (int)i);
        if (!keyring_open_text(store->keyring, key_of_account(account->id), key, place(sealed[i].column, account->id),
                               value, sealed[i].text, error)) {
            return false;
        }
    }
    return true;
}

static struct store_account *read_account(struct store *store, struct db_statement *row, GError **error)
{
    struct store_account *account = g_new0(struct store_account, 1);
    account->id = db_text(row, 0);
    account->contact_kind = db_text(row, 1);
    account->language = db_text(row, 2);
    account->mail_messages = db_int(row, 3) != 0;
    account->created_us = db_int(row, 4);
    account->verified_us = db_int(row, 5);
    account->id_kind = db_text(row, 6);
    if (!open_sealed(store, row, account, error)) {
        g_clear_pointer(&account, store_account_free);
    }
    return account;
}

static struct store_account *get_account(struct store *store, db_transaction *tx, const char *id, GError **error)
{
    struct db_statement *select = db_prepare(tx, SELECT_ACCOUNT "WHERE a.id = ?");
    db_bind_text(select, id);
    return db_find(select, "account", error) ? read_account(store, select, error) : NULL;
}

struct store_account *store_account_get(struct store *store, const char *id, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    return tx != NULL ? get_account(store, tx, id, error) : NULL;
}

/* ---- making ---- */

static bool insert_account(struct store *store, db_transaction *tx, const struct store_account *account,
                           const uint8_t contact_hash[KEYRING_HASH_BYTES], GError **error)
{
    struct db_statement *insert = db_prepare(tx, "INSERT INTO account (id, contact_kind, contact_hash, language,"
                                                 " created_us) VALUES (?, ?, ?, ?, ?)");
    db_bind_text(insert, account->id);
    db_bind_text(insert, account->contact_kind);
    db_bind_bytes(insert, contact_hash, KEYRING_HASH_BYTES);
    db_bind_text(insert, account->language);
    db_bind_int(insert, account->created_us);
    g_auto(aead_key) key = {0};
    if (!db_run(insert, error) || !keyring_make(store->keyring, tx, key_of_account(account->id), error) ||
        !keyring_get(store->keyring, tx, key_of_account(account->id), &key, error)) {
        return false;
    }
    g_autoptr(GBytes) sealed = seal_text(&key, place("sealed_contact", account->id), account->contact);
    struct db_statement *update = db_prepare(tx, "UPDATE account SET sealed_contact = ? WHERE id = ?");
    db_bind_blob(update, sealed);
    db_bind_text(update, account->id);
    return db_run(update, error);
}

/* The account of a contact that has shown to be the caller's. */
static struct store_account *find_or_make(struct store *store, db_transaction *tx, const struct store_contact *contact,
                                          const char *language, int64_t now_us, GError **error)
{
    uint8_t hash[KEYRING_HASH_BYTES];
    keyring_lookup(store->keyring, "contact", contact->text, hash);
    struct db_statement *select = db_prepare(tx, SELECT_ACCOUNT "WHERE a.contact_hash = ?");
    db_bind_bytes(select, hash, sizeof(hash));
    switch (db_step(select, error)) {
    case DB_ROW:
        return read_account(store, select, error);
    case DB_FAILED:
        return NULL;
    case DB_DONE:
        break;
    }
    struct store_account *account = g_new0(struct store_account, 1);
    *account = (struct store_account){
        .id = store_id_new(),
        .contact_kind = g_strdup(contact->kind),
        .contact = g_strdup(contact->text),
        .language = g_strdup(language),
        .created_us = now_us,
    };
    if (!insert_account(store, tx, account, hash, error)) {
        g_clear_pointer(&account, store_account_free);
    }
    return account;
}

/* ---- codes ---- */

/* A code is no secret of its own, six digits as it is: without the key its hash would be guessed in a blink. */
static void hash_code(struct store *store, const char *contact, const char *code, uint8_t hash[KEYRING_HASH_BYTES])
{
    g_autofree char *both = g_strconcat(contact, "\n", code, NULL);
    keyring_lookup(store->keyring, "code", both, hash);
    sodium_memzero(both, strlen(both));
}

/* What is left of a contact's day: when it began, and how many codes it has had. */
static bool count_day(db_transaction *tx, const uint8_t *contact_hash, int64_t now_us, int64_t day[2], GError **error)
{
    struct db_statement *select =
        db_prepare(tx, "SELECT day_from_us, day_count FROM account_code WHERE contact_hash = ?");
    db_bind_bytes(select, contact_hash, KEYRING_HASH_BYTES);
    const enum db_step step = db_step(select, error);
    const bool same_day = step == DB_ROW && db_int(select, 0) <= now_us && now_us < db_int(select, 0) + DAY_US;
    day[0] = same_day ? db_int(select, 0) : now_us;
    day[1] = same_day ? db_int(select, 1) : 0;
    return step != DB_FAILED;
}

bool store_code_put(struct store *store, const struct store_code *code, int64_t *retry_us, GError **error)
{
    uint8_t contact_hash[KEYRING_HASH_BYTES], code_hash[KEYRING_HASH_BYTES];
    int64_t day[2];
    keyring_lookup(store->keyring, "contact", code->contact, contact_hash);
    hash_code(store, code->contact, code->code, code_hash);
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    if (tx == NULL || !count_day(tx, contact_hash, code->now_us, day, error)) {
        return false;
    }
    if (day[1] >= code->day_max) {
        *retry_us = day[0] + DAY_US;
        return true;
    }
    struct db_statement *replace = db_prepare(
        tx, "INSERT INTO account_code (contact_hash, code_hash, language, expires_us, wrong, day_from_us,"
            " day_count) VALUES (?, ?, ?, ?, 0, ?, ?) ON CONFLICT (contact_hash) DO UPDATE SET"
            " code_hash = excluded.code_hash, language = excluded.language, expires_us = excluded.expires_us,"
            " wrong = 0, day_from_us = excluded.day_from_us, day_count = excluded.day_count");
    db_bind_bytes(replace, contact_hash, sizeof(contact_hash));
    db_bind_bytes(replace, code_hash, sizeof(code_hash));
    db_bind_text(replace, code->language);
    db_bind_int(replace, code->expires_us);
    db_bind_int(replace, day[0]);
    db_bind_int(replace, day[1] + 1);
    /* Contacts that asked and never came back are forgotten with their day. */
    struct db_statement *sweep = db_prepare(tx, "DELETE FROM account_code WHERE day_from_us < ? AND expires_us < ?");
    db_bind_int(sweep, code->now_us - DAY_US);
    db_bind_int(sweep, code->now_us);
    if (!db_run(replace, error) || !db_run(sweep, error) || !db_commit(g_steal_pointer(&tx), error)) {
        return false;
    }
    *retry_us = 0;
    return true;
}

enum verdict { CODE_RIGHT, CODE_WRONG, CODE_NONE, CODE_FAILED };

static enum verdict try_code(struct store *store, db_transaction *tx, const char *contact, const char *code,
                             int64_t now_us, char **language, GError **error)
{
    uint8_t contact_hash[KEYRING_HASH_BYTES], given[KEYRING_HASH_BYTES], stored[KEYRING_HASH_BYTES];
    keyring_lookup(store->keyring, "contact", contact, contact_hash);
    hash_code(store, contact, code, given);
    struct db_statement *select = db_prepare(tx, "SELECT code_hash, language FROM account_code WHERE contact_hash = ?"
                                                 " AND code_hash IS NOT NULL AND expires_us > ?");
    db_bind_bytes(select, contact_hash, sizeof(contact_hash));
    db_bind_int(select, now_us);
    const enum db_step step = db_step(select, error);
    if (step != DB_ROW) {
        return step == DB_DONE ? CODE_NONE : CODE_FAILED;
    }
    if (!db_bytes(select, 0, stored, sizeof(stored), error)) {
        return CODE_FAILED;
    }
    const bool right = sodium_memcmp(given, stored, sizeof(stored)) == 0;
    g_autofree char *word = db_text(select, 1);
    struct db_statement *update =
        db_prepare(tx, "UPDATE account_code SET wrong = wrong + ?, code_hash = CASE WHEN ? OR wrong + 1 >= ? THEN NULL"
                       " ELSE code_hash END WHERE contact_hash = ?");
    db_bind_int(update, right ? 0 : 1);
    db_bind_int(update, right ? 1 : 0);
    db_bind_int(update, STORE_CODE_WRONG_MAX);
    db_bind_bytes(update, contact_hash, sizeof(contact_hash));
    if (!db_run(update, error)) {
        return CODE_FAILED;
    }
    *language = g_steal_pointer(&word);
    return right ? CODE_RIGHT : CODE_WRONG;
}

struct store_account *store_code_redeem(struct store *store, const struct store_contact *contact, const char *code,
                                        int64_t now_us, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    if (tx == NULL) {
        return NULL;
    }
    g_autofree char *language = NULL;
    struct store_account *account = NULL;
    const enum verdict verdict = try_code(store, tx, contact->text, code, now_us, &language, error);
    if (verdict == CODE_RIGHT) {
        account = find_or_make(store, tx, contact, language, now_us, error);
    }
    if (verdict == CODE_FAILED || (verdict == CODE_RIGHT && account == NULL)) {
        return NULL;
    }
    if (!db_commit(g_steal_pointer(&tx), error)) { /* a wrong try counts for good, too */
        g_clear_pointer(&account, store_account_free);
        return NULL;
    }
    if (account == NULL) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND, "no such code for this contact");
    }
    return account;
}

/* ---- changing ---- */

static bool write_identity(struct store *store, db_transaction *tx, const char *id,
                           const struct store_identity *identity, GError **error)
{
    g_auto(aead_key) key = {0};
    if (!keyring_get(store->keyring, tx, key_of_account(id), &key, error)) {
        return false;
    }
    g_autoptr(GBytes) number = seal_text(&key, place("sealed_id_number", id), identity->id_number);
    g_autoptr(GBytes) name = seal_text(&key, place("sealed_name", id), identity->name);
    struct db_statement *update =
        db_prepare(tx, "UPDATE account SET sealed_id_number = ?, sealed_name = ? WHERE id = ?");
    db_bind_blob(update, number);
    db_bind_blob(update, name);
    db_bind_text(update, id);
    return db_run(update, error);
}

bool store_account_verify(struct store *store, const char *id, const struct store_identity *identity, int64_t now_us,
                          GError **error)
{
    uint8_t hash[KEYRING_HASH_BYTES];
    keyring_lookup(store->keyring, identity->id_kind, identity->id_number, hash);
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    if (tx == NULL || !write_identity(store, tx, id, identity, error)) {
        return false;
    }
    struct db_statement *update =
        db_prepare(tx, "UPDATE account SET id_kind = ?, id_number_hash = ?, verified_us = ? WHERE id = ?"
                       " AND (id_number_hash IS NULL OR id_number_hash = ?)");
    db_bind_text(update, identity->id_kind);
    db_bind_bytes(update, hash, sizeof(hash));
    db_bind_int(update, now_us);
    db_bind_text(update, id);
    db_bind_bytes(update, hash, sizeof(hash));
    if (!db_run(update, error)) { /* _CONFLICT: another account's */
        return false;
    }
    if (db_changes(tx) == 0) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_CONFLICT, "account %s is verified with another document", id);
        return false;
    }
    return db_commit(g_steal_pointer(&tx), error);
}

bool store_account_set(struct store *store, const char *id, const char *language, bool mail_messages, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    if (tx == NULL) {
        return false;
    }
    struct db_statement *update = db_prepare(tx, "UPDATE account SET language = ?, mail_messages = ? WHERE id = ?");
    db_bind_text(update, language);
    db_bind_int(update, mail_messages ? 1 : 0);
    db_bind_text(update, id);
    return db_run_one(update, "account", error) && db_commit(g_steal_pointer(&tx), error);
}
