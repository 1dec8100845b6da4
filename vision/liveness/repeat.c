#include "vision/liveness/repeat.h"

#include <math.h>
#include <stdlib.h>

/* One frame again: what differs is what a codec does to a picture that it repeats. */
#define SAME_CELL  1
#define SAME_SUM   50
#define SAME_SHAPE 0.003f
#define SAME_BOX   0.006f /* of the face's height */

#define LAG_MIN_US   500000 /* nearer frames are alike anyway */
#define LAG_SLACK_US 45000  /* a loop comes back at one distance, but for the sampling */
#define HISTORY_MAX  900    /* frames that are compared: a minute */
#define REPEATED_US  1000000

/* The same moment of a film, perhaps sampled half a frame later: the face is where it was, while it moves. */
#define NEAR_SCENE  1.5f /* mean difference of a cell's luma */
#define NEAR_SHAPE  0.02f
#define NEAR_BOX    0.03f
#define NEAR_STEP   0.6f  /* of what the face moves from frame to frame */
#define NEAR_MOTION 0.35f /* of yaw, pitch and mouth together: a still person is always near */

/* The same film of somebody who hardly moves: how the cells around the face change from frame to frame goes together
 * with how they did. For other frames of the same person that is below 0.2, for the same ones encoded again 0.35 to 0.6
 * where there is little but noise, and above 0.9 where something moves. Regular movements go together too, so more is
 * asked where more moves. */
#define ALIKE_FRAMES     14
#define ALIKE_LEAST      0.28
#define ALIKE_MOST       0.85
#define ALIKE_LITTLE     60.0  /* sum of squared changes of a frame: noise */
#define ALIKE_MUCH       500.0 /* a moving head */
#define ALIKE_ENERGY_MIN 4

struct run {
    unsigned frames;
    int64_t since_us, lag_us;
    float least[3], most[3]; /* yaw, pitch, mouth */
    double likeness, energy; /* means of the last frames: how changes go together, and how large they are */
};

enum path { NEAR, ALIKE, PATHS };

/* Sequences that end with the newest frame and an earlier one. Without frames: there is none. */
struct runs {
    struct run of[PATHS];
};

struct repeat {
    GArray *before, *now; /* of struct runs: of the last frame, and of the newest, with each earlier frame */
    int64_t same_since_us;
    struct repeat_seen seen;
};

struct repeat *repeat_new(void)
{
    struct repeat *repeat = g_new0(struct repeat, 1);
    repeat->before = g_array_new(false, true, sizeof(struct runs));
    repeat->now = g_array_new(false, true, sizeof(struct runs));
    return repeat;
}

void repeat_free(struct repeat *repeat)
{
    if (repeat != NULL) {
        g_array_unref(repeat->before);
        g_array_unref(repeat->now);
        g_free(repeat);
    }
}

const struct repeat_seen *repeat_seen(const struct repeat *repeat)
{
    return &repeat->seen;
}

/* ---- two frames ---- */

static unsigned scene_difference(const struct vision_frame *a, const struct vision_frame *b, unsigned *most)
{
    unsigned sum = 0;
    *most = 0;
    for (unsigned i = 0; i < sizeof(a->scene); i++) {
        const unsigned difference = (unsigned)abs(a->scene[i] - b->scene[i]);
        sum += difference;
        *most = MAX(*most, difference);
    }
    return sum;
}

static float box_difference(const struct vision_frame *a, const struct vision_frame *b)
{
    float most = 0;
    for (unsigned i = 0; i < 4; i++) {
        most = MAX(most, fabsf(a->box[i] - b->box[i]));
    }
    return most / MAX(MAX(a->box[3], b->box[3]), 1);
}

static bool comparable(const struct vision_frame *a, const struct vision_frame *b)
{
    return a->has_face && b->has_face && a->width == b->width && a->height == b->height;
}

/* Thumbnails of an empty room may well be equal; only a face moves for certain. */
static bool same(const struct vision_frame *a, const struct vision_frame *b)
{
    if (!comparable(a, b) || fabsf(a->yaw - b->yaw) > SAME_SHAPE || fabsf(a->pitch - b->pitch) > SAME_SHAPE ||
        fabsf(a->mouth - b->mouth) > SAME_SHAPE || box_difference(a, b) > SAME_BOX) {
        return false;
    }
    unsigned most;
    return scene_difference(a, b, &most) <= SAME_SUM && most <= SAME_CELL;
}

/* `step`: how far the face moves from one frame to the next at this moment of the earlier sequence. */
static bool near(const struct vision_frame *a, const struct vision_frame *b, const float step[4])
{
    if (!comparable(a, b) || fabsf(a->yaw - b->yaw) > NEAR_SHAPE + NEAR_STEP * step[0] ||
        fabsf(a->pitch - b->pitch) > NEAR_SHAPE + NEAR_STEP * step[1] ||
        fabsf(a->mouth - b->mouth) > 2 * NEAR_SHAPE + NEAR_STEP * step[2] ||
        box_difference(a, b) > NEAR_BOX + NEAR_STEP * step[3]) {
        return false;
    }
    unsigned most;
    return (float)scene_difference(a, b, &most) <= NEAR_SCENE * sizeof(a->scene);
}

static void measure_step(const GArray *frames, unsigned i, float step[4])
{
    const struct vision_frame *from = &g_array_index(frames, struct vision_frame, i > 0 ? i - 1 : i);
    const struct vision_frame *to = &g_array_index(frames, struct vision_frame, i + 1);
    step[0] = fabsf(to->yaw - from->yaw) / 2;
    step[1] = fabsf(to->pitch - from->pitch) / 2;
    step[2] = fabsf(to->mouth - from->mouth) / 2;
    step[3] = box_difference(from, to) / 2;
}

/* How the cells around the face changed with the frames `a` and `b`, one against the other. */
struct changes {
    int product, a, b; /* sums over the cells */
};

static struct changes changes_of(const struct vision_frame *a, const struct vision_frame *b)
{
    struct changes changes = {0};
    const struct vision_frame *a_before = a - 1, *b_before = b - 1;
    for (unsigned i = 0; i < sizeof(a->scene); i++) {
        if (a->background[i] == 0 && b->background[i] == 0) { /* not a fan behind the person, or a screen */
            const int of_a = a->scene[i] - a_before->scene[i], of_b = b->scene[i] - b_before->scene[i];
            changes.product += of_a * of_b;
            changes.a += of_a * of_a;
            changes.b += of_b * of_b;
        }
    }
    return changes;
}

/* ---- sequences ---- */

static struct run *pick(const GArray *runs, unsigned i, enum path path)
{
    return &g_array_index(runs, struct runs, i).of[path];
}

/* What ended with the frame before the newest and one of those about `earlier`, at the same distance in time. */
static const struct run *predecessor(const struct repeat *repeat, unsigned earlier, int64_t lag_us, enum path path)
{
    static const unsigned back[] = {1, 0, 2}; /* the likeliest first */
    for (unsigned i = 0; i < G_N_ELEMENTS(back); i++) {
        if (back[i] <= earlier && earlier - back[i] < repeat->before->len) {
            const struct run *run = pick(repeat->before, earlier - back[i], path);
            if (run->frames > 0 && ABS(run->lag_us - lag_us) <= LAG_SLACK_US) {
                return run;
            }
        }
    }
    return NULL;
}

static struct run *extend(struct repeat *repeat, unsigned earlier, int64_t lag_us, const struct vision_frame *frame,
                          enum path path)
{
    const struct run *before = predecessor(repeat, earlier, lag_us, path);
    struct run *run = pick(repeat->now, earlier, path);
    const float values[3] = {frame->yaw, frame->pitch, frame->mouth};
    *run = before != NULL ? *before : (struct run){.since_us = frame->time_us, .lag_us = lag_us};
    for (unsigned k = 0; k < 3; k++) {
        run->least[k] = before != NULL ? MIN(run->least[k], values[k]) : values[k];
        run->most[k] = before != NULL ? MAX(run->most[k], values[k]) : values[k];
    }
    return run;
}

static bool is_repetition(const struct run *run, enum path path)
{
    if (path == NEAR) {
        float motion = 0;
        for (unsigned k = 0; k < 3; k++) {
            motion += run->most[k] - run->least[k];
        }
        return motion >= NEAR_MOTION;
    }
    const double much = log(MAX(run->energy, 1) / ALIKE_LITTLE) / log(ALIKE_MUCH / ALIKE_LITTLE);
    const double asked = ALIKE_LEAST + (ALIKE_MOST - ALIKE_LEAST) * CLAMP(much, 0, 1);
    return run->frames >= ALIKE_FRAMES && run->likeness >= asked;
}

static void note(struct repeat *repeat, const struct run *run, const struct vision_frame *frame, enum path path)
{
    const int64_t length_us = frame->time_us - run->since_us;
    if (length_us >= REPEATED_US && length_us > repeat->seen.repeated_us && is_repetition(run, path)) {
        repeat->seen.repeated_us = length_us;
        repeat->seen.repeated_lag_us = run->lag_us;
    }
}

static void compare_near(struct repeat *repeat, const GArray *frames, unsigned i, int64_t lag_us)
{
    const struct vision_frame *frame = &g_array_index(frames, struct vision_frame, frames->len - 1);
    float step[4];
    measure_step(frames, i, step);
    if (near(frame, &g_array_index(frames, struct vision_frame, i), step)) {
        struct run *run = extend(repeat, i, lag_us, frame, NEAR);
        run->frames++;
        note(repeat, run, frame, NEAR);
    }
}

static void compare_changes(struct repeat *repeat, const GArray *frames, unsigned i, int64_t lag_us)
{
    const struct vision_frame *frame = &g_array_index(frames, struct vision_frame, frames->len - 1);
    const struct vision_frame *earlier = &g_array_index(frames, struct vision_frame, i);
    if (i == 0 || !comparable(frame, earlier) || !comparable(frame, frame - 1) || !comparable(earlier, earlier - 1)) {
        return;
    }
    const struct changes changes = changes_of(frame, earlier);
    struct run *run = extend(repeat, i, lag_us, frame, ALIKE);
    if (changes.a < ALIKE_ENERGY_MIN || changes.b < ALIKE_ENERGY_MIN) {
        return; /* says nothing, and ends nothing */
    }
    run->frames++;
    const double energy = sqrt((double)changes.a * changes.b), weight = 1.0 / MIN(run->frames, ALIKE_FRAMES);
    run->likeness += (changes.product / energy - run->likeness) * weight;
    run->energy += (energy - run->energy) * weight;
    note(repeat, run, frame, ALIKE);
}

static void compare_history(struct repeat *repeat, const GArray *frames)
{
    const unsigned newest = frames->len - 1;
    const int64_t now_us = g_array_index(frames, struct vision_frame, newest).time_us;
    g_array_set_size(repeat->now, 0);
    g_array_set_size(repeat->now, newest);
    for (unsigned i = newest > HISTORY_MAX ? newest - HISTORY_MAX : 0; i < newest; i++) {
        const int64_t lag_us = now_us - g_array_index(frames, struct vision_frame, i).time_us;
        if (lag_us < LAG_MIN_US) {
            break;
        }
        compare_near(repeat, frames, i, lag_us);
        compare_changes(repeat, frames, i, lag_us);
    }
    GArray *before = repeat->before;
    repeat->before = repeat->now;
    repeat->now = before;
}

void repeat_frame(struct repeat *repeat, const GArray *frames)
{
    const struct vision_frame *frame = &g_array_index(frames, struct vision_frame, frames->len - 1);
    if (frames->len == 1 || !same(frame, frame - 1)) {
        repeat->same_since_us = frame->time_us;
    }
    repeat->seen.frozen_us = MAX(repeat->seen.frozen_us, frame->time_us - repeat->same_since_us);
    compare_history(repeat, frames);
}
