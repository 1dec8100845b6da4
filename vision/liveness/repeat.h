/* repeat: pictures that do not change, and pictures that were there before. Pure.
 *
 * No camera sees the same twice: its noise moves what the networks measure in every frame. So frames that agree in all
 * of it are one frame, and a sequence that agrees with an earlier one is that one shown again. */
#pragma once

#include "vision/vision.h"

struct repeat;

struct repeat *repeat_new(void);
void repeat_free(struct repeat *repeat);

struct repeat_seen {
    int64_t frozen_us;   /* the longest time so far during which nothing changed */
    int64_t repeated_us; /* the longest sequence so far that was there before */
    int64_t repeated_lag_us;
};
/* The newest of `frames` (struct vision_frame, all so far, one more with each call). */
void repeat_frame(struct repeat *repeat, const GArray *frames);
const struct repeat_seen *repeat_seen(const struct repeat *repeat);
