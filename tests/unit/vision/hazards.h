/* A pool of hazard workers (tests/support/hazard_worker.c), and jobs for them. */
#pragma once

// clang-format off
#include <stdarg.h>
#include <stddef.h>
#include <setjmp.h>
#include <stdint.h>
#include <cmocka.h>
// clang-format on

#include <pthread.h>
#include <signal.h>
#include <string.h>

#include "vision/process/pool.h"

#define LONG_MS 60000 /* a deadline that no test waits for */

static inline struct vision_pool *hazard_pool(unsigned workers, unsigned queue_max, bool spare)
{
    g_autoptr(GError) error = NULL;
    const struct vision_config config = {.program = HAZARD_WORKER,
                                         .models = "unused",
                                         .workers = workers,
                                         .queue_max = queue_max,
                                         .live_max = 3,
                                         .worker_memory_mib = VISION_MEMORY_MIB,
                                         .picture_px_max = 1920 * 1080,
                                         .jpeg_quality = 90,
                                         .spare = spare};
    struct vision_pool *pool = pool_new(&config, NULL, &error);
    if (pool == NULL) {
        fail_msg("no pool: %s", error->message);
    }
    return pool;
}

static inline int64_t in_ms(unsigned ms)
{
    return g_get_monotonic_time() + ms * INT64_C(1000);
}

/* Runs `op` with `params` (taken over; NULL: none), unbound. `report` may be NULL. */
static inline bool run_op(struct vision_pool *pool, const char *op, json_t *params, unsigned deadline_ms,
                          json_t **report, GError **error)
{
    json_t *given = params != NULL ? params : json_object();
    const struct pool_job job = {
        .op = op, .priority = VISION_SUBMISSION, .params = given, .deadline_us = in_ms(deadline_ms)};
    struct pool_reply reply = {0};
    const bool ok = pool_run(pool, &job, &reply, error);
    if (report != NULL) {
        *report = json_incref(reply.report);
    }
    pool_reply_clear(&reply);
    json_decref(given);
    return ok;
}

static inline void assert_fails(struct vision_pool *pool, const char *op, json_t *params, unsigned deadline_ms,
                                enum vision_error code)
{
    g_autoptr(GError) error = NULL;
    if (run_op(pool, op, params, deadline_ms, NULL, &error)) {
        fail_msg("%s: done", op);
    }
    if (!g_error_matches(error, VISION_ERROR, (int)code)) {
        fail_msg("%s: %s (%s), expected %s", op, vision_error_code((enum vision_error)error->code), error->message,
                 vision_error_code(code));
    }
}

/* The pid of a worker that is well. */
static inline int assert_works(struct vision_pool *pool)
{
    json_t *report = NULL;
    g_autoptr(GError) error = NULL;
    if (!run_op(pool, "echo", NULL, LONG_MS, &report, &error)) {
        fail_msg("echo: %s", error->message);
    }
    const int pid = (int)json_integer_value(json_object_get(report, "pid"));
    json_decref(report);
    return pid;
}

static inline struct vision_pool_stats stats_of(struct vision_pool *pool)
{
    struct vision_pool_stats stats;
    vision_pool_stats(pool, &stats);
    return stats;
}

/* ---- jobs side by side ---- */

struct side_job {
    struct vision_pool *pool;
    struct pool_job job;
    struct pool_reply reply;
    GError *error;
    bool ok;
    json_int_t times; /* of "echo": its place among those that its worker has done */
    pthread_t thread;
};

static inline void *run_side_job(void *data)
{
    struct side_job *side = data;
    side->ok = pool_run(side->pool, &side->job, &side->reply, &side->error);
    side->times = json_integer_value(json_object_get(side->reply.report, "times"));
    return NULL;
}

static inline void start_side_job(struct side_job *side, struct vision_pool *pool, const char *op, int ms,
                                  enum vision_priority priority)
{
    *side = (struct side_job){
        .pool = pool,
        .job = {.op = op, .priority = priority, .params = json_pack("{s:i}", "ms", ms), .deadline_us = in_ms(LONG_MS)}};
    pthread_create(&side->thread, NULL, run_side_job, side);
}

/* One that has been joined. */
static inline void clear_side_job(struct side_job *side)
{
    pool_reply_clear(&side->reply);
    json_decref(side->job.params);
    g_clear_error(&side->error);
}

static inline bool join_side_job(struct side_job *side)
{
    pthread_join(side->thread, NULL);
    clear_side_job(side);
    return side->ok;
}

/* Until so many jobs run and so many wait. */
static inline void wait_for_load(struct vision_pool *pool, unsigned busy, unsigned waiting)
{
    for (;;) {
        const struct vision_pool_stats stats = stats_of(pool);
        if (stats.busy == busy && stats.waiting == waiting) {
            return;
        }
        g_usleep(1000);
    }
}
