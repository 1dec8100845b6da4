/* What a worker can still do, seen from inside one. */
#include "tests/unit/vision/hazards.h"

static struct vision_pool *pool;

static int make_pool(void **state)
{
    (void)state;
    pool = hazard_pool(1, 4, false);
    return 0;
}

static int free_pool(void **state)
{
    (void)state;
    vision_pool_free(pool);
    return 0;
}

static void every_way_out_is_refused(void **state)
{
    (void)state;
    static const char *const ways[] = {
        "open",
        "create",
        "memfd_create",
        "unlinkat",
        "getdents",
        "stat",
        "socketpair",
        "connect",
        "sendmsg",
        "sendto",
        "ptrace",
        "process_vm_readv",
        "kill",
        "tgkill",
        "pidfd_open",
        "prctl",
        "ioctl",
        "unshare",
        "mount",
        "bpf",
        "keyctl",
        "setuid",
        "personality",
        "io_uring_setup",
        "ftruncate",
        "execve",
        "fork",
        "setrlimit",
        "socket",
        "map_executable",
        "make_executable",
    };
    json_t *report = NULL;
    assert_true(run_op(pool, "probe", NULL, LONG_MS, &report, NULL));
    for (size_t i = 0; i < G_N_ELEMENTS(ways); i++) {
        const char *said = json_string_value(json_object_get(report, ways[i]));
        if (g_strcmp0(said, "EPERM") != 0) {
            fail_msg("%s: %s, expected EPERM", ways[i], said);
        }
    }
    assert_string_equal(json_string_value(json_object_get(report, "clone3")), "ENOSYS"); /* so that clone is tried */
    assert_int_equal(json_object_size(report), G_N_ELEMENTS(ways) + 1);
    json_decref(report);
    assert_false(g_file_test("/tmp/viva-escaped", G_FILE_TEST_EXISTS));
}

static void no_secret_and_no_descriptor_of_the_service_is_inherited(void **state)
{
    (void)state;
    json_t *report = NULL, *environment, *files;
    assert_true(run_op(pool, "inventory", NULL, LONG_MS, &report, NULL));
    assert_int_equal(json_unpack(report, "{s:o, s:o}", "environment", &environment, "files", &files), 0);
    size_t index;
    json_t *value;
    json_array_foreach(environment, index, value)
    {
        assert_string_not_equal(json_string_value(value), "VIVA_MASTER_KEY");
        assert_string_not_equal(json_string_value(value), "VIVA_OTHER");
    }
    json_array_foreach(files, index, value)
    {
        assert_in_range(json_integer_value(value), 0, 4); /* three that lead nowhere, the socket, the memory */
    }
    json_decref(report);
}

static void descriptors_are_few(void **state)
{
    (void)state;
    json_t *report = NULL;
    assert_true(run_op(pool, "open_many", NULL, LONG_MS, &report, NULL));
    assert_in_range(json_integer_value(json_object_get(report, "pipes")), 1, 32);
    json_decref(report);
}

/* The kernel's own word. */
static void privileges_are_given_up(void **state)
{
    (void)state;
    g_autofree char *path = g_strdup_printf("/proc/%d/status", assert_works(pool));
    g_autofree char *status = NULL;
    assert_true(g_file_get_contents(path, &status, NULL, NULL));
    assert_non_null(strstr(status, "NoNewPrivs:\t1\n"));
    assert_non_null(strstr(status, "Seccomp:\t2\n")); /* a filter */
}

int main(void)
{
    g_setenv("VIVA_MASTER_KEY", "0123456789abcdef", TRUE);
    g_setenv("VIVA_OTHER", "1", TRUE);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_out_is_refused),
        cmocka_unit_test(no_secret_and_no_descriptor_of_the_service_is_inherited),
        cmocka_unit_test(descriptors_are_few),
        cmocka_unit_test(privileges_are_given_up),
    };
    return cmocka_run_group_tests(tests, make_pool, free_pool);
}
