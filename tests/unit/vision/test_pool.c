/* What a pool makes of workers that crash, hang, eat memory or lie, and of more work than it can do. */
#include "tests/unit/vision/hazards.h"

static struct vision_pool *two; /* workers, shared by the tests that leave it whole */

static int make_two(void **state)
{
    (void)state;
    two = hazard_pool(2, 8, false);
    return 0;
}

static int free_two(void **state)
{
    (void)state;
    vision_pool_free(two);
    return 0;
}

/* Until the pool has all its workers again, and has counted so many lost since. */
static void wait_for_workers(struct vision_pool *pool, unsigned workers, uint64_t lost)
{
    for (;;) {
        const struct vision_pool_stats stats = stats_of(pool);
        if (stats.workers == workers && stats.workers_lost == lost) {
            return;
        }
        g_usleep(1000);
    }
}

static void parameters_and_bytes_come_back_as_they_went(void **state)
{
    (void)state;
    GBytes *blobs[] = {g_bytes_new("one", 3), g_bytes_new(NULL, 0), g_bytes_new_take(g_malloc0(1u << 22), 1u << 22)};
    GPtrArray in = {.pdata = (void **)blobs, .len = G_N_ELEMENTS(blobs)};
    json_t *params = json_pack("{s:s, s:[i, n]}", "text", "姓名", "list", -1);
    const struct pool_job job = {
        .op = "echo", .priority = VISION_LIVE, .params = params, .in = &in, .deadline_us = in_ms(LONG_MS)};
    struct pool_reply reply = {0};
    assert_true(pool_run(two, &job, &reply, NULL));
    assert_true(json_equal(json_object_get(reply.report, "params"), params));
    assert_int_equal(reply.out->len, in.len);
    for (unsigned i = 0; i < in.len; i++) {
        assert_true(g_bytes_equal(reply.out->pdata[i], blobs[i]));
        g_bytes_unref(blobs[i]);
    }
    assert_true(reply.worker.life > 0);
    pool_reply_clear(&reply);
    json_decref(params);
}

static void a_job_too_large_is_refused_and_its_worker_goes_on(void **state)
{
    (void)state;
    const struct vision_pool_stats before = stats_of(two);
    GBytes *blob = g_bytes_new_take(g_malloc0(64u << 20), 64u << 20);
    GPtrArray in = {.pdata = (void **)&blob, .len = 1};
    json_t *params = json_object();
    const struct pool_job job = {.op = "echo", .params = params, .in = &in, .deadline_us = in_ms(LONG_MS)};
    struct pool_reply reply = {0};
    g_autoptr(GError) error = NULL;
    assert_false(pool_run(two, &job, &reply, &error));
    assert_true(g_error_matches(error, VISION_ERROR, VISION_ERROR_FILE_TOO_LARGE));
    assert_int_equal(stats_of(two).workers_lost, before.workers_lost);
    json_decref(params);
    g_bytes_unref(blob);
}

static void an_ops_error_reaches_the_caller_in_plain_words(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    assert_false(run_op(two, "refuse", NULL, LONG_MS, NULL, &error));
    assert_true(g_error_matches(error, VISION_ERROR, VISION_ERROR_NO_FACE));
    assert_string_equal(error->message, "there is no face \xef\xbf\xbd here"); /* no line break, valid UTF-8 */
    assert_fails(two, "no such op", NULL, LONG_MS, VISION_ERROR_CONFIG);
}

/* Each of them ends its worker; the next job finds another. */
static void a_worker_that_breaks_fails_its_job_and_is_replaced(void **state)
{
    (void)state;
    static const struct {
        const char *op;
        unsigned deadline_ms;
        enum vision_error code;
    } rows[] = {
        {"crash", LONG_MS, VISION_ERROR_WORKER_LOST}, {"leave", LONG_MS, VISION_ERROR_WORKER_LOST},
        {"hog", LONG_MS, VISION_ERROR_WORKER_LOST},   {"nonsense", LONG_MS, VISION_ERROR_WORKER_LOST},
        {"hang", 50, VISION_ERROR_TIMEOUT},           {"spin", 50, VISION_ERROR_TIMEOUT},
    };
    const struct vision_pool_stats before = stats_of(two);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        assert_fails(two, rows[i].op, NULL, rows[i].deadline_ms, rows[i].code);
        wait_for_workers(two, 2, before.workers_lost + i + 1);
        assert_works(two);
    }
    const struct vision_pool_stats after = stats_of(two);
    assert_int_equal(after.workers_restarted - before.workers_restarted, G_N_ELEMENTS(rows));
    assert_int_equal(after.jobs_timed_out - before.jobs_timed_out, 2);
}

/* Who the two workers are: two jobs at a time run on both. */
static void find_both(int *first, int *second)
{
    struct side_job busy;
    start_side_job(&busy, two, "echo", 1000, VISION_CAPTURE);
    wait_for_load(two, 1, 0);
    *first = assert_works(two);
    pthread_join(busy.thread, NULL);
    *second = (int)json_integer_value(json_object_get(busy.reply.report, "pid"));
    clear_side_job(&busy);
    assert_int_not_equal(*first, *second);
}

static void a_worker_killed_in_the_middle_of_a_job_loses_nothing_else(void **state)
{
    (void)state;
    enum { JOBS = 8 };
    struct side_job victim, others[JOBS];
    int first, second;
    find_both(&first, &second);
    const struct vision_pool_stats before = stats_of(two);
    start_side_job(&victim, two, "hang", 0, VISION_CAPTURE);
    wait_for_load(two, 1, 0);
    for (unsigned i = 0; i < JOBS; i++) { /* one runs beside it, the rest waits */
        start_side_job(&others[i], two, "echo", 50, VISION_SUBMISSION);
    }
    const int other = assert_works(two); /* on the worker that is left */
    kill(other == first ? second : first, SIGKILL);
    assert_false(join_side_job(&victim));
    for (unsigned i = 0; i < JOBS; i++) {
        assert_true(join_side_job(&others[i]));
    }
    wait_for_workers(two, 2, before.workers_lost + 1);
    assert_int_equal(stats_of(two).jobs_done - before.jobs_done, JOBS + 1);
}

static void a_worker_that_dies_idle_is_replaced_before_anybody_asks(void **state)
{
    (void)state;
    const struct vision_pool_stats before = stats_of(two);
    kill(assert_works(two), SIGKILL);
    wait_for_workers(two, 2, before.workers_lost + 1);
    assert_works(two);
}

static void the_spare_takes_the_place_of_a_lost_worker(void **state)
{
    (void)state;
    struct vision_pool *pool = hazard_pool(1, 4, true);
    int pids[4];
    for (unsigned i = 0; i < G_N_ELEMENTS(pids); i++) {
        pids[i] = assert_works(pool);
        for (unsigned k = 0; k < i; k++) {
            assert_int_not_equal(pids[i], pids[k]);
        }
        assert_fails(pool, "crash", NULL, LONG_MS, VISION_ERROR_WORKER_LOST);
    }
    assert_works(pool);
    assert_int_equal(stats_of(pool).workers_restarted, G_N_ELEMENTS(pids));
    vision_pool_free(pool);
}

/* The only worker's pid, after stopping it: what it is given next it has not begun until SIGCONT. */
static int hold_worker(struct vision_pool *pool)
{
    const int pid = assert_works(pool);
    kill(pid, SIGSTOP);
    return pid;
}

static void a_capture_that_finds_all_workers_busy_is_made_by_the_spare(void **state)
{
    (void)state;
    struct vision_pool *pool = hazard_pool(1, 4, true);
    struct side_job running, finding, captures[3], lost;
    const int worker = hold_worker(pool);
    start_side_job(&running, pool, "echo", 0, VISION_SUBMISSION);
    wait_for_load(pool, 1, 0);
    start_side_job(&finding, pool, "echo", 0, VISION_FINDINGS);
    for (unsigned i = 0; i < G_N_ELEMENTS(captures); i++) {
        start_side_job(&captures[i], pool, "echo", 0, VISION_CAPTURE);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(captures); i++) {
        assert_true(join_side_job(&captures[i]));
    }
    start_side_job(&lost, pool, "crash", 0, VISION_CAPTURE); /* the spare's end is the job's, and there is another */
    assert_false(join_side_job(&lost));
    start_side_job(&captures[0], pool, "echo", 0, VISION_CAPTURE);
    assert_true(join_side_job(&captures[0]));
    wait_for_load(pool, 1, 1); /* the others wait for the worker as before */
    kill(worker, SIGCONT);
    assert_true(join_side_job(&running));
    assert_true(join_side_job(&finding));
    const struct vision_pool_stats stats = stats_of(pool);
    assert_int_equal(stats.workers, 1);
    assert_int_equal(stats.workers_lost, 1);
    assert_int_equal(stats.workers_restarted, 0);
    vision_pool_free(pool);
}

static void a_full_queue_refuses_and_more_urgent_work_displaces_less_urgent(void **state)
{
    (void)state;
    struct vision_pool *pool = hazard_pool(1, 2, false);
    struct side_job running, first, second, capture;
    const int worker = hold_worker(pool);
    start_side_job(&running, pool, "echo", 0, VISION_SUBMISSION);
    wait_for_load(pool, 1, 0);
    start_side_job(&first, pool, "echo", 0, VISION_LIVE);
    wait_for_load(pool, 1, 1);
    start_side_job(&second, pool, "echo", 0, VISION_SUBMISSION);
    wait_for_load(pool, 1, 2);
    assert_fails(pool, "echo", NULL, LONG_MS, VISION_ERROR_BUSY);
    start_side_job(&capture, pool, "echo", 0, VISION_CAPTURE);
    pthread_join(second.thread, NULL);
    assert_true(g_error_matches(second.error, VISION_ERROR, VISION_ERROR_BUSY));
    clear_side_job(&second);
    kill(worker, SIGCONT);
    assert_true(join_side_job(&running));
    assert_true(join_side_job(&first));
    assert_true(join_side_job(&capture));
    assert_true(running.times < capture.times && capture.times < first.times);
    assert_int_equal(stats_of(pool).jobs_refused, 2);
    vision_pool_free(pool);
}

static void past_its_deadline_a_waiting_job_is_given_up_and_the_running_one_is_not(void **state)
{
    (void)state;
    struct vision_pool *pool = hazard_pool(1, 4, false);
    struct side_job running;
    const int worker = hold_worker(pool);
    start_side_job(&running, pool, "echo", 0, VISION_SUBMISSION);
    wait_for_load(pool, 1, 0);
    assert_fails(pool, "echo", NULL, 10, VISION_ERROR_TIMEOUT);
    assert_fails(pool, "echo", NULL, 0, VISION_ERROR_TIMEOUT);
    kill(worker, SIGCONT);
    assert_true(join_side_job(&running));
    /* Late by little, and the worker just started on it: its caller goes, the worker stays. */
    assert_fails(pool, "echo", json_pack("{s:i}", "ms", 100), 50, VISION_ERROR_TIMEOUT);
    assert_works(pool);
    assert_int_equal(stats_of(pool).workers_lost, 0);
    vision_pool_free(pool);
}

/* ---- live streams ---- */

static bool run_bound(struct vision_pool *pool, struct pool_binding binding, int ms, int *pid, GError **error)
{
    json_t *params = json_pack("{s:i}", "ms", ms);
    const struct pool_job job = {
        .op = "echo", .priority = VISION_LIVE, .params = params, .deadline_us = in_ms(LONG_MS), .binding = binding};
    struct pool_reply reply = {0};
    const bool ok = pool_run(pool, &job, &reply, error);
    if (ok) {
        *pid = (int)json_integer_value(json_object_get(reply.report, "pid"));
    }
    pool_reply_clear(&reply);
    json_decref(params);
    return ok;
}

static void a_stream_stays_on_its_worker_and_ends_with_it(void **state)
{
    (void)state;
    struct pool_binding binding;
    int pid = 0, again = 0;
    assert_true(pool_bind(two, &binding, NULL));
    assert_int_equal(stats_of(two).live, 1);
    assert_true(run_bound(two, binding, 0, &pid, NULL));
    for (unsigned i = 0; i < 10; i++) {
        assert_true(run_bound(two, binding, 0, &again, NULL));
        assert_int_equal(again, pid);
        assert_int_not_equal(assert_works(two), pid); /* pictures go to the worker without streams */
    }
    const uint64_t lost = stats_of(two).workers_lost;
    kill(pid, SIGKILL);
    wait_for_workers(two, 2, lost + 1);
    g_autoptr(GError) error = NULL;
    assert_false(run_bound(two, binding, 0, &again, &error));
    assert_true(g_error_matches(error, VISION_ERROR, VISION_ERROR_LIVE_GONE));
    pool_unbind(two, &binding);
    assert_int_equal(stats_of(two).live, 0);
}

static void streams_are_limited_and_one_worker_is_left_for_pictures(void **state)
{
    (void)state;
    struct pool_binding bindings[3], more;
    g_autoptr(GError) error = NULL;
    for (unsigned i = 0; i < 3; i++) {
        assert_true(pool_bind(two, &bindings[i], NULL));
    }
    assert_int_equal(bindings[0].worker, bindings[1].worker);
    assert_int_not_equal(bindings[0].worker, bindings[2].worker);
    assert_false(pool_bind(two, &more, &error));
    assert_true(g_error_matches(error, VISION_ERROR, VISION_ERROR_BUSY));
    assert_works(two); /* with streams on every worker, any of them takes pictures */
    for (unsigned i = 0; i < 3; i++) {
        pool_unbind(two, &bindings[i]);
    }
    assert_int_equal(stats_of(two).live, 0);
}

/* ---- what does not start ---- */

static void a_program_that_is_no_worker_is_named(void **state)
{
    (void)state;
    static const char *const programs[] = {"/nonexistent/viva", "/bin/true", "/etc/passwd"};
    for (size_t i = 0; i < G_N_ELEMENTS(programs); i++) {
        g_autoptr(GError) error = NULL;
        const struct vision_config config = {.program = programs[i],
                                             .models = "unused",
                                             .workers = 2,
                                             .queue_max = 1,
                                             .worker_memory_mib = VISION_MEMORY_MIB,
                                             .picture_px_max = 1,
                                             .jpeg_quality = 1,
                                             .spare = true};
        assert_null(pool_new(&config, NULL, &error));
        assert_true(g_error_matches(error, VISION_ERROR, VISION_ERROR_CONFIG));
        assert_non_null(strstr(error->message, "a worker"));
    }
}

static void workers_end_with_their_pool(void **state)
{
    (void)state;
    struct vision_pool *pool = hazard_pool(1, 1, true);
    const int pid = assert_works(pool);
    vision_pool_free(pool);
    assert_int_equal(kill(pid, 0), -1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parameters_and_bytes_come_back_as_they_went),
        cmocka_unit_test(a_job_too_large_is_refused_and_its_worker_goes_on),
        cmocka_unit_test(an_ops_error_reaches_the_caller_in_plain_words),
        cmocka_unit_test(a_worker_that_breaks_fails_its_job_and_is_replaced),
        cmocka_unit_test(a_worker_killed_in_the_middle_of_a_job_loses_nothing_else),
        cmocka_unit_test(a_worker_that_dies_idle_is_replaced_before_anybody_asks),
        cmocka_unit_test(the_spare_takes_the_place_of_a_lost_worker),
        cmocka_unit_test(a_capture_that_finds_all_workers_busy_is_made_by_the_spare),
        cmocka_unit_test(a_full_queue_refuses_and_more_urgent_work_displaces_less_urgent),
        cmocka_unit_test(past_its_deadline_a_waiting_job_is_given_up_and_the_running_one_is_not),
        cmocka_unit_test(a_stream_stays_on_its_worker_and_ends_with_it),
        cmocka_unit_test(streams_are_limited_and_one_worker_is_left_for_pictures),
        cmocka_unit_test(a_program_that_is_no_worker_is_named),
        cmocka_unit_test(workers_end_with_their_pool),
    };
    return cmocka_run_group_tests(tests, make_two, free_two);
}
