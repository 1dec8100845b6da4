/* scene: a whole frame as a few bytes, to see whether it changed, jumped or came back. Pure. */
#pragma once

#include "vision/image/image.h"
#include "vision/vision.h"

/* Fills scene, background and hash of `frame`, whose has_face and box are set, from the luma of its picture. */
void scene_measure(const struct image *luma, struct vision_frame *frame);
