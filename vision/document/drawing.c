#include "vision/document/drawing.h"

#include <math.h>
#include <string.h>

#define GOOD 0x18a048
#define POOR 0xe05020
#define PAGE 0x2060e0
#define FACE 0xc020c0

static void draw_quad(struct image *image, const struct image_point corners[4], float scale, uint32_t colour)
{
    for (int i = 0; i < 4; i++) {
        const struct image_point from = corners[i], to = corners[(i + 1) % 4];
        image_draw_line(image, (struct image_point){from.x * scale, from.y * scale},
                        (struct image_point){to.x * scale, to.y * scale}, colour, 2);
    }
}

/* The lines' text below each other at the lower edge, on a bar of its own. */
static struct image *with_text(const struct image *image, const struct drawing *drawing, uint32_t colour)
{
    const float size = fmaxf((float)image->width / 48, 9), step = size * 1.6F;
    const unsigned rows = drawing->zone->count + 1;
    struct image *out = image_new(image->width, image->height + (int)(step * (float)(rows + 1)), 3);
    for (int y = 0; y < image->height; y++) {
        memcpy(out->pixels + (size_t)y * out->stride, image->pixels + (size_t)y * image->stride,
               (size_t)image->width * 3);
    }
    struct image_point at = {size, (float)image->height + step};
    for (unsigned i = 0; i < drawing->zone->count; i++) {
        image_draw_text(out, at, drawing->zone->lines[i].text, drawing->zone->lines[i].sure ? GOOD : POOR, size);
        at.y += step;
    }
    const char *verdict = drawing->zone->count == 0 ? "no machine readable zone"
                          : drawing->valid          ? "valid"
                                                    : "not valid";
    image_draw_text(out, at, verdict, colour, size);
    return out;
}

GBytes *drawing_make(const struct image *picture, const struct drawing *drawing)
{
    const float scale = fminf(1, (float)DRAWING_PX_MAX / (float)MAX(picture->width, picture->height));
    g_autoptr(Image) image = image_resize(picture, MAX((int)lroundf((float)picture->width * scale), 1),
                                          MAX((int)lroundf((float)picture->height * scale), 1));
    const uint32_t colour = drawing->valid ? GOOD : POOR;
    draw_quad(image, drawing->page->corners, scale, PAGE);
    for (unsigned i = 0; i < drawing->zone->count; i++) {
        draw_quad(image, drawing->zone->lines[i].strip.corners, scale, drawing->zone->lines[i].sure ? GOOD : POOR);
    }
    if (drawing->portrait) {
        const struct image_box *box = drawing->portrait;
        image_draw_box(image,
                       (struct image_box){box->x * scale, box->y * scale, box->width * scale, box->height * scale},
                       FACE, 2);
    }
    g_autoptr(Image) all = with_text(image, drawing, colour);
    return image_encode_png(all);
}
