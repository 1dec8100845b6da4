/* checks: what must hold throughout a stream, whatever is done in it: one living person, the same one, before one
 * background, in a film that goes on. Pure, on the stream's clock. */
#pragma once

#include "vision/liveness/baseline.h"
#include "vision/liveness/reasons.h"
#include "vision/liveness/repeat.h"

struct checks {
    const struct vision_challenge_config *config; /* borrowed */
    struct repeat *repeat;
    bool has_person;
    float person[VISION_EMBEDDING]; /* of length 1: the mean of the first */
    unsigned person_frames;
    unsigned alike, unlike; /* frames compared with it */
    double similarity_min, similarity_last;
    int64_t alike_us;         /* of the last frame that was the same person */
    int64_t several_since_us; /* -1: not now */
    int64_t face_us;          /* of the last frame with a face */
    double jump_max;
};

void checks_init(struct checks *checks, const struct vision_challenge_config *config);
void checks_clear(struct checks *checks);
/* Whether the newest of `frames` goes on from those before. */
void checks_film(struct checks *checks, const GArray *frames, struct reasons *reasons);
/* Whether two frames that follow each other have one background. */
void checks_background(struct checks *checks, const struct vision_frame *before, const struct vision_frame *after,
                       struct reasons *reasons);
/* Whether it shows the person, and only that person. For every frame from the baseline on. */
void checks_person(struct checks *checks, const struct vision_frame *frame, const struct baseline *baseline,
                   struct reasons *reasons);
/* What can only be said at the end. */
void checks_end(const struct checks *checks, const GArray *frames, struct reasons *reasons);
/* Frames per second over the whole. */
double checks_frame_rate(const GArray *frames);
