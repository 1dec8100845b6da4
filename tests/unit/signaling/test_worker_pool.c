/* The pool: a lane's jobs keep their order and never overlap, whatever the threads do. */
#include "signaling/worker_pool.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define LANES 8
#define JOBS  2000

struct track {
    struct lane *lane;
    gint inside;  /* atomic: jobs of this lane running now */
    gint overlap; /* atomic */
    GArray *seen; /* of unsigned, unlocked on purpose: the lane is the lock */
};

struct job {
    struct track *track;
    unsigned number;
};

static void note(void *context)
{
    struct job *job = context;
    struct track *track = job->track;
    if (g_atomic_int_add(&track->inside, 1) != 0) {
        g_atomic_int_set(&track->overlap, 1);
    }
    g_array_append_val(track->seen, job->number);
    g_atomic_int_add(&track->inside, -1);
    g_free(job);
}

static void end(void *context)
{
    struct track *track = context;
    lane_free(track->lane); /* from its own last job */
}

static void lanes_run_in_order_without_overlap_and_to_the_end(void **state)
{
    (void)state;
    struct track tracks[LANES] = {0};
    struct worker_pool *pool = worker_pool_new(4);
    for (unsigned i = 0; i < LANES; i++) {
        tracks[i].lane = lane_new(pool, 0);
        tracks[i].seen = g_array_new(FALSE, FALSE, sizeof(unsigned));
    }
    for (unsigned number = 0; number < JOBS; number++) {
        for (unsigned i = 0; i < LANES; i++) {
            struct job *job = g_new(struct job, 1);
            *job = (struct job){&tracks[i], number};
            assert_true(lane_post(tracks[i].lane, note, job));
        }
    }
    for (unsigned i = 0; i < LANES; i++) {
        lane_post_always(tracks[i].lane, end, &tracks[i]);
    }
    worker_pool_free(pool);
    for (unsigned i = 0; i < LANES; i++) {
        assert_int_equal(tracks[i].overlap, 0);
        assert_int_equal(tracks[i].seen->len, JOBS);
        for (unsigned number = 0; number < JOBS; number++) {
            assert_int_equal(g_array_index(tracks[i].seen, unsigned, number), number);
        }
        g_array_unref(tracks[i].seen);
    }
}

struct gate {
    GMutex lock;
    GCond opened;
    bool open, reached;
    gint passed;
};

static void wait_at(void *context)
{
    struct gate *gate = context;
    g_mutex_lock(&gate->lock);
    gate->reached = true;
    g_cond_broadcast(&gate->opened);
    while (!gate->open) {
        g_cond_wait(&gate->opened, &gate->lock);
    }
    g_mutex_unlock(&gate->lock);
}

static void pass(void *context)
{
    g_atomic_int_inc(&((struct gate *)context)->passed);
}

static void a_lane_takes_no_more_than_may_wait_but_for_what_must_not_be_lost(void **state)
{
    (void)state;
    struct gate gate = {0};
    g_mutex_init(&gate.lock);
    g_cond_init(&gate.opened);
    struct worker_pool *pool = worker_pool_new(1);
    struct lane *lane = lane_new(pool, 2);
    assert_true(lane_post(lane, wait_at, &gate));
    g_mutex_lock(&gate.lock);
    while (!gate.reached) {
        g_cond_wait(&gate.opened, &gate.lock);
    }
    g_mutex_unlock(&gate.lock);
    assert_true(lane_post(lane, pass, &gate));
    assert_true(lane_post(lane, pass, &gate));
    assert_false(lane_post(lane, pass, &gate));
    lane_post_always(lane, pass, &gate);
    lane_free(lane); /* what waits still runs */
    g_mutex_lock(&gate.lock);
    gate.open = true;
    g_cond_broadcast(&gate.opened);
    g_mutex_unlock(&gate.lock);
    worker_pool_free(pool);
    assert_int_equal(gate.passed, 3);
    g_cond_clear(&gate.opened);
    g_mutex_clear(&gate.lock);
}

static void an_idle_lane_is_freed_at_once(void **state)
{
    (void)state;
    struct worker_pool *pool = worker_pool_new(1);
    lane_free(lane_new(pool, 1));
    lane_free(NULL);
    worker_pool_free(pool);
    worker_pool_free(NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lanes_run_in_order_without_overlap_and_to_the_end),
        cmocka_unit_test(a_lane_takes_no_more_than_may_wait_but_for_what_must_not_be_lost),
        cmocka_unit_test(an_idle_lane_is_freed_at_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
