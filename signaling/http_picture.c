/* Pictures of face checks and orders on the server loop: which request is for what, and bodies on their way in. */
#include "signaling/http_private.h"

#define CONTENT_RANGE_MAX 64
#define QUERY_MAX         64
#define LOOK_TIMEOUT_S    90 /* for a picture to be looked at, others before it */

static struct answer *make_picture(struct job *job)
{
    return picture_rest_get(job->http->service, job->token, &job->picture);
}

static struct answer *make_deletion(struct job *job)
{
    return picture_rest_delete(job->http->service, job->token, &job->picture);
}

static struct answer *make_progress(struct job *job)
{
    return uploads_progress(job->http->uploads, job->token, &job->picture);
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

/* What the head alone says is wrong with an upload; NULL: nothing, and `range` is set. */
static struct answer *refuse_head(struct lws *wsi, const struct picture_target *picture, bool known, uint64_t length,
                                  struct upload_range *range)
{
    g_autofree char *content_range = http_header(wsi, WSI_TOKEN_HTTP_CONTENT_RANGE, CONTENT_RANGE_MAX);
    if (!known) {
        return answer_error(411, "length_required", "A picture is sent with Content-Length");
    }
    if (length == 0) {
        return answer_error(422, "empty", "The picture is empty");
    }
    if (length > VISION_JPEG_BYTES_MAX) {
        return answer_error(413, "file_too_large", "A picture has at most 5 MiB (D-11)");
    }
    if (lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_CONTENT_RANGE) > 0 &&
        (content_range == NULL || !picture_target_is_resumable(picture))) {
        return answer_error(400, "bad_request", "This picture is sent whole, without Content-Range");
    }
    return upload_range_parse(content_range, (size_t)length, range)
               ? NULL
               : answer_error(416, "bad_range",
                              "Content-Range is bytes FROM-TO/TOTAL of these very bytes, TOTAL at most "
                              "5 MiB (D-11)");
}

/* What the head alone says is refused before a byte of the body is read. */
static void begin_upload(struct http *http, struct lws *wsi, struct session *session, struct picture_target *picture)
{
    uint64_t length = 0;
    struct upload_range range = {0};
    const bool known = content_length(wsi, &length);
    g_autofree char *token = http_bearer(wsi, session);
    session->body_due = length > 0;
    session->close_after = !known || length > 0;
    if (token == NULL || (session->answer = refuse_head(wsi, picture, known, length, &range)) != NULL) {
        return;
    }
    session->close_after = false;
    session->upload = upload_new(http->uploads, picture, token, range);
    session->paused = true;
    lws_rx_flow_control(wsi, 0); /* but for what has come with the head */
    http_ask_pool(http, wsi, session,
                  &(const struct job){.make = make_admission, .upload = upload_ref(session->upload)});
}

/* ?width=320, of an order's picture alone. False: something else is asked for. */
static bool read_query(struct lws *wsi, struct picture_target *picture)
{
    g_autofree char *query = http_header(wsi, WSI_TOKEN_HTTP_URI_ARGS, QUERY_MAX);
    if (lws_hdr_total_length(wsi, WSI_TOKEN_HTTP_URI_ARGS) <= 0 || picture->owner != PICTURE_OF_ORDER) {
        return true; /* what is not asked for here was never looked at */
    }
    picture->order.thumbnail = g_strcmp0(query, "width=" G_STRINGIFY(ORDER_THUMBNAIL_PX)) == 0;
    return picture->order.thumbnail;
}

static struct answer *answer_not_allowed(const char *allow)
{
    struct answer *answer = answer_error(405, "method_not_allowed", "This is not done here");
    answer->allow = allow;
    return answer;
}

/* Its answer is made on the pool. */
static void ask(struct http *http, struct lws *wsi, struct session *session, struct answer *(*make)(struct job *job),
                struct picture_target *picture)
{
    struct job job = {.make = make, .token = http_bearer(wsi, session)};
    if (job.token != NULL) {
        job.picture = *picture;
        *picture = (struct picture_target){0};
        http_ask_pool(http, wsi, session, &job);
    }
}

void http_picture(struct http *http, struct lws *wsi, struct session *session, int method,
                  struct picture_target *picture)
{
    const bool submitted = picture_target_is_submitted(picture);
    const bool progress = picture->owner == PICTURE_OF_ORDER && picture->order.progress;
    if (method == LWSHUMETH_PUT && submitted) {
        begin_upload(http, wsi, session, picture);
    } else if (http_has_body(wsi)) {
        session->close_after = true;
        session->answer = answer_error(400, "bad_request", "This request takes no body");
    } else if (!read_query(wsi, picture)) {
        session->answer = answer_error(400, "bad_request", "There is ?width=320 and nothing else");
    } else if (method == LWSHUMETH_GET || method == LWSHUMETH_HEAD) {
        ask(http, wsi, session, progress ? make_progress : make_picture, picture);
    } else if (method == LWSHUMETH_DELETE && submitted) {
        ask(http, wsi, session, make_deletion, picture);
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
