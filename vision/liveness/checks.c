#include "vision/liveness/checks.h"

#include <math.h>
#include <string.h>

#include "vision/liveness/background.h"

#define FROZEN_US     700000
#define SEVERAL_US    500000
#define FACE_LOST_US  1500000 /* a head may turn further than the detector follows */
#define PERSON_FRAMES 3       /* whose mean is the person */
#define PERSON_YAW    0.22f   /* from the baseline: beyond, embeddings say little */
#define UNLIKE_CLEAR  0.12    /* this much below the limit, one frame is enough */
#define TOO_SHORT_US  900000
#define TOO_SHORT     8
#define STILL_US      1200000
#define STILL_RANGE   0.012f /* of yaw, pitch and mouth, but for the tenth at either end */
#define DARK_MEAN     40.0

void checks_init(struct checks *checks, const struct vision_challenge_config *config)
{
    *checks = (struct checks){.config = config,
                              .repeat = repeat_new(),
                              .several_since_us = -1,
                              .similarity_min = 1,
                              .alike_us = -1,
                              .face_us = -1};
}

void checks_clear(struct checks *checks)
{
    g_clear_pointer(&checks->repeat, repeat_free);
}

/* ---- the film ---- */

void checks_film(struct checks *checks, const GArray *frames, struct reasons *reasons)
{
    repeat_frame(checks->repeat, frames);
    const struct repeat_seen *seen = repeat_seen(checks->repeat);
    if (seen->frozen_us >= FROZEN_US) {
        reasons_add(reasons, REASON_FROZEN, "the picture stood still for %.1f seconds",
                    (double)seen->frozen_us / G_USEC_PER_SEC);
    }
    if (seen->repeated_us > 0) {
        reasons_add(reasons, REASON_REPEATED, "%.1f seconds of the film are shown again after %.1f seconds",
                    (double)seen->repeated_us / G_USEC_PER_SEC, (double)seen->repeated_lag_us / G_USEC_PER_SEC);
    }
}

void checks_background(struct checks *checks, const struct vision_frame *before, const struct vision_frame *after,
                       struct reasons *reasons)
{
    const double jump = background_jump(before, after);
    checks->jump_max = MAX(checks->jump_max, jump);
    if (jump >= 1) {
        reasons_add(reasons, REASON_BACKGROUND_JUMP,
                    "the background changed from one moment to the next, after %.1f seconds",
                    (double)after->time_us / G_USEC_PER_SEC);
    }
}

/* ---- the person ---- */

static double cosine(const float a[VISION_EMBEDDING], const float b[VISION_EMBEDDING])
{
    double sum = 0;
    for (unsigned i = 0; i < VISION_EMBEDDING; i++) {
        sum += (double)a[i] * (double)b[i];
    }
    return sum;
}

/* Only among the first and only when alike, so that nobody drifts into somebody else. */
static void learn(struct checks *checks, const float embedding[VISION_EMBEDDING])
{
    double square = 0;
    for (unsigned i = 0; i < VISION_EMBEDDING; i++) {
        checks->person[i] = checks->person[i] * (float)checks->person_frames + embedding[i];
        square += (double)checks->person[i] * (double)checks->person[i];
    }
    const float length = (float)MAX(sqrt(square), 1e-6);
    for (unsigned i = 0; i < VISION_EMBEDDING; i++) {
        checks->person[i] /= length;
    }
    checks->person_frames++;
    checks->has_person = true;
}

static void compare(struct checks *checks, const struct vision_frame *frame, const struct baseline *baseline,
                    struct reasons *reasons)
{
    if (!frame->has_face || !frame->has_embedding || fabsf(frame->yaw - baseline->yaw) > PERSON_YAW) {
        return;
    }
    if (!checks->has_person) {
        learn(checks, frame->embedding);
        return;
    }
    const double similarity = cosine(checks->person, frame->embedding);
    const double least = checks->config->same_person_min;
    checks->similarity_last = similarity;
    checks->similarity_min = MIN(checks->similarity_min, similarity);
    if (similarity >= least) {
        checks->alike++;
        checks->alike_us = frame->time_us;
        if (checks->person_frames < PERSON_FRAMES) {
            learn(checks, frame->embedding);
        }
        return;
    }
    checks->unlike++;
    if (checks->unlike >= 2 || similarity < least - UNLIKE_CLEAR) {
        reasons_add(reasons, REASON_DIFFERENT_PERSON,
                    "the face is not the same throughout: likeness %.2f after %.1f seconds, at least %.2f", similarity,
                    (double)frame->time_us / G_USEC_PER_SEC, least);
    }
}

static void check_presence(struct checks *checks, const struct vision_frame *frame, struct reasons *reasons)
{
    if (frame->has_face) {
        checks->face_us = frame->time_us;
    } else if (checks->face_us >= 0 && frame->time_us - checks->face_us >= FACE_LOST_US) {
        reasons_add(reasons, REASON_FACE_LOST, "the face left the picture after %.1f seconds",
                    (double)checks->face_us / G_USEC_PER_SEC);
    }
    if (frame->faces <= 1) {
        checks->several_since_us = -1;
    } else if (checks->several_since_us < 0) {
        checks->several_since_us = frame->time_us;
    } else if (frame->time_us - checks->several_since_us >= SEVERAL_US) {
        reasons_add(reasons, REASON_SEVERAL_FACES, "%u faces are in the picture: only one may be", frame->faces);
    }
}

void checks_person(struct checks *checks, const struct vision_frame *frame, const struct baseline *baseline,
                   struct reasons *reasons)
{
    compare(checks, frame, baseline, reasons);
    check_presence(checks, frame, reasons);
}

/* ---- at the end ---- */

double checks_frame_rate(const GArray *frames)
{
    if (frames->len < 2) {
        return 0;
    }
    const int64_t length_us = g_array_index(frames, struct vision_frame, frames->len - 1).time_us -
                              g_array_index(frames, struct vision_frame, 0).time_us;
    return length_us > 0 ? (frames->len - 1) * (double)G_USEC_PER_SEC / (double)length_us : 0;
}

static int by_value(const void *a, const void *b)
{
    const float one = *(const float *)a, other = *(const float *)b;
    return (one > other) - (one < other);
}

/* The middle four fifths of what the frames show: a face of paper has no part that moves by itself. */
static float range(const GPtrArray *frames, float (*value)(const struct vision_frame *))
{
    g_autofree float *values = g_new(float, frames->len);
    for (unsigned i = 0; i < frames->len; i++) {
        values[i] = value(frames->pdata[i]);
    }
    qsort(values, frames->len, sizeof(*values), by_value);
    return values[frames->len - 1 - frames->len / 10] - values[frames->len / 10];
}

static float yaw_of(const struct vision_frame *frame)
{
    return frame->yaw;
}

static float pitch_of(const struct vision_frame *frame)
{
    return frame->pitch;
}

static float mouth_of(const struct vision_frame *frame)
{
    return frame->mouth;
}

static void check_life(const GPtrArray *faces, int64_t length_us, struct reasons *reasons)
{
    if (faces->len == 1 && length_us == 0) {
        reasons_add(reasons, REASON_STILL_PICTURE, "this is a single picture");
    } else if (faces->len >= TOO_SHORT && length_us >= STILL_US && range(faces, yaw_of) < STILL_RANGE &&
               range(faces, pitch_of) < STILL_RANGE && range(faces, mouth_of) < STILL_RANGE) {
        reasons_add(reasons, REASON_STILL_PICTURE, "the face never moves by itself: it seems to be a picture of one");
    }
}

static void check_faces(const struct checks *checks, const GPtrArray *faces, struct reasons *reasons)
{
    double brightness = 0, height = 0;
    for (unsigned i = 0; i < faces->len; i++) {
        const struct vision_frame *frame = faces->pdata[i];
        brightness += (double)frame->brightness / faces->len;
        height += (double)frame->box[3] / faces->len;
    }
    if (brightness < DARK_MEAN) {
        reasons_add(reasons, REASON_TOO_DARK, "the face is too dark: %.0f of 255, at least %.0f", brightness,
                    DARK_MEAN);
    }
    if (height < checks->config->face_px_min) {
        reasons_add(reasons, REASON_LOW_RESOLUTION, "the face is too small: %.0f px high, at least %u", height,
                    checks->config->face_px_min);
    }
}

void checks_end(const struct checks *checks, const GArray *frames, struct reasons *reasons)
{
    g_autoptr(GPtrArray) faces = g_ptr_array_new();
    for (unsigned i = 0; i < frames->len; i++) {
        struct vision_frame *frame = &g_array_index(frames, struct vision_frame, i);
        if (frame->has_face) {
            g_ptr_array_add(faces, frame);
        }
    }
    const int64_t length_us =
        frames->len == 0 ? 0 : g_array_index(frames, struct vision_frame, frames->len - 1).time_us;
    if (faces->len == 0) {
        reasons_add(reasons, REASON_NO_FACE, "no face is seen");
    } else {
        check_life(faces, length_us, reasons);
        check_faces(checks, faces, reasons);
    }
    if (length_us < TOO_SHORT_US || frames->len < TOO_SHORT) {
        reasons_add(reasons, REASON_TOO_SHORT, "the video is too short: %.1f seconds with %u pictures",
                    (double)length_us / G_USEC_PER_SEC, frames->len);
    } else if (checks_frame_rate(frames) < checks->config->frame_rate_min) {
        reasons_add(reasons, REASON_LOW_FRAME_RATE, "%.1f pictures a second are too few: at least %u",
                    checks_frame_rate(frames), checks->config->frame_rate_min);
    }
}
