/* An order as it is read, made and edited; order_change.c has its changes, order_list.c the lists, order_material.c the
 * pictures. */
#include "store/order.h"

#include <string.h>

#include "store/message.h"
#include "store/outbox.h"

static const char *const state_words[ORDER_STATES] = {
    [ORDER_DRAFT] = "draft",
    [ORDER_SUBMITTED] = "submitted",
    [ORDER_IN_REVIEW] = "in_review",
    [ORDER_SUPPLEMENT_REQUIRED] = "supplement_required",
    [ORDER_INTERVIEW_REQUIRED] = "interview_required",
    [ORDER_INTERVIEW_SCHEDULED] = "interview_scheduled",
    [ORDER_INTERVIEWING] = "interviewing",
    [ORDER_IN_PERSON_REQUIRED] = "in_person_required",
    [ORDER_APPROVED] = "approved",
    [ORDER_PRODUCED] = "produced",
    [ORDER_DISPATCHED] = "dispatched",
    [ORDER_COMPLETED] = "completed",
    [ORDER_REJECTED] = "rejected",
    [ORDER_WITHDRAWN] = "withdrawn",
};

const char *order_state_word(enum store_order_state state)
{
    return state_words[state];
}

bool order_state_parse(struct db_statement *row, int column, enum store_order_state *state, GError **error)
{
    g_autofree char *word = db_text(row, column);
    for (unsigned i = 0; i < G_N_ELEMENTS(state_words); i++) {
        if (g_strcmp0(word, state_words[i]) == 0) {
            *state = (enum store_order_state)i;
            return true;
        }
    }
    g_set_error(error, STORE_ERROR, STORE_ERROR_CORRUPT, "an order has no state \"%s\"", word);
    return false;
}

void store_order_free(struct store_order *order)
{
    if (order == NULL) {
        return;
    }
    g_free(order->id);
    g_free(order->number);
    g_free(order->account);
    g_free(order->mission);
    g_free(order->kind);
    g_free(order->issue);
    g_free(order->condition);
    g_free(order->officer);
    g_free(order->facecheck);
    g_free(order->interview);
    g_free(order->details);
    g_free(order->declaration);
    g_free(order->supplement);
    g_free(order->reason);
    g_free(order->tracking);
    g_free(order->slots);
    g_free(order->officer_name);
    g_free(order->interview_outcome);
    g_free(order);
}

bool store_order_is_open(const struct store_order *order)
{
    return order->state != ORDER_DRAFT && order->state != ORDER_COMPLETED && order->state != ORDER_REJECTED &&
           order->state != ORDER_WITHDRAWN;
}

/* What the lists' indexes go by. */
const char *order_stage(const struct store_order *order)
{
    if (!store_order_is_open(order)) {
        return order->state == ORDER_DRAFT ? "draft" : "over";
    }
    return order->state == ORDER_SUBMITTED && !order->facecheck_due ? "waiting" : "open";
}

/* ---- reading ---- */

static bool read_facecheck(struct db_statement *row, struct store_order *order, GError **error)
{
    return order->facecheck == NULL ||
           facecheck_state_parse(row, ORDER_COLUMN_FACECHECK_STATE, &order->facecheck_state, error);
}

static bool read_interview(struct db_statement *row, struct store_order *order, GError **error)
{
    if (order->interview == NULL) {
        return true;
    }
    order->interview_scheduled_us = db_int(row, ORDER_COLUMN_INTERVIEW_SCHEDULED);
    order->interview_outcome = db_text(row, ORDER_COLUMN_INTERVIEW_OUTCOME);
    return interview_state_parse(row, ORDER_COLUMN_INTERVIEW_STATE, &order->interview_state, error);
}

/* The sealed columns in the order in which SELECT_ORDER has them, from ORDER_COLUMN_SEALED on. */
#define SEALED_COLUMNS (ORDER_TRACKING + 1)
static const struct {
    const char *column, *update;
    size_t offset;
} sealed_columns[SEALED_COLUMNS] = {
#define SEALED(member)                                                                                                 \
    {                                                                                                                  \
        "sealed_" #member, "UPDATE book_order SET sealed_" #member " = ? WHERE id = ?",                                \
            offsetof(struct store_order, member)                                                                       \
    }
    SEALED(details), SEALED(declaration), SEALED(supplement), SEALED(reason), SEALED(tracking),
#undef SEALED
};

static char **sealed_member(struct store_order *order, unsigned i)
{
    return (char **)((char *)order + sealed_columns[i].offset);
}

static struct seal_place place(unsigned column, const char *id)
{
    return (struct seal_place){"book_order", sealed_columns[column].column, id};
}

static bool open_sealed(struct store *store, struct db_statement *row, struct store_order *order, GError **error)
{
    g_autoptr(GBytes) key = db_blob(row, ORDER_COLUMN_KEY);
    for (unsigned i = 0; i < SEALED_COLUMNS; i++) {
        g_autoptr(GBytes) sealed = db_blob(row, ORDER_COLUMN_SEALED + (int)i);
        if (!keyring_open_text(store->keyring, key_of_order(order->id), key, place(i, order->id), sealed,
                               sealed_member(order, i), error)) {
            return false;
        }
    }
    return true;
}

struct store_order *order_read(struct store *store, struct db_statement *row, GError **error)
{
    struct store_order *order = g_new0(struct store_order, 1);
    order->id = db_text(row, 0);
    order->number = db_text(row, 1);
    order->account = db_text(row, 2);
    order->mission = db_text(row, 3);
    order->kind = db_text(row, 4);
    order->issue = db_text(row, 5);
    order->condition = db_text(row, 6);
    g_autofree char *stage = db_text(row, 8);
    order->state_since_us = db_int(row, 9);
    order->version = (unsigned)db_int(row, 10);
    order->created_us = db_int(row, 11);
    order->declared_us = db_int(row, 12);
    order->submitted_us = db_int(row, 13);
    order->taken_us = db_int(row, 14);
    order->own_district = db_int(row, 15) != 0;
    order->officer = db_text(row, 16);
    order->facecheck = db_text(row, 17);
    order->interview = db_text(row, 18);
    order->slots = db_text(row, 19);
    order->officer_name = db_text(row, 20);
    order->facecheck_tries = (unsigned)db_int(row, 22);
    if (!order_state_parse(row, 7, &order->state, error) || !read_facecheck(row, order, error) ||
        !read_interview(row, order, error) || !open_sealed(store, row, order, error)) {
        g_clear_pointer(&order, store_order_free);
        return NULL;
    }
    order->facecheck_due = order->state == ORDER_SUBMITTED && strcmp(stage, "open") == 0;
    return order;
}

static struct store_order *find_order(struct store *store, const char *sql, const char *key, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select = db_prepare(tx, sql);
    db_bind_text(select, key);
    return db_find(select, "order", error) ? order_read(store, select, error) : NULL;
}

struct store_order *store_order_get(struct store *store, const char *id, GError **error)
{
    return find_order(store, SELECT_ORDER("o.sealed_declaration") "WHERE o.id = ?", id, error);
}

struct store_order *store_order_by_number(struct store *store, const char *number, GError **error)
{
    return find_order(store, SELECT_ORDER("o.sealed_declaration") "WHERE o.number = ?", number, error);
}

/* ---- writing ---- */

bool order_write_sealed(struct store *store, db_transaction *tx, struct store_order *order, enum order_sealed from,
                        enum order_sealed to, GError **error)
{
    g_auto(aead_key) key = {0};
    if (!keyring_get(store->keyring, tx, key_of_order(order->id), &key, error)) {
        return false;
    }
    for (unsigned i = from; i <= to; i++) {
        g_autoptr(GBytes) sealed = seal_text(&key, place(i, order->id), *sealed_member(order, i));
        struct db_statement *update = db_prepare(tx, sealed_columns[i].update);
        db_bind_blob(update, sealed);
        db_bind_text(update, order->id);
        if (!db_run(update, error)) {
            return false;
        }
    }
    return true;
}

bool order_tell(db_transaction *tx, const struct store_order *order, const char *cause, int64_t at_us, GError **error)
{
    const struct outbox_event event = {
        OUTBOX_ORDER,
        order->id,
        "order.changed",
        at_us,
        json_pack("{s:s, s:s, s:I}", "cause", cause, "state", state_words[order->state], "version",
                  (json_int_t)order->version),
    };
    return outbox_add(tx, event, error);
}

bool order_message(struct store *store, db_transaction *tx, const struct store_order *order, const char *template,
                   const char *args, int64_t at_us, GError **error)
{
    const struct message_draft draft = {
        .account = order->account,
        .mission = order->mission,
        .order_id = order->id,
        .order_number = order->number,
        .template = template,
        .args = args,
        .state = state_words[order->state],
        .at_us = at_us,
    };
    return template == NULL || message_add(store, tx, &draft, error);
}

static bool insert_row(db_transaction *tx, const struct store_order *order, GError **error)
{
    struct db_statement *insert =
        db_prepare(tx, "INSERT INTO book_order (id, number, account, mission, kind, issue, condition, state, stage,"
                       " state_since_us, version, created_us, declared_us, submitted_us, taken_us, own_district)"
                       " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, 0, 0, 0)");
    db_bind_text(insert, order->id);
    db_bind_text(insert, order->number);
    db_bind_text(insert, order->account);
    db_bind_text(insert, order->mission);
    db_bind_text(insert, order->kind);
    db_bind_text(insert, order->issue);
    db_bind_text(insert, order->condition);
    db_bind_text(insert, state_words[order->state]);
    db_bind_text(insert, order_stage(order));
    db_bind_int(insert, order->created_us);
    db_bind_int(insert, order->version);
    db_bind_int(insert, order->created_us);
    return db_run(insert, error);
}

bool store_order_add(struct store *store, const struct store_order *order, const char *message, GError **error)
{
    struct store_order copy = *order;
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    return tx != NULL && insert_row(tx, order, error) &&
           keyring_make(store->keyring, tx, key_of_order(order->id), error) &&
           order_write_sealed(store, tx, &copy, ORDER_DETAILS, ORDER_DETAILS, error) &&
           order_message(store, tx, order, message, NULL, order->created_us, error) &&
           order_tell(tx, order, "created", order->created_us, error) &&
           outbox_commit(store, g_steal_pointer(&tx), error);
}

bool order_read_standing(db_transaction *tx, const char *id, unsigned version, struct order_standing *standing,
                         GError **error)
{
    struct db_statement *select = db_prepare(tx, "SELECT state, version, applicant_hash FROM book_order WHERE id = ?");
    db_bind_text(select, id);
    if (!db_find(select, "order", error) || !order_state_parse(select, 0, &standing->state, error)) {
        return false;
    }
    const unsigned stored = (unsigned)db_int(select, 1);
    if (stored != version) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_CONFLICT,
                    "order %s is at version %u and the change was made to version %u: read it again", id, stored,
                    version);
        return false;
    }
    standing->applicant = db_blob(select, 2);
    return true;
}

bool order_check_only_one(db_transaction *tx, const char *id, GBytes *applicant, GError **error)
{
    struct db_statement *select = db_prepare(tx, "SELECT count(*) FROM book_order WHERE applicant_hash = ? AND id <> ?"
                                                 " AND stage IN ('waiting', 'open')");
    db_bind_blob(select, applicant);
    db_bind_text(select, id);
    if (!db_find(select, "order", error)) {
        return false;
    }
    if (db_int(select, 0) > 0) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_DUPLICATE, "order %s: its applicant has another that is not over",
                    id);
        return false;
    }
    return true;
}

/* ---- editing ---- */

GBytes *order_name_hash(struct store *store, enum order_name kind, const char *text)
{
    static const char *const domains[] = {[ORDER_APPLICANT] = "order applicant", [ORDER_NAME] = "order name"};
    uint8_t hash[KEYRING_HASH_BYTES];
    if (text == NULL) {
        return NULL;
    }
    keyring_lookup(store->keyring, domains[kind], text, hash);
    return g_bytes_new(hash, sizeof(hash));
}

static bool write_edit(struct store *store, db_transaction *tx, const struct store_order *order,
                       const struct store_order_names *names, GError **error)
{
    g_autoptr(GBytes) applicant = order_name_hash(store, ORDER_APPLICANT, names->applicant);
    g_autoptr(GBytes) name = order_name_hash(store, ORDER_NAME, names->name);
    g_autoptr(GBytes) latin = order_name_hash(store, ORDER_NAME, names->latin);
    if (applicant != NULL && store_order_is_open(order) && !order_check_only_one(tx, order->id, applicant, error)) {
        return false;
    }
    struct db_statement *update =
        db_prepare(tx, "UPDATE book_order SET issue = ?, condition = ?, declared_us = ?, applicant_hash = ?,"
                       " name_hash = ?, latin_hash = ?, version = ? WHERE id = ?");
    db_bind_text(update, order->issue);
    db_bind_text(update, order->condition);
    db_bind_int(update, order->declared_us);
    db_bind_blob(update, applicant);
    db_bind_blob(update, name);
    db_bind_blob(update, latin);
    db_bind_int(update, (int64_t)order->version + 1);
    db_bind_text(update, order->id);
    return db_run(update, error);
}

bool store_order_save(struct store *store, struct store_order *order, const struct store_order_names *names,
                      GError **error)
{
    struct order_standing stored = {0};
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    const bool ok = tx != NULL && order_read_standing(tx, order->id, order->version, &stored, error) &&
                    write_edit(store, tx, order, names, error) &&
                    order_write_sealed(store, tx, order, ORDER_DETAILS, ORDER_DECLARATION, error) &&
                    db_commit(g_steal_pointer(&tx), error);
    g_clear_pointer(&stored.applicant, g_bytes_unref);
    order->version += ok ? 1 : 0;
    return ok;
}
