#include "store/internal.h"
#include "store/secret.h"

static const char *const role_words[] = {
    [STORE_APPLICANT] = "applicant",
    [STORE_GUARDIAN] = "guardian",
    [STORE_INTERPRETER] = "interpreter",
    [STORE_OFFICER] = "officer",
};

void store_party_free(struct store_party *party)
{
    if (party == NULL) {
        return;
    }
    g_free(party->id);
    g_free(party->interview);
    g_free(party->name);
    g_free(party->officer);
    g_free(party);
}

static void free_party(void *party)
{
    store_party_free(party);
}

static struct seal_place name_place(const char *id)
{
    return (struct seal_place){"party", "sealed_name", id};
}

static bool parse_role(struct db_statement *row, int column, enum store_role *role, GError **error)
{
    g_autofree char *word = db_text(row, column);
    for (unsigned i = 0; i < G_N_ELEMENTS(role_words); i++) {
        if (g_strcmp0(word, role_words[i]) == 0) {
            *role = (enum store_role)i;
            return true;
        }
    }
    g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT, "a party has no role \"%s\"", word);
    return false;
}

/* ---- reading ---- */

#define SELECT_PARTY                                                                                                   \
    "SELECT p.id, p.interview, p.role, p.officer, p.ready, p.admitted, p.ticket_expires_us,"                           \
    " p.device_sha256 IS NOT NULL, p.sealed_name, k.sealed_key"                                                        \
    " FROM party p JOIN interview_key k ON k.interview = p.interview "

static struct store_party *read_party(struct store *store, struct db_statement *row, GError **error)
{
    struct store_party *party = g_new0(struct store_party, 1);
    party->id = db_text(row, 0);
    party->interview = db_text(row, 1);
    party->officer = db_text(row, 3);
    party->ready = db_int(row, 4) != 0;
    party->admitted = db_int(row, 5) != 0;
    party->ticket_expires_us = db_int(row, 6);
    party->device_tied = db_int(row, 7) != 0;
    g_autoptr(GBytes) name = db_blob(row, 8);
    g_autoptr(GBytes) key = db_blob(row, 9);
    if (!parse_role(row, 2, &party->role, error) ||
        !keyring_open_text(store->keyring, key_of_interview(party->interview), key, name_place(party->id), name,
                           &party->name, error)) {
        g_clear_pointer(&party, store_party_free);
    }
    return party;
}

static struct store_party *find_party(struct store *store, db_transaction *tx, const char *id, GError **error)
{
    struct db_statement *select = db_prepare(tx, SELECT_PARTY "WHERE p.id = ?");
    db_bind_text(select, id);
    return db_find(select, "party", error) ? read_party(store, select, error) : NULL;
}

struct store_party *store_party_get(struct store *store, const char *id, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    return tx == NULL ? NULL : find_party(store, tx, id, error);
}

GPtrArray *store_party_list(struct store *store, const char *interview, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select = db_prepare(tx, SELECT_PARTY "WHERE p.interview = ? ORDER BY p.rowid");
    db_bind_text(select, interview);
    g_autoptr(GPtrArray) parties = g_ptr_array_new_with_free_func(free_party);
    enum db_step step;
    while ((step = db_step(select, error)) == DB_ROW) {
        struct store_party *party = read_party(store, select, error);
        if (party == NULL) {
            return NULL;
        }
        g_ptr_array_add(parties, party);
    }
    return step == DB_DONE ? g_steal_pointer(&parties) : NULL;
}

/* The applicant's name, "" where there is none; NULL: an error. */
static char *read_applicant(struct store *store, struct db_statement *select, const char *interview, GError **error)
{
    db_reset(select);
    db_bind_text(select, interview);
    const enum db_step step = db_step(select, error);
    if (step != DB_ROW) {
        return step == DB_DONE ? g_strdup("") : NULL;
    }
    struct store_party *party = read_party(store, select, error);
    char *name = party != NULL ? g_strdup(party->name != NULL ? party->name : "") : NULL;
    store_party_free(party);
    return name;
}

GPtrArray *store_party_applicants(struct store *store, const GPtrArray *interviews, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select =
        db_prepare(tx, SELECT_PARTY "WHERE p.interview = ? AND p.role = 'applicant' ORDER BY p.rowid LIMIT 1");
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < interviews->len; i++) {
        const struct store_interview *interview = interviews->pdata[i];
        char *name = read_applicant(store, select, interview->id, error);
        if (name == NULL) {
            return NULL;
        }
        g_ptr_array_add(names, name);
    }
    return g_steal_pointer(&names);
}

/* ---- writing ---- */

bool party_insert(struct store *store, db_transaction *tx, const struct store_party *party, const char *ticket,
                  GError **error)
{
    g_auto(aead_key) key = {0};
    if (!keyring_get(store->keyring, tx, key_of_interview(party->interview), &key, error)) {
        return false;
    }
    g_autoptr(GBytes) name = seal_text(&key, name_place(party->id), party->name);
    uint8_t hash[SECRET_HASH_BYTES];
    if (ticket != NULL) {
        secret_hash(ticket, hash);
    }
    struct db_statement *insert =
        db_prepare(tx, "INSERT INTO party (id, interview, role, sealed_name, officer, ready, admitted, ticket_sha256,"
                       " ticket_expires_us, ticket_scheduled_us)"
                       " SELECT ?, ?, ?, ?, ?, ?, ?, ?, ?, scheduled_us FROM interview WHERE id = ?");
    db_bind_text(insert, party->id);
    db_bind_text(insert, party->interview);
    db_bind_text(insert, role_words[party->role]);
    db_bind_blob(insert, name);
    db_bind_text(insert, party->officer);
    db_bind_int(insert, party->ready);
    db_bind_int(insert, party->admitted);
    db_bind_bytes(insert, ticket == NULL ? NULL : hash, sizeof(hash));
    db_bind_int(insert, ticket == NULL ? 0 : party->ticket_expires_us);
    db_bind_text(insert, party->interview);
    return db_run(insert, error);
}

bool store_party_add(struct store *store, const struct store_party *party, const char *ticket, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    return tx != NULL && party_insert(store, tx, party, ticket, error) && db_commit(g_steal_pointer(&tx), error);
}

bool store_party_set(struct store *store, const char *id, bool ready, bool admitted, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    if (tx == NULL) {
        return false;
    }
    struct db_statement *update = db_prepare(tx, "UPDATE party SET ready = ?, admitted = ? WHERE id = ?");
    db_bind_int(update, ready);
    db_bind_int(update, admitted);
    db_bind_text(update, id);
    return db_run_one(update, "party", error) && db_commit(g_steal_pointer(&tx), error);
}

/* ---- tickets ---- */

bool store_ticket_issue(struct store *store, const char *party, const char *ticket, int64_t expires_us, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    if (tx == NULL) {
        return false;
    }
    uint8_t hash[SECRET_HASH_BYTES];
    secret_hash(ticket, hash);
    struct db_statement *update =
        db_prepare(tx, "UPDATE party SET ticket_sha256 = ?, ticket_expires_us = ?, ticket_revoked = 0,"
                       " device_sha256 = NULL, ticket_scheduled_us ="
                       " (SELECT scheduled_us FROM interview WHERE interview.id = party.interview) WHERE id = ?");
    db_bind_bytes(update, hash, sizeof(hash));
    db_bind_int(update, expires_us);
    db_bind_text(update, party);
    return db_run_one(update, "party", error) && db_commit(g_steal_pointer(&tx), error);
}

/* Finds the party that came with `ticket` and says whether the ticket still opens anything. */
static struct store_party *find_ticket(struct store *store, db_transaction *tx, const char *ticket, int64_t now_us,
                                       GError **error)
{
    uint8_t hash[SECRET_HASH_BYTES];
    secret_hash(ticket, hash);
    struct db_statement *select =
        db_prepare(tx, "SELECT p.id, p.ticket_revoked, p.ticket_scheduled_us <> i.scheduled_us, p.ticket_expires_us"
                       " FROM party p JOIN interview i ON i.id = p.interview WHERE p.ticket_sha256 = ?");
    db_bind_bytes(select, hash, sizeof(hash));
    if (!db_find(select, "ticket", error)) {
        return NULL;
    }
    if (db_int(select, 1) != 0) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_REVOKED, "the ticket has been revoked");
        return NULL;
    }
    if (db_int(select, 2) != 0) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_RESCHEDULED, "the ticket is for an appointment that was moved");
        return NULL;
    }
    if (db_int(select, 3) <= now_us) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_EXPIRED, "the ticket has expired");
        return NULL;
    }
    g_autofree char *party = db_text(select, 0);
    return find_party(store, tx, party, error);
}

struct store_party *store_ticket_find(struct store *store, const char *ticket, int64_t now_us, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    return tx == NULL ? NULL : find_ticket(store, tx, ticket, now_us, error);
}

static struct store_party *redeem(struct store *store, db_transaction *tx, const char *ticket, const char *device,
                                  int64_t now_us, GError **error)
{
    struct store_party *party = find_ticket(store, tx, ticket, now_us, error);
    if (party != NULL && !ticket_tie(tx, TICKET_OF_PARTY, party->id, device, error)) {
        g_clear_pointer(&party, store_party_free);
    }
    return party;
}

struct store_party *store_ticket_redeem(struct store *store, const char *ticket, const char *device, int64_t now_us,
                                        GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    if (tx == NULL) {
        return NULL;
    }
    struct store_party *party = redeem(store, tx, ticket, device, now_us, error);
    if (party != NULL && !db_commit(g_steal_pointer(&tx), error)) {
        g_clear_pointer(&party, store_party_free);
    } else if (party != NULL) {
        party->device_tied = true;
    }
    return party;
}

bool store_ticket_revoke(struct store *store, const char *party, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    if (tx == NULL) {
        return false;
    }
    struct db_statement *update = db_prepare(tx, "UPDATE party SET ticket_revoked = 1 WHERE id = ?");
    db_bind_text(update, party);
    struct db_statement *delete = db_prepare(tx, "DELETE FROM session WHERE party = ?");
    db_bind_text(delete, party);
    return db_run_one(update, "party", error) && db_run(delete, error) && db_commit(g_steal_pointer(&tx), error);
}
