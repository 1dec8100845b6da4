#include <sys/stat.h>

#include "store/migrate.h"
#include "tests/unit/store/disk.h"

static void secrets_and_ids_are_long_and_never_the_same(void **state)
{
    (void)state;
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (unsigned i = 0; i < 1000; i++) {
        char *secret = store_secret_new();
        char *id = store_id_new();
        assert_int_equal(strlen(secret), 43);
        assert_int_equal(strlen(id), 26);
        assert_int_equal(strspn(secret, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"), 43);
        assert_int_equal(strspn(id, "abcdefghijklmnopqrstuvwxyz234567"), 26);
        assert_true(g_hash_table_add(seen, g_strdup(secret)));
        assert_true(g_hash_table_add(seen, id));
        store_secret_free(secret);
    }
}

static void the_wrong_master_key_is_refused_and_harms_nothing(void **state)
{
    struct fixture *fixture = *state;
    static const uint8_t wrong[32] = {1, 2, 3, 4, 5, 6, 7, 9};
    store_close(fixture->store);
    fixture->store = NULL;
    assert_fails(store_open(fixture->path, wrong, &error), STORE_ERROR_CONFIG);
    reopen(fixture);
    struct store_party *party;
    assert_ok(party = store_party_get(fixture->store, "party-1", &error));
    assert_string_equal(party->name, APPLICANT_NAME);
    store_party_free(party);
}

static void a_folder_that_others_can_read_is_refused(void **state)
{
    struct fixture *fixture = *state;
    store_close(fixture->store);
    fixture->store = NULL;
    assert_int_equal(g_chmod(fixture->path, 0750), 0);
    assert_fails(store_open(fixture->path, master_key, &error), STORE_ERROR_CONFIG);
    assert_int_equal(g_chmod(fixture->path, 0700), 0);
}

static void a_path_that_is_no_folder_is_refused(void **state)
{
    struct fixture *fixture = *state;
    g_autofree char *file = g_build_filename(fixture->path, "viva.db", NULL);
    g_autofree char *beyond = g_build_filename(fixture->path, "a", "b", NULL);
    assert_fails(store_open(file, master_key, &error), STORE_ERROR_CONFIG);
    assert_fails(store_open(beyond, master_key, &error), STORE_ERROR_CONFIG);
}

static void every_file_is_the_owners_alone(void **state)
{
    struct fixture *fixture = *state;
    static const struct {
        const char *name;
        unsigned mode;
    } rows[] = {{"viva.db", 0600}, {"viva.db-wal", 0600}, {"viva.db-shm", 0600}, {"lock", 0600}, {"blobs", 0700}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *path = g_build_filename(fixture->path, rows[i].name, NULL);
        GStatBuf status;
        assert_int_equal(g_stat(path, &status), 0);
        assert_int_equal(status.st_mode & 0777, rows[i].mode);
    }
}

static void leave_blobs(const struct fixture *fixture, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        g_autofree char *name = store_id_new();
        g_autofree char *path = g_build_filename(fixture->path, "blobs", name, NULL);
        assert_true(g_file_set_contents(path, "sealed", -1, NULL));
    }
}

static void leave_part(const struct fixture *fixture)
{
    g_autofree char *path = g_build_filename(fixture->path, "blobs", ".abc.part", NULL);
    assert_true(g_file_set_contents(path, "half", -1, NULL));
}

static void add_capture(struct fixture *fixture)
{
    g_autoptr(GBytes) jpeg = g_bytes_new_static("jpeg", 4);
    struct store_capture capture = sample_capture("capture-1");
    assert_ok(store_capture_add(fixture->store, &capture, jpeg, &error));
}

static void what_a_crash_left_is_swept_and_nothing_else(void **state)
{
    struct fixture *fixture = *state;
    add_capture(fixture);
    leave_blobs(fixture, 2);
    leave_part(fixture);
    reopen(fixture);
    assert_int_equal(count_blobs(fixture->path), 1);
    struct store_capture *capture;
    g_autoptr(GBytes) jpeg = NULL;
    assert_ok(capture = store_capture_get(fixture->store, "capture-1", &error));
    assert_ok(jpeg = store_capture_read(fixture->store, capture, &error));
    store_capture_free(capture);
}

static void a_second_process_does_not_sweep_what_the_first_is_writing(void **state)
{
    struct fixture *fixture = *state;
    leave_blobs(fixture, 1);
    leave_part(fixture);
    struct store *second;
    assert_ok(second = store_open(fixture->path, master_key, &error));
    assert_int_equal(count_blobs(fixture->path), 2);
    store_close(second);
}

static void blobs_that_a_database_does_not_know_are_not_taken_for_crumbs(void **state)
{
    struct fixture *fixture = *state;
    leave_blobs(fixture, 65);
    store_close(fixture->store);
    fixture->store = NULL;
    assert_fails(store_open(fixture->path, master_key, &error), STORE_ERROR_CONFIG);

    static const char *const files[] = {"viva.db", "viva.db-wal", "viva.db-shm"};
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autofree char *path = g_build_filename(fixture->path, files[i], NULL);
        g_remove(path);
    }
    assert_fails(store_open(fixture->path, master_key, &error), STORE_ERROR_CONFIG);
    assert_int_equal(count_blobs(fixture->path), 65);
}

static void missions_and_officers_are_kept(void **state)
{
    struct fixture *fixture = *state;
    reopen(fixture);
    g_autoptr(GPtrArray) missions = NULL;
    assert_ok(missions = store_mission_list(fixture->store, &error));
    assert_int_equal(missions->len, 1);
    struct store_mission *mission;
    assert_ok(mission = store_mission_get(fixture->store, "nyc", &error));
    assert_string_equal(mission->name_zh_hans, "驻纽约总领馆");
    assert_fails(store_mission_get(fixture->store, "atlantis", &error), STORE_ERROR_NOT_FOUND);
    assert_fails(store_mission_add(fixture->store, mission, &error), STORE_ERROR_CONFLICT);
    assert_null(mission->name_zh_hant);
    mission->name_zh_hant = g_strdup("駐紐約總領館");
    assert_ok(store_mission_save(fixture->store, mission, &error));
    store_mission_free(mission);
    assert_ok(mission = store_mission_get(fixture->store, "nyc", &error));
    assert_string_equal(mission->name_zh_hant, "駐紐約總領館");
    mission->id[0] = 'x';
    assert_fails(store_mission_save(fixture->store, mission, &error), STORE_ERROR_NOT_FOUND);
    store_mission_free(mission);

    struct store_officer *officer;
    assert_ok(officer = store_officer_by_login(fixture->store, "li", &error));
    assert_string_equal(officer->id, "officer-1");
    assert_fails(store_officer_get(fixture->store, "nobody", &error), STORE_ERROR_NOT_FOUND);
    struct store_officer twin = *officer;
    twin.id = (char *)"officer-2";
    assert_fails(store_officer_add(fixture->store, &twin, &error), STORE_ERROR_CONFLICT); /* the login is taken */
    struct store_officer stray = twin;
    stray.login = (char *)"wang";
    stray.mission = (char *)"atlantis";
    assert_fails(store_officer_add(fixture->store, &stray, &error), STORE_ERROR_NOT_FOUND);
    store_officer_free(officer);
}

static void free_space_is_known(void **state)
{
    struct fixture *fixture = *state;
    assert_true(store_free_bytes(fixture->store) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(secrets_and_ids_are_long_and_never_the_same),
        test_with_store(the_wrong_master_key_is_refused_and_harms_nothing),
        test_with_store(a_folder_that_others_can_read_is_refused),
        test_with_store(a_path_that_is_no_folder_is_refused),
        test_with_store(every_file_is_the_owners_alone),
        test_with_store(what_a_crash_left_is_swept_and_nothing_else),
        test_with_store(a_second_process_does_not_sweep_what_the_first_is_writing),
        test_with_store(blobs_that_a_database_does_not_know_are_not_taken_for_crumbs),
        test_with_store(missions_and_officers_are_kept),
        test_with_store(free_space_is_known),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
