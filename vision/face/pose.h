/* pose: how a head is turned, in degrees. Good for "is this frontal?", within about 4 degrees near the front; turns and
 * nods are measured by face_geometry against the person's own baseline.
 *
 * A network and the landmarks each give an answer, with errors of their own: the network's of the light and the crop,
 * the landmarks' of the person's nose. Their mean is better than either. */
#pragma once

#include "vision/face/face.h"

struct pose {
    float yaw;   /* degrees; negative: to the picture's left */
    float pitch; /* positive: upwards */
    float roll;  /* clockwise from upright, of the picture as it is shown once turned by the face's rotation */
};

/* `face` with its landmarks. */
bool pose_look(struct networks *networks, const struct image *picture, const struct face *face, struct pose *pose,
               GError **error);
