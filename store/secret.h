/* secret: tickets, session tokens and device secrets are known to the store only by their hash. store.h makes them. */
#pragma once

#include <stdint.h>

#define SECRET_HASH_BYTES 32

/* SHA-256. 256 bits of randomness need no salt and no stretching; looking the hash up in an index tells an attacker who
 * measures time nothing about the secret. */
void secret_hash(const char *secret, uint8_t hash[SECRET_HASH_BYTES]);
