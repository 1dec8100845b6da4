#include "vision/face/portrait.h"

static json_t *number(float value)
{
    return json_real((double)value);
}

static json_t *box_json(const struct image_box *box)
{
    return json_pack("[o, o, o, o]", number(box->x), number(box->y), number(box->width), number(box->height));
}

static json_t *landmarks_json(const struct face *face)
{
    json_t *points = json_array();
    for (unsigned i = 0; i < FACE_LANDMARKS; i++) {
        json_array_append_new(points, json_pack("[o, o]", number(face->landmarks[i].x), number(face->landmarks[i].y)));
    }
    return points;
}

json_t *face_quality(struct networks *networks, const struct image *picture, const struct face *face, GError **error)
{
    struct face_quality quality;
    return face_quality_measure(networks, picture, face, &quality, error) ? quality_to_json(&quality) : NULL;
}

json_t *face_report(struct networks *networks, const struct image *picture, const struct face *face, unsigned faces,
                    float embedding[VISION_EMBEDDING], GError **error)
{
    struct face_quality quality;
    g_autoptr(Image) aligned = face_align(picture, face);
    if (!face_embed(networks, aligned, embedding, error) ||
        !face_quality_measure(networks, picture, face, &quality, error)) {
        return NULL;
    }
    return json_pack("{s:i, s:i, s:o, s:o, s:i, s:o, s:o, s:i, s:o}", "width", picture->width, "height",
                     picture->height, "box", box_json(&face->box), "score", number(face->score), "rotation",
                     face->rotation, "landmarks", landmarks_json(face), "quality", quality_to_json(&quality), "faces",
                     (int)faces, "portrait", portrait_checks(picture, face, faces, &quality));
}
