#include "vision/face/landmark.h"

#include <math.h>

#include "vision/face/ask.h"
#include "vision/face/warp.h"

#define SIDE   64
#define MARGIN 1.25f /* side of the square around the landmarks, in their own extent */

static struct image_point middle(const struct image_point *points, unsigned count)
{
    struct image_point sum = {0, 0};
    for (unsigned i = 0; i < count; i++) {
        sum.x += points[i].x;
        sum.y += points[i].y;
    }
    return (struct image_point){sum.x / (float)count, sum.y / (float)count};
}

struct landmark_features landmark_features(const struct image_point landmarks[FACE_LANDMARKS])
{
    const struct image_point left[] = {landmarks[48], landmarks[60]};
    const struct image_point right[] = {landmarks[54], landmarks[64]};
    return (struct landmark_features){
        .eyes = {middle(landmarks + 36, 6), middle(landmarks + 42, 6)},
        .nose = landmarks[LANDMARK_NOSE_TIP],
        .mouth = {middle(left, 2), middle(right, 2)},
    };
}

float landmark_eye_angle(const struct landmark_features *features)
{
    return atan2f(features->eyes[1].y - features->eyes[0].y, features->eyes[1].x - features->eyes[0].x) *
           (float)(180 / G_PI);
}

bool landmark_look(struct networks *networks, const struct image *picture, struct image_point centre, float side,
                   float degrees, struct image_point landmarks[FACE_LANDMARKS], GError **error)
{
    static const struct ask_scale scale = {.divisor = 256, .deviation = {1, 1, 1}};
    const struct warp_square square = {.centre = centre, .side = side, .degrees = degrees};
    float transform[6];
    float inverse[6];
    warp_square_transform(&square, SIDE, transform);
    warp_invert(transform, inverse);
    g_autoptr(Image) cut = image_warp_affine(picture, transform, SIDE, SIDE, 0);
    g_autoptr(Image) gray = image_gray(cut);
    float answer[2 * FACE_LANDMARKS];
    const struct ask_answer wanted = {answer, (size_t)FACE_LANDMARKS * 2};
    if (!ask_picture(networks, NETWORK_FACE_LANDMARK, gray, &scale, &wanted, 1, error)) {
        return false;
    }
    for (unsigned i = 0; i < FACE_LANDMARKS; i++) {
        /* Kept near the square: what is made of the points must have a size. */
        const float x = CLAMP(answer[2 * i], -1, 2);
        const float y = CLAMP(answer[2 * i + 1], -1, 2);
        landmarks[i] = warp_point(inverse, (struct image_point){x * SIDE - 0.5f, y * SIDE - 0.5f});
    }
    return true;
}

/* The square around the landmarks as they lie when the eyes are level. */
static struct warp_square square_of(const struct image_point landmarks[FACE_LANDMARKS])
{
    const struct landmark_features features = landmark_features(landmarks);
    const float degrees = -landmark_eye_angle(&features);
    const struct warp_square turn = {.side = SIDE, .degrees = degrees};
    float transform[6];
    float inverse[6];
    warp_square_transform(&turn, SIDE, transform);
    warp_invert(transform, inverse);
    struct image_point least = {INFINITY, INFINITY};
    struct image_point most = {-INFINITY, -INFINITY};
    for (unsigned i = 0; i < FACE_LANDMARKS; i++) {
        const struct image_point at = warp_point(transform, landmarks[i]);
        least = (struct image_point){MIN(least.x, at.x), MIN(least.y, at.y)};
        most = (struct image_point){MAX(most.x, at.x), MAX(most.y, at.y)};
    }
    const float side = MAX(most.x - least.x, most.y - least.y);
    const struct image_point centre = {(least.x + most.x) / 2, (least.y + most.y) / 2};
    return (struct warp_square){.centre = warp_point(inverse, centre), .side = MARGIN * side, .degrees = degrees};
}

bool landmark_refine(struct networks *networks, const struct image *picture,
                     struct image_point landmarks[FACE_LANDMARKS], GError **error)
{
    const struct warp_square square = square_of(landmarks);
    return landmark_look(networks, picture, square.centre, square.side, square.degrees, landmarks, error);
}

bool face_landmarks(struct networks *networks, const struct image *picture, struct face *face, GError **error)
{
    const struct image_box *box = &face->box;
    const struct image_point centre = {box->x + box->width / 2, box->y + box->height / 2};
    const float side = (box->width + box->height) / 2;
    return landmark_look(networks, picture, centre, side, (float)face->rotation, face->landmarks, error) &&
           landmark_refine(networks, picture, face->landmarks, error);
}
