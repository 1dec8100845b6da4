/* pool: a few threads that do jobs for callers who wait, each for a limited time.
 *
 * Threads: pool_run from any thread but the pool's own. The locks are pthread's: ThreadSanitizer does not see GLib's.
 */
#pragma once

#include <glib.h>
#include <stdint.h>

struct pool;

/* `workers` jobs run at a time, `queue_max` more may wait. */
struct pool *pool_new(unsigned workers, unsigned queue_max);
/* Waits for the jobs that still run; nobody may be in pool_run any more. */
void pool_free(struct pool *pool);

enum pool_outcome {
    POOL_DONE,    /* the job ran; `data` is the caller's again */
    POOL_BUSY,    /* all workers busy and the queue full; `data` has been released */
    POOL_TIMEOUT, /* the deadline has passed; `data` has been, or will be, released by the worker that holds it */
};

/* Runs `run(data)` on a worker and waits until it has ended, at most until `deadline_us` (monotonic). */
enum pool_outcome pool_run(struct pool *pool, void (*run)(void *data), void (*release)(void *data), void *data,
                           int64_t deadline_us);
