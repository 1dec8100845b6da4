#include "tests/unit/store/disk.h"

#define FRAME     "\xff\xd8\xff\xe0 a face JFIF"
#define EMBEDDING "512 floats of a face"
#define REPORT    "{\"yaw\": [0, 21.5, -3]}"

static void add_check(struct fixture *fixture, const char *id)
{
    struct store_facecheck facecheck = sample_facecheck(id);
    facecheck.order_ref = (char *)id;
    assert_ok(store_facecheck_add(fixture->store, &facecheck, id, &error));
}

static int set_up_check(void **state)
{
    set_up(state);
    add_check(*state, "check-1");
    return 0;
}
#define test_with_check(f) cmocka_unit_test_setup_teardown(f, set_up_check, tear_down)

static void add_full(struct fixture *fixture, const char *id)
{
    g_autoptr(GBytes) frame = g_bytes_new_static(FRAME, strlen(FRAME));
    g_autoptr(GBytes) embedding = g_bytes_new_static(EMBEDDING, strlen(EMBEDDING));
    struct store_try entry = sample_try(id);
    entry.passed = true;
    entry.report = (char *)REPORT;
    entry.frame = frame;
    entry.embedding = embedding;
    assert_ok(store_try_add(fixture->store, &entry, &error));
}

static void a_try_comes_back_with_its_frame_and_lists_are_light(void **state)
{
    struct fixture *fixture = *state;
    add_full(fixture, "try-1");
    reopen(fixture);
    struct store_try *entry;
    assert_ok(entry = store_try_get(fixture->store, "check-1", "try-1", &error));
    assert_string_equal(entry->facecheck, "check-1");
    assert_true(entry->at_us == NOW_US + 2 && entry->passed && entry->counted);
    assert_string_equal(entry->report, REPORT);
    assert_int_equal(g_bytes_get_size(entry->frame), strlen(FRAME));
    assert_memory_equal(g_bytes_get_data(entry->frame, NULL), FRAME, strlen(FRAME));
    assert_memory_equal(g_bytes_get_data(entry->embedding, NULL), EMBEDDING, strlen(EMBEDDING));
    store_try_free(entry);

    g_autoptr(GPtrArray) tries = NULL;
    assert_ok(tries = store_try_list(fixture->store, "check-1", &error));
    assert_int_equal(tries->len, 1);
    const struct store_try *listed = tries->pdata[0];
    assert_string_equal(listed->report, REPORT);
    assert_null(listed->frame);
    assert_null(listed->embedding);
}

static void a_try_that_saw_no_face_has_no_frame(void **state)
{
    struct fixture *fixture = *state;
    struct store_try bare = sample_try("try-1");
    assert_ok(store_try_add(fixture->store, &bare, &error));
    assert_int_equal(count_blobs(fixture->path), 0);
    struct store_try *entry;
    assert_ok(entry = store_try_get(fixture->store, "check-1", "try-1", &error));
    assert_null(entry->frame);
    assert_null(entry->embedding);
    assert_false(entry->passed);
    store_try_free(entry);
    struct store_facecheck *facecheck;
    assert_ok(facecheck = store_facecheck_get(fixture->store, "check-1", &error));
    assert_int_equal(facecheck->version, 2);
    store_facecheck_free(facecheck);
    reopen(fixture); /* a record without a blob confuses no sweep */
}

static void tries_are_in_the_order_of_their_time(void **state)
{
    struct fixture *fixture = *state;
    add_check(fixture, "check-2");
    static const struct {
        const char *id, *facecheck;
        int64_t at_us;
    } rows[] = {
        {"late", "check-1", 30}, {"early", "check-1", 10}, {"stranger", "check-2", 5}, {"middle", "check-1", 20}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct store_try entry = sample_try(rows[i].id);
        entry.facecheck = (char *)rows[i].facecheck;
        entry.at_us = NOW_US + rows[i].at_us;
        assert_ok(store_try_add(fixture->store, &entry, &error));
    }
    g_autoptr(GPtrArray) tries = NULL;
    assert_ok(tries = store_try_list(fixture->store, "check-1", &error));
    static const char *const expected[] = {"early", "middle", "late"};
    assert_int_equal(tries->len, G_N_ELEMENTS(expected));
    for (unsigned i = 0; i < tries->len; i++) {
        assert_string_equal(((struct store_try *)tries->pdata[i])->id, expected[i]);
    }
    assert_fails(store_try_get(fixture->store, "check-2", "late", &error), STORE_ERROR_NOT_FOUND); /* another's */
}

static void a_refused_try_leaves_no_frame(void **state)
{
    struct fixture *fixture = *state;
    add_full(fixture, "try-1");
    g_autoptr(GBytes) frame = g_bytes_new_static(FRAME, strlen(FRAME));
    struct store_try twin = sample_try("try-1");
    twin.frame = frame;
    assert_fails(store_try_add(fixture->store, &twin, &error), STORE_ERROR_CONFLICT);
    struct store_try stray = sample_try("try-2");
    stray.facecheck = (char *)"absent";
    stray.frame = frame;
    assert_fails(store_try_add(fixture->store, &stray, &error), STORE_ERROR_NOT_FOUND);
    assert_int_equal(count_blobs(fixture->path), 1);
}

static void a_lost_frame_is_an_error(void **state)
{
    struct fixture *fixture = *state;
    add_full(fixture, "try-1");
    g_autofree char *folder = g_build_filename(fixture->path, "blobs", NULL);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    g_autofree char *path = g_build_filename(folder, g_dir_read_name(dir), NULL);
    assert_int_equal(g_remove(path), 0);
    assert_fails(store_try_get(fixture->store, "check-1", "try-1", &error), STORE_ERROR_CORRUPT);
}

/* ---- frame hashes ---- */

static const uint8_t hashes[4][32] = {"first frame's hash", "second frame's hash", "third frame's hash",
                                      "second frame's hash"};

static unsigned repeated(struct fixture *fixture, const char *facecheck, const char *entry, unsigned from,
                         unsigned count)
{
    unsigned value = UINT_MAX;
    assert_ok(store_try_frames(fixture->store, facecheck, entry, hashes + from, count, &value, &error));
    return value;
}

static void frames_of_any_other_try_are_known_again(void **state)
{
    struct fixture *fixture = *state;
    add_check(fixture, "check-2");
    assert_int_equal(repeated(fixture, "check-1", "try-1", 0, 2), 0);
    assert_int_equal(repeated(fixture, "check-1", "try-1", 0, 4), 0); /* its own are none of another's */
    reopen(fixture);
    assert_int_equal(repeated(fixture, "check-1", "try-2", 1, 3), 3); /* the third, and the second twice */
    assert_int_equal(repeated(fixture, "check-2", "try-3", 0, 1), 1); /* of another applicant */
    assert_int_equal(repeated(fixture, "check-2", "try-3", 0, 0), 0);
}

static void an_erased_check_takes_its_own_hashes_only(void **state)
{
    struct fixture *fixture = *state;
    add_check(fixture, "check-2");
    repeated(fixture, "check-1", "try-1", 0, 2);
    repeated(fixture, "check-2", "try-2", 1, 2);
    assert_ok(store_facecheck_erase(fixture->store, "check-1", "officer-1", NOW_US, &error));
    assert_int_equal(repeated(fixture, "check-2", "try-3", 0, 3), 2); /* the first frame is forgotten */
}

static void nothing_of_a_face_check_lies_on_the_disk_in_the_clear(void **state)
{
    struct fixture *fixture = *state;
    add_full(fixture, "try-1");
    repeated(fixture, "check-1", "try-1", 0, 3);
    g_autoptr(GBytes) picture = g_bytes_new_static(FRAME, strlen(FRAME));
    g_autoptr(GBytes) embedding = g_bytes_new_static(EMBEDDING, strlen(EMBEDDING));
    struct store_material page = sample_material("page");
    page.embedding = embedding;
    page.face_picture = picture;
    assert_ok(store_material_put(fixture->store, &page, picture, &error));
    struct store_facecheck *facecheck;
    assert_ok(facecheck = store_facecheck_ticket_redeem(fixture->store, "check-1", "device-secret", NOW_US, &error));
    store_facecheck_free(facecheck);

    const struct {
        const void *bytes;
        size_t size;
    } needles[] = {
        {APPLICANT_NAME, strlen(APPLICANT_NAME)},
        {"E12345678", 9},
        {"JFIF", 4},
        {EMBEDDING, strlen(EMBEDDING)},
        {"yaw", 3},
        {"score", 5},
        {hashes[0], 18},
        {hashes[1], 32},
        {"device-secret", 13},
    };
    for (unsigned pass = 0; pass < 2; pass++) { /* with the log beside the database, and with it merged */
        for (size_t i = 0; i < G_N_ELEMENTS(needles); i++) {
            assert_nowhere(fixture->path, needles[i].bytes, needles[i].size);
        }
        reopen(fixture);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_with_check(a_try_comes_back_with_its_frame_and_lists_are_light),
        test_with_check(a_try_that_saw_no_face_has_no_frame),
        test_with_check(tries_are_in_the_order_of_their_time),
        test_with_check(a_refused_try_leaves_no_frame),
        test_with_check(a_lost_frame_is_an_error),
        test_with_check(frames_of_any_other_try_are_known_again),
        test_with_check(an_erased_check_takes_its_own_hashes_only),
        test_with_check(nothing_of_a_face_check_lies_on_the_disk_in_the_clear),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
