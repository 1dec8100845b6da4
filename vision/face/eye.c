#include <math.h>
#include <string.h>

#include "vision/face/ask.h"
#include "vision/face/landmark.h"
#include "vision/face/warp.h"

#define SIDE     24
#define GAIN_MAX 1.7f /* more makes closed eyes look open */
#define RANGE    170  /* luma from dark to light around an eye in a good picture */
#define MIDDLE   115
#define OUTLIERS 12 /* pixels at either end of the range */

/* Sides of the squares looked at, in widths of the eye. */
static const float margins[] = {1.45f, 1.75f};

static int percentile(const struct image *gray, unsigned rank)
{
    unsigned counts[256] = {0};
    for (int y = 0; y < gray->height; y++) {
        for (int x = 0; x < gray->width; x++) {
            counts[gray->pixels[(size_t)y * gray->stride + (size_t)x]]++;
        }
    }
    int level = 0;
    for (unsigned below = counts[0]; level < 255 && below <= rank; below += counts[level]) {
        level++;
    }
    return level;
}

/* What a small or hazy picture lost in contrast, in part: the network takes an eye without contrast for a closed one.
 */
static void stretch(struct image *gray)
{
    const float low = (float)percentile(gray, OUTLIERS);
    const float high = (float)percentile(gray, SIDE * SIDE - OUTLIERS);
    const float gain = CLAMP(RANGE / fmaxf(high - low, 1), 1, GAIN_MAX);
    const float middle = (low + high) / 2;
    const float to = middle + (MIDDLE - middle) * (gain - 1);
    for (int y = 0; y < gray->height; y++) {
        uint8_t *at = gray->pixels + (size_t)y * gray->stride;
        for (int x = 0; x < gray->width; x++) {
            at[x] = (uint8_t)CLAMP(((float)at[x] - middle) * gain + to, 0, 255);
        }
    }
}

static bool look(struct networks *networks, const struct image *picture, const struct warp_square *square,
                 float *closed, GError **error)
{
    static const struct ask_scale scale = {.divisor = 255, .deviation = {1, 1, 1}};
    g_autoptr(Image) cut = warp_cut(picture, square, SIDE, 0);
    g_autoptr(Image) gray = image_gray(cut);
    stretch(gray);
    float answer[2];
    const struct ask_answer wanted = {answer, 2};
    if (!ask_picture(networks, NETWORK_FACE_EYE, gray, &scale, &wanted, 1, error)) {
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
    float both[2] = {0, 0};
    for (unsigned eye = 0; eye < 2; eye++) {
        const struct image_point *outer = &face->landmarks[corners[eye][0]];
        const struct image_point *inner = &face->landmarks[corners[eye][1]];
        const float width = MAX(hypotf(inner->x - outer->x, inner->y - outer->y), 1);
        for (unsigned i = 0; i < G_N_ELEMENTS(margins); i++) {
            const struct warp_square square = {features.eyes[eye], margins[i] * width, degrees};
            float one;
            if (!look(networks, picture, &square, &one, error)) {
                return false;
            }
            both[eye] += one / G_N_ELEMENTS(margins);
        }
    }
    memcpy(closed, both, sizeof(both));
    return true;
}
