#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "vision/process/jobs.h"

#define NEVER_US INT64_MAX / 2

/* A job that waits at a gate until the test opens it. */
struct gate {
    pthread_mutex_t lock;
    pthread_cond_t changed;
    bool open;
    unsigned inside, ran, released;
};

static void gate_init(struct gate *gate)
{
    *gate = (struct gate){.open = false};
    pthread_mutex_init(&gate->lock, NULL);
    pthread_cond_init(&gate->changed, NULL);
}

static void pass_gate(void *data)
{
    struct gate *gate = data;
    pthread_mutex_lock(&gate->lock);
    gate->inside++;
    pthread_cond_broadcast(&gate->changed);
    while (!gate->open) {
        pthread_cond_wait(&gate->changed, &gate->lock);
    }
    gate->inside--;
    gate->ran++;
    pthread_mutex_unlock(&gate->lock);
}

static void count_release(void *data)
{
    struct gate *gate = data;
    pthread_mutex_lock(&gate->lock);
    gate->released++;
    pthread_mutex_unlock(&gate->lock);
}

static void wait_inside(struct gate *gate, unsigned count)
{
    pthread_mutex_lock(&gate->lock);
    while (gate->inside != count) {
        pthread_cond_wait(&gate->changed, &gate->lock);
    }
    pthread_mutex_unlock(&gate->lock);
}

static void open_gate(struct gate *gate)
{
    pthread_mutex_lock(&gate->lock);
    gate->open = true;
    pthread_cond_broadcast(&gate->changed);
    pthread_mutex_unlock(&gate->lock);
}

struct caller {
    struct pool *pool;
    struct gate *gate;
    pthread_t thread;
    enum pool_outcome outcome;
};

static void *call(void *data)
{
    struct caller *caller = data;
    caller->outcome = pool_run(caller->pool, pass_gate, count_release, caller->gate, NEVER_US);
    return NULL;
}

static void start_caller(struct caller *caller, struct pool *pool, struct gate *gate)
{
    *caller = (struct caller){.pool = pool, .gate = gate};
    assert_int_equal(pthread_create(&caller->thread, NULL, call, caller), 0);
}

static void a_full_queue_refuses_and_recovers(void **state)
{
    (void)state;
    struct gate gate;
    gate_init(&gate);
    struct pool *pool = pool_new(2, 0);
    struct caller callers[2];
    start_caller(&callers[0], pool, &gate);
    start_caller(&callers[1], pool, &gate);
    wait_inside(&gate, 2);
    assert_int_equal(pool_run(pool, pass_gate, count_release, &gate, NEVER_US), POOL_BUSY);
    assert_int_equal(gate.released, 1); /* what was refused is released */
    open_gate(&gate);
    for (unsigned i = 0; i < 2; i++) {
        pthread_join(callers[i].thread, NULL);
        assert_int_equal(callers[i].outcome, POOL_DONE);
    }
    assert_int_equal(pool_run(pool, pass_gate, count_release, &gate, NEVER_US), POOL_DONE);
    assert_int_equal(gate.ran, 3);
    assert_int_equal(gate.released, 1); /* what was done is its caller's again */
    pool_free(pool);
}

static void a_job_still_queued_at_its_deadline_never_runs(void **state)
{
    (void)state;
    struct gate gate, other;
    gate_init(&gate);
    gate_init(&other);
    struct pool *pool = pool_new(1, 1);
    struct caller caller;
    start_caller(&caller, pool, &gate);
    wait_inside(&gate, 1);
    assert_int_equal(pool_run(pool, pass_gate, count_release, &other, 0), POOL_TIMEOUT);
    assert_int_equal(other.released, 1);
    open_gate(&gate);
    pthread_join(caller.thread, NULL);
    pool_free(pool);
    assert_int_equal(other.ran, 0);
}

static void *open_when_inside(void *data)
{
    wait_inside(data, 1);
    return NULL;
}

static void a_job_running_past_its_deadline_is_released_by_its_worker(void **state)
{
    (void)state;
    struct gate gate;
    gate_init(&gate);
    struct pool *pool = pool_new(1, 0);
    pthread_t watcher;
    assert_int_equal(pthread_create(&watcher, NULL, open_when_inside, &gate), 0);
    enum pool_outcome outcome;
    do { /* a job that no worker has taken yet at its deadline is only taken back: ask again until one is running */
        outcome = pool_run(pool, pass_gate, count_release, &gate, g_get_monotonic_time() + 1000);
        assert_true(outcome == POOL_TIMEOUT || outcome == POOL_BUSY);
    } while (outcome != POOL_BUSY);
    pthread_join(watcher, NULL);
    const unsigned released = gate.released;
    open_gate(&gate);
    pool_free(pool);
    assert_int_equal(gate.ran, 1);
    assert_int_equal(gate.released, released + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_full_queue_refuses_and_recovers),
        cmocka_unit_test(a_job_still_queued_at_its_deadline_never_runs),
        cmocka_unit_test(a_job_running_past_its_deadline_is_released_by_its_worker),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
