/* detect: boxes around faces, by UltraFace RFB-320.
 *
 * The network sees 320 × 240. What it is shown is a view: a 4:3 part of the picture, or more than the picture, whose
 * outside is gray. */
#pragma once

#include "vision/image/image.h"
#include "vision/network/networks.h"

#define DETECT_WIDTH     320
#define DETECT_HEIGHT    240
#define DETECT_BOXES     4420
#define DETECT_SCORE_MIN 0.8f /* less is no face */
#define DETECT_PX_MIN    40   /* of the picture, upright height of the box; less is no face */

struct detection {
    struct image_box box; /* px of the picture */
    float score;          /* 0..1 */
};

/* What the network answered for `view`: `boxes` x1 y1 x2 y2 in fractions of it, `scores` [no face, face]. Appends those
 * of at least `score_min` to `found`, of struct detection; boxes that are none are passed over. Pure. */
void detect_decode(const float *boxes, const float *scores, unsigned count, float score_min, struct image_box view,
                   GArray *found);
/* Of boxes that cover each other by more than `overlap_max` (intersection over union, or most of the smaller one) only
 * the best scored stays; sorted by score. Pure. */
void detect_suppress(GArray *found, float overlap_max);

/* The smallest view that shows the whole picture, `zoom_out` ≥ 1 times wider. */
struct image_box detect_whole(const struct image *picture, float zoom_out);
/* Runs the network on one view and appends what it finds. */
bool detect_view(struct networks *networks, const struct image *picture, struct image_box view, GArray *found,
                 GError **error);
/* Views of `parts` by `parts` and half overlapping, each 1/parts of the whole. */
bool detect_tiles(struct networks *networks, const struct image *picture, unsigned parts, GArray *found,
                  GError **error);
