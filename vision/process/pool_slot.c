#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>

#include "vision/process/pool_state.h"

#define HANG_MIN_US      G_USEC_PER_SEC /* a job that came late may take so long before its worker is killed */
#define LOSSES_FREE      5              /* in a row, without a job done: replaced at once */
#define BACKOFF_FIRST_MS 100
#define SOUND_US         (10 * G_USEC_PER_SEC) /* a worker that has lived so long was in order */

static void drain(const struct slot *slot)
{
    eventfd_t ignored;
    eventfd_read(slot->wake, &ignored);
}

static bool is_stopping(struct vision_pool *pool)
{
    pthread_mutex_lock(&pool->lock);
    const bool stopping = pool->stopping;
    pthread_mutex_unlock(&pool->lock);
    return stopping;
}

/* ---- its process ---- */

static struct process *start_process(struct slot *slot, GError **error)
{
    struct process *process = process_start(&slot->pool->config, error);
    enum process_outcome outcome = PROCESS_WOKEN;
    const int64_t deadline_us = g_get_monotonic_time() + POOL_START_LIMIT_US;
    while (process != NULL && outcome == PROCESS_WOKEN) {
        outcome = process_await(process, slot->wake, deadline_us, error);
        if (outcome == PROCESS_WOKEN) {
            drain(slot);
            if (is_stopping(slot->pool)) {
                break;
            }
        }
    }
    if (process != NULL && outcome != PROCESS_DONE) {
        g_free(process_end(g_steal_pointer(&process)));
    }
    return process;
}

static void begin_life(struct slot *slot)
{
    struct vision_pool *pool = slot->pool;
    pthread_mutex_lock(&pool->lock);
    slot->life = ++pool->lives;
    slot->jobs_lived = 0;
    slot->born_us = g_get_monotonic_time();
    pool->ready++;
    if (slot->lost_at_us != 0) {
        const uint64_t took_ms = (uint64_t)(g_get_monotonic_time() - slot->lost_at_us) / 1000;
        pool->stats.workers_restarted++;
        pool->stats.restart_ms_max = MAX(pool->stats.restart_ms_max, took_ms);
        slot->lost_at_us = 0;
    }
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
}

static void end_life(struct slot *slot)
{
    struct vision_pool *pool = slot->pool;
    pthread_mutex_lock(&pool->lock);
    slot->life = 0;
    slot->streams = 0;
    pool->ready--;
    struct task *task;
    while ((task = task_of(queue_take_bound(&pool->queue, slot->index))) != NULL) {
        task_fail_locked(task, VISION_ERROR_LIVE_GONE, "the worker of this stream was lost");
    }
    pool_wake_all(pool); /* what this one alone might have taken */
    pthread_mutex_unlock(&pool->lock);
}

/* Waits as long as losses in a row demand; false: stopping. */
static bool back_off(struct slot *slot)
{
    const unsigned doublings = slot->losses - MIN(slot->losses, LOSSES_FREE);
    const int64_t wait_ms = doublings == 0 ? 0 : MIN(POOL_BACKOFF_MAX_MS, BACKOFF_FIRST_MS << MIN(doublings, 10));
    const int64_t until_us = g_get_monotonic_time() + wait_ms * 1000;
    for (;;) {
        if (is_stopping(slot->pool)) {
            return false;
        }
        const int64_t left_us = until_us - g_get_monotonic_time();
        if (left_us <= 0) {
            return true;
        }
        struct pollfd pollfd = {.fd = slot->wake, .events = POLLIN};
        if (poll(&pollfd, 1, (int)(left_us / 1000 + 1)) > 0) {
            drain(slot);
        }
    }
}

/* The first start says what is wrong with the machine, and is not tried twice. */
static bool is_first_start(struct slot *slot, GError *error)
{
    struct vision_pool *pool = slot->pool;
    pthread_mutex_lock(&pool->lock);
    const bool first = pool->lives < pool->slot_count;
    if (first && pool->start_error == NULL) {
        pool->start_error = g_error_copy(error);
        pthread_cond_broadcast(&pool->changed);
    }
    pthread_mutex_unlock(&pool->lock);
    return first;
}

/* Gives the slot a process that is ready; false: no more. */
static bool fill(struct slot *slot)
{
    while (back_off(slot)) {
        g_autoptr(GError) error = NULL;
        slot->process = spare_take(slot->pool);
        if (slot->process == NULL) {
            slot->process = start_process(slot, &error);
        }
        if (slot->process != NULL) {
            begin_life(slot);
            return true;
        }
        if (error != NULL) {
            if (is_first_start(slot, error)) {
                return false;
            }
            slot->losses = MAX(slot->losses + 1, LOSSES_FREE + 1);
            g_warning("event=vision_worker_not_started reason=\"%s\"", error->message);
        }
    }
    return false;
}

static void lose(struct slot *slot, const char *why, const char *op)
{
    g_autofree char *reason = process_end(g_steal_pointer(&slot->process));
    const int64_t now_us = g_get_monotonic_time();
    slot->losses = slot->jobs_lived == 0 && now_us - slot->born_us < SOUND_US ? slot->losses + 1 : 1;
    slot->lost_at_us = now_us;
    pthread_mutex_lock(&slot->pool->lock);
    slot->pool->stats.workers_lost++;
    pthread_mutex_unlock(&slot->pool->lock);
    if (slot->life != 0) {
        end_life(slot);
    }
    g_warning("event=vision_worker_lost reason=%s op=%s", why != NULL ? why : reason, op);
}

/* ---- its jobs ---- */

/* Streams want to be quick: pictures go to workers that have none, as long as there are such; captures anywhere. */
static enum vision_priority last_priority(const struct slot *slot)
{
    const struct vision_pool *pool = slot->pool;
    bool others = false;
    for (unsigned i = 0; i < pool->slot_count; i++) {
        others = others || (pool->slots[i].life != 0 && pool->slots[i].streams == 0);
    }
    return slot->streams > 0 && others ? VISION_CAPTURE : VISION_PRIORITIES - 1;
}

static struct task *take(struct slot *slot, bool *stopping)
{
    struct vision_pool *pool = slot->pool;
    pthread_mutex_lock(&pool->lock);
    const struct queue_worker self = {.self = {slot->index, slot->life}, .last = last_priority(slot)};
    struct task *task = task_begin_locked(pool, &self);
    *stopping = pool->stopping;
    pthread_mutex_unlock(&pool->lock);
    return task;
}

/* The next job, or NULL: stopping, or the process has died meanwhile (`died`). */
static struct task *next_task(struct slot *slot, bool *died)
{
    bool stopping;
    struct task *task;
    while ((task = take(slot, &stopping)) == NULL && !stopping) {
        if (process_rest(slot->process, slot->wake) == PROCESS_LOST) {
            *died = true;
            return NULL;
        }
        drain(slot);
    }
    return task;
}

static void count_locked(struct vision_pool *pool, const struct task *task)
{
    if (task->ok) {
        pool->stats.jobs_done++;
    } else if (g_error_matches(task->error, VISION_ERROR, VISION_ERROR_TIMEOUT)) {
        pool->stats.jobs_timed_out++;
    } else {
        pool->stats.jobs_failed++;
    }
}

/* `task` is its caller's again afterwards. */
static void finish(struct slot *slot, struct task *task, bool ok)
{
    struct vision_pool *pool = slot->pool;
    pthread_mutex_lock(&pool->lock);
    task->reply.worker = (struct pool_binding){slot->index, slot->life};
    pool->running--;
    task_end_locked(task, ok);
    count_locked(pool, task);
    pthread_mutex_unlock(&pool->lock);
}

/* The caller has gone; the worker may have had the job for a moment only, and has a little longer. */
static bool wait_longer(struct slot *slot, int64_t until_us)
{
    struct pool_reply reply = {0};
    g_autoptr(GError) error = NULL;
    const enum process_outcome outcome = process_receive(slot->process, until_us, &reply, &error);
    pool_reply_clear(&reply);
    if (outcome == PROCESS_LATE || outcome == PROCESS_LOST) {
        return false;
    }
    slot->jobs_lived++;
    return true;
}

static void run_on_process(struct slot *slot, struct task *task)
{
    const struct pool_job job = *task->queued.job;
    const int64_t hang_us = MAX(job.deadline_us, g_get_monotonic_time() + HANG_MIN_US);
    g_autofree char *op = g_strdup(job.op);
    enum process_outcome outcome = process_send(slot->process, &job, hang_us, &task->error);
    if (outcome == PROCESS_DONE) {
        outcome = process_receive(slot->process, job.deadline_us, &task->reply, &task->error);
    }
    switch (outcome) {
    case PROCESS_DONE:
    case PROCESS_FAILED:
        slot->jobs_lived++;
        finish(slot, task, outcome == PROCESS_DONE);
        break;
    case PROCESS_LATE:
        g_set_error(&task->error, VISION_ERROR, VISION_ERROR_TIMEOUT, "not done by its deadline");
        finish(slot, task, false);
        if (!wait_longer(slot, hang_us)) {
            lose(slot, "hung", op);
        }
        break;
    default:
        g_set_error(&task->error, VISION_ERROR, VISION_ERROR_WORKER_LOST,
                    "the worker died on this job; it is being replaced");
        lose(slot, NULL, op);
        finish(slot, task, false);
        break;
    }
}

void slot_run(struct slot *slot, struct task *task)
{
    if (task->queued.job->deadline_us <= g_get_monotonic_time()) {
        g_set_error(&task->error, VISION_ERROR, VISION_ERROR_TIMEOUT, "no worker was free before its deadline");
        finish(slot, task, false);
        return;
    }
    run_on_process(slot, task);
}

void *slot_keep(void *data)
{
    struct slot *slot = data;
    while (fill(slot)) {
        struct task *task;
        bool died = false;
        while (slot->process != NULL && (task = next_task(slot, &died)) != NULL) {
            slot_run(slot, task);
        }
        if (slot->process == NULL) {
            continue;
        }
        if (died) {
            lose(slot, NULL, "none");
            continue;
        }
        end_life(slot); /* stopping */
        g_free(process_end(g_steal_pointer(&slot->process)));
    }
    return NULL;
}
