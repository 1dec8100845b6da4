#include "signaling/http.h"

#include "signaling/answer.h"
#include "signaling/facecheck_rest.h"
#include "signaling/files.h"
#include "signaling/methods/capture.h"
#include "signaling/metrics.h"
#include "signaling/refusal.h"
#include "signaling/upload.h"
#include "signaling/worker_pool.h"
#include "signaling/ws.h"

#include <string.h>

#define CHUNK_BYTES      16384
#define PATH_BYTES_MAX   1024
#define TOKEN_BYTES_MAX  128
#define ANSWER_TIMEOUT_S 30
#define LOOK_TIMEOUT_S   90 /* for a picture to be looked at, others before it */
#define LINGER_S         5 /* for the rest of a body that is refused: who is hung up on while sending reads no answer */
#define CAPTURES_PATH    "/v1/captures/"
#define CAPTURE_ID_MAX   64

struct http {
    struct service *service;
    struct files *files; /* NULL: there are no pages */
    struct uploads *uploads;
    struct answer_policy policy;
    GHashTable *waiting; /* request number → struct lws: those whose answer the pool is making */
    uint64_t last_request;
    GAsyncQueue *finished; /* of struct finished */
    void (*wake)(void *context);
    void *wake_context;
};

/* Of libwebsockets, zeroed, one for each request. */
struct session {
    uint64_t request; /* 0: not waiting */
    struct answer *answer;
    gsize sent;
    bool head_only;
    bool close_after;
    struct upload *upload;  /* NULL: none, or handed over */
    bool admitted;          /* the upload is */
    bool paused;            /* its bytes wait until it is */
    bool sent_all;          /* of the answer */
    int64_t linger_ends_us; /* monotonic; when sent_all */
    bool body_due;          /* there is one, and not all of it has been read */
};

/* ---- answers at once ---- */

static struct answer *answer_health(const struct service *service)
{
    const bool draining = g_atomic_int_get(&service->draining) != 0;
    return answer_text(200, "application/json",
                       g_strdup(draining ? "{\"status\":\"draining\"}" : "{\"status\":\"ok\"}"));
}

static struct answer *answer_file(const struct file *file, const char *known_etag)
{
    const bool unchanged = g_strcmp0(known_etag, file->etag) == 0;
    struct answer *answer = answer_new(unchanged ? 304 : 200, file->type, g_bytes_ref(file->bytes));
    answer->caching = file->immutable ? FOR_EVER : REVALIDATE;
    answer->etag = g_strdup(file->etag);
    return answer;
}

static struct answer *answer_page(const struct http *http, const char *path, const char *known_etag)
{
    const struct file *file = http->files != NULL ? files_find(http->files, path) : NULL;
    if (file != NULL) {
        return answer_file(file, known_etag);
    }
    if (strcmp(path, "/officer") == 0) {
        struct answer *answer = answer_error(308, "moved", "The console is at /officer/");
        answer->location = "/officer/";
        return answer;
    }
    return answer_error(404, "not_found", "There is nothing at this address");
}

/* ---- answers that the pool makes ---- */

struct job {
    struct http *http;
    uint64_t request;
    struct answer *(*make)(struct job *job);
    char *token, *capture;      /* of a download */
    struct facecheck_path path; /* of a face check's picture */
    struct upload *upload;
};

struct finished {
    uint64_t request;
    struct answer *answer; /* NULL: the upload may go on */
};

static struct answer *make_metrics(struct job *job)
{
    return answer_text(200, "text/plain; version=0.0.4; charset=utf-8", metrics_text(job->http->service));
}

static struct answer *make_capture(struct job *job)
{
    g_autoptr(GError) error = NULL;
    GBytes *jpeg = capture_download(job->http->service, job->token, job->capture, &error);
    if (jpeg != NULL) {
        return answer_new(200, "image/jpeg", jpeg);
    }
    return refusal_answer(error);
}

static struct answer *make_picture(struct job *job)
{
    return facecheck_rest_get(job->http->service, job->token, &job->path);
}

static struct answer *make_deletion(struct job *job)
{
    return facecheck_rest_delete(job->http->service, job->token, &job->path);
}

static struct answer *make_admission(struct job *job)
{
    return upload_admit(job->upload);
}

static struct answer *make_material(struct job *job)
{
    return upload_finish(job->upload);
}

static void run_job(void *context)
{
    struct job *job = context;
    struct http *http = job->http;
    struct finished *finished = g_new(struct finished, 1);
    *finished = (struct finished){job->request, job->make(job)};
    if (job->token != NULL) {
        store_secret_free(job->token);
    }
    g_free(job->capture);
    facecheck_path_clear(&job->path);
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

/* Has `job` (what it holds is taken) run by `threads`. */
static void ask(struct http *http, struct lws *wsi, struct session *session, const struct job *job,
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

static void ask_pool(struct http *http, struct lws *wsi, struct session *session, const struct job *job)
{
    ask(http, wsi, session, job, http->service->pool, ANSWER_TIMEOUT_S);
}

static void forget_request(struct http *http, struct session *session)
{
    if (session->request != 0) {
        g_hash_table_remove(http->waiting, &session->request);
        session->request = 0;
    }
}

/* The whole picture is there: it is looked at elsewhere, the pool's threads are for what is quick. */
static void look_at(struct http *http, struct lws *wsi, struct session *session)
{
    const struct job job = {.make = make_material, .upload = g_steal_pointer(&session->upload)};
    ask(http, wsi, session, &job, uploads_threads(http->uploads), LOOK_TIMEOUT_S);
}

/* An upload that may come: on to its bytes, unless they have all come with the head. */
static void go_on(struct http *http, struct lws *wsi, struct session *session)
{
    session->admitted = true;
    lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, (int)http->service->config->http.request_timeout_s);
    if (!session->body_due) {
        look_at(http, wsi, session);
    }
}

void http_pump(struct http *http)
{
    struct finished *finished;
    while ((finished = g_async_queue_try_pop(http->finished)) != NULL) {
        struct lws *wsi = g_hash_table_lookup(http->waiting, &finished->request);
        if (wsi != NULL) {
            struct session *session = lws_wsi_user(wsi);
            forget_request(http, session);
            if (session->paused) {
                session->paused = false;
                lws_rx_flow_control(wsi, 1);
            }
            if (finished->answer != NULL) {
                session->answer = g_steal_pointer(&finished->answer);
                session->close_after |= session->body_due;
                g_clear_pointer(&session->upload, upload_unref);
                lws_callback_on_writable(wsi);
            } else {
                go_on(http, wsi, session);
            }
        }
        finished_free(finished);
    }
}

/* ---- requests ---- */

/* A header's value, or NULL when it is not there or longer than anything we understand. */
static char *header(struct lws *wsi, enum lws_token_indexes token, int bytes_max)
{
    const int length = lws_hdr_total_length(wsi, token);
    if (length <= 0 || length > bytes_max) {
        return NULL;
    }
    char *value = g_malloc((gsize)length + 1);
    if (lws_hdr_copy(wsi, value, length + 1, token) < 0) {
        g_clear_pointer(&value, g_free);
    }
    return value;
}

static bool from_loopback(struct lws *wsi)
{
    char address[64];
    /* Whoever comes through a proxy is not local, though the proxy is. */
    return config_is_loopback(lws_get_peer_simple(wsi, address, sizeof address)) &&
           lws_hdr_total_length(wsi, WSI_TOKEN_X_FORWARDED_FOR) == 0;
}

/* The bearer's token, or NULL with an answer that asks for one. Caller frees. */
static char *bearer(struct lws *wsi, struct session *session)
{
    g_autofree char *authorization = header(wsi, WSI_TOKEN_HTTP_AUTHORIZATION, TOKEN_BYTES_MAX);
    if (authorization == NULL || g_ascii_strncasecmp(authorization, "Bearer ", 7) != 0) {
        session->answer = answer_error(401, "not_signed_in", "Send Authorization: Bearer and the session's token");
        return NULL;
    }
    return g_strdup(authorization + 7);
}

static void ask_capture(struct http *http, struct lws *wsi, struct session *session, const char *id)
{
    struct job job = {.make = make_capture};
    if (strlen(id) > CAPTURE_ID_MAX) {
        session->answer = answer_error(404, "not_found", "There is no such capture");
    } else if ((job.token = bearer(wsi, session)) != NULL) {
        job.capture = g_strdup(id);
        ask_pool(http, wsi, session, &job);
    }
}

/* Sets session->answer, or leaves it to the pool. */
static void route(struct http *http, struct lws *wsi, struct session *session, const char *path)
{
    if (strcmp(path, "/v1/health") == 0) {
        session->answer = answer_health(http->service);
    } else if (strcmp(path, "/v1/metrics") == 0) {
        if (from_loopback(wsi)) {
            ask_pool(http, wsi, session, &(const struct job){.make = make_metrics});
        } else {
            session->answer = answer_error(403, "forbidden", "Metrics are for this machine only");
        }
    } else if (strcmp(path, WS_PATH) == 0) {
        session->answer = answer_error(426, "upgrade_required", "This is a WebSocket; open it as one");
    } else if (g_str_has_prefix(path, CAPTURES_PATH)) {
        ask_capture(http, wsi, session, path + strlen(CAPTURES_PATH));
    } else {
        g_autofree char *known_etag = header(wsi, WSI_TOKEN_HTTP_IF_NONE_MATCH, 64);
        session->answer = answer_page(http, path, known_etag);
    }
}

static bool has_length(struct lws *wsi)
{
    return lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH) > 0;
}

static bool has_body(struct lws *wsi)
{
    g_autofree char *length = header(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, 1);
    return (has_length(wsi) && g_strcmp0(length, "0") != 0) ||
           lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0;
}

/* ---- pictures of face checks ---- */

/* False: the length is not given. What it says of a chunked body does not count (RFC 9112 §6.3). */
static bool content_length(struct lws *wsi, uint64_t *length)
{
    g_autofree char *text = header(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, 20);
    return text != NULL && lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) == 0 &&
           g_ascii_string_to_unsigned(text, 10, 0, UINT64_MAX, length, NULL);
}

/* What the head alone says is refused before a byte of the body is read. */
static void begin_upload(struct http *http, struct lws *wsi, struct session *session, struct facecheck_path *path)
{
    uint64_t length = 0;
    const bool known = content_length(wsi, &length);
    g_autofree char *token = bearer(wsi, session);
    session->body_due = length > 0;
    session->close_after = !known || length > 0;
    if (token == NULL) {
        return;
    }
    if (!known) {
        session->answer = answer_error(411, "length_required", "A picture is sent with Content-Length");
    } else if (length == 0) {
        session->answer = answer_error(422, "empty", "The picture is empty");
    } else if (length > VISION_JPEG_BYTES_MAX) {
        session->answer = answer_error(413, "file_too_large", "A picture has at most 5 MiB (D-11)");
    } else {
        session->close_after = false;
        session->upload = upload_new(http->uploads, path, token, (size_t)length);
        session->paused = true;
        lws_rx_flow_control(wsi, 0); /* but for what has come with the head */
        ask_pool(http, wsi, session,
                 &(const struct job){.make = make_admission, .upload = upload_ref(session->upload)});
    }
}

static struct answer *answer_not_allowed(const char *allow)
{
    struct answer *answer = answer_error(405, "method_not_allowed", "This is not done here");
    answer->allow = allow;
    return answer;
}

static void on_picture(struct http *http, struct lws *wsi, struct session *session, int method,
                       struct facecheck_path *path)
{
    enum material_kind kind;
    const bool submitted = facecheck_path_material(path, &kind);
    struct job job = {.make = method == LWSHUMETH_DELETE ? make_deletion : make_picture};
    if (method == LWSHUMETH_PUT && submitted) {
        begin_upload(http, wsi, session, path);
    } else if (has_body(wsi)) {
        session->close_after = true;
        session->answer = answer_error(400, "bad_request", "This request takes no body");
    } else if (method == LWSHUMETH_GET || method == LWSHUMETH_HEAD || (method == LWSHUMETH_DELETE && submitted)) {
        if ((job.token = bearer(wsi, session)) != NULL) {
            job.path = *path;
            *path = (struct facecheck_path){0};
            ask_pool(http, wsi, session, &job);
        }
    } else {
        session->answer = answer_not_allowed(submitted ? "GET, HEAD, PUT, DELETE" : "GET, HEAD");
    }
}

/* Of a refused one the bytes are nothing any more; each of them would begin libwebsockets' timeout anew. */
static int on_body(struct session *session, const void *bytes, size_t length)
{
    if (session->upload == NULL) {
        return session->sent_all && g_get_monotonic_time() > session->linger_ends_us ? -1 : 0;
    }
    return upload_receive(session->upload, bytes, length) ? 0 : -1;
}

static int on_body_end(struct http *http, struct lws *wsi, struct session *session)
{
    const bool due = session->body_due;
    session->body_due = false;
    if (due && session->upload != NULL) {
        if (!upload_is_whole(session->upload)) {
            return -1;
        }
        if (session->admitted) {
            look_at(http, wsi, session);
        }
        return 0;
    }
    return due && session->sent_all ? -1 : 0;
}

/* ---- every request ---- */

static bool is_served(int method)
{
    return method == LWSHUMETH_GET || method == LWSHUMETH_HEAD;
}

static void refuse_method(struct lws *wsi, struct session *session)
{
    session->close_after = true; /* nothing else takes a body: do not read it */
    session->answer = has_length(wsi)
                          ? answer_error(405, "method_not_allowed", "Only GET and HEAD are served here")
                          : answer_error(411, "length_required", "A body needs Content-Length; nothing here takes one");
}

static int on_request(struct http *http, struct lws *wsi, struct session *session)
{
    char *uri = NULL;
    int uri_length = 0;
    const int method = lws_http_get_uri_and_method(wsi, &uri, &uri_length);
    if (method < 0) {
        return -1;
    }
    g_autofree char *path = uri_length > 0 && uri_length <= PATH_BYTES_MAX ? g_strndup(uri, (gsize)uri_length) : NULL;
    struct facecheck_path picture = {0};
    session->head_only = method == LWSHUMETH_HEAD;
    if (path != NULL && facecheck_path_parse(path, &picture)) {
        on_picture(http, wsi, session, method, &picture);
        facecheck_path_clear(&picture);
    } else if (!is_served(method)) {
        refuse_method(wsi, session);
    } else if (has_body(wsi)) {
        session->close_after = true;
        session->answer = answer_error(400, "bad_request", "GET and HEAD take no body");
    } else if (path == NULL) {
        session->answer = answer_error(404, "not_found", "There is nothing at this address");
    } else {
        route(http, wsi, session, path);
    }
    if (session->answer != NULL) {
        lws_callback_on_writable(wsi);
    }
    return 0;
}

/* ---- writing ---- */

/* Session memory is gone after this, but for a body that still comes. */
static int complete(struct lws *wsi, struct session *session)
{
    if (session->close_after && session->body_due) {
        session->sent_all = true;
        session->linger_ends_us = g_get_monotonic_time() + (int64_t)LINGER_S * G_USEC_PER_SEC;
        lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, LINGER_S);
        return 0;
    }
    if (session->close_after) {
        return -1;
    }
    return lws_http_transaction_completed(wsi) != 0 ? -1 : 0;
}

static int write_body(struct lws *wsi, struct session *session)
{
    gsize size;
    const uint8_t *body = g_bytes_get_data(session->answer->body, &size);
    const gsize chunk = MIN(size - session->sent, CHUNK_BYTES);
    const bool last = session->sent + chunk == size;
    uint8_t buffer[LWS_PRE + CHUNK_BYTES];
    memcpy(buffer + LWS_PRE, body + session->sent, chunk);
    if (lws_write(wsi, buffer + LWS_PRE, chunk, last ? LWS_WRITE_HTTP_FINAL : LWS_WRITE_HTTP) < 0) {
        return -1;
    }
    session->sent += chunk;
    if (last) {
        return complete(wsi, session);
    }
    lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, ANSWER_TIMEOUT_S);
    lws_callback_on_writable(wsi);
    return 0;
}

static int on_writable(const struct http *http, struct lws *wsi, struct session *session)
{
    if (session->answer == NULL || session->sent_all) {
        return 0;
    }
    if (session->sent > 0) {
        return write_body(wsi, session);
    }
    if (!answer_write_head(session->answer, wsi, &http->policy, session->close_after)) {
        return -1;
    }
    /* Content-Length is that of the whole file also where no body follows (RFC 9110 §8.6). */
    if (session->head_only || session->answer->status == 304 || g_bytes_get_size(session->answer->body) == 0) {
        return complete(wsi, session);
    }
    return write_body(wsi, session);
}

static void session_clear(struct http *http, struct session *session)
{
    forget_request(http, session);
    g_clear_pointer(&session->answer, answer_free);
    g_clear_pointer(&session->upload, upload_unref);
}

int http_callback(struct lws *wsi, enum lws_callback_reasons reason, void *session, void *in, size_t length)
{
    const struct lws_protocols *protocol = lws_get_protocol(wsi);
    struct http *http = protocol != NULL ? protocol->user : NULL;
    if (http == NULL) {
        return 0; /* something about a socket that is no connection, such as the one that listens */
    }
    switch (reason) {
    case LWS_CALLBACK_HTTP:
        return on_request(http, wsi, session);
    case LWS_CALLBACK_HTTP_BODY:
        return on_body(session, in, length);
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
        return on_body_end(http, wsi, session);
    case LWS_CALLBACK_HTTP_WRITEABLE:
        return on_writable(http, wsi, session);
    case LWS_CALLBACK_HTTP_DROP_PROTOCOL:
    case LWS_CALLBACK_CLOSED_HTTP:
        if (session != NULL) {
            session_clear(http, session);
        }
        return 0;
    case LWS_CALLBACK_HTTP_CONFIRM_UPGRADE:
        return ws_confirm_upgrade(http->service->config, wsi);
    case LWS_CALLBACK_EVENT_WAIT_CANCELLED:
        http_pump(http);
        return 0;
    default:
        return 0;
    }
}

size_t http_session_size(void)
{
    return sizeof(struct session);
}

/* ---- the host ---- */

bool http_origin_allowed(const struct config *config, const char *origin, const char *host)
{
    if (origin == NULL) {
        return true;
    }
    if (config->http.public_url != NULL) {
        return g_ascii_strcasecmp(origin, config->http.public_url) == 0;
    }
    g_autofree char *own =
        g_strconcat(config->http.certificate != NULL ? "https://" : "http://", host != NULL ? host : "", NULL);
    return g_ascii_strcasecmp(origin, own) == 0;
}

struct http *http_new(struct service *service, void (*wake)(void *context), void *context)
{
    struct http *http = g_new0(struct http, 1);
    http->service = service;
    http->wake = wake;
    http->wake_context = context;
    answer_policy_init(&http->policy, service->config);
    http->waiting = g_hash_table_new(g_int64_hash, g_int64_equal);
    http->finished = g_async_queue_new_full(finished_free);
    http->uploads = uploads_new(service);
    g_autoptr(GError) error = NULL;
    g_autofree char *root = config_web_root(service->config);
    http->files = files_load(root, &error);
    if (http->files == NULL) {
        g_warning("event=no_pages reason=\"%s\" remedy=\"build signaling/web or set [http] web_root\"", error->message);
    }
    return http;
}

void http_free(struct http *http)
{
    if (http != NULL) {
        uploads_free(http->uploads);
        files_free(http->files);
        answer_policy_clear(&http->policy);
        g_hash_table_unref(http->waiting);
        g_async_queue_unref(http->finished);
        g_free(http);
    }
}
