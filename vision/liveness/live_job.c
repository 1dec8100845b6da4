/* live_job: the caller's side of vision_live_…: a stream is bound to one life of one worker, where its state is. */
#include <openssl/sha.h>
#include <string.h>

#include "vision/liveness/frame_wire.h"
#include "vision/process/pool.h"

#define OPEN_MS  5000
#define CLOSE_MS 2000

struct vision_live {
    struct vision_pool *pool;
    struct pool_binding binding;
    json_t *params;  /* {"id"} */
    int64_t last_us; /* of the last frame */
};

static bool run(const struct vision_live *live, const char *op, json_t *params, const GPtrArray *in,
                unsigned deadline_ms, struct pool_reply *reply, GError **error)
{
    const struct pool_job job = {.op = op,
                                 .priority = VISION_LIVE,
                                 .params = params,
                                 .in = in,
                                 .deadline_us = g_get_monotonic_time() + deadline_ms * INT64_C(1000),
                                 .binding = live->binding};
    return pool_run(live->pool, &job, reply, error);
}

static bool refuse_answer(GError **error)
{
    g_set_error(error, VISION_ERROR, VISION_ERROR_DECODE, "the worker's answer is none to a live stream's question");
    return false;
}

/* ---- opening ---- */

static bool open_stream(struct vision_live *live, enum vision_codec codec, uint8_t payload_type, GError **error)
{
    json_t *params = json_pack("{s:i, s:i}", "codec", (int)codec, "payload_type", (int)payload_type);
    struct pool_reply reply = {0};
    json_int_t id = 0;
    bool ok = run(live, "live.open", params, NULL, OPEN_MS, &reply, error);
    if (ok && json_unpack_ex(reply.report, NULL, JSON_STRICT, "{s:I}", "id", &id) != 0) {
        ok = refuse_answer(error);
    }
    if (ok) {
        live->params = json_pack("{s:I}", "id", id);
    }
    pool_reply_clear(&reply);
    json_decref(params);
    return ok;
}

struct vision_live *vision_live_open(struct vision_pool *pool, enum vision_codec codec, uint8_t payload_type,
                                     GError **error)
{
    struct pool_binding binding;
    if (!pool_bind(pool, &binding, error)) {
        return NULL;
    }
    struct vision_live *live = g_new0(struct vision_live, 1);
    *live = (struct vision_live){.pool = pool, .binding = binding, .last_us = -1};
    if (!open_stream(live, codec, payload_type, error)) {
        pool_unbind(pool, &binding);
        g_free(live);
        return NULL;
    }
    return live;
}

void vision_live_close(struct vision_live *live)
{
    if (live == NULL) {
        return;
    }
    struct pool_reply reply = {0};
    run(live, "live.close", live->params, NULL, CLOSE_MS, &reply, NULL); /* a worker that is gone has closed it */
    pool_reply_clear(&reply);
    pool_unbind(live->pool, &live->binding);
    json_decref(live->params);
    g_free(live);
}

/* ---- running ---- */

bool vision_live_push(struct vision_live *live, const GPtrArray *packets, unsigned deadline_ms, GArray *frames,
                      GError **error)
{
    struct pool_reply reply = {0};
    const unsigned before = frames->len;
    bool ok = run(live, "live.push", live->params, packets, deadline_ms, &reply, error);
    if (ok && (reply.out->len != 1 || !frames_read(reply.out->pdata[0], live->last_us, frames))) {
        ok = refuse_answer(error);
    }
    if (frames->len > before) {
        live->last_us = g_array_index(frames, struct vision_frame, frames->len - 1).time_us;
    }
    pool_reply_clear(&reply);
    return ok;
}

static bool take_best(const struct vision_live *live, const struct pool_reply *reply, struct vision_picture *picture,
                      float embedding[VISION_EMBEDDING], GError **error)
{
    int width, height;
    if (json_unpack_ex(reply->report, NULL, JSON_STRICT, "{s:i, s:i}", "width", &width, "height", &height) != 0 ||
        width <= 0 || height <= 0 || (uint64_t)width * (uint64_t)height > pool_config(live->pool)->picture_px_max ||
        reply->out->len != 2 || !looks_like_jpeg(reply->out->pdata[0]) ||
        !embedding_read(reply->out->pdata[1], embedding)) {
        return refuse_answer(error);
    }
    size_t size;
    const uint8_t *jpeg = g_bytes_get_data(reply->out->pdata[0], &size);
    *picture = (struct vision_picture){
        .jpeg = g_bytes_ref(reply->out->pdata[0]), .width = (unsigned)width, .height = (unsigned)height};
    SHA256(jpeg, size, picture->jpeg_sha256);
    return true;
}

bool vision_live_best(struct vision_live *live, unsigned deadline_ms, struct vision_picture *picture,
                      float embedding[VISION_EMBEDDING], GError **error)
{
    struct pool_reply reply = {0};
    const bool ok = run(live, "live.best", live->params, NULL, deadline_ms, &reply, error) &&
                    take_best(live, &reply, picture, embedding, error);
    pool_reply_clear(&reply);
    return ok;
}
