/* background: what is behind the person, from frame to frame: it may move and get lighter, but not be another. Pure. */
#pragma once

#include "vision/vision.h"

/* How much the background jumped from one frame to the next: 0 not at all, 1 and more is a cut. -1: too little of it is
 * seen in both. */
double background_jump(const struct vision_frame *before, const struct vision_frame *after);
