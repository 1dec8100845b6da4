/* face_job: the caller's side of faces: asks a worker to look, and compares what it saw. */
#include "vision/face/face.h"
#include "vision/face/match.h"
#include "vision/process/answer.h"
#include "vision/process/pool.h"

#include <string.h>

/* {"conforms", "checks": [{"check", "passed", "value", "message"}]} */
static bool is_portrait(const json_t *portrait)
{
    size_t i;
    json_t *checks, *entry;
    int conforms, passed;
    if (json_unpack_ex((json_t *)portrait, NULL, JSON_STRICT, "{s:b, s:o}", "conforms", &conforms, "checks", &checks) !=
            0 ||
        !json_is_array(checks)) {
        return false;
    }
    json_array_foreach(checks, i, entry)
    {
        const char *name, *message;
        json_t *value;
        if (json_unpack_ex(entry, NULL, JSON_STRICT, "{s:s, s:b, s:o, s:s}", "check", &name, "passed", &passed, "value",
                           &value, "message", &message) != 0 ||
            !(json_is_number(value) || json_is_null(value))) {
            return false;
        }
    }
    return true;
}

static bool is_report(json_t *report, uint32_t picture_px_max)
{
    int width, height, rotation, faces;
    double score;
    json_t *box, *landmarks, *quality, *portrait;
    return json_unpack_ex(report, NULL, JSON_STRICT, "{s:i, s:i, s:o, s:F, s:i, s:o, s:o, s:i, s:o}", "width", &width,
                          "height", &height, "box", &box, "score", &score, "rotation", &rotation, "landmarks",
                          &landmarks, "quality", &quality, "faces", &faces, "portrait", &portrait) == 0 &&
           width > 0 && height > 0 && (uint64_t)width * (uint64_t)height <= picture_px_max && rotation >= 0 &&
           rotation < 360 && rotation % 90 == 0 && faces > 0 && answer_is_numbers(box, 4) &&
           answer_is_points(landmarks, FACE_LANDMARKS) && answer_is_quality(quality) && is_portrait(portrait);
}

static bool take_face(const struct pool_reply *reply, bool draw, uint32_t picture_px_max, struct vision_face *face,
                      GError **error)
{
    float embedding[VISION_EMBEDDING];
    if (reply->out->len != (draw ? 2U : 1U) || !is_report(reply->report, picture_px_max) ||
        !answer_take_embedding(reply->out->pdata[0], embedding) || (draw && !answer_is_png(reply->out->pdata[1]))) {
        return answer_refuse("face", error);
    }
    face->report = json_incref(reply->report);
    memcpy(face->embedding, embedding, sizeof(embedding));
    face->drawing = draw ? g_bytes_ref(reply->out->pdata[1]) : NULL;
    return true;
}

bool vision_face(struct vision_pool *pool, const struct vision_input *input, struct vision_face *face, GError **error)
{
    const bool draw = input->drawing == VISION_DRAW;
    json_t *params = json_pack("{s:b, s:b}", "jpeg_only", input->jpeg_only, "draw", draw);
    g_autoptr(GPtrArray) in = g_ptr_array_new();
    g_ptr_array_add(in, input->bytes);
    const struct pool_job job = {.op = "face",
                                 .priority = input->priority,
                                 .params = params,
                                 .in = in,
                                 .deadline_us = g_get_monotonic_time() + input->deadline_ms * INT64_C(1000)};
    struct pool_reply reply = {0};
    const bool ok =
        pool_run(pool, &job, &reply, error) && take_face(&reply, draw, pool_config(pool)->picture_px_max, face, error);
    pool_reply_clear(&reply);
    json_decref(params);
    return ok;
}

void vision_face_clear(struct vision_face *face)
{
    g_clear_pointer(&face->report, json_decref);
    g_clear_pointer(&face->drawing, g_bytes_unref);
}

struct vision_comparison vision_compare(const struct vision_pool *pool, const float a[VISION_EMBEDDING],
                                        const float b[VISION_EMBEDDING])
{
    const double score = match_cosine(a, b);
    return (struct vision_comparison){.decision = match_decide(pool_thresholds(pool), score), .score = score};
}

json_t *vision_compare_three(const struct vision_pool *pool, const float *portrait, const float *page,
                             const float *live)
{
    return match_three(pool_thresholds(pool), portrait, page, live);
}

json_t *vision_thresholds(const struct vision_pool *pool)
{
    return json_deep_copy(pool_thresholds(pool)->document);
}
