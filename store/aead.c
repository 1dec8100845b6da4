#include "store/aead.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>

G_DEFINE_AUTOPTR_CLEANUP_FUNC(EVP_CIPHER_CTX, EVP_CIPHER_CTX_free)

/* Looked up once: OpenSSL 3 would do it for each value, which costs more than a short one's sealing. Never freed: it is
 * the process's. */
static const EVP_CIPHER *aes_256_gcm(void)
{
    static EVP_CIPHER *cipher;
    static gsize fetched;
    if (g_once_init_enter(&fetched)) {
        cipher = EVP_CIPHER_fetch(NULL, "AES-256-GCM", NULL);
        if (cipher == NULL) {
            g_error("OpenSSL has no AES-256-GCM");
        }
        g_once_init_leave(&fetched, 1);
    }
    return cipher;
}

void aead_key_wipe(aead_key *key)
{
    OPENSSL_cleanse(key->bytes, sizeof(key->bytes));
}

void aead_seal(const aead_key *key, const uint8_t nonce[AEAD_NONCE_BYTES], struct aead_text associated,
               struct aead_text plain, uint8_t *sealed)
{
    g_assert(plain.size <= G_MAXINT && associated.size <= G_MAXINT);
    g_autoptr(EVP_CIPHER_CTX) cipher = EVP_CIPHER_CTX_new();
    int length;
    if (cipher == NULL || !EVP_EncryptInit_ex(cipher, aes_256_gcm(), NULL, key->bytes, nonce) ||
        !EVP_EncryptUpdate(cipher, NULL, &length, associated.bytes, (int)associated.size) ||
        !EVP_EncryptUpdate(cipher, sealed, &length, plain.bytes, (int)plain.size) ||
        !EVP_EncryptFinal_ex(cipher, sealed + plain.size, &length) ||
        !EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_GET_TAG, AEAD_TAG_BYTES, sealed + plain.size)) {
        g_error("OpenSSL cannot encrypt with AES-256-GCM");
    }
}

bool aead_open(const aead_key *key, const uint8_t nonce[AEAD_NONCE_BYTES], struct aead_text associated,
               struct aead_text sealed, uint8_t *plain)
{
    if (sealed.size < AEAD_TAG_BYTES || sealed.size > G_MAXINT) {
        return false;
    }
    const uint8_t *bytes = sealed.bytes;
    const size_t size = sealed.size - AEAD_TAG_BYTES;
    uint8_t tag[AEAD_TAG_BYTES];
    memcpy(tag, bytes + size, sizeof(tag)); /* OpenSSL wants it writable */
    g_autoptr(EVP_CIPHER_CTX) cipher = EVP_CIPHER_CTX_new();
    int length;
    if (cipher == NULL || !EVP_DecryptInit_ex(cipher, aes_256_gcm(), NULL, key->bytes, nonce) ||
        !EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, AEAD_TAG_BYTES, tag) ||
        !EVP_DecryptUpdate(cipher, NULL, &length, associated.bytes, (int)associated.size) ||
        !EVP_DecryptUpdate(cipher, plain, &length, bytes, (int)size) ||
        EVP_DecryptFinal_ex(cipher, plain + size, &length) <= 0) {
        OPENSSL_cleanse(plain, size);
        return false;
    }
    return true;
}
