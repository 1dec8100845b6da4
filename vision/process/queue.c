#include "vision/process/queue.h"

void queue_init(struct queue *queue)
{
    for (unsigned i = 0; i < VISION_PRIORITIES; i++) {
        g_queue_init(&queue->jobs[i]);
    }
}

unsigned queue_length(const struct queue *queue)
{
    unsigned length = 0;
    for (unsigned i = 0; i < VISION_PRIORITIES; i++) {
        length += queue->jobs[i].length;
    }
    return length;
}

void queue_add(struct queue *queue, struct queue_job *job)
{
    job->link = (GList){.data = job};
    g_queue_push_tail_link(&queue->jobs[job->job->priority], &job->link);
}

void queue_remove(struct queue *queue, struct queue_job *job)
{
    g_queue_unlink(&queue->jobs[job->job->priority], &job->link);
}

static bool may_take(const struct queue_worker *worker, const struct pool_job *job)
{
    if (job->binding.life == 0) {
        return job->priority <= worker->last;
    }
    return job->binding.worker == worker->self.worker && job->binding.life == worker->self.life;
}

struct queue_job *queue_take(struct queue *queue, const struct queue_worker *worker)
{
    for (unsigned i = 0; i < VISION_PRIORITIES; i++) {
        for (GList *at = queue->jobs[i].head; at != NULL; at = at->next) {
            struct queue_job *job = at->data;
            if (may_take(worker, job->job)) {
                queue_remove(queue, job);
                return job;
            }
        }
    }
    return NULL;
}

struct queue_job *queue_displace(struct queue *queue, enum vision_priority priority)
{
    for (unsigned i = VISION_PRIORITIES - 1; i > (unsigned)priority; i--) {
        GList *youngest = g_queue_pop_tail_link(&queue->jobs[i]);
        if (youngest != NULL) {
            return youngest->data;
        }
    }
    return NULL;
}

struct queue_job *queue_take_bound(struct queue *queue, unsigned worker)
{
    for (unsigned i = 0; i < VISION_PRIORITIES; i++) {
        for (GList *at = queue->jobs[i].head; at != NULL; at = at->next) {
            struct queue_job *job = at->data;
            if (job->job->binding.life != 0 && job->job->binding.worker == worker) {
                queue_remove(queue, job);
                return job;
            }
        }
    }
    return NULL;
}
