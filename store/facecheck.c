#include "store/internal.h"
#include "store/outbox.h"
#include "store/secret.h"

static const char *const state_words[] = {
    [FACECHECK_OPEN] = "open",
    [FACECHECK_PASSED] = "passed",
    [FACECHECK_SKIPPED] = "skipped",
};

bool facecheck_state_parse(struct db_statement *row, int column, enum store_facecheck_state *state, GError **error)
{
    g_autofree char *word = db_text(row, column);
    for (unsigned i = 0; i < G_N_ELEMENTS(state_words); i++) {
        if (g_strcmp0(word, state_words[i]) == 0) {
            *state = (enum store_facecheck_state)i;
            return true;
        }
    }
    g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT, "a face check has no state \"%s\"", word);
    return false;
}

void store_facecheck_free(struct store_facecheck *facecheck)
{
    if (facecheck == NULL) {
        return;
    }
    g_free(facecheck->id);
    g_free(facecheck->mission);
    g_free(facecheck->order_ref);
    g_free(facecheck->document);
    g_free(facecheck->skip_reason);
    g_free(facecheck->identity);
    g_free(facecheck);
}

static void free_facecheck(void *facecheck)
{
    store_facecheck_free(facecheck);
}

static struct seal_place identity_place(const char *id)
{
    return (struct seal_place){"facecheck", "sealed_identity", id};
}

/* ---- reading ---- */

#define SELECT_FACECHECK                                                                                               \
    "SELECT f.id, f.mission, f.order_ref, f.document, f.state, f.version, f.created_us, f.decided_us, f.tries,"        \
    " f.skip_reason, f.ticket_expires_us, f.device_sha256 IS NOT NULL, f.sealed_identity, k.sealed_key"                \
    " FROM facecheck f JOIN facecheck_key k ON k.facecheck = f.id "
#define NEWEST_FIRST " ORDER BY f.created_us DESC, f.rowid DESC"

static struct store_facecheck *read_facecheck(struct store *store, struct db_statement *row, GError **error)
{
    struct store_facecheck *facecheck = g_new0(struct store_facecheck, 1);
    facecheck->id = db_text(row, 0);
    facecheck->mission = db_text(row, 1);
    facecheck->order_ref = db_text(row, 2);
    facecheck->document = db_text(row, 3);
    facecheck->version = (unsigned)db_int(row, 5);
    facecheck->created_us = db_int(row, 6);
    facecheck->decided_us = db_int(row, 7);
    facecheck->tries = (unsigned)db_int(row, 8);
    facecheck->skip_reason = db_text(row, 9);
    facecheck->ticket_expires_us = db_int(row, 10);
    facecheck->device_tied = db_int(row, 11) != 0;
    g_autoptr(GBytes) identity = db_blob(row, 12);
    g_autoptr(GBytes) key = db_blob(row, 13);
    if (!facecheck_state_parse(row, 4, &facecheck->state, error) ||
        !keyring_open_text(store->keyring, key_of_facecheck(facecheck->id), key, identity_place(facecheck->id),
                           identity, &facecheck->identity, error)) {
        g_clear_pointer(&facecheck, store_facecheck_free);
    }
    return facecheck;
}

static struct store_facecheck *find_facecheck(struct store *store, db_transaction *tx, const char *id, GError **error)
{
    struct db_statement *select = db_prepare(tx, SELECT_FACECHECK "WHERE f.id = ?");
    db_bind_text(select, id);
    return db_find(select, "face check", error) ? read_facecheck(store, select, error) : NULL;
}

struct store_facecheck *store_facecheck_get(struct store *store, const char *id, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    return tx == NULL ? NULL : find_facecheck(store, tx, id, error);
}

struct store_facecheck *store_facecheck_of_order(struct store *store, const char *mission, const char *order_ref,
                                                 GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select =
        db_prepare(tx, SELECT_FACECHECK "WHERE f.mission = ? AND f.order_ref = ?" NEWEST_FIRST " LIMIT 1");
    db_bind_text(select, mission);
    db_bind_text(select, order_ref);
    return db_find(select, "face check", error) ? read_facecheck(store, select, error) : NULL;
}

static struct db_statement *select_list(db_transaction *tx, const char *mission, const char *order_ref)
{
    if (order_ref == NULL) {
        struct db_statement *all = db_prepare(tx, SELECT_FACECHECK "WHERE f.mission = ?" NEWEST_FIRST " LIMIT ?");
        db_bind_text(all, mission);
        return all;
    }
    struct db_statement *select =
        db_prepare(tx, SELECT_FACECHECK "WHERE f.mission = ? AND f.order_ref = ?" NEWEST_FIRST " LIMIT ?");
    db_bind_text(select, mission);
    db_bind_text(select, order_ref);
    return select;
}

GPtrArray *store_facecheck_list(struct store *store, const char *mission, const char *order_ref, unsigned limit,
                                GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select = select_list(tx, mission, order_ref);
    db_bind_int(select, limit);
    g_autoptr(GPtrArray) facechecks = g_ptr_array_new_with_free_func(free_facecheck);
    enum db_step step;
    while ((step = db_step(select, error)) == DB_ROW) {
        struct store_facecheck *facecheck = read_facecheck(store, select, error);
        if (facecheck == NULL) {
            return NULL;
        }
        g_ptr_array_add(facechecks, facecheck);
    }
    return step == DB_DONE ? g_steal_pointer(&facechecks) : NULL;
}

/* ---- writing ---- */

static bool insert_row(db_transaction *tx, const struct store_facecheck *facecheck, const char *ticket, GError **error)
{
    uint8_t hash[SECRET_HASH_BYTES];
    if (ticket != NULL) {
        secret_hash(ticket, hash);
    }
    struct db_statement *insert =
        db_prepare(tx, "INSERT INTO facecheck (id, mission, order_ref, document, state, version, created_us,"
                       " decided_us, tries, skip_reason, ticket_sha256, ticket_expires_us)"
                       " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    db_bind_text(insert, facecheck->id);
    db_bind_text(insert, facecheck->mission);
    db_bind_text(insert, facecheck->order_ref);
    db_bind_text(insert, facecheck->document);
    db_bind_text(insert, state_words[facecheck->state]);
    db_bind_int(insert, facecheck->version);
    db_bind_int(insert, facecheck->created_us);
    db_bind_int(insert, facecheck->decided_us);
    db_bind_int(insert, facecheck->tries);
    db_bind_text(insert, facecheck->skip_reason);
    db_bind_bytes(insert, ticket == NULL ? NULL : hash, sizeof(hash));
    db_bind_int(insert, facecheck->ticket_expires_us);
    return db_run(insert, error);
}

static bool write_identity(struct store *store, db_transaction *tx, const struct store_facecheck *facecheck,
                           GError **error)
{
    g_auto(aead_key) key = {0};
    if (!keyring_get(store->keyring, tx, key_of_facecheck(facecheck->id), &key, error)) {
        return false;
    }
    g_autoptr(GBytes) sealed = seal_text(&key, identity_place(facecheck->id), facecheck->identity);
    struct db_statement *update = db_prepare(tx, "UPDATE facecheck SET sealed_identity = ? WHERE id = ?");
    db_bind_blob(update, sealed);
    db_bind_text(update, facecheck->id);
    return db_run(update, error);
}

static bool tell(db_transaction *tx, const struct store_facecheck *facecheck, const char *type, const char *cause,
                 int64_t at_us, GError **error)
{
    const struct outbox_event event = {
        OUTBOX_FACECHECK,
        facecheck->id,
        type,
        at_us,
        json_pack("{s:s, s:s, s:i, s:s?}", "cause", cause, "state", state_words[facecheck->state], "tries",
                  (int)facecheck->tries, "skip_reason", facecheck->skip_reason),
    };
    return outbox_add(tx, event, error);
}

bool facecheck_insert(struct store *store, db_transaction *tx, const struct store_facecheck *facecheck,
                      const char *ticket, GError **error)
{
    return insert_row(tx, facecheck, ticket, error) &&
           keyring_make(store->keyring, tx, key_of_facecheck(facecheck->id), error) &&
           write_identity(store, tx, facecheck, error) &&
           tell(tx, facecheck, "facecheck.created", "created", facecheck->created_us, error);
}

bool store_facecheck_add(struct store *store, const struct store_facecheck *facecheck, const char *ticket,
                         GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    return tx != NULL && facecheck_insert(store, tx, facecheck, ticket, error) &&
           outbox_commit(store, g_steal_pointer(&tx), error);
}

/* Where a face check stands inside the present transaction. */
struct standing {
    enum store_facecheck_state state;
    unsigned version;
};

static bool read_standing(db_transaction *tx, const char *id, struct standing *standing, GError **error)
{
    struct db_statement *select = db_prepare(tx, "SELECT state, version FROM facecheck WHERE id = ?");
    db_bind_text(select, id);
    if (!db_find(select, "face check", error) || !facecheck_state_parse(select, 0, &standing->state, error)) {
        return false;
    }
    standing->version = (unsigned)db_int(select, 1);
    return true;
}

/* The version after `from`, in which the state is `to`. */
static bool write_version(db_transaction *tx, const struct facecheck_change *change, struct standing from,
                          enum store_facecheck_state to, GError **error)
{
    struct db_statement *update = db_prepare(tx, "UPDATE facecheck SET version = ?, state = ? WHERE id = ?");
    db_bind_int(update, (int64_t)from.version + 1);
    db_bind_text(update, state_words[to]);
    db_bind_text(update, change->facecheck);
    struct db_statement *insert =
        db_prepare(tx, "INSERT INTO facecheck_history (facecheck, version, at_us, from_state, to_state, actor, event)"
                       " VALUES (?, ?, ?, ?, ?, ?, ?)");
    db_bind_text(insert, change->facecheck);
    db_bind_int(insert, (int64_t)from.version + 1);
    db_bind_int(insert, change->at_us);
    db_bind_text(insert, state_words[from.state]);
    db_bind_text(insert, state_words[to]);
    db_bind_text(insert, change->actor);
    db_bind_text(insert, change->event);
    return db_run(update, error) && db_run(insert, error);
}

static bool write_decision(db_transaction *tx, const struct store_facecheck *facecheck, GError **error)
{
    struct db_statement *update =
        db_prepare(tx, "UPDATE facecheck SET tries = ?, decided_us = ?, skip_reason = ? WHERE id = ?");
    db_bind_int(update, facecheck->tries);
    db_bind_int(update, facecheck->decided_us);
    db_bind_text(update, facecheck->skip_reason);
    db_bind_text(update, facecheck->id);
    return db_run(update, error);
}

bool store_facecheck_update(struct store *store, struct store_facecheck *facecheck, const char *actor,
                            const char *event, int64_t now_us, GError **error)
{
    const struct facecheck_change change = {facecheck->id, actor, event, now_us};
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    struct standing stored;
    if (tx == NULL || !read_standing(tx, facecheck->id, &stored, error)) {
        return false;
    }
    if (stored.version != facecheck->version) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_CONFLICT,
                    "face check %s is at version %u and the change was made to version %u: read it again",
                    facecheck->id, stored.version, facecheck->version);
        return false;
    }
    const bool decided = stored.state == FACECHECK_OPEN && facecheck->state != FACECHECK_OPEN;
    if (!write_version(tx, &change, stored, facecheck->state, error) || !write_decision(tx, facecheck, error) ||
        (decided && !tell(tx, facecheck, "facecheck.completed", event, now_us, error)) ||
        !outbox_commit(store, g_steal_pointer(&tx), error)) {
        return false;
    }
    facecheck->version = stored.version + 1;
    return true;
}

bool facecheck_next_version(db_transaction *tx, const struct facecheck_change *change, GError **error)
{
    struct standing stored;
    return read_standing(tx, change->facecheck, &stored, error) &&
           write_version(tx, change, stored, stored.state, error);
}

bool facecheck_require_open(db_transaction *tx, const char *id, GError **error)
{
    struct standing stored;
    if (!read_standing(tx, id, &stored, error)) {
        return false;
    }
    if (stored.state != FACECHECK_OPEN) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_CONFLICT, "face check %s is %s: its materials stay", id,
                    state_words[stored.state]);
        return false;
    }
    return true;
}

/* ---- tickets ---- */

bool store_facecheck_ticket_issue(struct store *store, const char *id, const char *ticket, int64_t expires_us,
                                  GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    if (tx == NULL) {
        return false;
    }
    uint8_t hash[SECRET_HASH_BYTES];
    secret_hash(ticket, hash);
    struct db_statement *update = db_prepare(tx, "UPDATE facecheck SET ticket_sha256 = ?, ticket_expires_us = ?,"
                                                 " device_sha256 = NULL WHERE id = ? AND erased_us = 0");
    db_bind_bytes(update, hash, sizeof(hash));
    db_bind_int(update, expires_us);
    db_bind_text(update, id);
    return db_run_one(update, "face check", error) && db_commit(g_steal_pointer(&tx), error);
}

static struct store_facecheck *redeem(struct store *store, db_transaction *tx, const char *ticket, const char *device,
                                      int64_t now_us, GError **error)
{
    uint8_t hash[SECRET_HASH_BYTES];
    secret_hash(ticket, hash);
    struct db_statement *select = db_prepare(tx, "SELECT id, ticket_expires_us FROM facecheck WHERE ticket_sha256 = ?");
    db_bind_bytes(select, hash, sizeof(hash));
    if (!db_find(select, "ticket", error)) {
        return NULL;
    }
    if (db_int(select, 1) <= now_us) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_EXPIRED, "the ticket has expired");
        return NULL;
    }
    g_autofree char *id = db_text(select, 0);
    return ticket_tie(tx, TICKET_OF_FACECHECK, id, device, error) ? find_facecheck(store, tx, id, error) : NULL;
}

struct store_facecheck *store_facecheck_ticket_redeem(struct store *store, const char *ticket, const char *device,
                                                      int64_t now_us, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    if (tx == NULL) {
        return NULL;
    }
    struct store_facecheck *facecheck = redeem(store, tx, ticket, device, now_us, error);
    if (facecheck != NULL && !db_commit(g_steal_pointer(&tx), error)) {
        g_clear_pointer(&facecheck, store_facecheck_free);
    }
    return facecheck;
}
