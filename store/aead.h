/* aead: AES-256-GCM (NIST SP 800-38D) on byte strings; seal.c and blob_seal.c give it its nonces.
 * Sealing cannot fail: a library that cannot encrypt ends the program. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

#define AEAD_KEY_BYTES   32
#define AEAD_NONCE_BYTES 12
#define AEAD_TAG_BYTES   16

/* A key that is wiped when it leaves its scope: g_auto(aead_key) key = {0}; */
typedef struct aead_key {
    uint8_t bytes[AEAD_KEY_BYTES];
} aead_key;
void aead_key_wipe(aead_key *key);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(aead_key, aead_key_wipe)

struct aead_text {
    const void *bytes;
    size_t size;
};

/* Writes plain.size + AEAD_TAG_BYTES to `sealed`. A nonce is used once with a key. */
void aead_seal(const aead_key *key, const uint8_t nonce[AEAD_NONCE_BYTES], struct aead_text associated,
               struct aead_text plain, uint8_t *sealed);
/* Writes sealed.size - AEAD_TAG_BYTES to `plain`; false, and `plain` wiped, when the tag does not hold. */
bool aead_open(const aead_key *key, const uint8_t nonce[AEAD_NONCE_BYTES], struct aead_text associated,
               struct aead_text sealed, uint8_t *plain);
