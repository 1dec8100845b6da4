/* queue: the jobs that wait for a worker: by priority, then by age; bounded.
 *
 * Pure but for time and threads, which are the pool's: whoever calls holds its lock. Jobs are their callers', who wait
 * as long as one is in here. */
#pragma once

#include "vision/process/pool.h"

struct queue {
    GQueue jobs[VISION_PRIORITIES]; /* of struct queue_job */
};

struct queue_job {
    const struct pool_job *job;
    GList link; /* in the queue; `data` is this job */
};

void queue_init(struct queue *queue);
unsigned queue_length(const struct queue *queue);
/* `job->job` is set. */
void queue_add(struct queue *queue, struct queue_job *job);
void queue_remove(struct queue *queue, struct queue_job *job);

/* What a worker may take: what is bound to this life of it, and of the rest what is not behind `last`. */
struct queue_worker {
    struct pool_binding self;
    enum vision_priority last; /* of the unbound; VISION_PRIORITIES - 1: all */
};
/* The first that the worker may take, removed; NULL: none. */
struct queue_job *queue_take(struct queue *queue, const struct queue_worker *worker);
/* The youngest of the last priority, where that is later than `priority`: it makes room. Removed. NULL: none. */
struct queue_job *queue_displace(struct queue *queue, enum vision_priority priority);
/* One that is bound to this worker, whatever life of it; removed. NULL: no more. */
struct queue_job *queue_take_bound(struct queue *queue, unsigned worker);
