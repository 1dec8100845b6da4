/* face_quality: what can be told of a face's picture, and whether it is good enough to compare and to show. */
#pragma once

#include "vision/face/face.h"

struct face_quality {
    float height_px;  /* of the detector's box */
    float sharpness;  /* variance of the Laplacian of the aligned face, were its contrast as usual */
    float brightness; /* mean luma of the aligned face, 0..255 */
    float contrast;   /* deviation of the same */
    float yaw, pitch; /* degrees; yaw negative: to the picture's left; pitch positive: upwards */
    float roll;       /* degrees clockwise from upright, in the picture as it is */
    float eyes_open;  /* mean probability of both, 0..1 */
    float mouth_open; /* inner height over inner width of the lips */
    float occlusion;  /* 0..1, a hint: how unlike each other and unlike skin the halves of the face are */
};

bool face_quality_measure(struct networks *networks, const struct image *picture, const struct face *face,
                          struct face_quality *quality, GError **error);
/* [{"code", "message"}]; empty: usable. Pure. New reference. */
json_t *face_quality_reasons(const struct face_quality *quality);
/* "quality" of vision_face's report. New reference. */
json_t *quality_to_json(const struct face_quality *quality);
