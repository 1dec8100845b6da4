#include "store/keyring.h"

#include <sodium.h>

struct keyring {
    aead_key master;
    aead_key hashes, lookups;
};

static const struct {
    const char *table, *what;
    const char *insert, *select, *erase;
} owners[] = {
    [KEY_OF_INTERVIEW] = {"interview_key", "interview",
                          "INSERT INTO interview_key (interview, sealed_key) VALUES (?, ?)",
                          "SELECT sealed_key FROM interview_key WHERE interview = ?",
                          "UPDATE interview_key SET sealed_key = NULL WHERE interview = ?"},
    [KEY_OF_FACECHECK] = {"facecheck_key", "face check",
                          "INSERT INTO facecheck_key (facecheck, sealed_key) VALUES (?, ?)",
                          "SELECT sealed_key FROM facecheck_key WHERE facecheck = ?",
                          "UPDATE facecheck_key SET sealed_key = NULL WHERE facecheck = ?"},
    [KEY_OF_ACCOUNT] = {"account_key", "account", "INSERT INTO account_key (account, sealed_key) VALUES (?, ?)",
                        "SELECT sealed_key FROM account_key WHERE account = ?",
                        "UPDATE account_key SET sealed_key = NULL WHERE account = ?"},
    [KEY_OF_ORDER] = {"order_key", "order", "INSERT INTO order_key (book_order, sealed_key) VALUES (?, ?)",
                      "SELECT sealed_key FROM order_key WHERE book_order = ?",
                      "UPDATE order_key SET sealed_key = NULL WHERE book_order = ?"},
};

static const struct seal_place check_place = {"key_check", "sealed_check", "1"};
static const char check_text[] = "viva";

static struct seal_place key_place(struct key_owner owner)
{
    return (struct seal_place){owners[owner.kind].table, "sealed_key", owner.id};
}

static bool remember(const struct keyring *keyring, db_transaction *tx, GError **error)
{
    g_autoptr(GBytes) sealed = seal_text(&keyring->master, check_place, check_text);
    struct db_statement *insert = db_prepare(tx, "INSERT INTO key_check (id, sealed_check) VALUES (1, ?)");
    db_bind_blob(insert, sealed);
    return db_run(insert, error);
}

static bool compare(const struct keyring *keyring, GBytes *sealed, GError **error)
{
    g_autofree char *text = NULL;
    if (sealed == NULL || !seal_open_text(&keyring->master, check_place, sealed, &text, NULL)) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_CONFIG,
                    "the master key is not the one that this store was made with: start with that key, "
                    "or with another, empty folder");
        return false;
    }
    return true;
}

/* HKDF-Expand (RFC 5869 §2.3) for one block; the master key is uniformly random and needs no extraction. */
static void derive(const struct keyring *keyring, const char *info, aead_key *key)
{
    crypto_auth_hmacsha256(key->bytes, (const unsigned char *)info, strlen(info), keyring->master.bytes);
}

struct keyring *keyring_open(db_transaction *tx, const uint8_t master_key[AEAD_KEY_BYTES], GError **error)
{
    struct keyring *keyring = sodium_malloc(sizeof(*keyring)); /* locked in memory, not dumped, wiped when freed */
    if (keyring == NULL) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_CONFIG, "no memory to keep the master key in");
        return NULL;
    }
    memcpy(keyring->master.bytes, master_key, AEAD_KEY_BYTES);
    derive(keyring, "viva frame hashes 1\x01", &keyring->hashes);
    derive(keyring, "viva lookups 1\x01", &keyring->lookups);

    struct db_statement *select = db_prepare(tx, "SELECT sealed_check FROM key_check");
    bool ok = false;
    switch (db_step(select, error)) {
    case DB_ROW: {
        g_autoptr(GBytes) sealed = db_blob(select, 0);
        ok = compare(keyring, sealed, error);
        break;
    }
    case DB_DONE:
        ok = remember(keyring, tx, error);
        break;
    case DB_FAILED:
        break;
    }
    if (!ok) {
        g_clear_pointer(&keyring, keyring_close);
    }
    return keyring;
}

void keyring_close(struct keyring *keyring)
{
    sodium_free(keyring);
}

bool keyring_make(const struct keyring *keyring, db_transaction *tx, struct key_owner owner, GError **error)
{
    g_auto(aead_key) key;
    randombytes_buf(key.bytes, sizeof(key.bytes));
    g_autoptr(GBytes) sealed = seal_bytes(&keyring->master, key_place(owner), key.bytes, sizeof(key.bytes));
    struct db_statement *insert = db_prepare(tx, owners[owner.kind].insert);
    db_bind_text(insert, owner.id);
    db_bind_blob(insert, sealed);
    return db_run(insert, error);
}

bool keyring_get(const struct keyring *keyring, db_transaction *tx, struct key_owner owner, aead_key *key,
                 GError **error)
{
    struct db_statement *select = db_prepare(tx, owners[owner.kind].select);
    db_bind_text(select, owner.id);
    if (!db_find(select, owners[owner.kind].what, error)) {
        return false;
    }
    g_autoptr(GBytes) sealed = db_blob(select, 0);
    if (sealed == NULL) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND, "%s %s has been erased", owners[owner.kind].what,
                    owner.id);
        return false;
    }
    return seal_open_bytes(&keyring->master, key_place(owner), sealed, key->bytes, sizeof(key->bytes), error);
}

bool keyring_erase(db_transaction *tx, struct key_owner owner, GError **error)
{
    struct db_statement *update = db_prepare(tx, owners[owner.kind].erase);
    db_bind_text(update, owner.id);
    return db_run(update, error);
}

static bool open_key(const struct keyring *keyring, struct key_owner owner, GBytes *sealed_key, struct seal_place place,
                     aead_key *key, GError **error)
{
    if (sealed_key == NULL) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT, "the key of %s %s is gone and %s.%s is not",
                    owners[owner.kind].what, owner.id, place.table, place.column);
        return false;
    }
    return seal_open_bytes(&keyring->master, key_place(owner), sealed_key, key->bytes, sizeof(key->bytes), error);
}

bool keyring_open_text(const struct keyring *keyring, struct key_owner owner, GBytes *sealed_key,
                       struct seal_place place, GBytes *sealed, char **text, GError **error)
{
    if (sealed == NULL) {
        *text = NULL;
        return true;
    }
    g_auto(aead_key) key = {0};
    return open_key(keyring, owner, sealed_key, place, &key, error) && seal_open_text(&key, place, sealed, text, error);
}

bool keyring_open_blob(const struct keyring *keyring, struct key_owner owner, GBytes *sealed_key,
                       struct seal_place place, GBytes *sealed, GBytes **blob, GError **error)
{
    if (sealed == NULL) {
        *blob = NULL;
        return true;
    }
    g_auto(aead_key) key = {0};
    return open_key(keyring, owner, sealed_key, place, &key, error) && seal_open_blob(&key, place, sealed, blob, error);
}

void keyring_hash(const struct keyring *keyring, const uint8_t hash[KEYRING_HASH_BYTES],
                  uint8_t keyed[KEYRING_HASH_BYTES])
{
    crypto_auth_hmacsha256(keyed, hash, KEYRING_HASH_BYTES, keyring->hashes.bytes);
}

void keyring_lookup(const struct keyring *keyring, const char *domain, const char *text,
                    uint8_t keyed[KEYRING_HASH_BYTES])
{
    crypto_auth_hmacsha256_state state;
    crypto_auth_hmacsha256_init(&state, keyring->lookups.bytes, sizeof(keyring->lookups.bytes));
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)domain, strlen(domain) + 1); /* with its end */
    crypto_auth_hmacsha256_update(&state, (const unsigned char *)text, strlen(text));
    crypto_auth_hmacsha256_final(&state, keyed);
    sodium_memzero(&state, sizeof(state));
}
