/* How an interview is conducted: whose it is, the guardian who was identified, a second officer's opinion. */
#include "store/internal.h"

void store_conduct_free(struct store_conduct *conduct)
{
    if (conduct == NULL) {
        return;
    }
    char *const owned[] = {
        conduct->assigned,
        conduct->assigned_name,
        conduct->guardian.party,
        conduct->guardian.relation,
        conduct->guardian.capture,
        conduct->guardian.officer,
        conduct->guardian.officer_name,
        conduct->opinion.officer,
        conduct->opinion.officer_name,
        conduct->opinion.asked_by,
        conduct->opinion.opinion,
        conduct->opinion.reason,
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(owned); i++) {
        g_free(owned[i]);
    }
    g_free(conduct);
}

static struct seal_place reason_place(const char *interview)
{
    return (struct seal_place){"opinion", "sealed_reason", interview};
}

/* ---- reading ---- */

#define SELECT_CONDUCT                                                                                                 \
    "SELECT i.assigned, a.name, g.party, g.relation, g.capture, g.officer, h.name, g.at_us, o.officer, p.name,"        \
    " o.asked_by, o.asked_us, o.opinion, o.given_us, o.sealed_reason, k.sealed_key"                                    \
    " FROM interview i JOIN interview_key k ON k.interview = i.id"                                                     \
    " LEFT JOIN officer a ON a.id = i.assigned"                                                                        \
    " LEFT JOIN guardianship g ON g.interview = i.id LEFT JOIN officer h ON h.id = g.officer"                          \
    " LEFT JOIN opinion o ON o.interview = i.id LEFT JOIN officer p ON p.id = o.officer WHERE i.id = ?"

static struct store_conduct *read_conduct(struct store *store, struct db_statement *row, const char *interview,
                                          GError **error)
{
    struct store_conduct *conduct = g_new0(struct store_conduct, 1);
    *conduct = (struct store_conduct){
        .assigned = db_text(row, 0),
        .assigned_name = db_text(row, 1),
        .guardian = {.party = db_text(row, 2),
                     .relation = db_text(row, 3),
                     .capture = db_text(row, 4),
                     .officer = db_text(row, 5),
                     .officer_name = db_text(row, 6),
                     .at_us = db_int(row, 7)},
        .opinion = {.officer = db_text(row, 8),
                    .officer_name = db_text(row, 9),
                    .asked_by = db_text(row, 10),
                    .asked_us = db_int(row, 11),
                    .opinion = db_text(row, 12),
                    .given_us = db_int(row, 13)},
    };
    g_autoptr(GBytes) reason = db_blob(row, 14);
    g_autoptr(GBytes) key = db_blob(row, 15);
    if (!keyring_open_text(store->keyring, key_of_interview(interview), key, reason_place(interview), reason,
                           &conduct->opinion.reason, error)) {
        g_clear_pointer(&conduct, store_conduct_free);
    }
    return conduct;
}

struct store_conduct *store_conduct_get(struct store *store, const char *interview, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select = db_prepare(tx, SELECT_CONDUCT);
    db_bind_text(select, interview);
    return db_find(select, "interview", error) ? read_conduct(store, select, interview, error) : NULL;
}

/* ---- writing ---- */

struct change {
    const char *interview, *actor, *event;
    int64_t at_us;
};

/* Begins a change: NULL when the interview was erased. `key` is the interview's. */
static db_transaction *begin(struct store *store, const struct change *change, aead_key *key, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    const bool ok = tx != NULL && keyring_get(store->keyring, tx, key_of_interview(change->interview), key, error) &&
                    interview_next_version(tx, change->interview, change->actor, change->event, change->at_us, error);
    return ok ? g_steal_pointer(&tx) : NULL;
}

bool store_interview_assign(struct store *store, const char *interview, const char *officer, const char *actor,
                            const char *event, int64_t now_us, GError **error)
{
    const struct change change = {interview, actor, event, now_us};
    g_auto(aead_key) key = {0};
    g_autoptr(db_transaction) tx = begin(store, &change, &key, error);
    if (tx == NULL) {
        return false;
    }
    struct db_statement *update = db_prepare(tx, "UPDATE interview SET assigned = ? WHERE id = ?");
    db_bind_text(update, officer);
    db_bind_text(update, interview);
    return db_run_one(update, "interview", error) && db_commit(g_steal_pointer(&tx), error);
}

bool store_guardianship_set(struct store *store, const char *interview, const struct store_guardianship *guardianship,
                            GError **error)
{
    const struct change change = {interview, guardianship->officer, "guardian_identified", guardianship->at_us};
    g_auto(aead_key) key = {0};
    g_autoptr(db_transaction) tx = begin(store, &change, &key, error);
    if (tx == NULL) {
        return false;
    }
    struct db_statement *delete = db_prepare(tx, "DELETE FROM guardianship WHERE interview = ?");
    db_bind_text(delete, interview);
    struct db_statement *insert =
        db_prepare(tx, "INSERT INTO guardianship (interview, party, relation, capture, officer, at_us)"
                       " VALUES (?, ?, ?, ?, ?, ?)");
    db_bind_text(insert, interview);
    db_bind_text(insert, guardianship->party);
    db_bind_text(insert, guardianship->relation);
    db_bind_text(insert, guardianship->capture);
    db_bind_text(insert, guardianship->officer);
    db_bind_int(insert, guardianship->at_us);
    return db_run(delete, error) && db_run(insert, error) && db_commit(g_steal_pointer(&tx), error);
}

/* ---- a second officer's opinion ---- */

static bool check_not_given(db_transaction *tx, const char *interview, GError **error)
{
    struct db_statement *select =
        db_prepare(tx, "SELECT count(*) FROM opinion WHERE interview = ? AND opinion IS NOT NULL");
    db_bind_text(select, interview);
    if (!db_find(select, "opinion", error)) {
        return false;
    }
    if (db_int(select, 0) > 0) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_CONFLICT, "an opinion on interview %s was given already",
                    interview);
        return false;
    }
    return true;
}

bool store_opinion_ask(struct store *store, const char *interview, const struct store_opinion *opinion, GError **error)
{
    const struct change change = {interview, opinion->asked_by, "opinion_asked", opinion->asked_us};
    g_auto(aead_key) key = {0};
    g_autoptr(db_transaction) tx = begin(store, &change, &key, error);
    if (tx == NULL || !check_not_given(tx, interview, error)) {
        return false;
    }
    struct db_statement *delete = db_prepare(tx, "DELETE FROM opinion WHERE interview = ?");
    db_bind_text(delete, interview);
    struct db_statement *insert =
        db_prepare(tx, "INSERT INTO opinion (interview, officer, asked_by, asked_us) VALUES (?, ?, ?, ?)");
    db_bind_text(insert, interview);
    db_bind_text(insert, opinion->officer);
    db_bind_text(insert, opinion->asked_by);
    db_bind_int(insert, opinion->asked_us);
    return db_run(delete, error) && db_run(insert, error) && db_commit(g_steal_pointer(&tx), error);
}

bool store_opinion_give(struct store *store, const char *interview, const struct store_opinion *opinion, GError **error)
{
    const struct change change = {interview, opinion->officer, "opinion_given", opinion->given_us};
    g_auto(aead_key) key = {0};
    g_autoptr(db_transaction) tx = begin(store, &change, &key, error);
    if (tx == NULL || !check_not_given(tx, interview, error)) {
        return false;
    }
    g_autoptr(GBytes) reason = seal_text(&key, reason_place(interview), opinion->reason);
    struct db_statement *update = db_prepare(
        tx, "UPDATE opinion SET opinion = ?, given_us = ?, sealed_reason = ? WHERE interview = ? AND officer = ?");
    db_bind_text(update, opinion->opinion);
    db_bind_int(update, opinion->given_us);
    db_bind_blob(update, reason);
    db_bind_text(update, interview);
    db_bind_text(update, opinion->officer);
    return db_run_one(update, "question for an opinion", error) && db_commit(g_steal_pointer(&tx), error);
}

/* ---- who has something else to do ---- */

static GPtrArray *read_ids(struct db_statement *select, GError **error)
{
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    enum db_step step;
    while ((step = db_step(select, error)) == DB_ROW) {
        g_ptr_array_add(ids, db_text(select, 0));
    }
    return step == DB_DONE ? g_steal_pointer(&ids) : NULL;
}

GPtrArray *store_officers_in_call(struct store *store, const char *mission, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select =
        db_prepare(tx, "SELECT p.officer FROM interview i JOIN party p ON p.interview = i.id"
                       " WHERE i.mission = ? AND i.state IN ('ringing', 'in_call') AND p.role = 'officer'"
                       " AND p.admitted <> 0");
    db_bind_text(select, mission);
    return read_ids(select, error);
}

GPtrArray *store_officers_engaged(struct store *store, const struct store_interview *interview, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select =
        db_prepare(tx, "SELECT assigned FROM interview WHERE mission = ? AND id <> ? AND assigned IS NOT NULL"
                       " AND state IN " INTERVIEW_LIVE " AND scheduled_us < ?"
                       " AND scheduled_us + length_min * 60000000 > ?");
    db_bind_text(select, interview->mission);
    db_bind_text(select, interview->id);
    db_bind_int(select, interview->scheduled_us + (int64_t)interview->length_min * 60 * G_USEC_PER_SEC);
    db_bind_int(select, interview->scheduled_us);
    return read_ids(select, error);
}
