#include "vision/process/pool.h"

#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "vision/face/thresholds.h"
#include "vision/process/process.h"
#include "vision/process/queue.h"

#define START_LIMIT_US   (60 * G_USEC_PER_SEC) /* for a worker to become ready on a slow machine */
#define HANG_MIN_US      G_USEC_PER_SEC        /* a job that came late may take so long before its worker is killed */
#define LOSSES_FREE      5                     /* in a row, without a job done: replaced at once */
#define BACKOFF_FIRST_MS 100
#define BACKOFF_MAX_MS   5000
#define STREAMS_ALONE    2 /* streams for each worker while one is left without any */

enum state {
    WAITING, /* in the queue */
    RUNNING, /* on a worker, whose thread will end it, by its deadline at the latest */
    ENDED,
};

struct task {
    struct queue_job queued;
    enum state state;
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
    unsigned losses;     /* in a row, without a job done */
    int64_t lost_at_us;  /* 0: not lost */
    unsigned jobs_lived; /* jobs done in this life */
    /* the pool's lock */
    uint64_t life; /* 0: no process now */
    unsigned streams;
};

struct vision_pool {
    struct vision_config config;
    struct thresholds *thresholds;
    pthread_mutex_t lock;
    pthread_cond_t changed; /* a slot has become ready or has failed to; the spare was taken; stopping */
    struct queue queue;
    uint64_t lives;
    unsigned ready, running;
    GError *start_error; /* of the first start; the pool is not handed out then */
    bool stopping;
    struct vision_pool_stats stats;
    pthread_t nurse; /* keeps the spare */
    struct process *spare;
    unsigned slot_count;
    struct slot slots[];
};

void pool_reply_clear(struct pool_reply *reply)
{
    g_clear_pointer(&reply->report, json_decref);
    g_clear_pointer(&reply->out, g_ptr_array_unref);
}

/* ---- waking ---- */

static void wake(const struct slot *slot)
{
    eventfd_write(slot->wake, 1);
}

/* Whoever is idle looks at the queue; whoever is not looks anyhow when done. */
static void wake_all(struct vision_pool *pool)
{
    for (unsigned i = 0; i < pool->slot_count; i++) {
        wake(&pool->slots[i]);
    }
}

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

/* ---- a job's end ---- */

static void end_locked(struct task *task, bool ok)
{
    task->ok = ok;
    task->state = ENDED;
    pthread_cond_signal(&task->ended);
}

static void fail_locked(struct task *task, enum vision_error code, const char *message)
{
    g_clear_error(&task->error);
    g_set_error_literal(&task->error, VISION_ERROR, (int)code, message);
    end_locked(task, false);
}

static struct task *task_of(struct queue_job *job)
{
    return job != NULL ? (struct task *)((char *)job - G_STRUCT_OFFSET(struct task, queued)) : NULL;
}

/* ---- a slot's process ---- */

static struct process *take_spare(struct vision_pool *pool)
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

/* NULL with error: it does not start; NULL without: the pool is stopping. */
static struct process *start_process(struct slot *slot, GError **error)
{
    struct process *process = process_start(&slot->pool->config, error);
    enum process_outcome outcome = PROCESS_WOKEN;
    const int64_t deadline_us = g_get_monotonic_time() + START_LIMIT_US;
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
        fail_locked(task, VISION_ERROR_LIVE_GONE, "the worker of this stream was lost");
    }
    wake_all(pool); /* what this one alone might have taken */
    pthread_mutex_unlock(&pool->lock);
}

/* Waits as long as losses in a row demand; false: stopping. */
static bool back_off(struct slot *slot)
{
    const unsigned doublings = slot->losses - MIN(slot->losses, LOSSES_FREE);
    const int64_t wait_ms = doublings == 0 ? 0 : MIN(BACKOFF_MAX_MS, BACKOFF_FIRST_MS << MIN(doublings, 10));
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
        slot->process = take_spare(slot->pool);
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
    slot->losses = slot->jobs_lived == 0 ? slot->losses + 1 : 1;
    slot->lost_at_us = g_get_monotonic_time();
    pthread_mutex_lock(&slot->pool->lock);
    slot->pool->stats.workers_lost++;
    pthread_mutex_unlock(&slot->pool->lock);
    end_life(slot);
    g_warning("event=vision_worker_lost reason=%s op=%s", why != NULL ? why : reason, op);
}

/* ---- a slot's jobs ---- */

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
    struct task *task = task_of(queue_take(&pool->queue, &self));
    if (task != NULL) {
        task->state = RUNNING;
        pool->running++;
    }
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
    end_locked(task, ok);
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

static void run(struct slot *slot, struct task *task)
{
    if (task->queued.job->deadline_us <= g_get_monotonic_time()) {
        g_set_error(&task->error, VISION_ERROR, VISION_ERROR_TIMEOUT, "no worker was free before its deadline");
        finish(slot, task, false);
        return;
    }
    run_on_process(slot, task);
}

static void *keep(void *data)
{
    struct slot *slot = data;
    while (fill(slot)) {
        struct task *task;
        bool died = false;
        while (slot->process != NULL && (task = next_task(slot, &died)) != NULL) {
            run(slot, task);
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

/* ---- the spare ---- */

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

/* Keeps one process ready, so that replacing takes no time. */
static void *nurse(void *data)
{
    struct vision_pool *pool = data;
    unsigned wait_ms = 0;
    pthread_mutex_lock(&pool->lock);
    while (!pool->stopping) {
        if (wait_ms > 0) {
            wait_changed_locked(pool, wait_ms);
            wait_ms = 0;
            continue;
        }
        if (!wants_spare_locked(pool)) {
            pthread_cond_wait(&pool->changed, &pool->lock);
            continue;
        }
        pthread_mutex_unlock(&pool->lock);
        g_autoptr(GError) error = NULL;
        struct process *process = process_start(&pool->config, &error);
        if (process != NULL &&
            process_await(process, -1, g_get_monotonic_time() + START_LIMIT_US, &error) != PROCESS_DONE) {
            g_free(process_end(g_steal_pointer(&process)));
        }
        if (process == NULL) {
            g_warning("event=vision_spare_not_started reason=\"%s\"", error->message);
            wait_ms = BACKOFF_MAX_MS;
        }
        pthread_mutex_lock(&pool->lock);
        pool->spare = process;
    }
    if (pool->spare != NULL) {
        g_free(process_end(g_steal_pointer(&pool->spare)));
    }
    pthread_mutex_unlock(&pool->lock);
    return NULL;
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
        start_thread(&pool->slots[i].thread, keep, &pool->slots[i]);
    }
    start_thread(&pool->nurse, nurse, pool);
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
    wake_all(pool);
    pthread_cond_broadcast(&pool->changed);
    pthread_mutex_unlock(&pool->lock);
    for (unsigned i = 0; i < pool->slot_count; i++) {
        pthread_join(pool->slots[i].thread, NULL);
        close(pool->slots[i].wake);
    }
    pthread_join(pool->nurse, NULL); /* after the slots: what it has started dies with it */
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
        fail_locked(displaced, VISION_ERROR_BUSY, "something more urgent came while all workers were busy; try again");
    }
    return displaced != NULL;
}

static bool admit_locked(struct vision_pool *pool, struct task *task)
{
    const struct pool_job *job = task->queued.job;
    if (is_bound(job) &&
        (job->binding.worker >= pool->slot_count || pool->slots[job->binding.worker].life != job->binding.life)) {
        fail_locked(task, VISION_ERROR_LIVE_GONE, "the worker of this stream was lost");
        return false;
    }
    if (!make_room_locked(pool, job)) {
        g_set_error(&task->error, VISION_ERROR, VISION_ERROR_BUSY, "all %u workers are busy and %u jobs wait",
                    pool->slot_count, queue_length(&pool->queue));
        return false;
    }
    queue_add(&pool->queue, &task->queued);
    wake_all(pool);
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
            fail_locked(task, VISION_ERROR_TIMEOUT, "no worker was free before its deadline");
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
    wake_all(pool); /* it may take pictures again */
    pthread_mutex_unlock(&pool->lock);
}
