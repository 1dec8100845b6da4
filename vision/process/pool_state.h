/* pool_state: what a pool is made of; for pool.c, pool_slot.c and pool_spare.c alone.
 *
 * One lock. A slot's thread has its process to itself; what others look at is under the lock, and so are the names that
 * end in _locked. */
#pragma once

#include <pthread.h>

#include "vision/process/process.h"
#include "vision/process/queue.h"

#define POOL_START_LIMIT_US (60 * G_USEC_PER_SEC) /* for a worker to become ready on a slow machine */
#define POOL_BACKOFF_MAX_MS 5000

enum task_state {
    WAITING, /* in the queue */
    RUNNING, /* on a worker, whose thread will end it, by its deadline at the latest */
    ENDED,
};

struct task {
    struct queue_job queued;
    enum task_state state;
    bool ok;
    struct pool_reply reply;
    GError *error;
    pthread_cond_t ended;
};

/* A place for a worker process, and the thread that looks after it. */
struct slot {
    struct vision_pool *pool;
    pthread_t thread;
    unsigned index;
    int wake; /* eventfd: there may be a job; or the pool is stopping */
    /* the thread's own */
    struct process *process;
    unsigned losses;    /* in a row, without a job done */
    int64_t lost_at_us; /* 0: not lost */
    int64_t born_us;
    unsigned jobs_lived; /* jobs done in this life */
    /* the pool's lock */
    uint64_t life; /* 0: no process now, or the spare one */
    unsigned streams;
};

struct vision_pool {
    struct vision_config config;
    struct thresholds *thresholds;
    pthread_mutex_t lock;
    pthread_cond_t changed; /* a slot is ready, or failed to be; the spare was taken; a capture came; stopping */
    struct queue queue;
    uint64_t lives;
    unsigned ready, running;
    GError *start_error; /* of the first start; the pool is not handed out then */
    bool stopping;
    struct vision_pool_stats stats;
    pthread_t spare_thread;
    int spare_wake;        /* eventfd: the pool is stopping */
    struct process *spare; /* NULL: none, or it makes a capture */
    unsigned slot_count;
    struct slot slots[];
};

/* A slot's thread: keeps a process in its slot and gives it jobs, until the pool stops. */
void *slot_keep(void *slot);
/* Has the slot's process do a job that is RUNNING, until it has ENDED; `process` is NULL when it was lost on it. */
void slot_run(struct slot *slot, struct task *task);
/* The thread that keeps one process more ready, and has it make captures while all others are busy. */
void *spare_keep(void *pool);
/* The one that is kept ready, or NULL; the caller's. */
struct process *spare_take(struct vision_pool *pool);

/* Whoever is idle looks at the queue; whoever is not looks anyhow when done. Any thread. */
void pool_wake_all(struct vision_pool *pool);

/* The first in the queue that this worker may take, from now on RUNNING; NULL: none. */
struct task *task_begin_locked(struct vision_pool *pool, const struct queue_worker *worker);
/* `task` is its caller's again afterwards. */
void task_end_locked(struct task *task, bool ok);
void task_fail_locked(struct task *task, enum vision_error code, const char *message);
struct task *task_of(struct queue_job *job); /* NULL of NULL */
