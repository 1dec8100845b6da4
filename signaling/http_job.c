/* Answers that other threads make, and their way back to the request. */
#include "signaling/http_private.h"

#define ANSWER_TIMEOUT_S 30

struct finished {
    uint64_t request;
    struct answer *answer; /* NULL: the upload may go on */
};

static void run_job(void *context)
{
    struct job *job = context;
    struct http *http = job->http;
    struct finished *finished = g_new(struct finished, 1);
    *finished = (struct finished){job->request, job->make(job)};
    if (job->token != NULL) {
        store_secret_free(job->token);
    }
    g_free(job->id);
    picture_target_clear(&job->picture);
    upload_unref(job->upload);
    g_free(job);
    g_async_queue_push(http->finished, finished);
    http->wake(http->wake_context);
}

static void finished_free(void *data)
{
    struct finished *finished = data;
    answer_free(finished->answer);
    g_free(finished);
}

void http_ask(struct http *http, struct lws *wsi, struct session *session, const struct job *job,
              struct worker_pool *threads, int timeout_s)
{
    struct job *copy = g_memdup2(job, sizeof *job);
    session->request = ++http->last_request;
    copy->http = http;
    copy->request = session->request;
    g_hash_table_insert(http->waiting, &session->request, wsi);
    lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, timeout_s);
    worker_pool_post(threads, run_job, copy);
}

void http_ask_pool(struct http *http, struct lws *wsi, struct session *session, const struct job *job)
{
    http_ask(http, wsi, session, job, http->service->pool, ANSWER_TIMEOUT_S);
}

void http_forget(struct http *http, struct session *session)
{
    if (session->request != 0) {
        g_hash_table_remove(http->waiting, &session->request);
        session->request = 0;
    }
}

static void deliver(struct http *http, struct lws *wsi, struct finished *finished)
{
    struct session *session = lws_wsi_user(wsi);
    http_forget(http, session);
    if (session->paused) {
        session->paused = false;
        lws_rx_flow_control(wsi, 1);
    }
    if (finished->answer == NULL) {
        http_picture_go_on(http, wsi, session);
        return;
    }
    session->answer = g_steal_pointer(&finished->answer);
    session->close_after |= session->body_due;
    g_clear_pointer(&session->upload, upload_unref);
    lws_callback_on_writable(wsi);
}

void http_pump(struct http *http)
{
    struct finished *finished;
    while ((finished = g_async_queue_try_pop(http->finished)) != NULL) {
        struct lws *wsi = g_hash_table_lookup(http->waiting, &finished->request);
        if (wsi != NULL) {
            deliver(http, wsi, finished);
        }
        finished_free(finished);
    }
}

GAsyncQueue *http_finished_new(void)
{
    return g_async_queue_new_full(finished_free);
}
