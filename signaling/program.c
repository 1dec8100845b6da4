#include "signaling/program.h"

#include <gio/gio.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

#define LOOK_MS 50 /* how often it is looked whether to stop */

struct run {
    GCancellable *cancel;
    int64_t until_us;
    const gint *stop;
    bool done;
    GError *error;
};

/* In the child. A group of its own, so that all of it can be killed; the service blocks signals, programs expect them.
 */
static void become_a_group(void *unused)
{
    sigset_t none;
    (void)unused;
    setpgid(0, 0);
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    signal(SIGPIPE, SIG_DFL);
}

static GSubprocess *spawn(const char *command, GError **error)
{
    static const char *const kept[] = {"PATH", "HOME", "LANG", "TZ"};
    g_auto(GStrv) words = NULL;
    if (!g_shell_parse_argv(command, NULL, &words, error)) {
        return NULL;
    }
    g_auto(GStrv) environment = g_new0(char *, 1);
    for (unsigned i = 0; i < G_N_ELEMENTS(kept); i++) {
        const char *value = g_getenv(kept[i]);
        environment = value != NULL ? g_environ_setenv(environment, kept[i], value, TRUE) : environment;
    }
    g_autoptr(GSubprocessLauncher) launcher =
        g_subprocess_launcher_new(G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE |
                                  G_SUBPROCESS_FLAGS_STDERR_SILENCE); /* it may repeat whom it writes to */
    g_subprocess_launcher_set_environ(launcher, environment);
    g_subprocess_launcher_set_child_setup(launcher, become_a_group, NULL, NULL);
    return g_subprocess_launcher_spawnv(launcher, (const char *const *)words, error);
}

static void ended(GObject *process, GAsyncResult *result, void *context)
{
    struct run *run = context;
    g_subprocess_communicate_finish(G_SUBPROCESS(process), result, NULL, NULL, &run->error);
    run->done = true;
}

static gboolean look(void *context)
{
    struct run *run = context;
    if (g_atomic_int_get(run->stop) || g_get_monotonic_time() >= run->until_us) {
        g_cancellable_cancel(run->cancel);
    }
    return G_SOURCE_CONTINUE;
}

/* In a main context of this call's own: its thread has none that runs. */
static void wait_for(GSubprocess *process, const char *input, struct run *run)
{
    g_autoptr(GMainContext) context = g_main_context_new();
    g_autoptr(GBytes) bytes = g_bytes_new(input, strlen(input));
    g_main_context_push_thread_default(context);
    GSource *timer = g_timeout_source_new(LOOK_MS);
    g_source_set_callback(timer, look, run, NULL);
    g_source_attach(timer, context);
    g_subprocess_communicate_async(process, bytes, run->cancel, ended, run);
    while (!run->done) {
        g_main_context_iteration(context, TRUE);
    }
    g_source_destroy(timer);
    g_source_unref(timer);
    g_main_context_pop_thread_default(context);
}

static char *verdict(GSubprocess *process, const struct run *run)
{
    if (g_error_matches(run->error, G_IO_ERROR, G_IO_ERROR_CANCELLED)) {
        return g_strdup("the program took too long and was killed");
    }
    if (run->error != NULL) {
        return g_strdup_printf("the program did not read its message: %s", run->error->message);
    }
    if (!g_subprocess_get_if_exited(process)) {
        return g_strdup("the program was killed");
    }
    const int status = g_subprocess_get_exit_status(process);
    return status == 0 ? NULL : g_strdup_printf("the program ended with %d", status);
}

char *program_run(const char *command, const char *input, int64_t limit_us, const gint *stop)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GSubprocess) process = spawn(command, &error);
    if (process == NULL) {
        return g_strdup_printf("the program cannot be started: %s", error->message);
    }
    const char *id = g_subprocess_get_identifier(process); /* NULL: it has ended already */
    const pid_t group = id != NULL ? (pid_t)g_ascii_strtoll(id, NULL, 10) : 0;
    g_autoptr(GCancellable) cancel = g_cancellable_new();
    struct run run = {.cancel = cancel, .until_us = g_get_monotonic_time() + limit_us, .stop = stop};
    wait_for(process, input, &run);
    if (run.error != NULL && group > 0) {
        kill(-group, SIGKILL);
        g_subprocess_wait(process, NULL, NULL); /* it is gone, or about to be */
    }
    char *reason = verdict(process, &run);
    g_clear_error(&run.error);
    return reason;
}

char *program_missing(const char *command)
{
    g_autoptr(GError) error = NULL;
    g_auto(GStrv) words = NULL;
    if (!g_shell_parse_argv(command, NULL, &words, &error)) {
        return g_strdup(error->message);
    }
    return g_file_test(words[0], G_FILE_TEST_IS_EXECUTABLE) && !g_file_test(words[0], G_FILE_TEST_IS_DIR)
               ? NULL
               : g_strdup_printf("%s is no program that can be run", words[0]);
}
