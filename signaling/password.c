#include "signaling/password.h"

#include <sodium.h>
#include <string.h>

char *password_hash(const char *password)
{
    char hash[crypto_pwhash_STRBYTES];
    if (sodium_init() < 0 ||
        crypto_pwhash_str_alg(hash, password, strlen(password), crypto_pwhash_OPSLIMIT_INTERACTIVE,
                              crypto_pwhash_MEMLIMIT_INTERACTIVE, crypto_pwhash_ALG_ARGON2ID13) != 0) {
        return NULL;
    }
    return g_strdup(hash);
}

/* The hash of a random password that nobody knows. */
static const char *nobody(void)
{
    static gsize once;
    static char *hash;
    if (g_once_init_enter(&once)) {
        char random[33] = {0};
        for (size_t i = 0; i + 1 < sizeof random; i++) {
            random[i] = (char)('a' + randombytes_uniform(26));
        }
        hash = password_hash(random);
        g_once_init_leave(&once, 1);
    }
    return hash;
}

bool password_verify(const char *hash, const char *password)
{
    const char *against = hash != NULL ? hash : nobody();
    if (sodium_init() < 0 || against == NULL) {
        return false;
    }
    return crypto_pwhash_str_verify(against, password, strlen(password)) == 0 && hash != NULL;
}
