/* Pictures of face checks on the server loop: which request is for what, and bodies on their way in. */
#include "signaling/http_private.h"

#define LOOK_TIMEOUT_S 90 /* for a picture to be looked at, others before it */

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

/* The whole picture is there: it is looked at elsewhere, the pool's threads are for what is quick. */
static void look_at(struct http *http, struct lws *wsi, struct session *session)
{
    const struct job job = {.make = make_material, .upload = g_steal_pointer(&session->upload)};
    http_ask(http, wsi, session, &job, uploads_threads(http->uploads), LOOK_TIMEOUT_S);
}

void http_picture_go_on(struct http *http, struct lws *wsi, struct session *session)
{
    session->admitted = true;
    lws_set_timeout(wsi, PENDING_TIMEOUT_HTTP_CONTENT, (int)http->service->config->http.request_timeout_s);
    if (!session->body_due) {
        look_at(http, wsi, session);
    }
}

/* False: the length is not given. What it says of a chunked body does not count (RFC 9112 §6.3). */
static bool content_length(struct lws *wsi, uint64_t *length)
{
    g_autofree char *text = http_header(wsi, WSI_TOKEN_HTTP_CONTENT_LENGTH, 20);
    return text != NULL && lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_TRANSFER_ENCODING) == 0 &&
           g_ascii_string_to_unsigned(text, 10, 0, UINT64_MAX, length, NULL);
}

/* What the head alone says is refused before a byte of the body is read. */
static void begin_upload(struct http *http, struct lws *wsi, struct session *session, struct facecheck_path *path)
{
    uint64_t length = 0;
    const bool known = content_length(wsi, &length);
    g_autofree char *token = http_bearer(wsi, session);
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
        http_ask_pool(http, wsi, session,
                      &(const struct job){.make = make_admission, .upload = upload_ref(session->upload)});
    }
}

static struct answer *answer_not_allowed(const char *allow)
{
    struct answer *answer = answer_error(405, "method_not_allowed", "This is not done here");
    answer->allow = allow;
    return answer;
}

void http_picture(struct http *http, struct lws *wsi, struct session *session, int method, struct facecheck_path *path)
{
    enum material_kind kind;
    const bool submitted = facecheck_path_material(path, &kind);
    struct job job = {.make = method == LWSHUMETH_DELETE ? make_deletion : make_picture};
    if (method == LWSHUMETH_PUT && submitted) {
        begin_upload(http, wsi, session, path);
    } else if (http_has_body(wsi)) {
        session->close_after = true;
        session->answer = answer_error(400, "bad_request", "This request takes no body");
    } else if (method == LWSHUMETH_GET || method == LWSHUMETH_HEAD || (method == LWSHUMETH_DELETE && submitted)) {
        if ((job.token = http_bearer(wsi, session)) != NULL) {
            job.path = *path;
            *path = (struct facecheck_path){0};
            http_ask_pool(http, wsi, session, &job);
        }
    } else {
        session->answer = answer_not_allowed(submitted ? "GET, HEAD, PUT, DELETE" : "GET, HEAD");
    }
}

/* Of a refused one the bytes are nothing any more; each of them would begin libwebsockets' timeout anew. */
int http_picture_body(struct session *session, const void *bytes, size_t length)
{
    if (session->upload == NULL) {
        return session->sent_all && g_get_monotonic_time() > session->linger_ends_us ? -1 : 0;
    }
    return upload_receive(session->upload, bytes, length) ? 0 : -1;
}

int http_picture_body_end(struct http *http, struct lws *wsi, struct session *session)
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
