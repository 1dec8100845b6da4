#include "vision/face/warp.h"

#include <math.h>

void warp_square_transform(const struct warp_square *square, int size, float transform[6])
{
    const float radians = square->degrees * (float)(G_PI / 180);
    const float scale = (float)size / MAX(square->side, 1e-3f);
    const float along = scale * cosf(radians);
    const float across = scale * sinf(radians);
    const float middle = ((float)size - 1) / 2;
    transform[0] = along;
    transform[1] = -across;
    transform[2] = middle - along * square->centre.x + across * square->centre.y;
    transform[3] = across;
    transform[4] = along;
    transform[5] = middle - across * square->centre.x - along * square->centre.y;
}

struct image_point warp_point(const float transform[6], struct image_point point)
{
    return (struct image_point){
        .x = transform[0] * point.x + transform[1] * point.y + transform[2],
        .y = transform[3] * point.x + transform[4] * point.y + transform[5],
    };
}

void warp_invert(const float transform[6], float inverse[6])
{
    const float area = transform[0] * transform[4] - transform[1] * transform[3];
    const float by = fabsf(area) > 1e-12f ? 1 / area : 0;
    inverse[0] = transform[4] * by;
    inverse[1] = -transform[1] * by;
    inverse[3] = -transform[3] * by;
    inverse[4] = transform[0] * by;
    inverse[2] = -(inverse[0] * transform[2] + inverse[1] * transform[5]);
    inverse[5] = -(inverse[3] * transform[2] + inverse[4] * transform[5]);
}

/* The upright box of the picture that width × height of the destination need, with a margin for the filter. */
static struct image_box needed(const float transform[6], int width, int height)
{
    float inverse[6];
    warp_invert(transform, inverse);
    const struct image_point corners[] = {{0, 0}, {(float)width, 0}, {(float)width, (float)height}, {0, (float)height}};
    struct image_point least = {INFINITY, INFINITY};
    struct image_point most = {-INFINITY, -INFINITY};
    for (unsigned i = 0; i < G_N_ELEMENTS(corners); i++) {
        const struct image_point at = warp_point(inverse, corners[i]);
        least = (struct image_point){MIN(least.x, at.x), MIN(least.y, at.y)};
        most = (struct image_point){MAX(most.x, at.x), MAX(most.y, at.y)};
    }
    return (struct image_box){
        .x = floorf(least.x) - 2,
        .y = floorf(least.y) - 2,
        .width = ceilf(most.x - least.x) + 4,
        .height = ceilf(most.y - least.y) + 4,
    };
}

/* Reduced by the area mean to the destination's own scale; what is left is a turn and a shift. */
static struct image *reduce_then_warp(const struct image *picture, const float transform[6], int width, int height,
                                      float scale, uint32_t border)
{
    const struct image_box box = needed(transform, width, height);
    const int columns = MAX(1, (int)lroundf(box.width * scale));
    const int rows = MAX(1, (int)lroundf(box.height * scale));
    g_autoptr(Image) reduced = image_crop(picture, box, columns, rows, border);
    const float by_x = box.width / (float)columns;
    const float by_y = box.height / (float)rows;
    /* a pixel (i, j) of `reduced` has its centre at box.x + (i + ½) by_x - ½ */
    const float from_x = box.x + by_x / 2 - 0.5f;
    const float from_y = box.y + by_y / 2 - 0.5f;
    const float rest[6] = {
        transform[0] * by_x, transform[1] * by_y, transform[0] * from_x + transform[1] * from_y + transform[2],
        transform[3] * by_x, transform[4] * by_y, transform[3] * from_x + transform[4] * from_y + transform[5],
    };
    return image_warp_affine(reduced, rest, width, height, border);
}

struct image *warp_apply(const struct image *picture, const float transform[6], int width, int height, uint32_t border)
{
    const float scale = hypotf(transform[0], transform[3]);
    if (!(scale > 1e-4f)) {
        return image_new(width, height, picture->channels); /* nothing of the picture has any extent in it */
    }
    if (scale >= 0.8f) {
        return image_warp_affine(picture, transform, width, height, border);
    }
    return reduce_then_warp(picture, transform, width, height, scale, border);
}

struct image *warp_cut(const struct image *picture, const struct warp_square *square, int size, uint32_t border)
{
    float transform[6];
    warp_square_transform(square, size, transform);
    return warp_apply(picture, transform, size, size, border);
}
