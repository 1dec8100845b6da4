/* draw: a frame with what was measured in it drawn in, for --draw. */
#pragma once

#include "vision/image/image.h"
#include "vision/vision.h"

GBytes *draw_frame(const struct image *picture, const struct vision_frame *frame); /* PNG */
