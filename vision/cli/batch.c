#include "vision/cli/batch.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define BAR_EVERY_US  (G_USEC_PER_SEC / 10)
#define LINE_EVERY_US (20 * G_USEC_PER_SEC)
#define BAR_WIDTH     40

struct run {
    const struct batch *batch;
    pthread_mutex_t lock;
    unsigned next, finished;
    bool stopped;
    bool terminal;
    int64_t begun_us, told_us;
};

static void tell(struct run *run)
{
    const int64_t now_us = g_get_monotonic_time();
    const unsigned count = run->batch->count;
    const bool last = run->finished == count;
    if (!last && now_us - run->told_us < (run->terminal ? BAR_EVERY_US : LINE_EVERY_US)) {
        return;
    }
    run->told_us = now_us;
    const double seconds = (double)(now_us - run->begun_us) / G_USEC_PER_SEC;
    const double rate = seconds > 0 ? run->finished / seconds : 0;
    if (run->terminal) {
        char bar[BAR_WIDTH + 1] = "";
        memset(bar, '#', (size_t)BAR_WIDTH * run->finished / count);
        fprintf(stderr, "\r[%-*s] %u/%u, %.1f/s%s", BAR_WIDTH, bar, run->finished, count, rate, last ? "\n" : " ");
    } else {
        fprintf(stderr, "%u of %u, %.1f/s\n", run->finished, count, rate);
    }
}

static bool take(struct run *run, unsigned *item)
{
    pthread_mutex_lock(&run->lock);
    const bool more = !run->stopped && run->next < run->batch->count;
    if (more) {
        *item = run->next++;
    }
    pthread_mutex_unlock(&run->lock);
    return more;
}

static void *work(void *data)
{
    struct run *run = data;
    unsigned item;
    while (take(run, &item)) {
        run->batch->measure(run->batch->data, item);
        pthread_mutex_lock(&run->lock);
        run->finished++;
        if (!run->stopped && !run->batch->done(run->batch->data, item)) {
            run->stopped = true;
        }
        tell(run);
        pthread_mutex_unlock(&run->lock);
    }
    return NULL;
}

bool batch_run(const struct batch *batch)
{
    struct run run = {.batch = batch, .terminal = isatty(STDERR_FILENO) != 0, .begun_us = g_get_monotonic_time()};
    run.told_us = run.begun_us;
    pthread_mutex_init(&run.lock, NULL);
    const unsigned count = MIN(batch->threads, batch->count);
    g_autofree pthread_t *threads = g_new(pthread_t, count);
    for (unsigned i = 0; i < count; i++) {
        const int failed = pthread_create(&threads[i], NULL, work, &run);
        if (failed != 0) {
            g_error("cannot start a thread: %s", g_strerror(failed));
        }
    }
    for (unsigned i = 0; i < count; i++) {
        pthread_join(threads[i], NULL);
    }
    pthread_mutex_destroy(&run.lock);
    return !run.stopped;
}
