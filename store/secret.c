#include "store/secret.h"

#include <sodium.h>

#include "store/store.h"

#define SECRET_CHARACTERS sodium_base64_ENCODED_LEN(STORE_SECRET_BYTES, sodium_base64_VARIANT_URLSAFE_NO_PADDING)
#define ID_BYTES          16
#define ID_CHARACTERS     26 /* 128 bits in steps of 5 */

char *store_secret_new(void)
{
    uint8_t bytes[STORE_SECRET_BYTES];
    randombytes_buf(bytes, sizeof(bytes));
    char *secret = g_malloc(SECRET_CHARACTERS);
    sodium_bin2base64(secret, SECRET_CHARACTERS, bytes, sizeof(bytes), sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    sodium_memzero(bytes, sizeof(bytes));
    return secret;
}

void store_secret_free(char *secret)
{
    if (secret != NULL) {
        sodium_memzero(secret, strlen(secret));
        g_free(secret);
    }
}

char *store_id_new(void)
{
    static const char alphabet[] = "abcdefghijklmnopqrstuvwxyz234567"; /* RFC 4648 §6, in lower case */
    uint8_t bytes[ID_BYTES];
    randombytes_buf(bytes, sizeof(bytes));
    char *id = g_malloc0(ID_CHARACTERS + 1);
    unsigned bits = 0, held = 0;
    size_t next = 0;
    for (unsigned i = 0; i < ID_CHARACTERS; i++) {
        if (held < 5) {
            bits = bits << 8 | (next < ID_BYTES ? bytes[next++] : 0);
            held += 8;
        }
        held -= 5;
        id[i] = alphabet[bits >> held & 31];
    }
    return id;
}

#define NUMBER_GROUPS 3
#define NUMBER_GROUP  4 /* characters */

char *store_order_number_new(int64_t now_us)
{
    static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"; /* Crockford's: none looks like another */
    g_autoptr(GDateTime) now = g_date_time_new_from_unix_utc(now_us / G_USEC_PER_SEC);
    uint8_t bytes[NUMBER_GROUPS * NUMBER_GROUP];
    randombytes_buf(bytes, sizeof(bytes));
    GString *number = g_string_new(NULL);
    g_string_printf(number, "%04d", g_date_time_get_year(now));
    for (unsigned i = 0; i < sizeof(bytes); i++) {
        g_string_append_printf(number, "%s%c", i % NUMBER_GROUP == 0 ? "-" : "", alphabet[bytes[i] & 31]);
    }
    return g_string_free(number, FALSE);
}

void secret_hash(const char *secret, uint8_t hash[SECRET_HASH_BYTES])
{
    crypto_hash_sha256(hash, (const unsigned char *)secret, strlen(secret));
}
