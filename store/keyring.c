#include "store/keyring.h"

#include <sodium.h>

struct keyring {
    aead_key master;
};

static const struct seal_place check_place = {"key_check", "sealed_check", "1"};
static const char check_text[] = "viva";

static struct seal_place key_place(const char *interview)
{
    return (struct seal_place){"interview_key", "sealed_key", interview};
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

struct keyring *keyring_open(db_transaction *tx, const uint8_t master_key[AEAD_KEY_BYTES], GError **error)
{
    struct keyring *keyring = sodium_malloc(sizeof(*keyring)); /* locked in memory, not dumped, wiped when freed */
    if (keyring == NULL) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_CONFIG, "no memory to keep the master key in");
        return NULL;
    }
    memcpy(keyring->master.bytes, master_key, AEAD_KEY_BYTES);

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

bool keyring_make(const struct keyring *keyring, db_transaction *tx, const char *interview, GError **error)
{
    g_auto(aead_key) key;
    randombytes_buf(key.bytes, sizeof(key.bytes));
    g_autoptr(GBytes) sealed = seal_bytes(&keyring->master, key_place(interview), key.bytes, sizeof(key.bytes));
    struct db_statement *insert = db_prepare(tx, "INSERT INTO interview_key (interview, sealed_key) VALUES (?, ?)");
    db_bind_text(insert, interview);
    db_bind_blob(insert, sealed);
    return db_run(insert, error);
}

bool keyring_get(const struct keyring *keyring, db_transaction *tx, const char *interview, aead_key *key,
                 GError **error)
{
    struct db_statement *select = db_prepare(tx, "SELECT sealed_key FROM interview_key WHERE interview = ?");
    db_bind_text(select, interview);
    if (!db_find(select, "interview", error)) {
        return false;
    }
    g_autoptr(GBytes) sealed = db_blob(select, 0);
    if (sealed == NULL) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_NOT_FOUND, "interview %s has been erased", interview);
        return false;
    }
    return seal_open_bytes(&keyring->master, key_place(interview), sealed, key->bytes, sizeof(key->bytes), error);
}

bool keyring_erase(db_transaction *tx, const char *interview, GError **error)
{
    struct db_statement *update = db_prepare(tx, "UPDATE interview_key SET sealed_key = NULL WHERE interview = ?");
    db_bind_text(update, interview);
    return db_run(update, error);
}

bool keyring_open_text(const struct keyring *keyring, const char *interview, GBytes *sealed_key,
                       struct seal_place place, GBytes *sealed, char **text, GError **error)
{
    if (sealed == NULL) {
        *text = NULL;
        return true;
    }
    if (sealed_key == NULL) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT, "the key of interview %s is gone and %s.%s is not",
                    interview, place.table, place.column);
        return false;
    }
    g_auto(aead_key) key = {0};
    return seal_open_bytes(&keyring->master, key_place(interview), sealed_key, key.bytes, sizeof(key.bytes), error) &&
           seal_open_text(&key, place, sealed, text, error);
}
