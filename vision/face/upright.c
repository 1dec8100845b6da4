#include "vision/face/upright.h"

#include <math.h>

#include "vision/face/landmark.h"

#define UNREST_MAX  0.125f /* measured: faces ≤ 0.07, profiles ≤ 0.12; what is none ≥ 0.13, most ≥ 0.2 */
#define SCORE_SURE  0.95f  /* measured: faces ≥ 0.99, but for the worst light */
#define UNREST_HARD 0.08f
#define UNREST_LOW  0.05f
#define EYES_USUAL  0.4f /* distance of the eyes of an upright frontal face, in sides of its box */

static float moved(const struct image_point *from, const struct image_point *to, float side)
{
    float sum = 0;
    for (unsigned i = 0; i < FACE_LANDMARKS; i++) {
        sum += hypotf(to[i].x - from[i].x, to[i].y - from[i].y);
    }
    return sum / (FACE_LANDMARKS * side);
}

bool upright_look(struct networks *networks, const struct image *picture, struct face *face, float *unrest,
                  GError **error)
{
    const struct image_box *box = &face->box;
    const float side = MAX((box->width + box->height) / 2, 1);
    const struct image_point centre = {box->x + box->width / 2, box->y + box->height / 2};
    struct image_point looks[3][FACE_LANDMARKS];
    if (!landmark_look(networks, picture, centre, side, (float)face->rotation, looks[0], error)) {
        return false;
    }
    for (unsigned i = 1; i < G_N_ELEMENTS(looks); i++) {
        memcpy(looks[i], looks[i - 1], sizeof(looks[i]));
        if (!landmark_refine(networks, picture, looks[i], error)) {
            return false;
        }
    }
    /* The mean of two looks is nearer than either. */
    for (unsigned i = 0; i < FACE_LANDMARKS; i++) {
        face->landmarks[i] =
            (struct image_point){(looks[1][i].x + looks[2][i].x) / 2, (looks[1][i].y + looks[2][i].y) / 2};
    }
    const struct landmark_features features = landmark_features(face->landmarks);
    const float eyes = hypotf(features.eyes[1].x - features.eyes[0].x, features.eyes[1].y - features.eyes[0].y) / side;
    /* Eyes that nearly meet are those of no face that looks this way. */
    const float narrow = CLAMP(eyes / EYES_USUAL, 0.1f, 1);
    *unrest = (moved(looks[0], looks[1], side) + 2 * moved(looks[1], looks[2], side)) / narrow;
    return true;
}

bool upright_is_face(float unrest, float score, bool looked_hard)
{
    if (score < SCORE_SURE) {
        return unrest <= UNREST_LOW;
    }
    return unrest <= (looked_hard ? UNREST_HARD : UNREST_MAX);
}
