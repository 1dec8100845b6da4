/* Lists of orders. Each goes along an index and opens no more rows than it gives. */
#include "store/order.h"

static void free_order(void *order)
{
    store_order_free(order);
}

static GPtrArray *read_orders(struct store *store, struct db_statement *select, GError **error)
{
    g_autoptr(GPtrArray) orders = g_ptr_array_new_with_free_func(free_order);
    enum db_step step;
    while ((step = db_step(select, error)) == DB_ROW) {
        struct store_order *order = order_read(store, select, error);
        if (order == NULL) {
            return NULL;
        }
        g_ptr_array_add(orders, order);
    }
    return step == DB_DONE ? g_steal_pointer(&orders) : NULL;
}

#define SELECT_LISTED SELECT_ORDER("NULL")

GPtrArray *store_order_of_account(struct store *store, const char *account, unsigned limit, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select =
        db_prepare(tx, SELECT_LISTED "WHERE o.account = ? ORDER BY o.created_us DESC, o.rowid DESC LIMIT ?");
    db_bind_text(select, account);
    db_bind_int(select, limit);
    return read_orders(store, select, error);
}

/* ---- a desk's lists ---- */

/* Which rows, which of them come after a place, and in which order. The first comparison of `after` is the one that an
 * index can begin at. */
static const struct {
    const char *rows, *after, *order;
} lists[ORDER_LISTS] = {
    [ORDER_LIST_WAITING] = {"o.mission = ? AND o.stage = 'waiting'",
                            " AND o.own_district <= ? AND (o.own_district < ? OR o.submitted_us > ?"
                            " OR (o.submitted_us = ? AND o.id > ?))",
                            " ORDER BY o.own_district DESC, o.submitted_us, o.id"},
#define LONGEST_FIRST                                                                                                  \
    " AND o.state_since_us >= ? AND (o.state_since_us > ? OR o.id > ?)", " ORDER BY o.state_since_us, o.id"
    [ORDER_LIST_MINE] = {"o.officer = ? AND o.mission = ? AND o.stage = 'open'", LONGEST_FIRST},
    [ORDER_LIST_OTHERS] = {"coalesce(o.officer, '') <> ? AND o.mission = ? AND o.stage = 'open'", LONGEST_FIRST},
#undef LONGEST_FIRST
};

static void bind_page(struct db_statement *select, const struct store_order_page *page)
{
    const bool waiting = page->list == ORDER_LIST_WAITING;
    if (!waiting) {
        db_bind_text(select, page->officer);
    }
    db_bind_text(select, page->mission);
    for (unsigned i = 0; waiting && page->after.id != NULL && i < 2; i++) {
        db_bind_int(select, page->after.own_district);
    }
    for (unsigned i = 0; page->after.id != NULL && i < 2; i++) {
        db_bind_int(select, page->after.us);
    }
    if (page->after.id != NULL) {
        db_bind_text(select, page->after.id);
    }
    db_bind_int(select, page->limit);
}

GPtrArray *store_order_page(struct store *store, const struct store_order_page *page, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    g_autofree char *sql =
        g_strconcat(SELECT_LISTED "WHERE ", lists[page->list].rows,
                    page->after.id != NULL ? lists[page->list].after : "", lists[page->list].order, " LIMIT ?", NULL);
    struct db_statement *select = db_prepare(tx, sql);
    bind_page(select, page);
    return read_orders(store, select, error);
}

bool store_order_lengths(struct store *store, const char *mission, const char *officer, unsigned lengths[ORDER_LISTS],
                         GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return false;
    }
    /* Each along an index alone. An officer's orders are of the officer's mission; all others' are what is left of it.
     */
    struct db_statement *select =
        db_prepare(tx, "SELECT (SELECT count(*) FROM book_order WHERE mission = ? AND stage = 'waiting'),"
                       " (SELECT count(*) FROM book_order WHERE officer = ? AND stage = 'open'),"
                       " (SELECT count(*) FROM book_order WHERE mission = ? AND stage = 'open')");
    db_bind_text(select, mission);
    db_bind_text(select, officer);
    db_bind_text(select, mission);
    if (!db_find(select, "order", error)) {
        return false;
    }
    lengths[ORDER_LIST_WAITING] = (unsigned)db_int(select, 0);
    lengths[ORDER_LIST_MINE] = (unsigned)db_int(select, 1);
    lengths[ORDER_LIST_OTHERS] = (unsigned)(db_int(select, 2) - db_int(select, 1));
    return true;
}

/* ---- searching ---- */

/* What is asked for, as SQL with its parameters in the order of bind_search. */
static char *search_sql(const struct store_order_search *search)
{
    /* Either spelling of a name has an index of its own; an order that is found by both is one. */
    const char *by_name = " AND o.id IN (SELECT id FROM book_order WHERE mission = ? AND name_hash = ?"
                          " UNION SELECT id FROM book_order WHERE mission = ? AND latin_hash = ?)";
    return g_strconcat(
        SELECT_LISTED "WHERE o.mission = ? AND o.submitted_us > 0", search->state >= 0 ? " AND o.state = ?" : "",
        search->number != NULL ? " AND o.number >= ? AND o.number < ?" : "", search->name != NULL ? by_name : "",
        search->before_id != NULL ? " AND (o.state_since_us < ? OR (o.state_since_us = ? AND o.id < ?))" : "",
        " ORDER BY o.state_since_us DESC, o.id DESC LIMIT ?", NULL);
}

static void bind_search(struct store *store, struct db_statement *select, const struct store_order_search *search)
{
    db_bind_text(select, search->mission);
    if (search->state >= 0) {
        db_bind_text(select, order_state_word((enum store_order_state)search->state));
    }
    if (search->number != NULL) { /* all that begin so: numbers are ASCII below '~' */
        g_autofree char *end = g_strconcat(search->number, "~", NULL);
        db_bind_text(select, search->number);
        db_bind_text(select, end);
    }
    for (unsigned i = 0; search->name != NULL && i < 2; i++) {
        g_autoptr(GBytes) hash = order_name_hash(store, ORDER_NAME, search->name);
        db_bind_text(select, search->mission);
        db_bind_blob(select, hash);
    }
    if (search->before_id != NULL) {
        db_bind_int(select, search->before_us);
        db_bind_int(select, search->before_us);
        db_bind_text(select, search->before_id);
    }
    db_bind_int(select, search->limit);
}

GPtrArray *store_order_search(struct store *store, const struct store_order_search *search, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    g_autofree char *sql = search_sql(search);
    struct db_statement *select = db_prepare(tx, sql);
    bind_search(store, select, search);
    return read_orders(store, select, error);
}

/* ---- counting ---- */

bool store_order_counts(struct store *store, const char *mission, unsigned counts[ORDER_STATES], GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return false;
    }
    struct db_statement *select = db_prepare(tx, "SELECT state, count(*) FROM book_order WHERE mission = ?"
                                                 " AND submitted_us > 0 GROUP BY state");
    db_bind_text(select, mission);
    memset(counts, 0, ORDER_STATES * sizeof *counts);
    enum db_step step;
    while ((step = db_step(select, error)) == DB_ROW) {
        enum store_order_state state;
        if (!order_state_parse(select, 0, &state, error)) {
            return false;
        }
        counts[state] = (unsigned)db_int(select, 1);
    }
    return step == DB_DONE;
}

bool store_order_taken(struct store *store, const char *mission, int64_t from_us, int64_t to_us, unsigned *taken,
                       GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return false;
    }
    struct db_statement *select =
        db_prepare(tx, "SELECT count(*) FROM book_order WHERE mission = ? AND taken_us >= ? AND taken_us < ?");
    db_bind_text(select, mission);
    db_bind_int(select, from_us);
    db_bind_int(select, to_us);
    if (!db_find(select, "order", error)) {
        return false;
    }
    *taken = (unsigned)db_int(select, 0);
    return true;
}

GPtrArray *store_order_facechecks_expired(struct store *store, int64_t now_us, unsigned limit, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select =
        db_prepare(tx, "SELECT f.id FROM facecheck f JOIN book_order o ON o.facecheck = f.id"
                       " WHERE f.state = 'open' AND f.ticket_expires_us <= ? AND o.state = 'submitted' LIMIT ?");
    db_bind_int(select, now_us);
    db_bind_int(select, limit);
    g_autoptr(GPtrArray) ids = g_ptr_array_new_with_free_func(g_free);
    enum db_step step;
    while ((step = db_step(select, error)) == DB_ROW) {
        g_ptr_array_add(ids, db_text(select, 0));
    }
    return step == DB_DONE ? g_steal_pointer(&ids) : NULL;
}
