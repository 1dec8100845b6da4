/* baseline: how a person looks facing the camera, from frames in which they do. Pure. */
#pragma once

#include "vision/liveness/task.h"

#define BASELINE_FRONTAL 0.15f /* yaw of a frontal face, at most; faces differ by 0.1 */

/* Live: the last frames, of at least `length_us`, in which one frontal face holds still. */
struct baseline_search {
    int64_t length_us;
    float face_px_min;
};
/* What the person should do for the search to succeed, by the newest frame: the codes of struct vision_challenge_view;
 * NULL: keep on. */
const char *baseline_hint(const struct baseline_search *search, const GArray *frames);
/* False: not yet. */
bool baseline_find(const struct baseline_search *search, const GArray *frames, struct baseline *baseline);

/* A recorded clip as a whole: from all frames that are frontal. `begin` is the first of them. False: there are none. */
bool baseline_of_clip(const GArray *frames, struct baseline *baseline, unsigned *begin);
