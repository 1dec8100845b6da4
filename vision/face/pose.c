#include "vision/face/pose.h"

#include <math.h>

#include "vision/face/ask.h"
#include "vision/face/landmark.h"
#include "vision/face/warp.h"

#define SIDE 224
#define BINS 66 /* of 3 degrees, from -99 */

#define NOSE_LENGTH    0.45f /* from between the eyes outwards, in distances of the eyes */
#define NOSE_LEVEL     0.53f /* where between eyes and mouth the tip of the nose is seen from straight ahead */
#define DEGREES_A_NOSE 55.0f /* of nodding, for all the way from the eyes to the mouth */
#define NETWORK_PITCH  -5.5f /* what the network says of a head that looks straight ahead */

static float expected(float *logits)
{
    ask_softmax(logits, BINS);
    float sum = 0;
    for (unsigned i = 0; i < BINS; i++) {
        sum += logits[i] * (float)i;
    }
    return sum * 3 - 99;
}

bool pose_look(struct networks *networks, const struct image *picture, const struct face *face, struct pose *pose,
               GError **error)
{
    static const struct ask_scale scale = {
        .rgb = true, .divisor = 255, .mean = {0.485f, 0.456f, 0.406f}, .deviation = {0.229f, 0.224f, 0.225f}};
    float sideways[BINS];
    float upwards[BINS];
    float tilted[BINS]; /* the landmarks know better */
    const struct ask_answer answers[] = {{sideways, BINS}, {upwards, BINS}, {tilted, BINS}};
    const struct image_box *box = &face->box;
    const struct landmark_features features = landmark_features(face->landmarks);
    const struct warp_square square = {
        .centre = {box->x + box->width / 2, box->y + box->height / 2},
        .side = MAX(MAX(box->width, box->height), 1),
        .degrees = -landmark_eye_angle(&features), /* what it was trained on stood straight */
    };
    g_autoptr(Image) cut = warp_cut(picture, &square, SIDE, 0);
    if (!ask_picture(networks, NETWORK_FACE_POSE, cut, &scale, answers, 3, error)) {
        return false;
    }
    float turn;
    float nod;
    float roll;
    float mouth;
    face_geometry(face, &turn, &nod, &roll, &mouth);
    const float turned = atanf(turn / NOSE_LENGTH) * (float)(180 / G_PI);
    const float nodded = (NOSE_LEVEL - nod) * DEGREES_A_NOSE;
    *pose = (struct pose){
        .yaw = (turned - expected(sideways)) / 2, /* the network counts the other way */
        .pitch = (nodded + expected(upwards) - NETWORK_PITCH) / 2,
        .roll = roll,
    };
    return true;
}
