/* worker_pool: a few threads that run blocking jobs, so that the server loop never blocks.
 *
 * Jobs that must keep their order go through a lane: the jobs of one lane run one at a time, first come, first served,
 * on whichever thread is free. Each connection has a lane; `calls` has one. Every function may be called from any
 * thread; only the frees wait. A job that was taken is always run, also at the end. */
#pragma once

#include <glib.h>
#include <stdbool.h>

struct worker_pool;
struct lane;

struct worker_pool *worker_pool_new(unsigned threads);
/* Waits until every job has run, then ends the threads. Lanes must have been freed before. */
void worker_pool_free(struct worker_pool *pool);
/* Runs `run(context)` soon, in no particular order. */
void worker_pool_post(struct worker_pool *pool, void (*run)(void *context), void *context);

/* `waiting_max`: jobs that may wait; 0 is no limit. */
struct lane *lane_new(struct worker_pool *pool, unsigned waiting_max);
/* False, and nothing taken, when `waiting_max` jobs wait already. */
bool lane_post(struct lane *lane, void (*run)(void *context), void *context);
/* The same past the limit: for what must not be lost, such as "this connection is gone". */
void lane_post_always(struct lane *lane, void (*run)(void *context), void *context);
/* No more jobs will be posted; those waiting still run. Does not wait, so a lane's own job may free it. */
void lane_free(struct lane *lane);
