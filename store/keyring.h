/* keyring: a random key for each interview, face check, account and order, kept in the database sealed with the
 * master key. Erasing that one row makes everything of its owner unreadable.
 *
 * Threads: a keyring does not change after it was opened; what does is in the database. */
#pragma once

#include "store/db.h"
#include "store/seal.h"

struct keyring;

/* Whose key: `id` is borrowed. */
enum key_kind { KEY_OF_INTERVIEW, KEY_OF_FACECHECK, KEY_OF_ACCOUNT, KEY_OF_ORDER };
struct key_owner {
    enum key_kind kind;
    const char *id;
};
static inline struct key_owner key_of_interview(const char *id)
{
    return (struct key_owner){KEY_OF_INTERVIEW, id};
}
static inline struct key_owner key_of_facecheck(const char *id)
{
    return (struct key_owner){KEY_OF_FACECHECK, id};
}
static inline struct key_owner key_of_order(const char *id)
{
    return (struct key_owner){KEY_OF_ORDER, id};
}
static inline struct key_owner key_of_account(const char *id)
{
    return (struct key_owner){KEY_OF_ACCOUNT, id};
}

/* The first time remembers the key (as a value that only it opens), later compares it: STORE_ERROR_CONFIG when
 * `master_key` is another one. The key is copied. */
struct keyring *keyring_open(db_transaction *tx, const uint8_t master_key[AEAD_KEY_BYTES], GError **error);
void keyring_close(struct keyring *keyring); /* wipes it */

/* Makes and stores the key of `owner`. */
bool keyring_make(const struct keyring *keyring, db_transaction *tx, struct key_owner owner, GError **error);
/* STORE_ERROR_NOT_FOUND when there is none, or none any more. */
bool keyring_get(const struct keyring *keyring, db_transaction *tx, struct key_owner owner, aead_key *key,
                 GError **error);
/* Needs no keyring: erasing works without the master key. */
bool keyring_erase(db_transaction *tx, struct key_owner owner, GError **error);

/* Opens a column that a query read together with the sealed_key of its owner: `sealed_key` and `sealed`, both borrowed.
 * `*text` is NULL where the column is. */
bool keyring_open_text(const struct keyring *keyring, struct key_owner owner, GBytes *sealed_key,
                       struct seal_place place, GBytes *sealed, char **text, GError **error);
bool keyring_open_blob(const struct keyring *keyring, struct key_owner owner, GBytes *sealed_key,
                       struct seal_place place, GBytes *sealed, GBytes **blob, GError **error);

#define KEYRING_HASH_BYTES 32
/* HMAC-SHA256 (RFC 2104) of a hash under a key of the master key's: equal for equal hashes, and nothing to anybody who
 * has not the master key. */
void keyring_hash(const struct keyring *keyring, const uint8_t hash[KEYRING_HASH_BYTES],
                  uint8_t keyed[KEYRING_HASH_BYTES]);
/* The same of a short text (a contact, a document's number) by which a row is found; what is equal in one domain is not
 * in another. `domain` is a word of ours. */
void keyring_lookup(const struct keyring *keyring, const char *domain, const char *text,
                    uint8_t keyed[KEYRING_HASH_BYTES]);
