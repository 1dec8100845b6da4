#include <sodium.h>

#include "store/internal.h"
#include "store/secret.h"

static const struct {
    const char *tie, *select;
} tables[] = {
    [TICKET_OF_PARTY] = {"UPDATE party SET device_sha256 = ? WHERE id = ? AND device_sha256 IS NULL",
                         "SELECT device_sha256 FROM party WHERE id = ?"},
    [TICKET_OF_FACECHECK] = {"UPDATE facecheck SET device_sha256 = ? WHERE id = ? AND device_sha256 IS NULL",
                             "SELECT device_sha256 FROM facecheck WHERE id = ?"},
};

bool ticket_tie(db_transaction *tx, enum ticket_table table, const char *id, const char *device, GError **error)
{
    uint8_t hash[SECRET_HASH_BYTES], tied[SECRET_HASH_BYTES];
    secret_hash(device, hash);
    struct db_statement *update = db_prepare(tx, tables[table].tie);
    db_bind_bytes(update, hash, sizeof(hash));
    db_bind_text(update, id);
    struct db_statement *select = db_prepare(tx, tables[table].select);
    db_bind_text(select, id);
    if (!db_run(update, error) || !db_find(select, "ticket", error) ||
        !db_bytes(select, 0, tied, sizeof(tied), error)) {
        return false;
    }
    if (sodium_memcmp(hash, tied, sizeof(hash)) != 0) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_DEVICE, "the ticket is tied to another device");
        return false;
    }
    return true;
}
