#include "vision/liveness/draw.h"

#define GREEN 0x00c853u
#define WHITE 0xffffffu

GBytes *draw_frame(const struct image *picture, const struct vision_frame *frame)
{
    g_autoptr(Image) drawing = image_copy(picture);
    const struct image_box box = {frame->box[0], frame->box[1], frame->box[2], frame->box[3]};
    const float line_px = MAX(12, (float)picture->height / 24);
    image_draw_box(drawing, box, GREEN, picture->height > 720 ? 4 : 2);
    const struct {
        const char *name;
        double value;
    } rows[] = {
        {"at s", (double)frame->time_us / G_USEC_PER_SEC},
        {"yaw", (double)frame->yaw},
        {"pitch", (double)frame->pitch},
        {"eyes closed", (double)MAX(frame->eye_closed[0], frame->eye_closed[1])},
        {"mouth", (double)frame->mouth},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *text = g_strdup_printf("%s %.2f", rows[i].name, rows[i].value);
        const struct image_point at = {line_px / 2, line_px * 1.25f * (float)(i + 1)};
        const struct image_point shade = {at.x + 1, at.y + 1};
        image_draw_text(drawing, shade, text, 0, line_px);
        image_draw_text(drawing, at, text, WHITE, line_px);
    }
    return image_encode_png(drawing);
}
