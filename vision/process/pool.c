#include "vision/process/pool.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "vision/face/thresholds.h"
#include "vision/process/pool_state.h"

#define STREAMS_ALONE 2 /* streams for each worker while one is left without any */

void pool_reply_clear(struct pool_reply *reply)
{
    g_clear_pointer(&reply->report, json_decref);
    g_clear_pointer(&reply->out, g_ptr_array_unref);
}

static void wake(const struct slot *slot)
{
    eventfd_write(slot->wake, 1);
}

/* Whoever is idle looks at the queue; whoever is not looks anyhow when done. */
void pool_wake_all(struct vision_pool *pool)
{
    for (unsigned i = 0; i < pool->slot_count; i++) {
        wake(&pool->slots[i]);
    }
}

/* ---- a job's end ---- */

void task_end_locked(struct task *task, bool ok)
{
    task->ok = ok;
    task->state = ENDED;
    pthread_cond_signal(&task->ended);
}

void task_fail_locked(struct task *task, enum vision_error code, const char *message)
{
    g_clear_error(&task->error);
    g_set_error_literal(&task->error, VISION_ERROR, (int)code, message);
    task_end_locked(task, false);
}

struct task *task_of(struct queue_job *job)
{
    return job != NULL ? (struct task *)((char *)job - G_STRUCT_OFFSET(struct task, queued)) : NULL;
}

/* ---- and its beginning ---- */

struct task *task_begin_locked(struct vision_pool *pool, const struct queue_worker *worker)
{
    struct task *task = task_of(queue_take(&pool->queue, worker));
    if (task != NULL) {
        task->state = RUNNING;
        pool->running++;
    }
    return task;
}

/* ---- the pool ---- */

static void init_condition(pthread_cond_t *condition)
{
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(condition, &monotonic);
    pthread_condattr_destroy(&monotonic);
}

static void start_thread(pthread_t *thread, void *(*entry)(void *data), void *data)
{
    const int failed = pthread_create(thread, NULL, entry, data);
    if (failed != 0) {
        g_error("cannot start a thread: %s", g_strerror(failed));
    }
    pthread_setname_np(*thread, "vision");
}

static void copy_config(struct vision_config *copy, const struct vision_config *config)
{
    *copy = *config;
    copy->program = g_strdup(config->program);
    copy->models = g_strdup(config->models);
}

static struct vision_pool *make(const struct vision_config *config, struct thresholds *thresholds)
{
    struct vision_pool *pool = g_malloc0(sizeof *pool + config->workers * sizeof pool->slots[0]);
    copy_config(&pool->config, config);
    pool->thresholds = thresholds;
    pthread_mutex_init(&pool->lock, NULL);
    init_condition(&pool->changed);
    queue_init(&pool->queue);
    pool->spare_wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    pool->slot_count = config->workers;
    for (unsigned i = 0; i < pool->slot_count; i++) {
        pool->slots[i] = (struct slot){.pool = pool, .index = i, .wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    }
    return pool;
}

static bool wait_until_ready(struct vision_pool *pool, GError **error)
{
    pthread_mutex_lock(&pool->lock);
    while (pool->lives < pool->slot_count && pool->start_error == NULL) {
        pthread_cond_wait(&pool->changed, &pool->lock);
    }
    const bool ok = pool->start_error == NULL;
    if (!ok) {
        g_propagate_error(error, g_steal_pointer(&pool->start_error));
    }
    pthread_mutex_unlock(&pool->lock);
    return ok;
}

struct vision_pool *pool_new(const struct vision_config *config, struct thresholds *thresholds, GError **error)
{
    struct vision_pool *pool = make(config, thresholds);
    for (unsigned i = 0; i < pool->slot_count; i++) {
        start_thread(&pool->slots[i].thread, slot_keep, &pool->slots[i]);
    }
    start_thread(&pool->spare_thread, spare_keep, pool);
    if (!wait_until_ready(pool, error)) {
        pool_free(pool);
        return NULL;
    }
    return pool;
}

void pool_free(struct vision_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    pool->stopping = true;
    g_assert(queue_length(&pool->queue) == 0);
    pool_wake_all(pool);
    eventfd_write(pool->spare_wake, 1);
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
    for (unsigned i = 0; i < pool->slot_count; i++) {
        pthread_join(pool->slots[i].thread, NULL);
        close(pool->slots[i].wake);
    }
    pthread_join(pool->spare_thread, NULL); /* after the slots: what it has started dies with it */
    close(pool->spare_wake);
    pthread_cond_destroy(&pool->changed);
    pthread_mutex_destroy(&pool->lock);
    g_clear_error(&pool->start_error);
    thresholds_free(pool->thresholds);
    g_free((char *)pool->config.program);
    g_free((char *)pool->config.models);
    g_free(pool);
}

void vision_pool_stats(struct vision_pool *pool, struct vision_pool_stats *stats)
{
    pthread_mutex_lock(&pool->lock);
    *stats = pool->stats;
    stats->workers = pool->ready;
    stats->busy = pool->running;
    stats->waiting = queue_length(&pool->queue);
    pthread_mutex_unlock(&pool->lock);
}

const struct vision_config *pool_config(const struct vision_pool *pool)
{
    return &pool->config;
}

const struct thresholds *pool_thresholds(const struct vision_pool *pool)
{
    return pool->thresholds;
}

/* ---- callers ---- */

static bool is_bound(const struct pool_job *job)
{
    return job->binding.life != 0;
}

/* Bound jobs are not counted: each stream has one at a time, and streams are limited. */
static bool make_room_locked(struct vision_pool *pool, const struct pool_job *job)
{
    if (is_bound(job) || queue_length(&pool->queue) + pool->running < pool->slot_count + pool->config.queue_max) {
        return true;
    }
    pool->stats.jobs_refused++;
    struct task *displaced = task_of(queue_displace(&pool->queue, job->priority));
    if (displaced != NULL) {
        task_fail_locked(displaced, VISION_ERROR_BUSY,
                         "something more urgent came while all workers were busy; try again");
    }
    return displaced != NULL;
}

static bool admit_locked(struct vision_pool *pool, struct task *task)
{
    const struct pool_job *job = task->queued.job;
    if (is_bound(job) &&
        (job->binding.worker >= pool->slot_count || pool->slots[job->binding.worker].life != job->binding.life)) {
        task_fail_locked(task, VISION_ERROR_LIVE_GONE, "the worker of this stream was lost");
        return false;
    }
    if (!make_room_locked(pool, job)) {
        g_set_error(&task->error, VISION_ERROR, VISION_ERROR_BUSY, "all %u workers are busy and %u jobs wait",
                    pool->slot_count, queue_length(&pool->queue));
        return false;
    }
    queue_add(&pool->queue, &task->queued);
    pool_wake_all(pool);
    if (job->priority == VISION_CAPTURE) {
        pthread_cond_broadcast(&pool->changed);
    }
    return true;
}

static void wait_locked(struct vision_pool *pool, struct task *task)
{
    const int64_t deadline_us = task->queued.job->deadline_us;
    const struct timespec until = {.tv_sec = deadline_us / G_USEC_PER_SEC,
                                   .tv_nsec = deadline_us % G_USEC_PER_SEC * 1000};
    while (task->state == WAITING) {
        if (pthread_cond_timedwait(&task->ended, &pool->lock, &until) == ETIMEDOUT && task->state == WAITING) {
            queue_remove(&pool->queue, &task->queued);
            pool->stats.jobs_timed_out++;
            task_fail_locked(task, VISION_ERROR_TIMEOUT, "no worker was free before its deadline");
        }
    }
    while (task->state == RUNNING) {
        pthread_cond_wait(&task->ended, &pool->lock);
    }
}

bool pool_run(struct vision_pool *pool, const struct pool_job *job, struct pool_reply *reply, GError **error)
{
    struct task task = {.queued.job = job, .state = WAITING};
    init_condition(&task.ended);
    pthread_mutex_lock(&pool->lock);
    if (admit_locked(pool, &task)) {
        wait_locked(pool, &task);
    }
    pthread_mutex_unlock(&pool->lock);
    pthread_cond_destroy(&task.ended);
    if (!task.ok) {
        g_propagate_error(error, task.error);
        return false;
    }
    *reply = task.reply;
    return true;
}

/* ---- streams ---- */

/* The worker with the fewest streams. The last one is left without, for pictures, while the others have few. */
static struct slot *choose_locked(struct vision_pool *pool)
{
    struct slot *best = NULL;
    for (unsigned i = 0; i < pool->slot_count; i++) {
        struct slot *slot = &pool->slots[i];
        const bool spared = i == pool->slot_count - 1 && best != NULL && best->streams < STREAMS_ALONE;
        if (slot->life != 0 && !spared && (best == NULL || slot->streams < best->streams)) {
            best = slot;
        }
    }
    return best;
}

bool pool_bind(struct vision_pool *pool, struct pool_binding *binding, GError **error)
{
    pthread_mutex_lock(&pool->lock);
    struct slot *slot = pool->stats.live < pool->config.live_max ? choose_locked(pool) : NULL;
    if (slot != NULL) {
        slot->streams++;
        pool->stats.live++;
        *binding = (struct pool_binding){slot->index, slot->life};
    }
    pthread_mutex_unlock(&pool->lock);
    if (slot == NULL) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_BUSY,
                    "%u live streams are being watched already, or no worker is up", pool->config.live_max);
    }
    return slot != NULL;
}

void pool_unbind(struct vision_pool *pool, const struct pool_binding *binding)
{
    pthread_mutex_lock(&pool->lock);
    struct slot *slot = &pool->slots[binding->worker];
    pool->stats.live--;
    slot->streams -= slot->life == binding->life ? 1 : 0;
    pool_wake_all(pool); /* it may take pictures again */
    pthread_mutex_unlock(&pool->lock);
}
