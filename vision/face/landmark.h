/* landmark: the 68 points of the iBUG scheme, and which of them mean what. */
#pragma once

#include "vision/face/face.h"

/* iBUG: 0–16 jaw, 17–26 brows, 27–35 nose (30 its tip), 36–41 and 42–47 eyes, 48–59 outer and 60–67 inner lips. */
#define LANDMARK_NOSE_TIP 30

struct landmark_features {
    struct image_point eyes[2]; /* middle of the picture's left and right eye, when upright */
    struct image_point nose;    /* its tip */
    struct image_point mouth[2];
};
struct landmark_features landmark_features(const struct image_point landmarks[FACE_LANDMARKS]);
/* Degrees clockwise from the picture's horizontal to the line of the eyes. */
float landmark_eye_angle(const struct landmark_features *features);

/* Landmarks of a face around which nothing but a rough square is known; `degrees` clockwise turn it upright. One look
 * of the network. */
bool landmark_look(struct networks *networks, const struct image *picture, struct image_point centre, float side,
                   float degrees, struct image_point landmarks[FACE_LANDMARKS], GError **error);
/* One more look, with the square that the landmarks themselves call for. */
bool landmark_refine(struct networks *networks, const struct image *picture,
                     struct image_point landmarks[FACE_LANDMARKS], GError **error);
