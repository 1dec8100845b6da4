/* frame_wire: measured frames on their way from a worker to the pool. Field by field, each checked: a worker that has
 * been taken over writes what it likes. Pure. */
#pragma once

#include "vision/vision.h"

GBytes *frames_write(const GArray *frames); /* of struct vision_frame */
/* Appends to `frames`. Everything is finite and within its bounds, embeddings of length 1, and each frame later than
 * `after_us` and the one before; else false, and `frames` is as it was. */
bool frames_read(GBytes *bytes, int64_t after_us, GArray *frames);
/* A unit vector of VISION_EMBEDDING finite numbers. */
bool embedding_read(GBytes *bytes, float embedding[VISION_EMBEDDING]);
/* The least that makes these bytes a JPEG, or a PNG: where it begins, and that it ends. */
bool looks_like_jpeg(GBytes *bytes);
bool looks_like_png(GBytes *bytes);
