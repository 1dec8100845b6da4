#include "signaling/http_private.h"

#include "signaling/appointment_rest.h"
#include "signaling/files.h"
#include "signaling/methods/capture.h"
#include "signaling/metrics.h"
#include "signaling/refusal.h"
#include "signaling/ws.h"

#include <string.h>

#define CHUNK_BYTES     16384
#define PATH_BYTES_MAX  1024
#define TOKEN_BYTES_MAX 128
#define WRITE_TIMEOUT_S 30 /* for a chunk to be taken */
#define LINGER_S        5  /* for the rest of a body that is refused: who is hung up on while sending reads no answer */
#define CAPTURES_PATH   "/v1/captures/"
#define CAPTURE_ID_MAX  64

/* ---- answers ---- */

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

/* ---- headers ---- */

char *http_header(struct lws *wsi, enum lws_token_indexes token, int bytes_max)
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

char *http_bearer(struct lws *wsi, struct session *session)
{
    g_autofree char *authorization = http_header(wsi, WSI_TOKEN_HTTP_AUTHORIZATION, TOKEN_BYTES_MAX);
    if (authorization == NULL || g_ascii_strncasecmp(authorization, "Bearer ", 7) != 0) {
        session->answer = answer_error(401, "not_signed_in", "Send Authorization: Bearer and the session's token");
        return NULL;
    }
    return g_strdup(authorization + 7);
}

bool http_has_length(struct lws *wsi)
{
    return lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH) > 0;
}

bool http_has_body(struct lws *wsi)
{
    g_autofree char *length = http_header(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, 1);
    return (http_has_length(wsi) && g_strcmp0(length, "0") != 0) ||
           lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) > 0;
}

/* ---- requests ---- */

static struct answer *make_metrics(struct job *job)
{
    return answer_text(200, "text/plain; version=0.0.4; charset=utf-8", metrics_text(job->http->service));
}

static struct answer *make_capture(struct job *job)
{
    g_autoptr(GError) error = NULL;
    GBytes *jpeg = capture_download(job->http->service, job->token, job->id, &error);
    if (jpeg != NULL) {
        return answer_new(200, "image/jpeg", jpeg);
    }
    return refusal_answer(error);
}

static struct answer *make_appointment(struct job *job)
{
    return appointment_rest_get(job->http->service, job->token, job->id);
}

static bool from_loopback(struct lws *wsi)
{
    char address[64];
    /* Whoever comes through a proxy is not local, though the proxy is. */
    return config_is_loopback(lws_get_peer_simple(wsi, address, sizeof address)) &&
           lws_hdr_total_length(wsi, WSI_TOKEN_X_FORWARDED_FOR) == 0;
}

static void ask_capture(struct http *http, struct lws *wsi, struct session *session, const char *id)
{
    struct job job = {.make = make_capture};
    if (strlen(id) > CAPTURE_ID_MAX) {
        session->answer = answer_error(404, "not_found", "There is no such capture");
    } else if ((job.token = http_bearer(wsi, session)) != NULL) {
        job.id = g_strdup(id);
        http_ask_pool(http, wsi, session, &job);
    }
}

static void ask_appointment(struct http *http, struct lws *wsi, struct session *session, const char *path)
{
    struct job job = {.make = make_appointment, .id = appointment_path_parse(path)};
    if (job.id == NULL) {
        session->answer = answer_error(404, "not_found", "There is nothing at this address");
    } else if ((job.token = http_bearer(wsi, session)) != NULL) {
        http_ask_pool(http, wsi, session, &job);
    } else {
        g_free(job.id);
    }
}

/* Sets session->answer, or leaves it to the pool. */
static void route(struct http *http, struct lws *wsi, struct session *session, const char *path)
{
    if (strcmp(path, "/v1/health") == 0) {
        session->answer = answer_health(http->service);
    } else if (strcmp(path, "/v1/metrics") == 0) {
        if (from_loopback(wsi)) {
            http_ask_pool(http, wsi, session, &(const struct job){.make = make_metrics});
        } else {
            session->answer = answer_error(403, "forbidden", "Metrics are for this machine only");
        }
    } else if (strcmp(path, WS_PATH) == 0) {
        session->answer = answer_error(426, "upgrade_required", "This is a WebSocket; open it as one");
    } else if (g_str_has_prefix(path, CAPTURES_PATH)) {
        ask_capture(http, wsi, session, path + strlen(CAPTURES_PATH));
    } else if (g_str_has_prefix(path, INTERVIEWS_PATH)) {
        ask_appointment(http, wsi, session, path);
    } else {
        g_autofree char *known_etag = http_header(wsi, WSI_TOKEN_HTTP_IF_NONE_MATCH, 64);
        session->answer = answer_page(http, path, known_etag);
    }
}

/* ---- every request ---- */

static bool is_served(int method)
{
    return method == LWSHUMETH_GET || method == LWSHUMETH_HEAD;
}

static void refuse_method(struct lws *wsi, struct session *session)
{
    session->close_after = true; /* nothing else takes a body: do not read it */
    session->answer = http_has_length(wsi)
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
    struct picture_target picture = {0};
    session->head_only = method == LWSHUMETH_HEAD;
    if (path != NULL && picture_target_parse(path, &picture)) {
        http_picture(http, wsi, session, method, &picture);
        picture_target_clear(&picture);
    } else if (!is_served(method)) {
        refuse_method(wsi, session);
    } else if (http_has_body(wsi)) {
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
    lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, WRITE_TIMEOUT_S);
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
    http_forget(http, session);
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
        return http_picture_body(session, in, length);
    case LWS_CALLBACK_HTTP_BODY_COMPLETION:
        return http_picture_body_end(http, wsi, session);
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
    http->finished = http_finished_new();
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
