#include "vision/process/jobs.h"

#include <errno.h>
#include <pthread.h>
#include <stdbool.h>

enum job_state {
    JOB_QUEUED,    /* in the queue; owned by its caller */
    JOB_RUNNING,   /* on a worker; its caller waits */
    JOB_ENDED,     /* the caller's again */
    JOB_ABANDONED, /* on a worker; its caller has gone, the worker frees it */
};

struct job {
    void (*run)(void *data);
    void (*release)(void *data);
    void *data;
    enum job_state state;
    pthread_cond_t ended;
};

struct pool {
    pthread_mutex_t lock;
    pthread_cond_t work; /* the queue is not empty, or `stopping` */
    GQueue queue;        /* of struct job */
    unsigned running;
    bool stopping;
    unsigned queue_max;
    unsigned worker_count;
    pthread_t workers[];
};

static struct job *job_new(void (*run)(void *data), void (*release)(void *data), void *data)
{
    struct job *job = g_new0(struct job, 1);
    job->run = run;
    job->release = release;
    job->data = data;
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&job->ended, &monotonic);
    pthread_condattr_destroy(&monotonic);
    return job;
}

static void job_free(struct job *job)
{
    pthread_cond_destroy(&job->ended);
    g_free(job);
}

static void job_discard(struct job *job)
{
    job->release(job->data);
    job_free(job);
}

/* ---- workers ---- */

static struct job *take_job(struct pool *pool)
{
    while (!pool->stopping && g_queue_is_empty(&pool->queue)) {
        pthread_cond_wait(&pool->work, &pool->lock);
    }
    struct job *job = g_queue_pop_head(&pool->queue);
    if (job != NULL) {
        job->state = JOB_RUNNING;
        pool->running++;
    }
    return job;
}

static void *work(void *data)
{
    struct pool *pool = data;
    pthread_mutex_lock(&pool->lock);
    for (struct job *job = take_job(pool); job != NULL; job = take_job(pool)) {
        pthread_mutex_unlock(&pool->lock);
        job->run(job->data);
        pthread_mutex_lock(&pool->lock);
        pool->running--;
        if (job->state == JOB_ABANDONED) {
            job_discard(job);
        } else {
            job->state = JOB_ENDED;
            pthread_cond_signal(&job->ended);
        }
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}

struct pool *pool_new(unsigned workers, unsigned queue_max)
{
    struct pool *pool = g_malloc0(sizeof(*pool) + workers * sizeof(pool->workers[0]));
    pthread_mutex_init(&pool->lock, NULL);
    pthread_cond_init(&pool->work, NULL);
    g_queue_init(&pool->queue);
    pool->queue_max = queue_max;
    pool->worker_count = workers;
    for (unsigned i = 0; i < workers; i++) {
        const int failed = pthread_create(&pool->workers[i], NULL, work, pool);
        if (failed != 0) {
            g_error("cannot start a thread: %s", g_strerror(failed));
        }
        pthread_setname_np(pool->workers[i], "vision");
    }
    return pool;
}

void pool_free(struct pool *pool)
{
    if (pool == NULL) {
        return;
    }
    pthread_mutex_lock(&pool->lock);
    pool->stopping = true;
    pthread_cond_broadcast(&pool->work);
    pthread_mutex_unlock(&pool->lock);
    for (unsigned i = 0; i < pool->worker_count; i++) {
        pthread_join(pool->workers[i], NULL);
    }
    g_assert(g_queue_is_empty(&pool->queue));
    pthread_cond_destroy(&pool->work);
    pthread_mutex_destroy(&pool->lock);
    g_free(pool);
}

/* ---- callers ---- */

static void wait_for(struct pool *pool, struct job *job, int64_t deadline_us)
{
    const struct timespec until = {.tv_sec = deadline_us / G_USEC_PER_SEC,
                                   .tv_nsec = deadline_us % G_USEC_PER_SEC * 1000};
    int status = 0;
    while (job->state != JOB_ENDED && status != ETIMEDOUT) {
        status = pthread_cond_timedwait(&job->ended, &pool->lock, &until);
    }
}

/* Takes a job that was not in time from the queue, or leaves it to the worker that has it. */
static void give_up(struct pool *pool, struct job *job)
{
    if (job->state == JOB_QUEUED) {
        g_queue_remove(&pool->queue, job);
        job_discard(job);
    } else {
        job->state = JOB_ABANDONED;
    }
}

static enum pool_outcome run_locked(struct pool *pool, struct job *job, int64_t deadline_us)
{
    if (g_queue_get_length(&pool->queue) + pool->running >= pool->worker_count + pool->queue_max) {
        job_discard(job);
        return POOL_BUSY;
    }
    g_queue_push_tail(&pool->queue, job);
    pthread_cond_signal(&pool->work);
    wait_for(pool, job, deadline_us);
    if (job->state != JOB_ENDED) {
        give_up(pool, job);
        return POOL_TIMEOUT;
    }
    job_free(job);
    return POOL_DONE;
}

enum pool_outcome pool_run(struct pool *pool, void (*run)(void *data), void (*release)(void *data), void *data,
                           int64_t deadline_us)
{
    struct job *job = job_new(run, release, data);
    pthread_mutex_lock(&pool->lock);
    const enum pool_outcome outcome = run_locked(pool, job, deadline_us);
    pthread_mutex_unlock(&pool->lock);
    return outcome;
}
