/* liveness_op: the worker's side of clips and live streams. */
#include <gst/gst.h>

#include "vision/liveness/clip.h"
#include "vision/liveness/draw.h"
#include "vision/liveness/frame_wire.h"
#include "vision/liveness/measure.h"
#include "vision/liveness/stream.h"
#include "vision/process/op.h"

#define STREAMS_MAX 64             /* of one worker; the pool's live_max is far below */
#define CLIP_PX_MAX (3840u * 2160) /* of a video's frame */

static bool no_parameters(const char *op, GError **error)
{
    g_set_error(error, VISION_ERROR, VISION_ERROR_CONFIG, "%s: no such parameters", op);
    return false;
}

/* ---- "clip": in: the file; out: the frames, the best as JPEG, and as PNG with what was seen; each may be empty ----
 */

struct clip_job {
    struct measure measure;
    GArray *frames;
};

static bool clip_wants(void *data, int64_t time_us)
{
    const struct clip_job *job = data;
    return measure_wants(&job->measure, time_us);
}

static bool clip_take(void *data, const struct image *picture, int64_t time_us, GError **error)
{
    struct clip_job *job = data;
    struct vision_frame frame;
    if (!measure_frame(&job->measure, picture, time_us, &frame, error)) {
        return false;
    }
    g_array_append_val(job->frames, frame);
    return true;
}

static void add_pictures(struct op_tools *tools, struct op_call *call, const struct measure *measure, bool drawing)
{
    g_autoptr(GBytes) nothing = g_bytes_new_static("", 0);
    const struct image *best = measure->best;
    g_ptr_array_add(call->out, best != NULL ? image_encode_jpeg(best, tools->jpeg_quality) : g_bytes_ref(nothing));
    g_ptr_array_add(call->out, best != NULL && drawing ? draw_frame(best, &measure->best_frame) : g_bytes_ref(nothing));
}

static bool run_clip(struct op_tools *tools, struct op_call *call, GError **error)
{
    int drawing;
    if (call->in->len != 1 ||
        json_unpack_ex((json_t *)call->params, NULL, JSON_STRICT, "{s:b}", "draw", &drawing) != 0) {
        return no_parameters("clip", error);
    }
    struct clip_job job = {.frames = g_array_new(false, false, sizeof(struct vision_frame))};
    measure_init(&job.measure, tools->networks, true);
    const struct clip_limits limits = {.px_max = MIN(CLIP_PX_MAX, tools->picture_px_max),
                                       .length_max_us = CLIP_SECONDS_MAX * G_USEC_PER_SEC,
                                       .frames_max = CLIP_FRAMES_MAX};
    const struct clip_taker taker = {clip_wants, clip_take, &job};
    const bool ok = clip_decode(call->in->pdata[0], &limits, &taker, error);
    if (ok) {
        call->report = json_object();
        g_ptr_array_add(call->out, frames_write(job.frames));
        add_pictures(tools, call, &job.measure, drawing);
    }
    measure_clear(&job.measure);
    g_array_unref(job.frames);
    return ok;
}

/* ---- "live.…": streams by id ---- */

static void free_stream(void *stream)
{
    stream_free(stream);
}

static bool run_open(struct op_tools *tools, struct op_call *call, GError **error)
{
    static int64_t ids;
    int codec, payload_type;
    if (json_unpack_ex((json_t *)call->params, NULL, JSON_STRICT, "{s:i, s:i}", "codec", &codec, "payload_type",
                       &payload_type) != 0 ||
        (codec != VISION_CODEC_VP8 && codec != VISION_CODEC_H264)) {
        return no_parameters("live.open", error);
    }
    if (tools->live == NULL) {
        tools->live = g_hash_table_new_full(g_int64_hash, g_int64_equal, g_free, free_stream);
    }
    if (g_hash_table_size(tools->live) >= STREAMS_MAX) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_BUSY, "this worker has %u live streams", STREAMS_MAX);
        return false;
    }
    struct stream *stream = stream_new(tools->networks, (enum vision_codec)codec, (uint8_t)payload_type,
                                       MIN(CLIP_PX_MAX, tools->picture_px_max), error);
    if (stream == NULL) {
        return false;
    }
    const int64_t id = ++ids;
    g_hash_table_insert(tools->live, g_memdup2(&id, sizeof(id)), stream);
    call->report = json_pack("{s:I}", "id", (json_int_t)id);
    return true;
}

static struct stream *find_stream(const struct op_tools *tools, const struct op_call *call, GError **error)
{
    json_int_t id;
    if (json_unpack_ex((json_t *)call->params, NULL, JSON_STRICT, "{s:I}", "id", &id) != 0) {
        no_parameters("live", error);
        return NULL;
    }
    const int64_t key = id;
    struct stream *stream = tools->live != NULL ? g_hash_table_lookup(tools->live, &key) : NULL;
    if (stream == NULL) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_LIVE_GONE, "the live stream has been closed");
    }
    return stream;
}

/* in: RTP packets; out: the frames that they complete. */
static bool run_push(struct op_tools *tools, struct op_call *call, GError **error)
{
    struct stream *stream = find_stream(tools, call, error);
    if (stream == NULL) {
        return false;
    }
    g_autoptr(GArray) frames = g_array_new(false, false, sizeof(struct vision_frame));
    if (!stream_push(stream, call->in, frames, error)) {
        return false;
    }
    call->report = json_object();
    g_ptr_array_add(call->out, frames_write(frames));
    return true;
}

/* out: the JPEG, its embedding. */
static bool run_best(struct op_tools *tools, struct op_call *call, GError **error)
{
    struct stream *stream = find_stream(tools, call, error);
    if (stream == NULL) {
        return false;
    }
    const struct vision_frame *frame;
    const struct image *best = stream_best(stream, &frame);
    if (best == NULL) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_NO_FACE, "no frame of the live stream shows a face");
        return false;
    }
    call->report = json_pack("{s:i, s:i}", "width", best->width, "height", best->height);
    g_ptr_array_add(call->out, image_encode_jpeg(best, tools->jpeg_quality));
    g_ptr_array_add(call->out, g_bytes_new(frame->embedding, sizeof(frame->embedding)));
    return true;
}

static bool run_close(struct op_tools *tools, struct op_call *call, GError **error)
{
    json_int_t id;
    if (json_unpack_ex((json_t *)call->params, NULL, JSON_STRICT, "{s:I}", "id", &id) != 0) {
        return no_parameters("live.close", error);
    }
    const int64_t key = id;
    if (tools->live != NULL) {
        g_hash_table_remove(tools->live, &key);
    }
    call->report = json_object();
    return true;
}

const struct op liveness_ops[] = {{"clip", run_clip},      {"live.open", run_open},   {"live.push", run_push},
                                  {"live.best", run_best}, {"live.close", run_close}, {0}};

bool liveness_ops_prepare(GError **error)
{
    g_autoptr(GError) cause = NULL;
    if (!gst_init_check(NULL, NULL, &cause)) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_CONFIG, "GStreamer does not start: %s", cause->message);
        return false;
    }
    return stream_load(error) && clip_load(error);
}
