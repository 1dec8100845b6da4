#include "vision/face/drawing.h"

#include <math.h>

#define GOOD    0x18a048u
#define POOR    0xe05020u
#define POINT   0x20a0ffu
#define SIDE_PX 1600

static void draw_reasons(struct image *image, const json_t *reasons, float line_px)
{
    struct image_point at = {line_px / 2, line_px * 1.5F};
    size_t i;
    json_t *reason;
    if (json_array_size(reasons) == 0) {
        image_draw_text(image, at, "usable", GOOD, line_px);
    }
    json_array_foreach(reasons, i, reason)
    {
        image_draw_text(image, at, json_string_value(json_object_get(reason, "message")), POOR, line_px);
        at.y += line_px * 1.6F;
    }
}

GBytes *face_drawing(const struct image *picture, const struct face *face, const json_t *report)
{
    const float scale = fminf(1, (float)SIDE_PX / (float)MAX(picture->width, picture->height));
    g_autoptr(Image) image = image_resize(picture, MAX((int)lroundf((float)picture->width * scale), 1),
                                          MAX((int)lroundf((float)picture->height * scale), 1));
    const json_t *quality = json_object_get(report, "quality");
    const bool usable = json_is_true(json_object_get(quality, "usable"));
    const struct image_box box = {face->box.x * scale, face->box.y * scale, face->box.width * scale,
                                  face->box.height * scale};
    image_draw_box(image, box, usable ? GOOD : POOR, 2);
    for (unsigned i = 0; i < FACE_LANDMARKS; i++) {
        const struct image_point at = {face->landmarks[i].x * scale, face->landmarks[i].y * scale};
        image_draw_point(image, at, POINT, MAX(1, (int)(box.height / 120)));
    }
    draw_reasons(image, json_object_get(quality, "reasons"), fmaxf((float)image->height / 36, 9));
    return image_encode_png(image);
}
