#include "store/internal.h"

/* The statements run once for each of some hundred frames. */
struct frames {
    const char *facecheck, *entry;
    struct db_statement *select, *insert;
};

static bool seen_elsewhere(struct frames *frames, const uint8_t *keyed, bool *seen, GError **error)
{
    db_reset(frames->select);
    db_bind_bytes(frames->select, keyed, KEYRING_HASH_BYTES);
    db_bind_text(frames->select, frames->entry);
    const enum db_step step = db_step(frames->select, error);
    *seen = step == DB_ROW;
    return step != DB_FAILED;
}

static bool remember(struct frames *frames, const uint8_t *keyed, GError **error)
{
    db_reset(frames->insert);
    db_bind_bytes(frames->insert, keyed, KEYRING_HASH_BYTES);
    db_bind_text(frames->insert, frames->entry);
    db_bind_text(frames->insert, frames->facecheck);
    return db_run(frames->insert, error);
}

/* Its hashes must not come back once a face check is erased. */
static bool require_kept(struct store *store, db_transaction *tx, const char *facecheck, GError **error)
{
    g_auto(aead_key) key = {0};
    return keyring_get(store->keyring, tx, key_of_facecheck(facecheck), &key, error);
}

bool store_try_frames(struct store *store, const char *facecheck, const char *entry, const uint8_t (*hashes)[32],
                      unsigned count, unsigned *repeated, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    if (tx == NULL || !require_kept(store, tx, facecheck, error)) {
        return false;
    }
    struct frames frames = {
        .facecheck = facecheck,
        .entry = entry,
        .select = db_prepare(tx, "SELECT 1 FROM frame_hash WHERE hash = ? AND try <> ? LIMIT 1"),
        .insert = db_prepare(tx, "INSERT INTO frame_hash (hash, try, facecheck) VALUES (?, ?, ?)"
                                 " ON CONFLICT DO NOTHING"),
    };
    unsigned found = 0;
    for (unsigned i = 0; i < count; i++) {
        uint8_t keyed[KEYRING_HASH_BYTES];
        bool seen;
        keyring_hash(store->keyring, hashes[i], keyed);
        if (!seen_elsewhere(&frames, keyed, &seen, error) || !remember(&frames, keyed, error)) {
            return false;
        }
        found += seen ? 1 : 0;
    }
    if (!db_commit(g_steal_pointer(&tx), error)) {
        return false;
    }
    *repeated = found;
    return true;
}
