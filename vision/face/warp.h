/* warp: squares cut out of a picture at any angle, for the networks that look at a face. */
#pragma once

#include "vision/image/image.h"

/* A square of the picture, `degrees` clockwise being what its upright needs: the transform (source to destination) that
 * makes it size × size. */
struct warp_square {
    struct image_point centre;
    float side; /* px of the picture */
    float degrees;
};
void warp_square_transform(const struct warp_square *square, int size, float transform[6]);

struct image *warp_cut(const struct image *picture, const struct warp_square *square, int size, uint32_t border);

struct image_point warp_point(const float transform[6], struct image_point point);
/* Of a similarity; one without extent becomes all zero. */
void warp_invert(const float transform[6], float inverse[6]);
