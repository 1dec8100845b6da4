#include "store/internal.h"
#include "store/outbox.h"

static const char *const state_words[] = {
    [INTERVIEW_SCHEDULED] = "scheduled", [INTERVIEW_WAITING] = "waiting",   [INTERVIEW_RINGING] = "ringing",
    [INTERVIEW_IN_CALL] = "in_call",     [INTERVIEW_ENDED] = "ended",       [INTERVIEW_MISSED] = "missed",
    [INTERVIEW_ABORTED] = "aborted",     [INTERVIEW_REQUIRED] = "required",
};

const char *interview_state_word(enum store_interview_state state)
{
    return state_words[state];
}

bool interview_state_parse(struct db_statement *row, int column, enum store_interview_state *state, GError **error)
{
    g_autofree char *word = db_text(row, column);
    for (unsigned i = 0; i < G_N_ELEMENTS(state_words); i++) {
        if (g_strcmp0(word, state_words[i]) == 0) {
            *state = (enum store_interview_state)i;
            return true;
        }
    }
    g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT, "an interview has no state \"%s\"", word);
    return false;
}

void store_interview_free(struct store_interview *interview)
{
    if (interview == NULL) {
        return;
    }
    g_free(interview->id);
    g_free(interview->mission);
    g_free(interview->order_ref);
    g_free(interview->document);
    g_free(interview->outcome);
    g_free(interview->reason);
    g_free(interview);
}

static void free_interview(void *interview)
{
    store_interview_free(interview);
}

static struct seal_place reason_place(const char *id)
{
    return (struct seal_place){"interview", "sealed_reason", id};
}

/* ---- reading ---- */

#define SELECT_INTERVIEW                                                                                               \
    "SELECT i.id, i.mission, i.order_ref, i.document, i.scheduled_us, i.length_min, i.state, i.state_since_us,"        \
    " i.waiting_since_us, i.ring_expires_us, i.version, i.outcome, i.sealed_reason, k.sealed_key,"                     \
    " i.bookings, i.guardian_needed"                                                                                   \
    " FROM interview i JOIN interview_key k ON k.interview = i.id "

static struct store_interview *read_interview(struct store *store, struct db_statement *row, GError **error)
{
    struct store_interview *interview = g_new0(struct store_interview, 1);
    interview->id = db_text(row, 0);
    interview->mission = db_text(row, 1);
    interview->order_ref = db_text(row, 2);
    interview->document = db_text(row, 3);
    interview->scheduled_us = db_int(row, 4);
    interview->length_min = (unsigned)db_int(row, 5);
    interview->state_since_us = db_int(row, 7);
    interview->waiting_since_us = db_int(row, 8);
    interview->ring_expires_us = db_int(row, 9);
    interview->version = (unsigned)db_int(row, 10);
    interview->outcome = db_text(row, 11);
    interview->bookings = (unsigned)db_int(row, 14);
    interview->guardian_needed = db_int(row, 15) != 0;
    g_autoptr(GBytes) reason = db_blob(row, 12);
    g_autoptr(GBytes) key = db_blob(row, 13);
    if (!interview_state_parse(row, 6, &interview->state, error) ||
        !keyring_open_text(store->keyring, key_of_interview(interview->id), key, reason_place(interview->id), reason,
                           &interview->reason, error)) {
        g_clear_pointer(&interview, store_interview_free);
    }
    return interview;
}

static GPtrArray *read_interviews(struct store *store, struct db_statement *select, GError **error)
{
    g_autoptr(GPtrArray) interviews = g_ptr_array_new_with_free_func(free_interview);
    enum db_step step;
    while ((step = db_step(select, error)) == DB_ROW) {
        struct store_interview *interview = read_interview(store, select, error);
        if (interview == NULL) {
            return NULL;
        }
        g_ptr_array_add(interviews, interview);
    }
    return step == DB_DONE ? g_steal_pointer(&interviews) : NULL;
}

struct store_interview *store_interview_get(struct store *store, const char *id, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select = db_prepare(tx, SELECT_INTERVIEW "WHERE i.id = ?");
    db_bind_text(select, id);
    return db_find(select, "interview", error) ? read_interview(store, select, error) : NULL;
}

static struct db_statement *select_of_order(db_transaction *tx, const char *mission, const char *order_ref)
{
    struct db_statement *select =
        db_prepare(tx, SELECT_INTERVIEW "WHERE i.mission = ? AND i.order_ref = ?"
                                        " AND (i.state = 'required' OR i.state IN " INTERVIEW_LIVE ")"
                                        " ORDER BY i.scheduled_us, i.id LIMIT 1");
    db_bind_text(select, mission);
    db_bind_text(select, order_ref);
    return select;
}

struct store_interview *store_interview_of_order(struct store *store, const char *mission, const char *order_ref,
                                                 GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select = select_of_order(tx, mission, order_ref);
    return db_find(select, "interview", error) ? read_interview(store, select, error) : NULL;
}

GPtrArray *store_interview_list(struct store *store, const char *mission, int64_t from_us, int64_t to_us,
                                GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select =
        db_prepare(tx, SELECT_INTERVIEW "WHERE i.mission = ? AND i.scheduled_us >= ? AND i.scheduled_us < ?"
                                        " ORDER BY i.scheduled_us, i.id");
    db_bind_text(select, mission);
    db_bind_int(select, from_us);
    db_bind_int(select, to_us);
    return read_interviews(store, select, error);
}

GPtrArray *store_interview_live(struct store *store, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select =
        db_prepare(tx, SELECT_INTERVIEW "WHERE i.state IN " INTERVIEW_LIVE " ORDER BY i.scheduled_us, i.id");
    return read_interviews(store, select, error);
}

GPtrArray *store_interview_unbooked(struct store *store, const char *mission, unsigned limit, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select = db_prepare(tx, SELECT_INTERVIEW "WHERE i.mission = ? AND i.state = 'required'"
                                                                  " ORDER BY i.state_since_us, i.id LIMIT ?");
    db_bind_text(select, mission);
    db_bind_int(select, limit);
    return read_interviews(store, select, error);
}

/* ---- writing ---- */

static bool insert_row(db_transaction *tx, const struct store_interview *interview, GError **error)
{
    struct db_statement *insert =
        db_prepare(tx, "INSERT INTO interview (id, mission, order_ref, document, scheduled_us, length_min, state,"
                       " state_since_us, waiting_since_us, ring_expires_us, version, outcome, bookings,"
                       " guardian_needed) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
    db_bind_text(insert, interview->id);
    db_bind_text(insert, interview->mission);
    db_bind_text(insert, interview->order_ref);
    db_bind_text(insert, interview->document);
    db_bind_int(insert, interview->scheduled_us);
    db_bind_int(insert, interview->length_min);
    db_bind_text(insert, interview_state_word(interview->state));
    db_bind_int(insert, interview->state_since_us);
    db_bind_int(insert, interview->waiting_since_us);
    db_bind_int(insert, interview->ring_expires_us);
    db_bind_int(insert, interview->version);
    db_bind_text(insert, interview->outcome);
    db_bind_int(insert, interview->bookings);
    db_bind_int(insert, interview->guardian_needed);
    return db_run(insert, error);
}

static bool write_reason(struct store *store, db_transaction *tx, const struct store_interview *interview,
                         GError **error)
{
    g_auto(aead_key) key = {0};
    g_autoptr(GBytes) sealed = NULL;
    if (interview->reason != NULL) {
        if (!keyring_get(store->keyring, tx, key_of_interview(interview->id), &key, error)) {
            return false;
        }
        sealed = seal_text(&key, reason_place(interview->id), interview->reason);
    }
    struct db_statement *update = db_prepare(tx, "UPDATE interview SET sealed_reason = ? WHERE id = ?");
    db_bind_blob(update, sealed);
    db_bind_text(update, interview->id);
    return db_run(update, error);
}

/* ---- telling order services ---- */

static const char *const state_types[] = {
    [INTERVIEW_SCHEDULED] = "interview.scheduled", [INTERVIEW_WAITING] = "interview.waiting",
    [INTERVIEW_RINGING] = "interview.ringing",     [INTERVIEW_IN_CALL] = "interview.started",
    [INTERVIEW_ENDED] = "interview.ended",         [INTERVIEW_MISSED] = "interview.missed",
    [INTERVIEW_ABORTED] = "interview.aborted",     [INTERVIEW_REQUIRED] = "interview.required",
};

/* The interview as the transaction leaves it; `cause` is what its history calls the change, `type` NULL: by its state.
 * The outcome is a word of ours, its reason may be personal and is not told. */
static bool tell(db_transaction *tx, const char *id, const char *type, const char *cause, int64_t at_us, GError **error)
{
    enum store_interview_state state;
    struct db_statement *select = db_prepare(tx, "SELECT state, version, outcome FROM interview WHERE id = ?");
    db_bind_text(select, id);
    if (!db_find(select, "interview", error) || !interview_state_parse(select, 0, &state, error)) {
        return false;
    }
    g_autofree char *outcome = db_text(select, 2);
    json_t *data = json_pack("{s:s, s:s, s:I, s:s?}", "cause", cause, "state", interview_state_word(state), "version",
                             (json_int_t)db_int(select, 1), "outcome", outcome);
    const struct outbox_event event = {
        OUTBOX_INTERVIEW, id, type != NULL ? type : state_types[state], at_us, data,
    };
    return outbox_add(tx, event, error);
}

bool interview_insert(struct store *store, db_transaction *tx, const struct store_interview *interview, GError **error)
{
    return insert_row(tx, interview, error) &&
           keyring_make(store->keyring, tx, key_of_interview(interview->id), error) &&
           write_reason(store, tx, interview, error) &&
           tell(tx, interview->id, NULL, "created", interview->state_since_us, error);
}

bool store_interview_add(struct store *store, const struct store_interview *interview, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    return tx != NULL && interview_insert(store, tx, interview, error) &&
           outbox_commit(store, g_steal_pointer(&tx), error);
}

/* Where an interview stands inside the present transaction. */
struct standing {
    enum store_interview_state state;
    unsigned version;
};

static bool read_standing(db_transaction *tx, const char *id, struct standing *standing, GError **error)
{
    struct db_statement *select = db_prepare(tx, "SELECT state, version FROM interview WHERE id = ?");
    db_bind_text(select, id);
    if (!db_find(select, "interview", error) || !interview_state_parse(select, 0, &standing->state, error)) {
        return false;
    }
    standing->version = (unsigned)db_int(select, 1);
    return true;
}

static bool write_standing(db_transaction *tx, const struct store_interview *interview, unsigned version,
                           GError **error)
{
    struct db_statement *update =
        db_prepare(tx, "UPDATE interview SET state = ?, state_since_us = ?, waiting_since_us = ?,"
                       " ring_expires_us = ?, outcome = ?, scheduled_us = ?, length_min = ?, bookings = ?, version = ?"
                       " WHERE id = ?");
    db_bind_text(update, interview_state_word(interview->state));
    db_bind_int(update, interview->state_since_us);
    db_bind_int(update, interview->waiting_since_us);
    db_bind_int(update, interview->ring_expires_us);
    db_bind_text(update, interview->outcome);
    db_bind_int(update, interview->scheduled_us);
    db_bind_int(update, interview->length_min);
    db_bind_int(update, interview->bookings);
    db_bind_int(update, version);
    db_bind_text(update, interview->id);
    return db_run(update, error);
}

/* Only another appointment leaves a scheduled interview scheduled. */
static bool is_move(enum store_interview_state before, const struct store_interview *interview)
{
    return before == INTERVIEW_SCHEDULED && interview->state == INTERVIEW_SCHEDULED;
}

bool interview_write(struct store *store, db_transaction *tx, const struct interview_write *write,
                     enum store_interview_state *before, GError **error)
{
    struct store_interview *interview = write->interview;
    struct standing stored;
    if (!read_standing(tx, interview->id, &stored, error)) {
        return false;
    }
    if (stored.version != interview->version) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_CONFLICT,
                    "interview %s is at version %u and the change was made to version %u: read it again", interview->id,
                    stored.version, interview->version);
        return false;
    }
    const struct history_entry entry = {
        interview->id, stored.version + 1, write->now_us, stored.state, interview->state, write->actor, write->event,
    };
    if (before != NULL) {
        *before = stored.state;
    }
    return write_standing(tx, interview, entry.version, error) && write_reason(store, tx, interview, error) &&
           history_add(tx, &entry, error) &&
           tell(tx, interview->id, is_move(stored.state, interview) ? "interview.rescheduled" : NULL, write->event,
                write->now_us, error);
}

bool store_interview_update(struct store *store, struct store_interview *interview, const char *actor,
                            const char *event, int64_t now_us, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    const struct interview_write write = {interview, actor, event, now_us};
    if (tx == NULL || !interview_write(store, tx, &write, NULL, error) ||
        !outbox_commit(store, g_steal_pointer(&tx), error)) {
        return false;
    }
    interview->version++;
    return true;
}

bool interview_next_version(db_transaction *tx, const char *id, const char *actor, const char *event, int64_t now_us,
                            GError **error)
{
    struct standing stored;
    if (!read_standing(tx, id, &stored, error)) {
        return false;
    }
    const struct history_entry entry = {
        id, stored.version + 1, now_us, stored.state, stored.state, actor, event,
    };
    struct db_statement *update = db_prepare(tx, "UPDATE interview SET version = ? WHERE id = ?");
    db_bind_int(update, entry.version);
    db_bind_text(update, id);
    return db_run(update, error) && history_add(tx, &entry, error);
}

bool store_interview_reschedule(struct store *store, const char *id, int64_t scheduled_us, const char *actor,
                                int64_t now_us, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    if (tx == NULL || !interview_next_version(tx, id, actor, "rescheduled", now_us, error)) {
        return false;
    }
    struct db_statement *update = db_prepare(tx, "UPDATE interview SET scheduled_us = ? WHERE id = ?");
    db_bind_int(update, scheduled_us);
    db_bind_text(update, id);
    return db_run(update, error) && tell(tx, id, "interview.rescheduled", "rescheduled", now_us, error) &&
           outbox_commit(store, g_steal_pointer(&tx), error);
}
