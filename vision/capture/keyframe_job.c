/* keyframe_job: the caller's side of vision_decode_keyframe. */
#include <openssl/sha.h>
#include <string.h>

#include "vision/process/pool.h"

/* The least that makes these bytes a JPEG: where it begins, and that it ends. */
static bool is_jpeg(GBytes *bytes)
{
    size_t size;
    const uint8_t *at = g_bytes_get_data(bytes, &size);
    return size > 4 && at[0] == 0xff && at[1] == 0xd8 && at[2] == 0xff && at[size - 2] == 0xff && at[size - 1] == 0xd9;
}

static bool take_picture(const struct pool_reply *reply, unsigned picture_px_max, struct vision_picture *picture,
                         GError **error)
{
    int width = 0, height = 0;
    const bool ok =
        json_unpack_ex(reply->report, NULL, JSON_STRICT, "{s:i, s:i}", "width", &width, "height", &height) == 0 &&
        width > 0 && height > 0 && (uint64_t)width * (uint64_t)height <= picture_px_max && reply->out->len == 2 &&
        is_jpeg(reply->out->pdata[0]) && g_bytes_get_size(reply->out->pdata[1]) == sizeof picture->frame_sha256;
    if (!ok) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_DECODE, "the worker's answer is no picture");
        return false;
    }
    size_t size;
    picture->jpeg = g_bytes_ref(reply->out->pdata[0]);
    const uint8_t *jpeg = g_bytes_get_data(picture->jpeg, &size);
    SHA256(jpeg, size, picture->jpeg_sha256);
    memcpy(picture->frame_sha256, g_bytes_get_data(reply->out->pdata[1], NULL), sizeof picture->frame_sha256);
    picture->width = (unsigned)width;
    picture->height = (unsigned)height;
    return true;
}

bool vision_decode_keyframe(struct vision_pool *pool, const struct vision_keyframe *keyframe, unsigned deadline_ms,
                            struct vision_picture *picture, GError **error)
{
    const int64_t deadline_us = g_get_monotonic_time() + deadline_ms * INT64_C(1000);
    json_t *params = json_pack("{s:i, s:i, s:I}", "codec", (int)keyframe->codec, "payload_type",
                               (int)keyframe->payload_type, "deadline_us", (json_int_t)deadline_us);
    const struct pool_job job = {.op = "keyframe",
                                 .priority = VISION_CAPTURE,
                                 .params = params,
                                 .in = keyframe->packets,
                                 .deadline_us = deadline_us};
    struct pool_reply reply = {0};
    const bool ok =
        pool_run(pool, &job, &reply, error) && take_picture(&reply, pool_config(pool)->picture_px_max, picture, error);
    pool_reply_clear(&reply);
    json_decref(params);
    return ok;
}
