#include <pthread.h>

#include "tests/unit/store/disk.h"

static int set_up_check(void **state)
{
    set_up(state);
    const struct store_facecheck facecheck = sample_facecheck("check-1");
    struct fixture *fixture = *state;
    assert_ok(store_facecheck_add(fixture->store, &facecheck, "ticket", &error));
    return 0;
}
#define test_with_check(f) cmocka_unit_test_setup_teardown(f, set_up_check, tear_down)

/* Longer than a chunk of a blob, and with what every JPEG begins with. */
static GBytes *picture(char filling)
{
    static const uint8_t head[] = {0xff, 0xd8, 0xff, 0xe0, 0, 16, 'J', 'F', 'I', 'F', 0, 1, 1};
    uint8_t *bytes = g_malloc(100000);
    memset(bytes, filling, 100000);
    memcpy(bytes, head, sizeof(head));
    return g_bytes_new_take(bytes, 100000);
}

static void put(struct fixture *fixture, const char *kind, char filling)
{
    g_autoptr(GBytes) jpeg = picture(filling);
    struct store_material material = sample_material(kind);
    assert_ok(store_material_put(fixture->store, &material, jpeg, &error));
}

static struct store_material *get(struct fixture *fixture, const char *kind)
{
    struct store_material *material;
    assert_ok(material = store_material_get(fixture->store, "check-1", kind, &error));
    return material;
}

static unsigned version(struct fixture *fixture)
{
    struct store_facecheck *facecheck;
    assert_ok(facecheck = store_facecheck_get(fixture->store, "check-1", &error));
    const unsigned value = facecheck->version;
    store_facecheck_free(facecheck);
    return value;
}

static void assert_picture(struct fixture *fixture, const struct store_material *material, char filling)
{
    g_autoptr(GBytes) expected = picture(filling);
    g_autoptr(GBytes) read = NULL;
    assert_ok(read = store_material_read(fixture->store, material, &error));
    assert_true(g_bytes_equal(read, expected));
}

static void a_material_comes_back_whole(void **state)
{
    struct fixture *fixture = *state;
    g_autoptr(GBytes) jpeg = picture('a');
    g_autoptr(GBytes) embedding = g_bytes_new("\0\1\2\3", 4);
    g_autoptr(GBytes) face = g_bytes_new_static("a small JPEG", 12);
    struct store_material page = sample_material("page");
    page.embedding = embedding;
    page.face_picture = face;
    assert_ok(store_material_put(fixture->store, &page, jpeg, &error));
    assert_int_equal(page.file_bytes, 100000);
    put(fixture, "portrait", 'b');
    assert_int_equal(version(fixture), 3);
    reopen(fixture);

    struct store_material *material = get(fixture, "page");
    assert_true(material->uploaded_us == NOW_US + 1);
    assert_int_equal(material->width, 1200);
    assert_int_equal(material->height, 1600);
    assert_int_equal(material->file_bytes, 100000);
    assert_memory_equal(material->file_sha256, page.file_sha256, sizeof(page.file_sha256));
    assert_string_equal(material->report, "{\"score\": 0.93}");
    assert_true(g_bytes_equal(material->embedding, embedding));
    assert_true(g_bytes_equal(material->face_picture, face));
    assert_picture(fixture, material, 'a');
    store_material_free(material);
    material = get(fixture, "portrait");
    assert_null(material->embedding);
    assert_null(material->face_picture);
    assert_picture(fixture, material, 'b');
    store_material_free(material);
}

static void a_new_picture_replaces_the_old_one_and_all_that_was_known_of_it(void **state)
{
    struct fixture *fixture = *state;
    g_autoptr(GBytes) jpeg = picture('a');
    struct store_material first = sample_material("portrait");
    first.embedding = jpeg;
    assert_ok(store_material_put(fixture->store, &first, jpeg, &error));
    put(fixture, "portrait", 'b');
    assert_int_equal(count_blobs(fixture->path), 1);
    assert_int_equal(version(fixture), 3);
    struct store_material *material = get(fixture, "portrait");
    assert_null(material->embedding);
    assert_picture(fixture, material, 'b');
    store_material_free(material);
    /* Whoever still holds the first is told that it is gone, not given the second. */
    assert_fails(store_material_read(fixture->store, &first, &error), STORE_ERROR_NOT_FOUND);
}

static void the_same_picture_again_is_kept(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, "portrait", 'a');
    put(fixture, "portrait", 'a');
    put(fixture, "page", 'a');
    struct store_material *material = get(fixture, "portrait");
    assert_picture(fixture, material, 'a');
    store_material_free(material);
    assert_int_equal(count_blobs(fixture->path), 2);
}

static void a_refused_one_leaves_everything_as_it_was(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, "portrait", 'a');
    g_autoptr(GBytes) jpeg = picture('b');
    struct store_material odd = sample_material("shoe");
    struct store_material stray = sample_material("portrait");
    stray.facecheck = (char *)"absent";
    assert_fails(store_material_put(fixture->store, &odd, jpeg, &error), STORE_ERROR_CONFLICT);
    assert_fails(store_material_put(fixture->store, &stray, jpeg, &error), STORE_ERROR_NOT_FOUND);
    assert_fails(store_material_get(fixture->store, "check-1", "page", &error), STORE_ERROR_NOT_FOUND);
    assert_int_equal(count_blobs(fixture->path), 1);
    assert_int_equal(version(fixture), 2);
    struct store_material *material = get(fixture, "portrait");
    assert_picture(fixture, material, 'a');
    store_material_free(material);
}

static void a_removed_one_is_gone(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, "portrait", 'a');
    put(fixture, "page", 'b');
    struct store_material *portrait = get(fixture, "portrait");
    assert_ok(store_material_remove(fixture->store, "check-1", "portrait", &error));
    assert_fails(store_material_remove(fixture->store, "check-1", "portrait", &error), STORE_ERROR_NOT_FOUND);
    assert_fails(store_material_get(fixture->store, "check-1", "portrait", &error), STORE_ERROR_NOT_FOUND);
    assert_fails(store_material_read(fixture->store, portrait, &error), STORE_ERROR_NOT_FOUND);
    store_material_free(portrait);
    assert_int_equal(count_blobs(fixture->path), 1);
    assert_int_equal(version(fixture), 4);
    struct store_material *page = get(fixture, "page");
    assert_picture(fixture, page, 'b');
    store_material_free(page);
}

static void what_a_check_was_decided_on_stays(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, "portrait", 'a');
    struct store_facecheck *facecheck;
    assert_ok(facecheck = store_facecheck_get(fixture->store, "check-1", &error));
    facecheck->state = FACECHECK_PASSED;
    assert_ok(store_facecheck_update(fixture->store, facecheck, "system", "passed", NOW_US, &error));
    store_facecheck_free(facecheck);
    g_autoptr(GBytes) jpeg = picture('b');
    struct store_material late = sample_material("portrait");
    assert_fails(store_material_put(fixture->store, &late, jpeg, &error), STORE_ERROR_CONFLICT);
    assert_fails(store_material_remove(fixture->store, "check-1", "portrait", &error), STORE_ERROR_CONFLICT);
    assert_int_equal(count_blobs(fixture->path), 1);
    struct store_material *material = get(fixture, "portrait");
    assert_picture(fixture, material, 'a');
    store_material_free(material);
}

static void an_altered_or_missing_file_is_never_shown(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, "portrait", 'a');
    struct store_material *material = get(fixture, "portrait");
    g_autofree char *folder = g_build_filename(fixture->path, "blobs", NULL);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    g_autofree char *path = g_build_filename(folder, g_dir_read_name(dir), NULL);
    g_autofree char *bytes = NULL;
    size_t size;
    assert_true(g_file_get_contents(path, &bytes, &size, NULL));
    bytes[size / 2] ^= 1;
    assert_true(g_file_set_contents(path, bytes, (gssize)size, NULL));
    assert_fails(store_material_read(fixture->store, material, &error), STORE_ERROR_CORRUPT);
    assert_int_equal(g_remove(path), 0);
    assert_fails(store_material_read(fixture->store, material, &error), STORE_ERROR_CORRUPT);
    store_material_free(material);
}

static void a_sweep_at_the_start_takes_no_material(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, "portrait", 'a');
    put(fixture, "page", 'b');
    g_autofree char *orphan = g_build_filename(fixture->path, "blobs", "orphan", NULL);
    assert_true(g_file_set_contents(orphan, "sealed", -1, NULL));
    reopen(fixture);
    assert_int_equal(count_blobs(fixture->path), 2);
}

#define CHANGES 30

static void *replace_often(void *data)
{
    struct fixture *fixture = data;
    for (unsigned i = 0; i < CHANGES; i++) {
        g_autoptr(GBytes) jpeg = picture((char)('a' + i % 3));
        struct store_material material = sample_material("portrait");
        if (!store_material_put(fixture->store, &material, jpeg, NULL)) {
            return data;
        }
    }
    return NULL;
}

static void a_reader_beside_a_writer_gets_the_right_picture_or_none(void **state)
{
    struct fixture *fixture = *state;
    put(fixture, "portrait", 'a');
    pthread_t writer;
    assert_int_equal(pthread_create(&writer, NULL, replace_often, fixture), 0);
    unsigned read = 0;
    for (unsigned i = 0; i < 3 * CHANGES; i++) {
        struct store_material *material = get(fixture, "portrait");
        g_autoptr(GError) error = NULL;
        g_autoptr(GBytes) jpeg = store_material_read(fixture->store, material, &error);
        if (jpeg == NULL) {
            assert_error(error, STORE_ERROR_NOT_FOUND); /* never CORRUPT: nothing is broken */
        }
        read += jpeg != NULL ? 1 : 0;
        store_material_free(material);
    }
    void *failed;
    pthread_join(writer, &failed);
    assert_null(failed);
    assert_int_equal(count_blobs(fixture->path), 1);
    print_message("%u of %u reads came before their picture was replaced\n", read, 3 * CHANGES);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_with_check(a_material_comes_back_whole),
        test_with_check(a_new_picture_replaces_the_old_one_and_all_that_was_known_of_it),
        test_with_check(the_same_picture_again_is_kept),
        test_with_check(a_refused_one_leaves_everything_as_it_was),
        test_with_check(a_removed_one_is_gone),
        test_with_check(what_a_check_was_decided_on_stays),
        test_with_check(an_altered_or_missing_file_is_never_shown),
        test_with_check(a_sweep_at_the_start_takes_no_material),
        test_with_check(a_reader_beside_a_writer_gets_the_right_picture_or_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
