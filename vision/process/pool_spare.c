#include "vision/process/pool_state.h"

struct process *spare_take(struct vision_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    struct process *spare = g_steal_pointer(&pool->spare);
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
    if (spare != NULL && !process_is_well(spare)) {
        g_free(process_end(g_steal_pointer(&spare)));
    }
    return spare;
}

static bool wants_spare_locked(const struct vision_pool *pool)
{
    return pool->config.spare && pool->spare == NULL && pool->ready == pool->slot_count; /* workers first */
}

static void wait_changed_locked(struct vision_pool *pool, unsigned most_ms)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_sec += most_ms / 1000;
    pthread_cond_timedwait(&pool->changed, &pool->lock, &until);
}

/* NULL: it does not start, or the pool is stopping. */
static struct process *start_spare(struct vision_pool *pool)
{
    g_autoptr(GError) error = NULL;
    struct process *process = process_start(&pool->config, &error);
    const int64_t deadline_us = g_get_monotonic_time() + POOL_START_LIMIT_US;
    if (process != NULL && process_await(process, pool->spare_wake, deadline_us, &error) != PROCESS_DONE) {
        g_free(process_end(g_steal_pointer(&process)));
    }
    if (error != NULL) {
        g_warning("event=vision_spare_not_started reason=\"%s\"", error->message);
    }
    return process;
}

static void make_spare_locked(struct vision_pool *pool)
{
    pthread_mutex_unlock(&pool->lock);
    struct process *process = start_spare(pool);
    pthread_mutex_lock(&pool->lock);
    pool->spare = process;
    if (process == NULL && !pool->stopping) {
        wait_changed_locked(pool, POOL_BACKOFF_MAX_MS);
    }
}

/* A capture that all workers are too busy for. While one of them is lost the spare is for that place. */
static struct task *take_capture_locked(struct vision_pool *pool)
{
    if (pool->spare != NULL && !process_is_well(pool->spare)) {
        g_free(process_end(g_steal_pointer(&pool->spare)));
    }
    if (pool->spare == NULL || pool->ready < pool->slot_count || pool->running < pool->ready) {
        return NULL;
    }
    const struct queue_worker nobody = {.self = {.worker = pool->slot_count}, .last = VISION_CAPTURE};
    return task_begin_locked(pool, &nobody);
}

static void make_capture_locked(struct vision_pool *pool, struct task *task)
{
    struct slot slot = {.pool = pool, .process = g_steal_pointer(&pool->spare)};
    pthread_mutex_unlock(&pool->lock);
    slot_run(&slot, task);
    pthread_mutex_lock(&pool->lock);
    pool->spare = slot.process;
}

void *spare_keep(void *data)
{
    struct vision_pool *pool = data;
    pthread_mutex_lock(&pool->lock);
    while (!pool->stopping) {
        struct task *task = take_capture_locked(pool);
        if (task != NULL) {
            make_capture_locked(pool, task);
        } else if (wants_spare_locked(pool)) {
            make_spare_locked(pool);
        } else {
            pthread_cond_wait(&pool->changed, &pool->lock);
        }
    }
    if (pool->spare != NULL) {
        g_free(process_end(g_steal_pointer(&pool->spare)));
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
}
