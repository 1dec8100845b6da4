/* drawing: the picture with its face, landmarks and what is to be said of it drawn in. */
#pragma once

#include "vision/face/face.h"

/* PNG of `picture`, at most 1600 px on its longer side. `report` is face_report's. */
GBytes *face_drawing(const struct image *picture, const struct face *face, const json_t *report);
