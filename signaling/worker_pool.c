#include "signaling/worker_pool.h"

struct job {
    void (*run)(void *context);
    void *context;
};

struct worker_pool {
    GThreadPool *threads;
    GMutex lock;
    GCond finished;
    unsigned unfinished; /* jobs waiting or running */
};

static void job_run(struct job *job)
{
    job->run(job->context);
    g_free(job);
}

static void run_on_thread(void *job, void *user)
{
    struct worker_pool *pool = user;
    job_run(job);
    g_mutex_lock(&pool->lock);
    pool->unfinished--;
    g_cond_signal(&pool->finished);
    g_mutex_unlock(&pool->lock);
}

struct worker_pool *worker_pool_new(unsigned threads)
{
    struct worker_pool *pool = g_new0(struct worker_pool, 1);
    g_mutex_init(&pool->lock);
    g_cond_init(&pool->finished);
    pool->threads = g_thread_pool_new(run_on_thread, pool, (int)threads, FALSE, NULL);
    return pool;
}

/* g_thread_pool_free waits for jobs too, but takes no more: a lane's next one would be lost. */
void worker_pool_free(struct worker_pool *pool)
{
    if (pool == NULL) {
        return;
    }
    g_mutex_lock(&pool->lock);
    while (pool->unfinished > 0) {
        g_cond_wait(&pool->finished, &pool->lock);
    }
    g_mutex_unlock(&pool->lock);
    g_thread_pool_free(pool->threads, FALSE, TRUE);
    g_cond_clear(&pool->finished);
    g_mutex_clear(&pool->lock);
    g_free(pool);
}

void worker_pool_post(struct worker_pool *pool, void (*run)(void *context), void *context)
{
    struct job *job = g_new(struct job, 1);
    *job = (struct job){run, context};
    g_mutex_lock(&pool->lock);
    pool->unfinished++;
    g_mutex_unlock(&pool->lock);
    g_thread_pool_push(pool->threads, job, NULL); /* an error means no new thread could start; the job is queued */
}

struct lane {
    struct worker_pool *pool;
    unsigned waiting_max;
    GMutex lock;
    GQueue waiting; /* of struct job */
    bool running;   /* a thread has it, or is about to */
    bool closed;
};

static void lane_destroy(struct lane *lane)
{
    g_mutex_clear(&lane->lock);
    g_free(lane);
}

/* One job, then back to the end of the pool's queue: a busy connection does not hold a thread. */
static void lane_run(void *context)
{
    struct lane *lane = context;
    g_mutex_lock(&lane->lock);
    struct job *job = g_queue_pop_head(&lane->waiting);
    g_mutex_unlock(&lane->lock);

    job_run(job);

    g_mutex_lock(&lane->lock);
    const bool more = !g_queue_is_empty(&lane->waiting);
    const bool done = !more && lane->closed;
    lane->running = more;
    g_mutex_unlock(&lane->lock);
    if (more) {
        worker_pool_post(lane->pool, lane_run, lane);
    } else if (done) {
        lane_destroy(lane);
    }
}

struct lane *lane_new(struct worker_pool *pool, unsigned waiting_max)
{
    struct lane *lane = g_new0(struct lane, 1);
    lane->pool = pool;
    lane->waiting_max = waiting_max;
    g_mutex_init(&lane->lock);
    return lane;
}

static bool lane_add(struct lane *lane, bool always, void (*run)(void *context), void *context)
{
    g_mutex_lock(&lane->lock);
    const bool taken = always || lane->waiting_max == 0 || lane->waiting.length < lane->waiting_max;
    const bool start = taken && !lane->running;
    if (taken) {
        struct job *job = g_new(struct job, 1);
        *job = (struct job){run, context};
        g_queue_push_tail(&lane->waiting, job);
        lane->running = true;
    }
    g_mutex_unlock(&lane->lock);
    if (start) {
        worker_pool_post(lane->pool, lane_run, lane);
    }
    return taken;
}

bool lane_post(struct lane *lane, void (*run)(void *context), void *context)
{
    return lane_add(lane, false, run, context);
}

void lane_post_always(struct lane *lane, void (*run)(void *context), void *context)
{
    lane_add(lane, true, run, context);
}

void lane_free(struct lane *lane)
{
    if (lane == NULL) {
        return;
    }
    g_mutex_lock(&lane->lock);
    lane->closed = true;
    const bool idle = !lane->running;
    g_mutex_unlock(&lane->lock);
    if (idle) {
        lane_destroy(lane);
    }
}
