/* measure: what one decoded frame of a stream shows. Runs in a worker.
 *
 * Boxes, landmarks, eyes and thumbnails come from every frame; embedding and passive liveness, which cost ten times as
 * much, from some: about two a second, whenever the face is not where it was, and of a new best frame. */
#pragma once

#include "vision/image/image.h"
#include "vision/network/networks.h"
#include "vision/vision.h"

#define MEASURE_RATE 15 /* frames per second of stream that are looked at, at most */

struct measure {
    struct networks *networks; /* borrowed */
    int64_t embed_every_us;
    int64_t passive_every_us;
    int64_t due_us; /* of the next frame */
    int64_t embedded_us, passive_us;
    bool has_box;
    float box[4]; /* of the face before */
    struct image *best;
    double best_rank;
    struct vision_frame best_frame; /* of `best` */
};

/* `recorded`: a clip, where there is time for more embeddings. */
void measure_init(struct measure *measure, struct networks *networks, bool recorded);
void measure_clear(struct measure *measure);
/* Whether a frame of this time is one of those to be looked at. */
bool measure_wants(const struct measure *measure, int64_t time_us);
/* `picture` is BGR and stays the caller's. */
bool measure_frame(struct measure *measure, const struct image *picture, int64_t time_us, struct vision_frame *frame,
                   GError **error);
