#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/store/fixture.h"

/* A child adds captures and says over a pipe which of them the store has acknowledged, until a timer kills it (SIGKILL)
 * at a random moment: while sealing, between fsync and rename, between blob and record, in the middle of a commit. */

#define ROUNDS      20
#define LIFE_US_MAX 60000
#define ID_BYTES    26

/* Every picture is another, so one in the place of another would be seen. */
static GBytes *picture_of(const char *id)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(g_str_hash(id));
    const size_t size = (size_t)g_rand_int_range(random, 1000, 200000);
    uint8_t *bytes = g_malloc(size);
    memset(bytes, id[0], size);
    memcpy(bytes, id, ID_BYTES);
    return g_bytes_new_take(bytes, size);
}

static void kill_me_in(int64_t us)
{
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL};
    const struct itimerspec when = {.it_value = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000 + 1}};
    timer_t timer;
    if (timer_create(CLOCK_MONOTONIC, &event, &timer) != 0 || timer_settime(timer, 0, &when, NULL) != 0) {
        _exit(1);
    }
}

static G_NORETURN void add_captures_until_killed(const char *path, int acknowledged, int64_t life_us)
{
    struct store *store = store_open(path, master_key, NULL);
    if (store == NULL) {
        _exit(2);
    }
    kill_me_in(life_us);
    for (;;) {
        char *id = store_id_new();
        GBytes *picture = picture_of(id);
        struct store_capture capture = sample_capture(id);
        if (!store_capture_add(store, &capture, picture, NULL) || write(acknowledged, id, ID_BYTES) != ID_BYTES) {
            _exit(3);
        }
        g_bytes_unref(picture);
        g_free(id);
    }
}

/* Adds to `ids` what the child's store acknowledged before it died. */
static void run_child(const char *path, int64_t life_us, GHashTable *ids)
{
    int pipe_ends[2];
    assert_int_equal(pipe(pipe_ends), 0);
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(pipe_ends[0]);
        add_captures_until_killed(path, pipe_ends[1], life_us);
    }
    close(pipe_ends[1]);
    char id[ID_BYTES + 1] = {0};
    while (read(pipe_ends[0], id, ID_BYTES) == ID_BYTES) { /* writes this small are never torn */
        g_hash_table_add(ids, g_strdup(id));
    }
    close(pipe_ends[0]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGKILL);
}

static void assert_intact(struct store *store, const struct store_capture *capture, unsigned seq)
{
    assert_int_equal(capture->seq, seq);
    g_autoptr(GBytes) expected = picture_of(capture->id);
    g_autoptr(GBytes) read = NULL;
    assert_ok(read = store_capture_read(store, capture, &error));
    assert_true(g_bytes_equal(expected, read));
}

static unsigned count_files(const char *path)
{
    g_autofree char *folder = g_build_filename(path, "blobs", NULL);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    unsigned count = 0;
    while (g_dir_read_name(dir) != NULL) {
        count++;
    }
    return count;
}

static void what_was_acknowledged_survives_a_kill_at_any_moment(void **state)
{
    struct fixture *fixture = *state;
    g_autoptr(GHashTable) acknowledged = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    unsigned orphans = 0;
    for (unsigned round = 0; round < ROUNDS; round++) {
        store_close(g_steal_pointer(&fixture->store));
        run_child(fixture->path, g_random_int_range(0, LIFE_US_MAX), acknowledged);
        const unsigned files_before = count_files(fixture->path);
        assert_ok(fixture->store = store_open(fixture->path, master_key, &error));
        const unsigned files = count_files(fixture->path);
        orphans += files_before - files;

        g_autoptr(GPtrArray) captures = NULL;
        assert_ok(captures = store_capture_list(fixture->store, "interview-1", &error));
        assert_int_equal(files, captures->len); /* no blob without its record */
        unsigned found = 0;
        for (unsigned i = 0; i < captures->len; i++) {
            const struct store_capture *capture = captures->pdata[i];
            assert_intact(fixture->store, capture, i + 1);
            found += g_hash_table_contains(acknowledged, capture->id) ? 1 : 0;
        }
        assert_int_equal(found, g_hash_table_size(acknowledged));
    }
    print_message("%u kills, %u captures acknowledged, %u leftovers swept\n", ROUNDS, g_hash_table_size(acknowledged),
                  orphans);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_with_store(what_was_acknowledged_survives_a_kill_at_any_moment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
