/* seal: small values of the database (a name, a note, a report, a key), sealed where they lie.
 *
 *  0         1            13                    13 + n
 * | version | nonce (12) | ciphertext (n)      | tag (16) |
 *
 * Random nonces: the key of an interview, face check or account seals a few hundred values, far below the 2^32 of NIST
 * SP 800-38D §8.3. The place is authenticated with the value, so a sealed value moved to another row or column does not
 * open. */
#pragma once

#include "store/aead.h"

struct seal_place {
    const char *table, *column, *row;
};

/* Owned by the caller. NULL gives NULL. */
GBytes *seal_text(const aead_key *key, struct seal_place place, const char *text);
GBytes *seal_blob(const aead_key *key, struct seal_place place, GBytes *blob);
GBytes *seal_bytes(const aead_key *key, struct seal_place place, const void *bytes, size_t size);

/* Each fails with STORE_ERROR_CORRUPT, naming the place, when the value does not open. */
bool seal_open_text(const aead_key *key, struct seal_place place, GBytes *sealed, char **text, GError **error);
bool seal_open_blob(const aead_key *key, struct seal_place place, GBytes *sealed, GBytes **blob, GError **error);
bool seal_open_bytes(const aead_key *key, struct seal_place place, GBytes *sealed, void *bytes, size_t size,
                     GError **error);
