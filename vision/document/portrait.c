#include "vision/document/portrait.h"

#include <math.h>

#define SCORE_MIN     0.8F
#define HEIGHT_MIN_PX 40.0F
#define JPEG_PX_MAX   640
#define AROUND        0.45F /* of the face's height, beside it; above and below more */

void portrait_clear(struct portrait *portrait)
{
    g_clear_pointer(&portrait->quality, json_decref);
    g_clear_pointer(&portrait->jpeg, g_bytes_unref);
    portrait->found = false;
}

static GBytes *encode(const struct image *straight, struct image_box face, int jpeg_quality)
{
    const float around = AROUND * face.height;
    struct image_box box = {face.x - around, face.y - around * 1.2F, face.width + 2 * around,
                            face.height + around * 2.2F};
    const float right = fminf(box.x + box.width, (float)straight->width);
    const float bottom = fminf(box.y + box.height, (float)straight->height);
    box.x = fmaxf(box.x, 0);
    box.y = fmaxf(box.y, 0);
    box.width = fmaxf(right - box.x, 8);
    box.height = fmaxf(bottom - box.y, 8);
    const float scale = fminf(1, JPEG_PX_MAX / fmaxf(box.width, box.height));
    const int width = MAX((int)lroundf(box.width * scale), 8), height = MAX((int)lroundf(box.height * scale), 8);
    g_autoptr(Image) crop = image_crop(straight, box, width, height, 0x808080);
    return image_encode_jpeg(crop, jpeg_quality);
}

static bool choose(struct networks *networks, const struct image *straight, float scale, struct face *face, bool *found,
                   GError **error)
{
    g_autoptr(GArray) faces = g_array_new(FALSE, FALSE, sizeof(struct face));
    *found = false;
    if (!face_detect(networks, straight, faces, error)) {
        return false;
    }
    for (guint i = 0; i < faces->len && !*found; i++) { /* largest first */
        *face = g_array_index(faces, struct face, i);
        *found = face->score >= SCORE_MIN && face->box.height * scale >= HEIGHT_MIN_PX;
    }
    return true;
}

bool portrait_find(struct networks *networks, const struct image *straight, float scale, int jpeg_quality,
                   struct portrait *portrait, GError **error)
{
    struct portrait found = {.found = false};
    if (!choose(networks, straight, scale, &found.face, &found.found, error)) {
        return false;
    }
    if (found.found) {
        if (!face_landmarks(networks, straight, &found.face, error)) {
            return false;
        }
        g_autoptr(Image) aligned = face_align(straight, &found.face);
        if (!face_embed(networks, aligned, found.embedding, error)) {
            return false;
        }
        found.quality = face_quality(networks, straight, &found.face, error);
        if (!found.quality) {
            return false;
        }
        found.jpeg = encode(straight, found.face.box, jpeg_quality);
    }
    *portrait = found;
    return true;
}
