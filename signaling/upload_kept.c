#include "signaling/upload_kept.h"

#include "signaling/upload.h"

struct entry {
    struct upload_part part;
    int64_t put_us;
};

struct upload_kept {
    GHashTable *entries; /* place → struct entry */
    size_t bytes;        /* of all */
};

static void entry_free(void *data)
{
    struct entry *entry = data;
    if (entry->part.bytes != NULL) {
        g_byte_array_unref(entry->part.bytes);
    }
    g_free(entry);
}

struct upload_kept *upload_kept_new(void)
{
    struct upload_kept *kept = g_new0(struct upload_kept, 1);
    kept->entries = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, entry_free);
    return kept;
}

void upload_kept_free(struct upload_kept *kept)
{
    if (kept != NULL) {
        g_hash_table_unref(kept->entries);
        g_free(kept);
    }
}

void upload_kept_drop(struct upload_kept *kept, const char *place)
{
    const struct entry *entry = g_hash_table_lookup(kept->entries, place);
    if (entry != NULL) {
        kept->bytes -= entry->part.bytes->len;
        g_hash_table_remove(kept->entries, place);
    }
}

static const char *oldest(const struct upload_kept *kept, int64_t *put_us)
{
    GHashTableIter iter;
    void *place, *value;
    const char *found = NULL;
    g_hash_table_iter_init(&iter, kept->entries);
    while (g_hash_table_iter_next(&iter, &place, &value)) {
        const struct entry *entry = value;
        if (found == NULL || entry->put_us < *put_us) {
            found = place;
            *put_us = entry->put_us;
        }
    }
    return found;
}

/* Drops what has waited long enough, and then the oldest, until `more` bytes in one more entry have room. */
static void make_room(struct upload_kept *kept, size_t more, int64_t now_us)
{
    int64_t put_us = 0;
    for (const char *place = oldest(kept, &put_us); place != NULL; place = oldest(kept, &put_us)) {
        const bool old = now_us - put_us > UPLOAD_KEEP_S * G_USEC_PER_SEC;
        const bool room = kept->bytes + more <= UPLOAD_KEPT_BYTES_MAX &&
                          (more == 0 || g_hash_table_size(kept->entries) < UPLOAD_KEPT_MAX);
        if (!old && room) {
            return;
        }
        upload_kept_drop(kept, place);
    }
}

void upload_kept_put(struct upload_kept *kept, const char *place, const GByteArray *bytes, size_t total, int64_t now_us)
{
    upload_kept_drop(kept, place);
    if (bytes->len == 0) {
        return;
    }
    make_room(kept, bytes->len, now_us);
    struct entry *entry = g_new(struct entry, 1);
    *entry = (struct entry){{g_byte_array_sized_new(bytes->len), total}, now_us};
    g_byte_array_append(entry->part.bytes, bytes->data, bytes->len);
    kept->bytes += bytes->len;
    g_hash_table_insert(kept->entries, g_strdup(place), entry);
}

struct upload_part upload_kept_look(struct upload_kept *kept, const char *place, int64_t now_us)
{
    make_room(kept, 0, now_us);
    const struct entry *entry = g_hash_table_lookup(kept->entries, place);
    return entry != NULL ? entry->part : (struct upload_part){0};
}

GByteArray *upload_kept_take(struct upload_kept *kept, const char *place)
{
    const struct entry *entry = g_hash_table_lookup(kept->entries, place);
    GByteArray *bytes = entry != NULL ? g_byte_array_ref(entry->part.bytes) : NULL;
    upload_kept_drop(kept, place);
    return bytes;
}
