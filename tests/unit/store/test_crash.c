#include <signal.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/unit/store/orders.h"

/* A child adds pictures and says over a pipe which of them the store has acknowledged, until a timer kills it (SIGKILL)
 * at a random moment: while sealing, between fsync and rename, between blob and record, in the middle of a commit,
 * before the blob that was replaced is deleted. */

#define LIFE_US_MAX 60000
#define ID_BYTES    26

/* VIVA_ROUNDS asks for more kills than a run of all tests can wait for. */
static unsigned rounds(void)
{
    const char *wanted = g_getenv("VIVA_ROUNDS");
    return wanted != NULL ? (unsigned)g_ascii_strtoull(wanted, NULL, 10) : 20;
}

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

/* Adds number `n` to `store` and fills its id. */
typedef bool add_picture(struct store *store, unsigned n, char id[ID_BYTES + 1]);

static bool add_capture(struct store *store, unsigned n, char id[ID_BYTES + 1])
{
    g_snprintf(id, ID_BYTES + 1, "capture-%018u", n);
    g_autoptr(GBytes) picture = picture_of(id);
    struct store_capture capture = sample_capture(id);
    return store_capture_add(store, &capture, picture, NULL);
}

static bool add_try(struct store *store, unsigned n, char id[ID_BYTES + 1])
{
    g_snprintf(id, ID_BYTES + 1, "try-%022u", n);
    g_autoptr(GBytes) picture = picture_of(id);
    struct store_try entry = sample_try(id);
    entry.at_us = n;
    entry.frame = picture;
    return store_try_add(store, &entry, NULL);
}

/* Each replaces the one before; its report says which it is. */
static bool put_material(struct store *store, unsigned n, char id[ID_BYTES + 1])
{
    g_snprintf(id, ID_BYTES + 1, "material-%017u", n);
    g_autoptr(GBytes) picture = picture_of(id);
    struct store_material material = sample_material("portrait");
    material.report = id;
    return store_material_put(store, &material, picture, NULL);
}

/* Back and forth between waiting and scheduled, each its event. */
static bool change_interview(struct store *store, unsigned n, char id[ID_BYTES + 1])
{
    g_snprintf(id, ID_BYTES + 1, "change-%019u", n);
    struct store_interview *interview = store_interview_get(store, "interview-1", NULL);
    interview->state = interview->state == INTERVIEW_WAITING ? INTERVIEW_SCHEDULED : INTERVIEW_WAITING;
    const bool ok = store_interview_update(store, interview, "system", id, n, NULL);
    store_interview_free(interview);
    return ok;
}

/* Back and forth between review and supplement, each with its row of history, its message and its event. */
static bool change_order(struct store *store, unsigned n, char id[ID_BYTES + 1])
{
    g_snprintf(id, ID_BYTES + 1, "change-%019u", n);
    struct store_order *order = store_order_get(store, "order-1", NULL);
    const enum store_order_state to = order->state == ORDER_IN_REVIEW ? ORDER_SUPPLEMENT_REQUIRED : ORDER_IN_REVIEW;
    const bool ok = step_order(store, order, to, id, n, NULL);
    store_order_free(order);
    return ok;
}

static G_NORETURN void add_until_killed(const char *path, add_picture *add, unsigned n, int acknowledged)
{
    struct store *store = store_open(path, master_key, NULL);
    if (store == NULL) {
        _exit(2);
    }
    kill_me_in(g_random_int_range(0, LIFE_US_MAX));
    for (;; n++) {
        char id[ID_BYTES + 1];
        if (!add(store, n, id) || write(acknowledged, id, ID_BYTES) != ID_BYTES) {
            _exit(3);
        }
    }
}

/* Adds to `ids` what the child's store acknowledged before it died. */
static void run_child(const char *path, add_picture *add, unsigned n, GPtrArray *ids)
{
    int pipe_ends[2];
    assert_int_equal(pipe(pipe_ends), 0);
    g_random_int(); /* else every child would draw the same moment */
    const pid_t child = fork();
    assert_true(child >= 0);
    if (child == 0) {
        close(pipe_ends[0]);
        add_until_killed(path, add, n, pipe_ends[1]);
    }
    close(pipe_ends[1]);
    char id[ID_BYTES + 1] = {0};
    while (read(pipe_ends[0], id, ID_BYTES) == ID_BYTES) { /* writes this small are never torn */
        g_ptr_array_add(ids, g_strdup(id));
    }
    close(pipe_ends[0]);
    int status;
    assert_int_equal(waitpid(child, &status, 0), child);
    assert_true(WIFSIGNALED(status));
    assert_int_equal(WTERMSIG(status), SIGKILL);
}

static void assert_picture(GBytes *read, const char *id)
{
    g_autoptr(GBytes) expected = picture_of(id);
    assert_true(g_bytes_equal(expected, read));
}

/* What is in the store after a crash: how many blobs there must be, and the number of the next picture. */
struct found {
    unsigned blobs, next;
};
typedef struct found check_store(struct store *store, const GPtrArray *acknowledged);

static bool contains(const GPtrArray *ids, const char *id)
{
    for (unsigned i = 0; i < ids->len; i++) {
        if (strcmp(ids->pdata[i], id) == 0) {
            return true;
        }
    }
    return false;
}

static struct found check_captures(struct store *store, const GPtrArray *acknowledged)
{
    g_autoptr(GPtrArray) captures = NULL;
    assert_ok(captures = store_capture_list(store, "interview-1", &error));
    unsigned known = 0;
    for (unsigned i = 0; i < captures->len; i++) {
        const struct store_capture *capture = captures->pdata[i];
        assert_int_equal(capture->seq, i + 1);
        g_autoptr(GBytes) read = NULL;
        assert_ok(read = store_capture_read(store, capture, &error));
        assert_picture(read, capture->id);
        known += contains(acknowledged, capture->id) ? 1 : 0;
    }
    assert_int_equal(known, acknowledged->len);
    return (struct found){captures->len, captures->len};
}

static struct found check_tries(struct store *store, const GPtrArray *acknowledged)
{
    g_autoptr(GPtrArray) tries = NULL;
    assert_ok(tries = store_try_list(store, "check-1", &error));
    unsigned known = 0;
    for (unsigned i = 0; i < tries->len; i++) {
        struct store_try *entry;
        assert_ok(entry = store_try_get(store, "check-1", ((struct store_try *)tries->pdata[i])->id, &error));
        assert_picture(entry->frame, entry->id);
        known += contains(acknowledged, entry->id) ? 1 : 0;
        store_try_free(entry);
    }
    assert_int_equal(known, acknowledged->len);
    return (struct found){tries->len, tries->len};
}

/* The last acknowledged one, or the one after it. */
static struct found check_material(struct store *store, const GPtrArray *acknowledged)
{
    const unsigned count = acknowledged->len;
    const unsigned last = count == 0 ? 0 : (unsigned)atoi((char *)acknowledged->pdata[count - 1] + strlen("material-"));
    g_autoptr(GError) cause = NULL;
    struct store_material *material = store_material_get(store, "check-1", "portrait", &cause);
    if (material == NULL) {
        assert_error(cause, STORE_ERROR_NOT_FOUND);
        assert_int_equal(count, 0);
        return (struct found){0, 0};
    }
    g_autoptr(GBytes) read = NULL;
    assert_ok(read = store_material_read(store, material, &error));
    assert_picture(read, material->report);
    const unsigned n = (unsigned)atoi(material->report + strlen("material-"));
    assert_true(n >= last);
    store_material_free(material);
    return (struct found){1, n + 1};
}

/* For each change in the history one event that tells of it, in its order, and neither without the other. */
static struct found check_events(struct store *store, const GPtrArray *acknowledged)
{
    g_autoptr(GPtrArray) changes = NULL, events = NULL;
    assert_ok(changes = store_interview_history(store, "interview-1", &error));
    assert_ok(events = store_event_list(store, "nyc", 1, UINT16_MAX, &error)); /* the first tells of its making */
    assert_int_equal(events->len, changes->len);
    assert_true(acknowledged->len <= events->len);
    for (unsigned i = 0; i < events->len; i++) {
        const struct store_event *event = events->pdata[i];
        const struct store_history *change = changes->pdata[i];
        assert_int_equal(event->seq, i + 2);
        assert_non_null(strstr(event->data, change->event));
        assert_string_equal(event->type, change->to == INTERVIEW_WAITING ? "interview.waiting" : "interview.scheduled");
    }
    for (unsigned i = 0; i < acknowledged->len; i++) {
        const unsigned n = (unsigned)atoi((char *)acknowledged->pdata[i] + strlen("change-"));
        assert_true(n < events->len);
        assert_non_null(strstr(((struct store_event *)events->pdata[n])->data, acknowledged->pdata[i]));
    }
    return (struct found){0, events->len};
}

/* The same of an order, and for each change one message. */
static struct found check_order(struct store *store, const GPtrArray *acknowledged)
{
    g_autoptr(GPtrArray) changes = NULL, events = NULL, messages = NULL;
    struct store_order *order = get_order(store, "order-1");
    assert_ok(changes = store_order_history(store, "order-1", &error));
    assert_ok(events = store_event_list(store, "nyc", 2, UINT16_MAX, &error)); /* interview and order were made */
    assert_ok(messages = store_message_list(store, holder, 0, UINT16_MAX, &error));
    assert_int_equal(events->len, changes->len);
    assert_int_equal(messages->len, changes->len);
    assert_int_equal(order->version, changes->len + 1);
    assert_true(acknowledged->len <= changes->len);
    enum store_order_state at = ORDER_DRAFT;
    for (unsigned i = 0; i < changes->len; i++) {
        const struct store_order_history *change = changes->pdata[i];
        const struct store_event *event = events->pdata[i];
        const struct store_message *message = messages->pdata[changes->len - 1 - i];
        assert_int_equal(change->from, at);
        assert_non_null(strstr(event->data, change->event));
        assert_string_equal(message->template, change->event);
        at = change->to;
    }
    assert_int_equal(order->state, at);
    store_order_free(order);
    return (struct found){0, changes->len};
}

static void survive_kills(struct fixture *fixture, add_picture *add, check_store *check)
{
    g_autoptr(GPtrArray) acknowledged = g_ptr_array_new_with_free_func(g_free);
    struct found found = {0, 0};
    const unsigned kills = rounds();
    unsigned orphans = 0;
    for (unsigned round = 0; round < kills; round++) {
        store_close(g_steal_pointer(&fixture->store));
        run_child(fixture->path, add, found.next, acknowledged);
        const unsigned files_before = count_blobs(fixture->path);
        assert_ok(fixture->store = store_open(fixture->path, master_key, &error));
        const unsigned files = count_blobs(fixture->path);
        orphans += files_before - files;
        const unsigned from = found.next;
        found = check(fixture->store, acknowledged);
        assert_int_equal(files, found.blobs); /* no blob without its record */
        assert_true(found.next >= from);
    }
    assert_true(acknowledged->len > 0);
    print_message("%u kills, %u acknowledged, %u leftovers swept\n", kills, acknowledged->len, orphans);
}

static void captures_survive_a_kill_at_any_moment(void **state)
{
    survive_kills(*state, add_capture, check_captures);
}

static void add_check(struct fixture *fixture)
{
    const struct store_facecheck facecheck = sample_facecheck("check-1");
    assert_ok(store_facecheck_add(fixture->store, &facecheck, "ticket", &error));
}

static void tries_survive_a_kill_at_any_moment(void **state)
{
    add_check(*state);
    survive_kills(*state, add_try, check_tries);
}

static void a_material_is_the_old_or_the_new_one_after_a_kill_at_any_moment(void **state)
{
    add_check(*state);
    survive_kills(*state, put_material, check_material);
}

static void an_event_and_its_fact_survive_a_kill_together(void **state)
{
    survive_kills(*state, change_interview, check_events);
}

static void an_order_its_message_and_its_event_survive_a_kill_together(void **state)
{
    struct fixture *fixture = *state;
    add_holder(fixture->store);
    store_order_free(add_order(fixture->store, "order-1"));
    survive_kills(fixture, change_order, check_order);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_with_store(captures_survive_a_kill_at_any_moment),
        test_with_store(tries_survive_a_kill_at_any_moment),
        test_with_store(a_material_is_the_old_or_the_new_one_after_a_kill_at_any_moment),
        test_with_store(an_event_and_its_fact_survive_a_kill_together),
        test_with_store(an_order_its_message_and_its_event_survive_a_kill_together),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
