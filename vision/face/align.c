#include "vision/face/landmark.h"

#define SIDE 112

/* Where eyes, tip of the nose and corners of the mouth lie in what the embedding was trained on. */
static const struct image_point template[] = {
    {38.29f, 51.70f}, {73.53f, 51.50f}, {56.03f, 71.74f}, {41.55f, 92.37f}, {70.73f, 92.20f},
};

struct image *face_align(const struct image *picture, const struct face *face)
{
    const struct landmark_features features = landmark_features(face->landmarks);
    const struct image_point from[] = {features.eyes[0], features.eyes[1], features.nose, features.mouth[0],
                                       features.mouth[1]};
    float transform[6];
    if (!image_similarity(from, template, G_N_ELEMENTS(from), transform)) {
        return image_new(SIDE, SIDE, picture->channels); /* all landmarks in one point */
    }
    return image_warp_affine(picture, transform, SIDE, SIDE, 0);
}
