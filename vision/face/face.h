/* face: everything about one face in one picture, for the ops of faces, documents and liveness alike. Runs in a worker.
 */
#pragma once

#include "vision/image/image.h"
#include "vision/network/networks.h"
#include "vision/vision.h"

#define FACE_LANDMARKS 68

struct face {
    struct image_box box;
    float score;  /* of the detector, 0..1 */
    int rotation; /* degrees clockwise by which the picture had to be turned to have it upright: 0, 90, 180, 270 */
    struct image_point landmarks[FACE_LANDMARKS]; /* iBUG 68 points, in the picture as given (not turned) */
};

/* All faces of an upright picture (a video frame): detector, NMS, no landmarks. Sorted by size, largest first. */
bool face_detect(struct networks *networks, const struct image *picture, GArray *faces, GError **error);
/* Fills `landmarks` of an upright face. */
bool face_landmarks(struct networks *networks, const struct image *picture, struct face *face, GError **error);
/* The largest face at any of four rotations, by its landmarks; its count of faces of similar size in `similar` (1: it
 * alone). False without error: there is none. */
bool face_find(struct networks *networks, const struct image *picture, struct face *face, unsigned *faces,
               unsigned *similar, GError **error);
/* The 112 × 112 picture that embeddings are made of. */
struct image *face_align(const struct image *picture, const struct face *face);
bool face_embed(struct networks *networks, const struct image *aligned, float embedding[VISION_EMBEDDING],
                GError **error);
/* Probability that each eye (of the picture's left, right) is closed. */
bool face_eyes(struct networks *networks, const struct image *picture, const struct face *face, float closed[2],
               GError **error);
/* Head turn, nod and mouth from landmarks alone: as struct vision_frame describes yaw, pitch, roll and mouth. */
void face_geometry(const struct face *face, float *yaw, float *pitch, float *roll, float *mouth);
/* Passive liveness of one frame, 0..1. */
bool face_passive(struct networks *networks, const struct image *picture, const struct face *face, float *live,
                  GError **error);
/* "quality" of vision_face's report. New reference; NULL with error. */
json_t *face_quality(struct networks *networks, const struct image *picture, const struct face *face, GError **error);
/* The whole of vision_face's report (drawing not included), and the embedding. */
json_t *face_report(struct networks *networks, const struct image *picture, const struct face *face, unsigned faces,
                    float embedding[VISION_EMBEDDING], GError **error);
