#include "store/internal.h"

void store_officer_free(struct store_officer *officer)
{
    if (officer == NULL) {
        return;
    }
    g_free(officer->id);
    g_free(officer->mission);
    g_free(officer->login);
    g_free(officer->name);
    g_free(officer->password_hash);
    g_free(officer);
}

static void free_officer(void *officer)
{
    store_officer_free(officer);
}

bool store_officer_add(struct store *store, const struct store_officer *officer, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    if (tx == NULL) {
        return false;
    }
    struct db_statement *insert =
        db_prepare(tx, "INSERT INTO officer (id, mission, login, name, password_hash) VALUES (?, ?, ?, ?, ?)");
    db_bind_text(insert, officer->id);
    db_bind_text(insert, officer->mission);
    db_bind_text(insert, officer->login);
    db_bind_text(insert, officer->name);
    db_bind_text(insert, officer->password_hash);
    return db_run(insert, error) && db_commit(g_steal_pointer(&tx), error);
}

#define SELECT_OFFICER "SELECT id, mission, login, name, password_hash FROM officer "

static struct store_officer *read_officer(struct db_statement *row)
{
    struct store_officer *officer = g_new0(struct store_officer, 1);
    officer->id = db_text(row, 0);
    officer->mission = db_text(row, 1);
    officer->login = db_text(row, 2);
    officer->name = db_text(row, 3);
    officer->password_hash = db_text(row, 4);
    return officer;
}

static struct store_officer *find_officer(struct store *store, const char *sql, const char *value, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select = db_prepare(tx, sql);
    db_bind_text(select, value);
    return db_find(select, "officer", error) ? read_officer(select) : NULL;
}

struct store_officer *store_officer_get(struct store *store, const char *id, GError **error)
{
    return find_officer(store, SELECT_OFFICER "WHERE id = ?", id, error);
}

struct store_officer *store_officer_by_login(struct store *store, const char *login, GError **error)
{
    return find_officer(store, SELECT_OFFICER "WHERE login = ?", login, error);
}

GPtrArray *store_officer_list(struct store *store, const char *mission, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select = db_prepare(tx, SELECT_OFFICER "WHERE mission = ? ORDER BY name, id");
    db_bind_text(select, mission);
    g_autoptr(GPtrArray) officers = g_ptr_array_new_with_free_func(free_officer);
    enum db_step step;
    while ((step = db_step(select, error)) == DB_ROW) {
        g_ptr_array_add(officers, read_officer(select));
    }
    return step == DB_DONE ? g_steal_pointer(&officers) : NULL;
}
