#include "store/internal.h"

void store_mission_free(struct store_mission *mission)
{
    if (mission == NULL) {
        return;
    }
    g_free(mission->id);
    g_free(mission->name_en);
    g_free(mission->name_zh_hans);
    g_free(mission->name_zh_hant);
    g_free(mission->time_zone);
    g_free(mission);
}

static void free_mission(void *mission)
{
    store_mission_free(mission);
}

static void bind_words(struct db_statement *statement, const struct store_mission *mission)
{
    db_bind_text(statement, mission->name_en);
    db_bind_text(statement, mission->name_zh_hans);
    db_bind_text(statement, mission->name_zh_hant);
    db_bind_text(statement, mission->time_zone);
    db_bind_text(statement, mission->id);
}

bool store_mission_add(struct store *store, const struct store_mission *mission, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    if (tx == NULL) {
        return false;
    }
    struct db_statement *insert = db_prepare(
        tx, "INSERT INTO mission (name_en, name_zh_hans, name_zh_hant, time_zone, id) VALUES (?, ?, ?, ?, ?)");
    bind_words(insert, mission);
    return db_run(insert, error) && db_commit(g_steal_pointer(&tx), error);
}

bool store_mission_save(struct store *store, const struct store_mission *mission, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_WRITE, error);
    if (tx == NULL) {
        return false;
    }
    struct db_statement *update = db_prepare(
        tx, "UPDATE mission SET name_en = ?, name_zh_hans = ?, name_zh_hant = ?, time_zone = ? WHERE id = ?");
    bind_words(update, mission);
    return db_run_one(update, "mission", error) && db_commit(g_steal_pointer(&tx), error);
}

#define SELECT_MISSION "SELECT id, name_en, name_zh_hans, time_zone, name_zh_hant FROM mission "

static struct store_mission *read_mission(struct db_statement *row)
{
    struct store_mission *mission = g_new0(struct store_mission, 1);
    mission->id = db_text(row, 0);
    mission->name_en = db_text(row, 1);
    mission->name_zh_hans = db_text(row, 2);
    mission->time_zone = db_text(row, 3);
    mission->name_zh_hant = db_text(row, 4);
    return mission;
}

struct store_mission *store_mission_get(struct store *store, const char *id, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select = db_prepare(tx, SELECT_MISSION "WHERE id = ?");
    db_bind_text(select, id);
    return db_find(select, "mission", error) ? read_mission(select) : NULL;
}

GPtrArray *store_mission_list(struct store *store, GError **error)
{
    g_autoptr(db_transaction) tx = db_begin(store->db, DB_READ, error);
    if (tx == NULL) {
        return NULL;
    }
    struct db_statement *select = db_prepare(tx, SELECT_MISSION "ORDER BY id");
    g_autoptr(GPtrArray) missions = g_ptr_array_new_with_free_func(free_mission);
    enum db_step step;
    while ((step = db_step(select, error)) == DB_ROW) {
        g_ptr_array_add(missions, read_mission(select));
    }
    return step == DB_DONE ? g_steal_pointer(&missions) : NULL;
}
