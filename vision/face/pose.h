/* pose: how a head is turned, in degrees, as a network sees it. Good for "is this frontal?", while turns and nods are
 * measured by face_geometry against the person's own baseline. */
#pragma once

#include "vision/face/face.h"

struct pose {
    float yaw;   /* degrees; negative: to the picture's left */
    float pitch; /* positive: upwards */
    float roll;  /* clockwise */
};

bool pose_look(struct networks *networks, const struct image *picture, const struct face *face, struct pose *pose,
               GError **error);
