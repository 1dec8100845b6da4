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

struct image *warp_cut(const struct image *picture, const struct warp_square *square, int size, uint32_t border)
{
    float transform[6];
    warp_square_transform(square, size, transform);
    return image_warp_affine(picture, transform, size, size, border);
}
