/* order: what the files of store/ that are about orders share. */
#pragma once

#include "store/internal.h"

/* The slots of an order's materials, of a row `o` of book_order. */
#define ORDER_SLOTS                                                                                                    \
    "(SELECT coalesce(group_concat(slot || ':' || uploaded_us, ' '), '') FROM (SELECT slot, uploaded_us"               \
    " FROM order_material m WHERE m.book_order = o.id ORDER BY slot) AS filled)"

/* `declaration`: "o.sealed_declaration", or "NULL" in lists. */
#define SELECT_ORDER(declaration)                                                                                      \
    "SELECT o.id, o.number, o.account, o.mission, o.kind, o.issue, o.condition, o.state, o.stage, o.state_since_us,"   \
    " o.version, o.created_us, o.declared_us, o.submitted_us, o.taken_us, o.own_district, o.officer, o.facecheck,"     \
    " o.interview, " ORDER_SLOTS ", w.name, f.state, f.tries, i.state, i.scheduled_us, i.outcome, k.sealed_key,"       \
    " o.sealed_details, " declaration ", o.sealed_supplement, o.sealed_reason, o.sealed_tracking"                      \
    " FROM book_order o JOIN order_key k ON k.book_order = o.id LEFT JOIN officer w ON w.id = o.officer"               \
    " LEFT JOIN facecheck f ON f.id = o.facecheck LEFT JOIN interview i ON i.id = o.interview "
enum {
    ORDER_COLUMN_FACECHECK_STATE = 21,
    ORDER_COLUMN_INTERVIEW_STATE = 23,
    ORDER_COLUMN_INTERVIEW_SCHEDULED,
    ORDER_COLUMN_INTERVIEW_OUTCOME,
    ORDER_COLUMN_KEY,
    ORDER_COLUMN_SEALED,
};

const char *order_state_word(enum store_order_state state);
/* An unknown word is STORE_ERROR_CORRUPT. */
bool order_state_parse(struct db_statement *row, int column, enum store_order_state *state, GError **error);
/* The order in a row of SELECT_ORDER. */
struct store_order *order_read(struct store *store, struct db_statement *row, GError **error);

/* A step on its way: from where, and when. */
struct order_passage {
    enum store_order_state from;
    const struct store_order_step *step;
    int64_t at_us;
};

/* What the lists' indexes go by: "draft", "waiting", "open" or "over"; static. */
const char *order_stage(const struct store_order *order);

/* The sealed columns, in the order of SELECT_ORDER. */
enum order_sealed { ORDER_DETAILS, ORDER_DECLARATION, ORDER_SUPPLEMENT, ORDER_REASON, ORDER_TRACKING };
/* Writes columns `from` to `to`. */
bool order_write_sealed(struct store *store, db_transaction *tx, struct store_order *order, enum order_sealed from,
                        enum order_sealed to, GError **error);
/* The message to the holder of `order` as it is now; `template` NULL: none. */
bool order_message(struct store *store, db_transaction *tx, const struct store_order *order, const char *template,
                   const char *args, int64_t at_us, GError **error);
bool order_tell(db_transaction *tx, const struct store_order *order, const char *cause, int64_t at_us, GError **error);

/* Where an order stands inside the present transaction. */
struct order_standing {
    enum store_order_state state;
    GBytes *applicant; /* its hash, the caller's; NULL: none */
};
/* STORE_ERROR_CONFLICT unless `version` is the stored one. */
bool order_read_standing(db_transaction *tx, const char *id, unsigned version, struct order_standing *standing,
                         GError **error);
/* STORE_ERROR_DUPLICATE (D-26), without telling whose the other one is. */
bool order_check_only_one(db_transaction *tx, const char *id, GBytes *applicant, GError **error);

/* What an applicant is looked up by. NULL gives NULL. */
enum order_name { ORDER_APPLICANT, ORDER_NAME };
GBytes *order_name_hash(struct store *store, enum order_name kind, const char *text);
