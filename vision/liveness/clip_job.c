/* clip_job: the caller's side of vision_clip_measure. */
#include "vision/liveness/frame_wire.h"
#include "vision/process/pool.h"

void vision_clip_clear(struct vision_clip *clip)
{
    g_clear_pointer(&clip->frames, g_array_unref);
    g_clear_pointer(&clip->drawing, g_bytes_unref);
    g_clear_pointer(&clip->best, g_bytes_unref);
}

static double frame_rate(const GArray *frames)
{
    if (frames->len < 2) {
        return 0;
    }
    const int64_t length_us = g_array_index(frames, struct vision_frame, frames->len - 1).time_us -
                              g_array_index(frames, struct vision_frame, 0).time_us;
    return (frames->len - 1) * (double)G_USEC_PER_SEC / (double)length_us;
}

/* NULL for what is empty. */
static GBytes *unless_empty(GBytes *bytes)
{
    return g_bytes_get_size(bytes) > 0 ? g_bytes_ref(bytes) : NULL;
}

static bool take_clip(const struct pool_reply *reply, struct vision_clip *clip, GError **error)
{
    struct vision_clip taken = {.frames = g_array_new(false, false, sizeof(struct vision_frame))};
    bool ok = reply->out->len == 3 && frames_read(reply->out->pdata[0], -1, taken.frames) && taken.frames->len > 0;
    if (ok) {
        taken.best = unless_empty(reply->out->pdata[1]);
        taken.drawing = unless_empty(reply->out->pdata[2]);
        taken.frame_rate = frame_rate(taken.frames);
        ok = (taken.best == NULL || looks_like_jpeg(taken.best)) &&
             (taken.drawing == NULL || looks_like_png(taken.drawing));
    }
    if (!ok) {
        vision_clip_clear(&taken);
        g_set_error(error, VISION_ERROR, VISION_ERROR_DECODE, "the worker's answer is no measured video");
        return false;
    }
    *clip = taken;
    return true;
}

static bool check_input(const struct vision_input *input, GError **error)
{
    const size_t size = g_bytes_get_size(input->bytes);
    if (size == 0) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_EMPTY, "the file is empty");
        return false;
    }
    if (size > VISION_FILE_BYTES_MAX) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_FILE_TOO_LARGE, "the video has %zu bytes: at most %u are taken",
                    size, VISION_FILE_BYTES_MAX);
        return false;
    }
    return true;
}

bool vision_clip_measure(struct vision_pool *pool, const struct vision_input *input, struct vision_clip *clip,
                         GError **error)
{
    if (!check_input(input, error)) {
        return false;
    }
    g_autoptr(GPtrArray) in = g_ptr_array_new();
    g_ptr_array_add(in, input->bytes);
    json_t *params = json_pack("{s:b}", "draw", input->drawing == VISION_DRAW);
    const struct pool_job job = {.op = "clip",
                                 .priority = input->priority,
                                 .params = params,
                                 .in = in,
                                 .deadline_us = g_get_monotonic_time() + input->deadline_ms * INT64_C(1000)};
    struct pool_reply reply = {0};
    const bool ok = pool_run(pool, &job, &reply, error) && take_clip(&reply, clip, error);
    pool_reply_clear(&reply);
    json_decref(params);
    return ok;
}
