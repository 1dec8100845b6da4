/* pool: worker processes that do jobs for callers who wait.
 *
 * A job is an op's name, parameters and bytes. It goes to the first free worker by priority, or to the one worker that
 * it is bound to. A worker that dies or is past the job's deadline is killed, counted and replaced at once; its job
 * fails, nobody else's does.
 *
 * Threads: pool_run from any thread. The locks are pthread's: ThreadSanitizer does not see GLib's. */
#pragma once

#include "vision/process/op.h"

struct pool_binding { /* to one life of one worker; zeroed: to none */
    unsigned worker;
    uint64_t life; /* 0: unbound */
};

struct pool_job {
    const char *op;
    enum vision_priority priority;
    json_t *params;      /* borrowed */
    const GPtrArray *in; /* of GBytes; NULL: none; borrowed */
    int64_t deadline_us; /* monotonic */
    /* Bound: runs on that worker only, VISION_ERROR_LIVE_GONE when that life is over. */
    struct pool_binding binding;
};

struct pool_reply {
    json_t *report;             /* an object */
    GPtrArray *out;             /* of GBytes, copies */
    struct pool_binding worker; /* who did it */
};
void pool_reply_clear(struct pool_reply *reply);

/* Blocks until done or past the deadline. Fails with the op's error, VISION_ERROR_BUSY, _TIMEOUT, _WORKER_LOST or
 * _LIVE_GONE. */
bool pool_run(struct vision_pool *pool, const struct pool_job *job, struct pool_reply *reply, GError **error);

/* Chooses a worker for a live stream and counts the stream; every job of it is bound to `binding` (the opening one
 * too). VISION_ERROR_BUSY when live_max are open. */
bool pool_bind(struct vision_pool *pool, struct pool_binding *binding, GError **error);
/* The stream has ended, or its worker has. */
void pool_unbind(struct vision_pool *pool, const struct pool_binding *binding);

/* For vision.c: `config` has been checked and is complete, `thresholds` is taken over. */
struct thresholds;
struct vision_pool *pool_new(const struct vision_config *config, struct thresholds *thresholds, GError **error);
void pool_free(struct vision_pool *pool);

/* What vision_pool_new copied, for those who need a limit. */
const struct vision_config *pool_config(const struct vision_pool *pool);

/* thresholds.json of the pool's models folder; face/thresholds.h. */
const struct thresholds *pool_thresholds(const struct vision_pool *pool);
