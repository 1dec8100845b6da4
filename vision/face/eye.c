#include <math.h>

#include "vision/face/ask.h"
#include "vision/face/landmark.h"
#include "vision/face/warp.h"

#define SIDE   24
#define MARGIN 1.6f /* side of the square around an eye, in widths of the eye */

static bool look(struct networks *networks, const struct image *picture, const struct warp_square *square,
                 float *closed, GError **error)
{
    static const struct ask_scale scale = {.divisor = 255, .deviation = {1, 1, 1}};
    static const size_t length = 2;
    g_autoptr(Image) cut = warp_cut(picture, square, SIDE, 0);
    g_autoptr(Image) gray = image_gray(cut);
    float answer[2];
    float *const answers[] = {answer};
    if (!ask_picture(networks, NETWORK_FACE_EYE, gray, &scale, answers, &length, 1, error)) {
        return false;
    }
    ask_softmax(answer, 2);
    *closed = answer[0];
    return true;
}

bool face_eyes(struct networks *networks, const struct image *picture, const struct face *face, float closed[2],
               GError **error)
{
    static const unsigned corners[2][2] = {{36, 39}, {42, 45}};
    const struct landmark_features features = landmark_features(face->landmarks);
    const float degrees = -landmark_eye_angle(&features);
    float both[2];
    for (unsigned eye = 0; eye < 2; eye++) {
        const struct image_point *outer = &face->landmarks[corners[eye][0]];
        const struct image_point *inner = &face->landmarks[corners[eye][1]];
        const struct warp_square square = {
            .centre = features.eyes[eye],
            .side = MARGIN * MAX(hypotf(inner->x - outer->x, inner->y - outer->y), 1),
            .degrees = degrees,
        };
        if (!look(networks, picture, &square, &both[eye], error)) {
            return false;
        }
    }
    closed[0] = both[0];
    closed[1] = both[1];
    return true;
}
