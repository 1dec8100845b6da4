/* database: an empty database in a temporary folder, for tests below store.h. */
#pragma once

#include "store/db.h"
#include "tests/unit/store/fixture.h"

struct database {
    char *path;
    struct db *db;
};

static inline int open_database(void **state)
{
    struct database *database = g_new0(struct database, 1);
    *state = database;
    database->path = g_dir_make_tmp("viva-db-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(database->path, "test.db", NULL);
    assert_ok(database->db = db_open(file, &error));
    return 0;
}

static inline int close_database(void **state)
{
    struct database *database = *state;
    db_close(database->db);
    remove_folder(database->path);
    g_free(database->path);
    g_free(database);
    return 0;
}
#define test_with_database(f) cmocka_unit_test_setup_teardown(f, open_database, close_database)
