#include "tests/unit/store/database.h"

static struct db *with_tables(struct db *db)
{
    g_autoptr(db_transaction) tx = NULL;
    assert_ok(tx = db_begin(db, DB_WRITE, &error));
    assert_ok(db_script(tx,
                        "CREATE TABLE parent (id TEXT PRIMARY KEY, n INTEGER CHECK (n > 0));"
                        "CREATE TABLE child (parent TEXT NOT NULL REFERENCES parent (id), bytes BLOB);",
                        &error));
    assert_ok(db_commit(g_steal_pointer(&tx), &error));
    return db;
}

static bool insert_parent(db_transaction *tx, const char *id, int64_t n, GError **error)
{
    struct db_statement *insert = db_prepare(tx, "INSERT INTO parent (id, n) VALUES (?, ?)");
    db_bind_text(insert, id);
    db_bind_int(insert, n);
    return db_run(insert, error);
}

static int64_t count_parents(struct db *db)
{
    g_autoptr(db_transaction) tx = NULL;
    assert_ok(tx = db_begin(db, DB_READ, &error));
    struct db_statement *select = db_prepare(tx, "SELECT count(*) FROM parent");
    assert_ok(db_find(select, "count", &error));
    return db_int(select, 0);
}

static void what_is_let_go_is_rolled_back(void **state)
{
    struct db *db = with_tables(((struct database *)*state)->db);
    {
        g_autoptr(db_transaction) tx = NULL;
        assert_ok(tx = db_begin(db, DB_WRITE, &error));
        assert_ok(insert_parent(tx, "a", 1, &error));
    }
    assert_int_equal(count_parents(db), 0);
}

static void broken_rules_have_their_errors(void **state)
{
    struct db *db = with_tables(((struct database *)*state)->db);
    g_autoptr(db_transaction) tx = NULL;
    assert_ok(tx = db_begin(db, DB_WRITE, &error));
    assert_ok(insert_parent(tx, "a", 1, &error));
    assert_fails(insert_parent(tx, "a", 1, &error), STORE_ERROR_CONFLICT);
    assert_fails(insert_parent(tx, "b", 0, &error), STORE_ERROR_CONFLICT);
    struct db_statement *child = db_prepare(tx, "INSERT INTO child (parent) VALUES (?)");
    db_bind_text(child, "nobody");
    assert_fails(db_run(child, &error), STORE_ERROR_NOT_FOUND);
    struct db_statement *update = db_prepare(tx, "UPDATE parent SET n = 2 WHERE id = 'nobody'");
    assert_fails(db_run_one(update, "parent", &error), STORE_ERROR_NOT_FOUND);
}

static void a_faulty_statement_or_bind_fails_at_its_first_step(void **state)
{
    struct db *db = with_tables(((struct database *)*state)->db);
    g_autoptr(db_transaction) tx = NULL;
    assert_ok(tx = db_begin(db, DB_WRITE, &error));
    struct db_statement *faulty = db_prepare(tx, "SELECT nothing FROM nowhere");
    db_bind_text(faulty, "x");
    assert_fails(db_run(faulty, &error), STORE_ERROR_IO);
    struct db_statement *excess = db_prepare(tx, "DELETE FROM parent WHERE id = ?");
    db_bind_text(excess, "x");
    db_bind_text(excess, "one too many");
    assert_fails(db_run(excess, &error), STORE_ERROR_IO);
}

static void columns_come_back_as_they_went_in(void **state)
{
    struct db *db = with_tables(((struct database *)*state)->db);
    static const uint8_t bytes[] = {0, 1, 0, 255};
    g_autoptr(db_transaction) tx = NULL;
    assert_ok(tx = db_begin(db, DB_WRITE, &error));
    assert_ok(insert_parent(tx, "父 ' \" \\", INT64_MAX, &error));
    struct db_statement *insert = db_prepare(tx, "INSERT INTO child (parent, bytes) VALUES (?, ?)");
    db_bind_text(insert, "父 ' \" \\");
    db_bind_bytes(insert, bytes, sizeof(bytes));
    assert_ok(db_run(insert, &error));

    struct db_statement *select =
        db_prepare(tx, "SELECT p.id, p.n, c.bytes, NULL FROM parent p JOIN child c ON c.parent = p.id");
    assert_ok(db_find(select, "row", &error));
    g_autofree char *id = db_text(select, 0);
    g_autoptr(GBytes) blob = db_blob(select, 2);
    uint8_t copy[sizeof(bytes)], longer[sizeof(bytes) + 1];
    assert_string_equal(id, "父 ' \" \\");
    assert_true(db_int(select, 1) == INT64_MAX);
    assert_int_equal(g_bytes_get_size(blob), sizeof(bytes));
    assert_ok(db_bytes(select, 2, copy, sizeof(copy), &error));
    assert_memory_equal(copy, bytes, sizeof(bytes));
    assert_fails(db_bytes(select, 2, longer, sizeof(longer), &error), STORE_ERROR_CORRUPT);
    assert_null(db_text(select, 3));
    assert_null(db_blob(select, 3));
}

static void a_file_that_is_no_database_is_refused(void **state)
{
    (void)state;
    g_autofree char *path = g_dir_make_tmp("viva-db-XXXXXX", NULL);
    g_autofree char *file = g_build_filename(path, "test.db", NULL);
    assert_true(g_file_set_contents(file,
                                    "this has never been a database, and it is long enough to look like one; "
                                    "really, it has never been one, whatever its name says.",
                                    -1, NULL));
    assert_fails(db_open(file, &error), STORE_ERROR_CORRUPT);
    remove_folder(path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_with_database(what_is_let_go_is_rolled_back),
        test_with_database(broken_rules_have_their_errors),
        test_with_database(a_faulty_statement_or_bind_fails_at_its_first_step),
        test_with_database(columns_come_back_as_they_went_in),
        cmocka_unit_test(a_file_that_is_no_database_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
