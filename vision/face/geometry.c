#include <math.h>

#include "vision/face/landmark.h"

static float distance(struct image_point a, struct image_point b)
{
    return hypotf(a.x - b.x, a.y - b.y);
}

static struct image_point between(struct image_point a, struct image_point b)
{
    return (struct image_point){(a.x + b.x) / 2, (a.y + b.y) / 2};
}

/* How far `point` lies along the way from `from` to `to`: 0 at the one, 1 at the other. */
static float along(struct image_point point, struct image_point from, struct image_point to)
{
    const float x = to.x - from.x;
    const float y = to.y - from.y;
    const float length = x * x + y * y;
    return length > 0 ? ((point.x - from.x) * x + (point.y - from.y) * y) / length : 0;
}

/* -180 < degrees ≤ 180 */
static float wrap(float degrees)
{
    const float turned = remainderf(degrees, 360);
    return turned <= -180 ? 180 : turned;
}

void face_geometry(const struct face *face, float *yaw, float *pitch, float *roll, float *mouth)
{
    const struct image_point *at = face->landmarks;
    const struct landmark_features features = landmark_features(at);
    const struct image_point eyes = between(features.eyes[0], features.eyes[1]);
    const struct image_point lips = between(features.mouth[0], features.mouth[1]);
    *yaw = along(features.nose, features.eyes[0], features.eyes[1]) - 0.5f;
    *pitch = CLAMP(along(features.nose, eyes, lips), 0, 1);
    *roll = wrap(landmark_eye_angle(&features) + (float)face->rotation);
    const float width = distance(at[60], at[64]);
    const float height = (distance(at[61], at[67]) + distance(at[62], at[66]) + distance(at[63], at[65])) / 3;
    *mouth = width > 0 ? height / width : 0;
}
