/* keyring: a random key for each interview, kept in the database sealed with the master key. Erasing that one row makes
 * everything of the interview unreadable.
 *
 * Threads: a keyring does not change after it was opened; what does is in the database. */
#pragma once

#include "store/db.h"
#include "store/seal.h"

struct keyring;

/* The first time remembers the key (as a value that only it opens), later compares it: STORE_ERROR_CONFIG when
 * `master_key` is another one. The key is copied. */
struct keyring *keyring_open(db_transaction *tx, const uint8_t master_key[AEAD_KEY_BYTES], GError **error);
void keyring_close(struct keyring *keyring); /* wipes it */

/* Makes and stores the key of an interview. */
bool keyring_make(const struct keyring *keyring, db_transaction *tx, const char *interview, GError **error);
/* STORE_ERROR_NOT_FOUND when there is none, or none any more. */
bool keyring_get(const struct keyring *keyring, db_transaction *tx, const char *interview, aead_key *key,
                 GError **error);
/* Needs no keyring: erasing works without the master key. */
bool keyring_erase(db_transaction *tx, const char *interview, GError **error);

/* Opens a column that a query read together with interview_key.sealed_key: `sealed_key` and `sealed`, both borrowed.
 * `*text` is NULL where the column is. */
bool keyring_open_text(const struct keyring *keyring, const char *interview, GBytes *sealed_key,
                       struct seal_place place, GBytes *sealed, char **text, GError **error);
