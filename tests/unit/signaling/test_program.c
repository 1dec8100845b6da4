/* Programs of the mission's own: what they get, and that none outlives its time or its message. */
#include "signaling/program.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glib/gstdio.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#define LONG_US (INT64_C(60) * G_USEC_PER_SEC)

static char *folder;
static gint stop;

static int make_folder(void **state)
{
    (void)state;
    folder = g_dir_make_tmp("viva-program-XXXXXX", NULL);
    g_setenv("VIVA_MASTER_KEY", "secret", TRUE);
    signal(SIGPIPE, SIG_IGN); /* as the server does */
    return 0;
}

static int remove_folder(void **state)
{
    (void)state;
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    for (const char *name; (name = g_dir_read_name(dir)) != NULL;) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        g_unlink(path);
    }
    g_rmdir(folder);
    g_free(folder);
    return 0;
}

/* A command that runs `script` with the shell in the folder. */
static char *shell(const char *script)
{
    g_autofree char *whole = g_strdup_printf("cd '%s'; %s", folder, script);
    g_autofree char *quoted = g_shell_quote(whole);
    return g_strconcat("/bin/sh -c ", quoted, NULL);
}

static char *run(const char *script, const char *input, int64_t limit_us)
{
    g_autofree char *command = shell(script);
    return program_run(command, input, limit_us, &stop);
}

static char *contents(const char *name)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    char *text = NULL;
    g_file_get_contents(path, &text, NULL, NULL);
    return text;
}

static void it_gets_its_message_and_little_else(void **state)
{
    (void)state;
    g_autofree char *input = g_strnfill(200000, 'x'); /* more than a pipe holds */
    g_autofree char *reason = run("cat > input; env > environment; ls /proc/self/fd > files", input, LONG_US);
    assert_null(reason);
    g_autofree char *got = contents("input"), *environment = contents("environment"), *files = contents("files");
    assert_string_equal(got, input);
    assert_null(strstr(environment, "VIVA"));
    assert_non_null(strstr(environment, "PATH="));
    g_auto(GStrv) descriptors = g_strsplit(g_strstrip(files), "\n", -1);
    assert_int_equal(g_strv_length(descriptors), 4); /* 0, 1, 2 and ls's own */
}

static void what_is_in_the_message_is_never_a_command(void **state)
{
    (void)state;
    g_autofree char *command = g_strdup_printf("/bin/sh -c 'cat > \"$0/raw\"' '%s'", folder);
    g_autofree char *reason = program_run(command, "'; touch owned; $(touch owned) `touch owned`", LONG_US, &stop);
    assert_null(reason);
    g_autofree char *raw = contents("raw"), *owned = contents("owned");
    assert_string_equal(raw, "'; touch owned; $(touch owned) `touch owned`");
    assert_null(owned);
}

static void whatever_goes_wrong_is_said(void **state)
{
    (void)state;
    static const struct {
        const char *script, *says;
    } rows[] = {
        {"cat > /dev/null; exit 3", "ended with 3"},
        {"cat > /dev/null; kill -9 $$", "was killed"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *reason = run(rows[i].script, "{}", LONG_US);
        assert_non_null(reason);
        if (strstr(reason, rows[i].says) == NULL) {
            fail_msg("%s: %s", rows[i].script, reason);
        }
    }
    g_autofree char *missing = program_run("/nowhere/at/all", "{}", LONG_US, &stop);
    assert_non_null(strstr(missing, "cannot be started"));
    g_autofree char *unread = NULL;
    g_autofree char *huge = g_strnfill(1000000, 'x');
    unread = run("exit 0", huge, LONG_US);
    assert_non_null(unread);
}

static void one_that_hangs_is_killed(void **state)
{
    (void)state;
    g_autofree char *reason = run("sleep 600", "{}", G_USEC_PER_SEC / 2);
    assert_non_null(strstr(reason, "took too long"));
}

static bool is_gone(pid_t pid)
{
    g_autofree char *path = g_strdup_printf("/proc/%d/stat", (int)pid), *status = NULL;
    return !g_file_get_contents(path, &status, NULL, NULL) ||
           strstr(status, ") Z") != NULL; /* nobody to take it away */
}

static void *stop_when_started(void *unused)
{
    (void)unused;
    g_autofree char *child = contents("child");
    while (child == NULL || strchr(child, '\n') == NULL) {
        g_usleep(10000);
        g_free(child);
        child = contents("child");
    }
    g_atomic_int_set(&stop, 1);
    return NULL;
}

static void a_server_that_stops_leaves_nothing_of_it_behind(void **state)
{
    (void)state;
    GThread *thread = g_thread_new("stop", stop_when_started, NULL);
    g_autofree char *reason = run("sleep 600 & echo $! > child; wait", "{}", 10 * LONG_US);
    g_thread_join(thread);
    g_atomic_int_set(&stop, 0);
    assert_non_null(reason);
    g_autofree char *child = contents("child");
    const pid_t pid = (pid_t)g_ascii_strtoll(child, NULL, 10);
    assert_true(pid > 1);
    while (!is_gone(pid)) {
        g_usleep(10000);
    }
}

static void doctor_sees_what_is_no_program(void **state)
{
    (void)state;
    g_autofree char *fine = program_missing("/bin/sh -c true");
    g_autofree char *missing = program_missing("/nowhere/at/all");
    g_autofree char *directory = program_missing("/tmp");
    assert_null(fine);
    assert_non_null(missing);
    assert_non_null(directory);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(it_gets_its_message_and_little_else),
        cmocka_unit_test(what_is_in_the_message_is_never_a_command),
        cmocka_unit_test(whatever_goes_wrong_is_said),
        cmocka_unit_test(one_that_hangs_is_killed),
        cmocka_unit_test(a_server_that_stops_leaves_nothing_of_it_behind),
        cmocka_unit_test(doctor_sees_what_is_no_program),
    };
    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
