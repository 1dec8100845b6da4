/* Changes of an order: one transaction holds the row, its history, the messages and events, and what is made along. */
#include "store/order.h"

#include <string.h>

#include "store/outbox.h"

/* ---- whether it may be ---- */

static bool check_slots(db_transaction *tx, const char *id, const char *expected, GError **error)
{
    struct db_statement *select = db_prepare(tx, "SELECT " ORDER_SLOTS " FROM book_order o WHERE o.id = ?");
    db_bind_text(select, id);
    if (!db_find(select, "order", error)) {
        return false;
    }
    g_autofree char *slots = db_text(select, 0);
    if (strcmp(slots, expected) != 0) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_CONFLICT, "the materials of order %s have changed: read it again",
                    id);
        return false;
    }
    return true;
}

/* D-28. The order itself is not taken yet. */
static bool check_day(db_transaction *tx, const char *mission, const struct store_order_update *update, GError **error)
{
    struct db_statement *select =
        db_prepare(tx, "SELECT count(*) FROM book_order WHERE mission = ? AND taken_us >= ? AND taken_us < ?");
    db_bind_text(select, mission);
    db_bind_int(select, update->day.from_us);
    db_bind_int(select, update->day.to_us);
    if (!db_find(select, "order", error)) {
        return false;
    }
    if (db_int(select, 0) >= update->day.max) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_TAKEN, "all %u orders of the day are taken", update->day.max);
        return false;
    }
    return true;
}

/* Of two that deal with one event the second must not. */
static bool move_cursor(db_transaction *tx, int64_t seq, GError **error)
{
    struct db_statement *move = db_prepare(tx, "UPDATE book SET cursor = ? WHERE cursor < ?");
    db_bind_int(move, seq);
    db_bind_int(move, seq);
    if (!db_run(move, error)) {
        return false;
    }
    if (db_changes(tx) == 0) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_CONFLICT, "the book has dealt with event %" G_GINT64_FORMAT, seq);
        return false;
    }
    return true;
}

static bool check_update(db_transaction *tx, const struct store_order *order, const struct store_order_update *update,
                         const struct order_standing *stored, GError **error)
{
    return (update->seq == 0 || move_cursor(tx, update->seq, error)) &&
           (update->slots == NULL || check_slots(tx, order->id, update->slots, error)) &&
           (update->day.max == 0 || check_day(tx, order->mission, update, error)) &&
           (stored->applicant == NULL || !store_order_is_open(order) ||
            order_check_only_one(tx, order->id, stored->applicant, error));
}

/* ---- what is written ---- */

static bool make_along(struct store *store, db_transaction *tx, const struct store_order_update *update, GError **error)
{
    const struct store_order_interview *made = update->interview;
    return (update->facecheck == NULL || facecheck_insert(store, tx, update->facecheck, NULL, error)) &&
           (made == NULL || interview_require(store, tx, made->interview, made->invitations, made->count, error));
}

static bool write_row(db_transaction *tx, const struct store_order *order, GError **error)
{
    struct db_statement *update =
        db_prepare(tx, "UPDATE book_order SET state = ?, stage = ?, state_since_us = ?, submitted_us = ?,"
                       " taken_us = ?, own_district = ?, officer = ?, facecheck = ?, interview = ?, version = ?"
                       " WHERE id = ?");
    db_bind_text(update, order_state_word(order->state));
    db_bind_text(update, order_stage(order));
    db_bind_int(update, order->state_since_us);
    db_bind_int(update, order->submitted_us);
    db_bind_int(update, order->taken_us);
    db_bind_int(update, order->own_district);
    db_bind_text(update, order->officer);
    db_bind_text(update, order->facecheck);
    db_bind_text(update, order->interview);
    db_bind_int(update, order->version);
    db_bind_text(update, order->id);
    return db_run(update, error);
}

static struct seal_place reason_place(const char *id)
{
    return (struct seal_place){"order_history", "sealed_reason", id};
}

static bool write_history(struct store *store, db_transaction *tx, const struct store_order *order,
                          const struct order_passage *passage, GError **error)
{
    const struct store_order_step *step = passage->step;
    g_auto(aead_key) key = {0};
    if (!keyring_get(store->keyring, tx, key_of_order(order->id), &key, error)) {
        return false;
    }
    g_autoptr(GBytes) reason = seal_text(&key, reason_place(order->id), step->reason);
    struct db_statement *insert =
        db_prepare(tx, "INSERT INTO order_history (book_order, version, at_us, from_state, to_state, actor, event,"
                       " sealed_reason) VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    db_bind_text(insert, order->id);
    db_bind_int(insert, order->version);
    db_bind_int(insert, passage->at_us);
    db_bind_text(insert, order_state_word(passage->from));
    db_bind_text(insert, order_state_word(step->to));
    db_bind_text(insert, step->actor);
    db_bind_text(insert, step->event);
    db_bind_blob(insert, reason);
    return db_run(insert, error);
}

/* One step: `order` is then at its state and version. */
static bool take_step(struct store *store, db_transaction *tx, struct store_order *order,
                      const struct order_passage *passage, GError **error)
{
    order->state = passage->step->to;
    order->version++;
    return write_history(store, tx, order, passage, error) &&
           order_message(store, tx, order, passage->step->message, passage->step->message_args, passage->at_us,
                         error) &&
           order_tell(tx, order, passage->step->event, passage->at_us, error);
}

static bool take_steps(struct store *store, db_transaction *tx, struct store_order *order,
                       const struct store_order_update *update, enum store_order_state from, GError **error)
{
    for (size_t i = 0; i < update->count; i++) {
        const struct order_passage passage = {from, &update->steps[i], update->now_us};
        if (!take_step(store, tx, order, &passage, error)) {
            return false;
        }
        from = update->steps[i].to;
    }
    return true;
}

bool store_order_update(struct store *store, struct store_order *order, const struct store_order_update *update,
                        GError **error)
{
    struct order_standing stored = {0};
    struct store_order next = *order;
    next.state = update->steps[update->count - 1].to;
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    bool ok = tx != NULL && order_read_standing(tx, order->id, order->version, &stored, error) &&
              check_update(tx, &next, update, &stored, error) && make_along(store, tx, update, error);
    if (ok) {
        next.state_since_us = next.state != stored.state ? update->now_us : order->state_since_us;
        ok = take_steps(store, tx, &next, update, stored.state, error) && write_row(tx, &next, error) &&
             order_write_sealed(store, tx, &next, ORDER_SUPPLEMENT, ORDER_TRACKING, error) &&
             outbox_commit(store, g_steal_pointer(&tx), error);
    }
    if (ok) {
        *order = next;
    }
    g_clear_pointer(&stored.applicant, g_bytes_unref);
    return ok;
}

/* ---- history ---- */

static void free_history(void *data)
{
    struct store_order_history *history = data;
    g_free(history->actor);
    g_free(history->event);
    g_free(history->reason);
    g_free(history);
}

static bool read_history(struct store *store, struct db_statement *row, const char *id,
                         struct store_order_history *history, GError **error)
{
    g_autoptr(GBytes) reason = db_blob(row, 5);
    g_autoptr(GBytes) key = db_blob(row, 6);
    history->at_us = db_int(row, 0);
    history->actor = db_text(row, 3);
    history->event = db_text(row, 4);
    return order_state_parse(row, 1, &history->from, error) && order_state_parse(row, 2, &history->to, error) &&
           keyring_open_text(store->keyring, key_of_order(id), key, reason_place(id), reason, &history->reason, error);
}

GPtrArray *store_order_history(struct store *store, const char *id, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select =
        db_prepare(tx, "SELECT h.at_us, h.from_state, h.to_state, h.actor, h.event, h.sealed_reason, k.sealed_key"
                       " FROM order_history h JOIN order_key k ON k.book_order = h.book_order"
                       " WHERE h.book_order = ? ORDER BY h.version");
    db_bind_text(select, id);
    g_autoptr(GPtrArray) entries = g_ptr_array_new_with_free_func(free_history);
    enum db_step step;
    while ((step = db_step(select, error)) == DB_ROW) {
        struct store_order_history *history = g_new0(struct store_order_history, 1);
        g_ptr_array_add(entries, history);
        if (!read_history(store, select, id, history, error)) {
            return NULL;
        }
    }
    return step == DB_DONE ? g_steal_pointer(&entries) : NULL;
}
