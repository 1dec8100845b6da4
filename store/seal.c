#include "store/seal.h"

#include <sodium.h>

#include "store/store.h"

#define VERSION      1
#define HEADER_BYTES (1 + AEAD_NONCE_BYTES)
#define EXTRA_BYTES  (HEADER_BYTES + AEAD_TAG_BYTES)

/* "table\0column\0row": the zeros keep ("a", "bc") and ("ab", "c") apart. */
static GString *associated_data(struct seal_place place)
{
    GString *data = g_string_new(place.table);
    g_string_append_c(data, '\0');
    g_string_append(data, place.column);
    g_string_append_c(data, '\0');
    g_string_append(data, place.row);
    return data;
}

GBytes *seal_bytes(const aead_key *key, struct seal_place place, const void *bytes, size_t size)
{
    g_autoptr(GString) associated = associated_data(place);
    uint8_t *sealed = g_malloc(size + EXTRA_BYTES);
    sealed[0] = VERSION;
    randombytes_buf(sealed + 1, AEAD_NONCE_BYTES);
    aead_seal(key, sealed + 1, (struct aead_text){associated->str, associated->len}, (struct aead_text){bytes, size},
              sealed + HEADER_BYTES);
    return g_bytes_new_take(sealed, size + EXTRA_BYTES);
}

GBytes *seal_text(const aead_key *key, struct seal_place place, const char *text)
{
    return text == NULL ? NULL : seal_bytes(key, place, text, strlen(text));
}

GBytes *seal_blob(const aead_key *key, struct seal_place place, GBytes *blob)
{
    size_t size = 0;
    const void *bytes = blob == NULL ? NULL : g_bytes_get_data(blob, &size);
    return blob == NULL ? NULL : seal_bytes(key, place, bytes, size);
}

static bool corrupt(struct seal_place place, GError **error)
{
    g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT, "%s.%s of %s does not open: wrong key, or altered",
                place.table, place.column, place.row);
    return false;
}

static bool open_into(const aead_key *key, struct seal_place place, GBytes *sealed, void *plain, GError **error)
{
    size_t size;
    const uint8_t *bytes = g_bytes_get_data(sealed, &size);
    g_autoptr(GString) associated = associated_data(place);
    const bool opened =
        bytes[0] == VERSION && aead_open(key, bytes + 1, (struct aead_text){associated->str, associated->len},
                                         (struct aead_text){bytes + HEADER_BYTES, size - HEADER_BYTES}, plain);
    return opened || corrupt(place, error);
}

bool seal_open_bytes(const aead_key *key, struct seal_place place, GBytes *sealed, void *bytes, size_t size,
                     GError **error)
{
    if (g_bytes_get_size(sealed) != size + EXTRA_BYTES) {
        return corrupt(place, error);
    }
    return open_into(key, place, sealed, bytes, error);
}

bool seal_open_text(const aead_key *key, struct seal_place place, GBytes *sealed, char **text, GError **error)
{
    if (g_bytes_get_size(sealed) < EXTRA_BYTES) {
        return corrupt(place, error);
    }
    g_autofree char *plain = g_malloc0(g_bytes_get_size(sealed) - EXTRA_BYTES + 1);
    if (!open_into(key, place, sealed, plain, error)) {
        return false;
    }
    *text = g_steal_pointer(&plain);
    return true;
}

bool seal_open_blob(const aead_key *key, struct seal_place place, GBytes *sealed, GBytes **blob, GError **error)
{
    if (g_bytes_get_size(sealed) < EXTRA_BYTES) {
        return corrupt(place, error);
    }
    const size_t size = g_bytes_get_size(sealed) - EXTRA_BYTES;
    g_autofree uint8_t *plain = g_malloc(MAX(size, 1)); /* never NULL, as an empty value is none of absence */
    if (!open_into(key, place, sealed, plain, error)) {
        return false;
    }
    *blob = g_bytes_new_take(g_steal_pointer(&plain), size);
    return true;
}
