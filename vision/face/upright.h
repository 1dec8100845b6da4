/* upright: does a face stand upright, and is it one at all?
 *
 * The detector also fires on faces that lie on their side or stand on their head, and now and then on what is none. The
 * landmark network then answers something, too, but nothing that it would answer again: shown the square that its own
 * points call for, it moves them. On an upright face they stay where they are. */
#pragma once

#include "vision/face/face.h"

#define UPRIGHT_SURE 0.05f /* below: upright as it is, no other rotation need be tried */

/* Fills the landmarks of a face whose box and rotation are known. `unrest`: how far they moved from look to look, in
 * sizes of the face; the less the better. */
bool upright_look(struct networks *networks, const struct image *picture, struct face *face, float *unrest,
                  GError **error);

/* Whether what moved so and was detected with this score is a face at all. What was found only by looking hard, in many
 * parts of the picture, must be the surer of itself. */
bool upright_is_face(float unrest, float score, bool looked_hard);
