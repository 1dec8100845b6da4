#include "store/blob_seal.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <sodium.h>

#include "store/store.h"

#define MAGIC              "VIVABLB1"
#define MAGIC_BYTES        8
#define SALT_BYTES         32
#define HEADER_BYTES       (MAGIC_BYTES + SALT_BYTES)
#define CHUNK_BYTES        ((size_t)64 * 1024)
#define SEALED_CHUNK_BYTES (CHUNK_BYTES + AEAD_TAG_BYTES)

static void derive_key(const aead_key *key, const uint8_t *salt, const char *name, aead_key *derived)
{
    g_autofree char *info = g_strconcat("viva blob 1 ", name, NULL);
    EVP_KDF *hkdf = EVP_KDF_fetch(NULL, "HKDF", NULL);
    EVP_KDF_CTX *context = EVP_KDF_CTX_new(hkdf);
    const OSSL_PARAM parameters[] = {
        OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, (char *)"SHA256", 0),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, (void *)key->bytes, sizeof(key->bytes)),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_SALT, (void *)salt, SALT_BYTES),
        OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info, strlen(info)),
        OSSL_PARAM_construct_end(),
    };
    if (context == NULL || EVP_KDF_derive(context, derived->bytes, sizeof(derived->bytes), parameters) <= 0) {
        g_error("OpenSSL cannot derive a key with HKDF");
    }
    EVP_KDF_CTX_free(context);
    EVP_KDF_free(hkdf);
}

static void chunk_nonce(uint64_t number, bool last, uint8_t nonce[AEAD_NONCE_BYTES])
{
    const uint64_t big_endian = GUINT64_TO_BE(number);
    memset(nonce, 0, AEAD_NONCE_BYTES);
    memcpy(nonce + 3, &big_endian, sizeof(big_endian));
    nonce[AEAD_NONCE_BYTES - 1] = last;
}

GBytes *blob_seal(const aead_key *key, const char *name, GBytes *content)
{
    size_t size;
    const uint8_t *plain = g_bytes_get_data(content, &size);
    const size_t chunks = size == 0 ? 1 : (size + CHUNK_BYTES - 1) / CHUNK_BYTES;
    const size_t sealed_size = HEADER_BYTES + size + chunks * AEAD_TAG_BYTES;
    uint8_t *sealed = g_malloc(sealed_size);
    memcpy(sealed, MAGIC, MAGIC_BYTES);
    randombytes_buf(sealed + MAGIC_BYTES, SALT_BYTES);
    g_auto(aead_key) blob_key = {0};
    derive_key(key, sealed + MAGIC_BYTES, name, &blob_key);

    uint8_t *out = sealed + HEADER_BYTES;
    for (size_t i = 0; i < chunks; i++) {
        const size_t from = i * CHUNK_BYTES;
        const struct aead_text chunk = {size == 0 ? sealed : plain + from, MIN(CHUNK_BYTES, size - from)};
        uint8_t nonce[AEAD_NONCE_BYTES];
        chunk_nonce(i, i == chunks - 1, nonce);
        aead_seal(&blob_key, nonce, (struct aead_text){sealed, HEADER_BYTES}, chunk, out);
        out += chunk.size + AEAD_TAG_BYTES;
    }
    return g_bytes_new_take(sealed, sealed_size);
}

/* Opens `size` bytes after `header` into `plain`, which has room for them; returns where the last one ends, or NULL. */
static uint8_t *open_chunks(const aead_key *blob_key, const uint8_t *header, size_t size, uint8_t *plain)
{
    const uint8_t *from = header + HEADER_BYTES;
    for (uint64_t number = 0; size > 0; number++) {
        const struct aead_text chunk = {from, MIN(SEALED_CHUNK_BYTES, size)};
        from += chunk.size;
        size -= chunk.size;
        uint8_t nonce[AEAD_NONCE_BYTES];
        chunk_nonce(number, size == 0, nonce);
        if (!aead_open(blob_key, nonce, (struct aead_text){header, HEADER_BYTES}, chunk, plain)) {
            return NULL;
        }
        plain += chunk.size - AEAD_TAG_BYTES;
    }
    return plain;
}

GBytes *blob_unseal(const aead_key *key, const char *name, GBytes *sealed, GError **error)
{
    size_t size;
    const uint8_t *bytes = g_bytes_get_data(sealed, &size);
    g_autofree uint8_t *plain = g_malloc(size);
    uint8_t *end = NULL;
    if (size >= HEADER_BYTES + AEAD_TAG_BYTES && memcmp(bytes, MAGIC, MAGIC_BYTES) == 0) {
        g_auto(aead_key) blob_key = {0};
        derive_key(key, bytes + MAGIC_BYTES, name, &blob_key);
        end = open_chunks(&blob_key, bytes, size - HEADER_BYTES, plain);
    }
    if (end == NULL) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT, "blob %s does not open: wrong key, or altered", name);
        return NULL;
    }
    const size_t plain_size = (size_t)(end - plain);
    return g_bytes_new_take(g_steal_pointer(&plain), plain_size);
}
