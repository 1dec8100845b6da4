#include "store/migrate.h"
#include "tests/unit/store/database.h"

/* A schema that grows: the second migration adds a column to rows that exist. */
static const struct migration history[] = {
    {1, "001_people", "CREATE TABLE person (name TEXT); INSERT INTO person VALUES ('Ada');"},
    {2, "002_ages", "ALTER TABLE person ADD COLUMN age INTEGER NOT NULL DEFAULT 36;"},
    {3, "003_broken", "CREATE TABLE half (n INTEGER); CREATE TABLE person (name TEXT);"},
};

static int64_t query(struct db *db, const char *sql)
{
    g_autoptr(db_transaction) tx = NULL;
    assert_ok(tx = db_begin(db, DB_READ, &error));
    struct db_statement *select = db_prepare(tx, sql);
    assert_ok(db_find(select, "row", &error));
    return db_int(select, 0);
}

#define VERSION "SELECT max(version) FROM schema_version"
#define TABLES  "SELECT count(*) FROM sqlite_master WHERE name = 'half'"

static void an_older_database_gets_only_what_it_misses(void **state)
{
    struct db *db = ((struct database *)*state)->db;
    assert_ok(migrate(db, history, 1, &error));
    assert_int_equal(query(db, VERSION), 1);
    assert_ok(migrate(db, history, 2, &error));
    assert_int_equal(query(db, VERSION), 2);
    assert_int_equal(query(db, "SELECT age FROM person WHERE name = 'Ada'"), 36);
    assert_ok(migrate(db, history, 2, &error));
    assert_int_equal(query(db, "SELECT count(*) FROM person"), 1);
}

static void a_failing_migration_leaves_nothing_half_done(void **state)
{
    struct db *db = ((struct database *)*state)->db;
    assert_fails(migrate(db, history, 3, &error), STORE_ERROR_IO);
    assert_int_equal(query(db, VERSION), 2);
    assert_int_equal(query(db, TABLES), 0);
}

static void a_newer_database_is_refused_untouched(void **state)
{
    struct db *db = ((struct database *)*state)->db;
    assert_ok(migrate(db, history, 2, &error));
    assert_fails(migrate(db, history, 1, &error), STORE_ERROR_CONFIG);
    assert_int_equal(query(db, VERSION), 2);
}

static void the_embedded_migrations_are_numbered_without_a_gap(void **state)
{
    struct db *db = ((struct database *)*state)->db;
    assert_true(migration_count > 0);
    for (unsigned i = 0; i < migration_count; i++) {
        assert_int_equal(migrations[i].number, i + 1);
    }
    assert_ok(migrate(db, migrations, migration_count, &error));
    assert_int_equal(query(db, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
}

/* A store of the first version, with somebody signed in, an interview and its capture. */
static const char first_version[] =
    "INSERT INTO mission VALUES ('nyc', 'New York', '纽约', 'America/New_York');"
    "INSERT INTO officer VALUES ('o1', 'nyc', 'li', 'Li Wei', 'x');"
    "INSERT INTO session VALUES ('s1', x'01', 'o1', NULL, 1);"
    "INSERT INTO interview VALUES ('i1', 'nyc', 'r', 'passport', 1, 20, 'scheduled', 0, 0, 0, 1, NULL, NULL);"
    "INSERT INTO party (id, interview, role, ready, admitted, ticket_scheduled_us, ticket_expires_us)"
    " VALUES ('p1', 'i1', 'applicant', 0, 0, 0, 0);"
    "INSERT INTO capture VALUES ('c1', 'i1', 1, 'p1', 'o1', 'b1', 'face', 'VP8', 'r', 'f', 1, 1, 1, 1, 1, x'', x'', "
    "1);";

static void a_store_of_the_first_version_keeps_everything_but_its_sessions(void **state)
{
    struct db *db = ((struct database *)*state)->db;
    assert_ok(migrate(db, migrations, 1, &error));
    g_autoptr(db_transaction) tx = NULL;
    assert_ok(tx = db_begin(db, DB_WRITE, &error));
    assert_ok(db_script(tx, first_version, &error));
    assert_ok(db_commit(g_steal_pointer(&tx), &error));
    assert_ok(migrate(db, migrations, migration_count, &error));
    assert_int_equal(query(db, "SELECT count(*) FROM capture WHERE id = 'c1' AND sealed_findings IS NULL"), 1);
    assert_int_equal(query(db, "SELECT count(*) FROM officer JOIN interview"), 1);
    assert_int_equal(query(db, "SELECT count(*) FROM party JOIN interview ON interview.id = party.interview"), 1);
    assert_int_equal(query(db, "SELECT count(*) FROM interview WHERE order_ref = 'r' AND bookings = 0"), 1);
    assert_int_equal(query(db, "SELECT count(*) FROM session"), 0);
    assert_int_equal(query(db, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_with_database(an_older_database_gets_only_what_it_misses),
        test_with_database(a_failing_migration_leaves_nothing_half_done),
        test_with_database(a_newer_database_is_refused_untouched),
        test_with_database(a_store_of_the_first_version_keeps_everything_but_its_sessions),
        test_with_database(the_embedded_migrations_are_numbered_without_a_gap),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
