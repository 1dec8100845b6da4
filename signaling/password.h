/* password: Argon2id (RFC 9106) through libsodium. Both functions take about 0.1 s and 64 MiB: never under a lock. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define PASSWORD_LENGTH_MIN 12
#define PASSWORD_LENGTH_MAX 256

/* The string to store: parameters, salt and hash. NULL when there is no memory for it. Caller frees. */
char *password_hash(const char *password);
/* Whether `password` belongs to `hash`. A NULL `hash` (no such login) takes as long and is false, so that an answer's
 * time does not tell which logins exist. */
bool password_verify(const char *hash, const char *password);
