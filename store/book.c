#include "store/internal.h"
#include "store/outbox.h"

static void free_event(void *event)
{
    store_event_free(event);
}

GPtrArray *store_book_events(struct store *store, unsigned limit, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select =
        db_prepare(tx, SELECT_EVENT " FROM event e WHERE e.seq > (SELECT cursor FROM book) ORDER BY e.seq LIMIT ?");
    db_bind_int(select, limit);
    g_autoptr(GPtrArray) events = g_ptr_array_new_with_free_func(free_event);
    enum db_step step;
    while ((step = db_step(select, error)) == DB_ROW) {
        g_ptr_array_add(events, outbox_read(select));
    }
    return step == DB_DONE ? g_steal_pointer(&events) : NULL;
}

bool store_book_pass(struct store *store, int64_t seq, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    if (tx == NULL) {
        return false;
    }
    struct db_statement *move = db_prepare(tx, "UPDATE book SET cursor = ? WHERE cursor < ?");
    db_bind_int(move, seq);
    db_bind_int(move, seq);
    return db_run(move, error) && db_commit(g_steal_pointer(&tx), error);
}
