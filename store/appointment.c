/* Appointments: what one transaction has to hold together, so that no time is given away twice. */
#include "store/internal.h"
#include "store/outbox.h"

#define MINUTE_US INT64_C(60000000)

/* STORE_ERROR_SUPERSEDED when the order of `interview` has another one that is not over. */
static bool check_only_one(db_transaction *tx, const struct store_interview *interview, GError **error)
{
    struct db_statement *select =
        db_prepare(tx, "SELECT count(*) FROM interview WHERE mission = ? AND order_ref = ? AND id <> ?"
                       " AND (state = 'required' OR state IN " INTERVIEW_LIVE ")");
    db_bind_text(select, interview->mission);
    db_bind_text(select, interview->order_ref);
    db_bind_text(select, interview->id);
    if (!db_find(select, "interview", error)) {
        return false;
    }
    if (db_int(select, 0) > 0) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_SUPERSEDED, "order %s has an interview that is not over",
                    interview->order_ref);
        return false;
    }
    return true;
}

bool interview_require(struct store *store, db_transaction *tx, const struct store_interview *interview,
                       const struct store_invitation *invitations, size_t count, GError **error)
{
    if (!check_only_one(tx, interview, error) || !interview_insert(store, tx, interview, error)) {
        return false;
    }
    for (size_t i = 0; i < count; i++) {
        if (!party_insert(store, tx, invitations[i].party, invitations[i].ticket, error)) {
            return false;
        }
    }
    return true;
}

bool store_interview_require(struct store *store, const struct store_interview *interview,
                             const struct store_invitation *invitations, size_t count, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    return tx != NULL && interview_require(store, tx, interview, invitations, count, error) &&
           outbox_commit(store, g_steal_pointer(&tx), error);
}

/* The lower bound on scheduled_us says nothing new, but lets the index find where to begin. */
#define OVERLAPPING                                                                                                    \
    " FROM interview WHERE mission = ? AND scheduled_us > ? AND scheduled_us < ?"                                      \
    " AND scheduled_us + length_min * 60000000 > ? AND id <> ? AND state IN " INTERVIEW_LIVE

static void bind_overlapping(struct db_statement *select, const char *mission, int64_t from_us, int64_t to_us,
                             const char *except)
{
    db_bind_text(select, mission);
    db_bind_int(select, from_us - STORE_LENGTH_MIN_MAX * MINUTE_US);
    db_bind_int(select, to_us);
    db_bind_int(select, from_us);
    db_bind_text(select, except != NULL ? except : "");
}

static bool check_capacity(db_transaction *tx, const struct store_interview *interview, unsigned capacity,
                           GError **error)
{
    if (interview->scheduled_us == 0) {
        return true;
    }
    struct db_statement *select = db_prepare(tx, "SELECT count(*)" OVERLAPPING);
    bind_overlapping(select, interview->mission, interview->scheduled_us,
                     interview->scheduled_us + interview->length_min * MINUTE_US, interview->id);
    if (!db_find(select, "interview", error)) {
        return false;
    }
    if (db_int(select, 0) >= capacity) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_TAKEN, "all %u places at that time are taken", capacity);
        return false;
    }
    return true;
}

static bool take_tickets_along(db_transaction *tx, const struct store_interview *interview, int64_t until_us,
                               int64_t now_us, GError **error)
{
    struct db_statement *update =
        db_prepare(tx, "UPDATE party SET ticket_scheduled_us = ?,"
                       " ticket_expires_us = CASE WHEN ticket_expires_us < ? THEN ? ELSE ticket_expires_us END"
                       " WHERE interview = ? AND ticket_sha256 IS NOT NULL AND ticket_expires_us > ?"
                       " AND ticket_scheduled_us = (SELECT scheduled_us FROM interview WHERE id = ?)");
    db_bind_int(update, interview->scheduled_us);
    db_bind_int(update, until_us);
    db_bind_int(update, until_us);
    db_bind_text(update, interview->id);
    db_bind_int(update, now_us);
    db_bind_text(update, interview->id);
    return db_run(update, error);
}

bool store_interview_appoint(struct store *store, struct store_interview *interview,
                             const struct store_booking *booking, const char *actor, const char *event, int64_t now_us,
                             GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    const struct interview_write write = {interview, actor, event, now_us};
    enum store_interview_state before;
    /* The row keeps its old time until the tickets that are bound to it have been found. */
    if (tx == NULL || !check_capacity(tx, interview, booking->capacity, error) ||
        !take_tickets_along(tx, interview, booking->tickets_until_us, now_us, error) ||
        !interview_write(store, tx, &write, &before, error) ||
        (before == INTERVIEW_MISSED && !check_only_one(tx, interview, error)) ||
        !outbox_commit(store, g_steal_pointer(&tx), error)) {
        return false;
    }
    interview->version++;
    return true;
}

GArray *store_appointment_list(struct store *store, const char *mission, int64_t from_us, int64_t to_us,
                               const char *except, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select =
        db_prepare(tx, "SELECT scheduled_us, length_min" OVERLAPPING " ORDER BY scheduled_us");
    bind_overlapping(select, mission, from_us, to_us, except);
    g_autoptr(GArray) appointments = g_array_new(FALSE, FALSE, sizeof(struct store_appointment));
    enum db_step step;
    while ((step = db_step(select, error)) == DB_ROW) {
        const int64_t at_us = db_int(select, 0);
        const struct store_appointment appointment = {at_us, at_us + db_int(select, 1) * MINUTE_US};
        g_array_append_val(appointments, appointment);
    }
    return step == DB_DONE ? g_steal_pointer(&appointments) : NULL;
}
