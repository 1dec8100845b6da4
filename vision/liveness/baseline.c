#include "vision/liveness/baseline.h"

#include <math.h>

#define STILL_YAW    0.15f
#define STILL_PITCH  0.12f
#define FRAMES_MIN   5
#define CLIP_FRAMES  2
#define CLIP_FRONTAL 0.20f /* of a clip whose person hardly stops there */
#define DARK         45.0f /* mean luma of a face */
#define SCREEN_SHARE 0.15f /* of the picture's height that a face should have */

static const struct vision_frame *frame_at(const GArray *frames, unsigned i)
{
    return &g_array_index(frames, struct vision_frame, i);
}

/* ---- of many numbers, one ---- */

static int by_value(const void *a, const void *b)
{
    const float one = *(const float *)a, other = *(const float *)b;
    return (one > other) - (one < other);
}

/* Of `values`, which it sorts, the one that `share` (0..1) of them are below. */
static float quantile(GArray *values, float share)
{
    g_array_sort(values, by_value);
    return g_array_index(values, float, (unsigned)((float)(values->len - 1) * share + 0.5f));
}

enum measure_of { YAW, PITCH, MOUTH, EYE_LEFT, EYE_RIGHT, HEIGHT };

static float value_of(const struct vision_frame *frame, enum measure_of what)
{
    const float values[] = {frame->yaw,           frame->pitch,         frame->mouth,
                            frame->eye_closed[0], frame->eye_closed[1], frame->box[3]};
    return values[what];
}

static float quantile_of(const GPtrArray *frames, enum measure_of what, float share)
{
    g_autoptr(GArray) values = g_array_sized_new(false, false, sizeof(float), frames->len);
    for (unsigned i = 0; i < frames->len; i++) {
        const float value = value_of(frames->pdata[i], what);
        g_array_append_val(values, value);
    }
    return quantile(values, share);
}

/* What the person does now and then (mouth open, eyes shut, close by) is above the rest. */
static void measure(const GPtrArray *frames, float rest, struct baseline *baseline)
{
    *baseline = (struct baseline){
        .yaw = CLAMP(quantile_of(frames, YAW, 0.5f), -BASELINE_FRONTAL, BASELINE_FRONTAL),
        .pitch = quantile_of(frames, PITCH, 0.5f),
        .mouth = quantile_of(frames, MOUTH, rest),
        .eye_closed = {quantile_of(frames, EYE_LEFT, rest), quantile_of(frames, EYE_RIGHT, rest)},
        .height = quantile_of(frames, HEIGHT, rest),
    };
}

/* ---- live ---- */

static float height_min(const struct baseline_search *search, const struct vision_frame *frame)
{
    return MAX(search->face_px_min, SCREEN_SHARE * (float)frame->height);
}

/* What is wrong with one frame by itself. */
static const char *fault(const struct baseline_search *search, const struct vision_frame *frame)
{
    if (!frame->has_face) {
        return "no_face";
    }
    if (frame->faces > 1) {
        return "several_faces";
    }
    if (frame->brightness < DARK) {
        return "too_dark";
    }
    if (frame->box[3] < height_min(search, frame)) {
        return "come_closer";
    }
    return fabsf(frame->yaw) > BASELINE_FRONTAL ? "look_straight" : NULL;
}

/* The frames of the last `length_us` without a fault, newest first; NULL: the person moved, or it is too early. */
static GPtrArray *still_frames(const struct baseline_search *search, const GArray *frames, bool *moved)
{
    g_autoptr(GPtrArray) still = g_ptr_array_new();
    float least[2] = {INFINITY, INFINITY}, most[2] = {-INFINITY, -INFINITY};
    *moved = false;
    const struct vision_frame *newest = frame_at(frames, frames->len - 1);
    for (unsigned i = frames->len; i > 0; i--) {
        const struct vision_frame *frame = frame_at(frames, i - 1);
        if (fault(search, frame) != NULL) {
            return NULL;
        }
        const float values[2] = {frame->yaw, frame->pitch};
        for (unsigned k = 0; k < 2; k++) {
            least[k] = MIN(least[k], values[k]);
            most[k] = MAX(most[k], values[k]);
        }
        *moved = most[0] - least[0] > STILL_YAW || most[1] - least[1] > STILL_PITCH;
        if (*moved) {
            return NULL;
        }
        g_ptr_array_add(still, (void *)frame);
        if (newest->time_us - frame->time_us >= search->length_us && still->len >= FRAMES_MIN) {
            return g_steal_pointer(&still);
        }
    }
    return NULL;
}

const char *baseline_hint(const struct baseline_search *search, const GArray *frames)
{
    if (frames->len == 0) {
        return "no_face";
    }
    const char *wrong = fault(search, frame_at(frames, frames->len - 1));
    if (wrong != NULL) {
        return wrong;
    }
    bool moved;
    GPtrArray *still = still_frames(search, frames, &moved);
    g_clear_pointer(&still, g_ptr_array_unref);
    return moved ? "hold_still" : NULL;
}

bool baseline_find(const struct baseline_search *search, const GArray *frames, struct baseline *baseline)
{
    bool moved;
    g_autoptr(GPtrArray) still = frames->len > 0 ? still_frames(search, frames, &moved) : NULL;
    if (still == NULL) {
        return false;
    }
    bool known = false; /* without an embedding nobody could say later that it is the same person */
    for (unsigned i = 0; i < still->len && !known; i++) {
        known = ((const struct vision_frame *)still->pdata[i])->has_embedding;
    }
    if (known) {
        measure(still, 0.5f, baseline);
    }
    return known;
}

/* ---- recorded ---- */

bool baseline_of_clip(const GArray *frames, struct baseline *baseline, unsigned *begin)
{
    g_autoptr(GPtrArray) frontal = g_ptr_array_new();
    for (unsigned i = 0; i < frames->len; i++) {
        const struct vision_frame *frame = frame_at(frames, i);
        if (frame->has_face && fabsf(frame->yaw) <= CLIP_FRONTAL) {
            g_ptr_array_add(frontal, (void *)frame);
        }
    }
    if (frontal->len < CLIP_FRAMES) {
        return false;
    }
    measure(frontal, 0.3f, baseline);
    *begin = 0;
    while (*begin < frames->len && (!frame_at(frames, *begin)->has_face ||
                                    fabsf(frame_at(frames, *begin)->yaw - baseline->yaw) > BASELINE_FRONTAL)) {
        *begin += 1;
    }
    return *begin < frames->len;
}
