#include "vision/liveness/hints.h"

#include <math.h>
#include <stdlib.h>

#define PASSIVE_LOW   0.3
#define INTERVALS_MIN 45
#define REGULAR_US    150 /* a camera's clock and the machine it hangs on give milliseconds */
#define IRREGULAR     0.6 /* deviation by mean */

static void add(json_t *hints, const char *code, const char *message)
{
    json_array_append_new(hints, json_pack("{s:s, s:s}", "code", code, "message", message));
}

/* How far the time of a frame is from where an even clock would have it, on the average, in µs. */
static double jitter_us(const GArray *frames)
{
    const double first = (double)g_array_index(frames, struct vision_frame, 0).time_us;
    const double tick = G_USEC_PER_SEC / 30.0; /* what cameras promise; we look at every second frame or so */
    double sum = 0;
    for (unsigned i = 0; i < frames->len; i++) {
        const double ticks = ((double)g_array_index(frames, struct vision_frame, i).time_us - first) / tick;
        sum += fabs(ticks - round(ticks)) * tick;
    }
    return sum / frames->len;
}

static double irregularity(const GArray *frames)
{
    double sum = 0, squares = 0;
    const unsigned count = frames->len - 1;
    for (unsigned i = 0; i < count; i++) {
        const struct vision_frame *frame = &g_array_index(frames, struct vision_frame, i);
        const double interval = (double)(frame[1].time_us - frame[0].time_us);
        sum += interval;
        squares += interval * interval;
    }
    const double mean = sum / count;
    return sqrt(MAX(squares / count - mean * mean, 0)) / mean;
}

static bool resolution_changes(const GArray *frames)
{
    for (unsigned i = 1; i < frames->len; i++) {
        const struct vision_frame *frame = &g_array_index(frames, struct vision_frame, i);
        if (frame->width != frame[-1].width || frame->height != frame[-1].height) {
            return true;
        }
    }
    return false;
}

json_t *hints_report(const GArray *frames, bool live, double passive)
{
    json_t *hints = json_array();
    if (passive >= 0 && passive < PASSIVE_LOW) {
        add(hints, "passive_low", "the look of the face is more that of a picture or a screen");
    }
    if (live && frames->len > INTERVALS_MIN && jitter_us(frames) < REGULAR_US) {
        add(hints, "cadence_regular", "the pictures come more evenly than a camera takes them");
    }
    if (live && frames->len > INTERVALS_MIN && irregularity(frames) > IRREGULAR) {
        add(hints, "cadence_irregular", "the pictures come unevenly, as from a program or over a bad line");
    }
    if (resolution_changes(frames)) {
        add(hints, "resolution_changed", "the size of the picture changed meanwhile");
    }
    return hints;
}
