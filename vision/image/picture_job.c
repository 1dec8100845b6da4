/* picture_job: the caller's side of vision_look. */
#include "vision/process/answer.h"
#include "vision/process/pool.h"

static bool take(const struct pool_reply *reply, uint32_t picture_px_max, struct vision_look *look, GError **error)
{
    int width = 0, height = 0;
    if (json_unpack_ex(reply->report, NULL, JSON_STRICT, "{s:i, s:i}", "width", &width, "height", &height) != 0 ||
        width <= 0 || height <= 0 || (uint64_t)width * (uint64_t)height > picture_px_max || reply->out->len != 1 ||
        !answer_is_jpeg(reply->out->pdata[0])) {
        return answer_refuse("picture", error);
    }
    *look = (struct vision_look){(unsigned)width, (unsigned)height, g_bytes_ref(reply->out->pdata[0])};
    return true;
}

bool vision_look(struct vision_pool *pool, const struct vision_input *input, unsigned thumbnail_px,
                 struct vision_look *look, GError **error)
{
    json_t *params = json_pack("{s:b, s:i}", "jpeg_only", input->jpeg_only, "thumbnail_px", (int)thumbnail_px);
    g_autoptr(GPtrArray) in = g_ptr_array_new();
    g_ptr_array_add(in, input->bytes);
    const struct pool_job job = {.op = "picture",
                                 .priority = input->priority,
                                 .params = params,
                                 .in = in,
                                 .deadline_us = g_get_monotonic_time() + input->deadline_ms * INT64_C(1000)};
    struct pool_reply reply = {0};
    const bool ok = pool_run(pool, &job, &reply, error) && take(&reply, pool_config(pool)->picture_px_max, look, error);
    pool_reply_clear(&reply);
    json_decref(params);
    return ok;
}

void vision_look_clear(struct vision_look *look)
{
    g_clear_pointer(&look->thumbnail, g_bytes_unref);
}
