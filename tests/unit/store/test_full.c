#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>
#include <unistd.h>

#include "tests/unit/store/disk.h"

/* A real full disk: a tmpfs of a few pages in a mount namespace of our own, which ends with this process. */
#define DISK "size=2m,mode=0700"

static bool write_proc(const char *name, const char *text)
{
    g_autofree char *path = g_build_filename("/proc/self", name, NULL);
    const int fd = open(path, O_WRONLY | O_CLOEXEC);
    const bool written = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);
    if (fd >= 0) {
        close(fd);
    }
    return written;
}

/* Without root, in a user namespace in which we are ourselves: else nobody could own a file there. */
static bool enter_namespace(void)
{
    if (geteuid() == 0) {
        return unshare(CLONE_NEWNS) == 0;
    }
    g_autofree char *user = g_strdup_printf("%u %u 1", geteuid(), geteuid());
    g_autofree char *group = g_strdup_printf("%u %u 1", getegid(), getegid());
    return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 && write_proc("setgroups", "deny") &&
           write_proc("uid_map", user) && write_proc("gid_map", group);
}

static int mount_small_disk(void **state)
{
    char *path = g_dir_make_tmp("viva-full-XXXXXX", NULL);
    *state = path;
    if (enter_namespace() && mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0 &&
        mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, DISK) == 0) {
        return 0;
    }
    print_message("cannot mount a small disk here: %s\n", g_strerror(errno));
    g_rmdir(path);
    g_clear_pointer(&path, g_free);
    *state = NULL;
    return 0;
}

static int unmount_small_disk(void **state)
{
    char *path = *state;
    if (path != NULL) {
        assert_int_equal(umount(path), 0);
        g_rmdir(path);
    }
    g_free(path);
    return 0;
}

static void occupy(const char *path, size_t leave_bytes, struct store *store)
{
    g_autofree char *file = g_build_filename(path, "ballast", NULL);
    const uint64_t free_bytes = store_free_bytes(store);
    const int fd = open(file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    assert_true(fd >= 0 && free_bytes > leave_bytes);
    assert_int_equal(posix_fallocate(fd, 0, (off_t)(free_bytes - leave_bytes)), 0);
    close(fd);
}

static void make_room(const char *path)
{
    g_autofree char *file = g_build_filename(path, "ballast", NULL);
    assert_int_equal(g_remove(file), 0);
}

static void assert_captures(struct store *store, const char *path, unsigned count)
{
    g_autoptr(GPtrArray) captures = NULL;
    assert_ok(captures = store_capture_list(store, "interview-1", &error));
    assert_int_equal(captures->len, count);
    assert_int_equal(count_blobs(path), count);
}

static void a_full_disk_is_a_clear_error_and_leaves_nothing(void **state)
{
    const char *path = *state;
    if (path == NULL) {
        skip();
    }
    struct store *store;
    assert_ok(store = store_open(path, master_key, &error));
    fill(store, "ticket");
    g_autofree uint8_t *pixels = g_malloc0(100000);
    g_autoptr(GBytes) jpeg = g_bytes_new(pixels, 100000);
    struct store_capture first = sample_capture("first");
    assert_ok(store_capture_add(store, &first, jpeg, &error));

    occupy(path, 40000, store); /* the blob does not fit */
    struct store_capture second = sample_capture("second");
    assert_fails(store_capture_add(store, &second, jpeg, &error), STORE_ERROR_FULL);
    assert_captures(store, path, 1);
    make_room(path);

    occupy(path, 106496, store); /* the blob fits, its record does not */
    assert_fails(store_capture_add(store, &second, jpeg, &error), STORE_ERROR_FULL);
    assert_captures(store, path, 1);
    make_room(path);

    assert_ok(store_capture_add(store, &second, jpeg, &error)); /* and goes on once there is room */
    assert_int_equal(second.seq, 2);
    store_close(store);
    assert_ok(store = store_open(path, master_key, &error));
    assert_captures(store, path, 2);
    store_close(store);
}

static void assert_portrait(struct store *store, const char *path, const char *report)
{
    struct store_material *material;
    assert_ok(material = store_material_get(store, "check-1", "portrait", &error));
    assert_string_equal(material->report, report);
    g_autoptr(GBytes) read = NULL;
    assert_ok(read = store_material_read(store, material, &error));
    store_material_free(material);
    assert_int_equal(count_blobs(path), 1);
}

static void a_material_that_does_not_fit_leaves_the_one_before(void **state)
{
    const char *path = *state;
    if (path == NULL) {
        skip();
    }
    struct store *store;
    assert_ok(store = store_open(path, master_key, &error));
    fill(store, "ticket");
    const struct store_facecheck facecheck = sample_facecheck("check-1");
    assert_ok(store_facecheck_add(store, &facecheck, "another ticket", &error));
    g_autofree uint8_t *pixels = g_malloc0(100000);
    g_autoptr(GBytes) jpeg = g_bytes_new(pixels, 100000);
    struct store_material material = sample_material("portrait");
    material.report = (char *)"first";
    assert_ok(store_material_put(store, &material, jpeg, &error));

    material.report = (char *)"second";
    struct store_try entry = sample_try("try-1");
    entry.frame = jpeg;
    static const size_t rooms[] = {40000, 106496}; /* the blob does not fit; the blob fits, its record does not */
    for (size_t i = 0; i < G_N_ELEMENTS(rooms); i++) {
        occupy(path, rooms[i], store);
        assert_fails(store_material_put(store, &material, jpeg, &error), STORE_ERROR_FULL);
        assert_portrait(store, path, "first");
        assert_fails(store_try_add(store, &entry, &error), STORE_ERROR_FULL);
        assert_portrait(store, path, "first");
        make_room(path);
    }
    assert_ok(store_material_put(store, &material, jpeg, &error));
    assert_portrait(store, path, "second");
    store_close(store);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_full_disk_is_a_clear_error_and_leaves_nothing, mount_small_disk,
                                        unmount_small_disk),
        cmocka_unit_test_setup_teardown(a_material_that_does_not_fit_leaves_the_one_before, mount_small_disk,
                                        unmount_small_disk),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
