/* closeup: one face in a picture of its own, in one size, however large or small it is where it was found. */
#pragma once

#include "vision/face/face.h"

/* A box in a picture of width × height that was turned by `quarters` of a turn clockwise, as it lies in the picture as
 * given. Pure. */
struct image_box closeup_turn_back(struct image_box box, float width, float height, unsigned quarters);

/* Fills the landmarks of a face whose box and rotation are known. With `measure_box` the box is first measured anew,
 * because where it was found the face was too small or too large for a good one. `unrest`: upright.h. */
bool closeup_look(struct networks *networks, const struct image *picture, struct face *face, bool measure_box,
                  float *unrest, GError **error);
