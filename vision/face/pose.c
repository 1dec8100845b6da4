#include "vision/face/pose.h"

#include "vision/face/ask.h"
#include "vision/face/warp.h"

#define SIDE 224
#define BINS 66 /* of 3 degrees, from -99 */

/* What the network says of heads that look straight ahead: its median over 16 photographs of five people. */
#define PITCH_ZERO (-7.5f)

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
    static const size_t lengths[] = {BINS, BINS, BINS};
    float yaw[BINS];
    float pitch[BINS];
    float roll[BINS];
    float *const answers[] = {yaw, pitch, roll};
    const struct image_box *box = &face->box;
    const struct warp_square square = {
        .centre = {box->x + box->width / 2, box->y + box->height / 2},
        .side = MAX(MAX(box->width, box->height), 1),
        .degrees = (float)face->rotation,
    };
    g_autoptr(Image) cut = warp_cut(picture, &square, SIDE, 0);
    if (!ask_picture(networks, NETWORK_FACE_POSE, cut, &scale, answers, lengths, 3, error)) {
        return false;
    }
    *pose = (struct pose){.yaw = expected(yaw), .pitch = expected(pitch) - PITCH_ZERO, .roll = expected(roll)};
    return true;
}
