/* challenge_report: the verdict with all that led to it, as JSON to be stored. */
#include <math.h>
#include <stdlib.h>

#include "vision/liveness/challenge.h"
#include "vision/liveness/hints.h"

#define SERIES_MAX 3000

static double thousandth(double value)
{
    return round(value * 1000) / 1000;
}

static json_t *ms_or_null(int64_t time_us)
{
    return time_us < 0 ? json_null() : json_integer(time_us / 1000);
}

static json_t *report_steps(const struct vision_challenge *challenge)
{
    json_t *steps = json_array();
    for (unsigned i = 0; i < challenge->count; i++) {
        const struct challenge_step *step = &challenge->steps[i];
        json_array_append_new(steps, json_pack("{s:s, s:b, s:o, s:o}", "task", vision_task_name(challenge->script[i]),
                                               "passed", step->done_us >= 0, "at_ms", ms_or_null(step->done_us),
                                               "shown_at_ms", ms_or_null(step->shown_us)));
    }
    return steps;
}

static int by_value(const void *a, const void *b)
{
    const float one = *(const float *)a, other = *(const float *)b;
    return (one > other) - (one < other);
}

/* The median: one frame says little. -1: none was measured. */
static double passive_of(const GArray *frames)
{
    g_autoptr(GArray) values = g_array_new(false, false, sizeof(float));
    for (unsigned i = 0; i < frames->len; i++) {
        const struct vision_frame *frame = &g_array_index(frames, struct vision_frame, i);
        if (frame->has_passive) {
            g_array_append_val(values, frame->passive);
        }
    }
    g_array_sort(values, by_value);
    return values->len > 0 ? (double)g_array_index(values, float, values->len / 2) : -1;
}

static json_t *report_baseline(const struct vision_challenge *challenge)
{
    const struct baseline *baseline = &challenge->baseline;
    if (!challenge->has_baseline) {
        return json_null();
    }
    return json_pack("{s:f, s:f, s:f, s:[f, f], s:f}", "yaw", thousandth((double)baseline->yaw), "pitch",
                     thousandth((double)baseline->pitch), "mouth", thousandth((double)baseline->mouth), "eye_closed",
                     thousandth((double)baseline->eye_closed[0]), thousandth((double)baseline->eye_closed[1]),
                     "height_px", thousandth((double)baseline->height));
}

static json_t *report_series(const GArray *frames)
{
    json_t *series = json_array();
    for (unsigned i = 0; i < MIN(frames->len, SERIES_MAX); i++) {
        const struct vision_frame *frame = &g_array_index(frames, struct vision_frame, i);
        json_t *entry = json_array();
        json_array_append_new(entry, json_integer(frame->time_us / 1000));
        const float values[] = {frame->yaw, frame->pitch, MAX(frame->eye_closed[0], frame->eye_closed[1]), frame->mouth,
                                frame->box[3]};
        for (size_t k = 0; k < G_N_ELEMENTS(values); k++) {
            json_array_append_new(entry, frame->has_face ? json_real(thousandth((double)values[k])) : json_null());
        }
        json_array_append_new(series, entry);
    }
    return series;
}

static json_t *report_measurements(const struct vision_challenge *challenge)
{
    const GArray *frames = challenge->frames;
    const struct checks *checks = &challenge->checks;
    const struct repeat_seen *seen = repeat_seen(checks->repeat);
    const struct vision_frame *last =
        frames->len > 0 ? &g_array_index(frames, struct vision_frame, frames->len - 1) : NULL;
    const bool compared = checks->alike + checks->unlike > 0;
    return json_pack("{s:i, s:f, s:i, s:i, s:I, s:f, s:o, s:f, s:I, s:I, s:o, s:o}", "frames", (int)frames->len,
                     "frame_rate", thousandth(checks_frame_rate(frames)), "width", last != NULL ? last->width : 0,
                     "height", last != NULL ? last->height : 0, "duration_ms",
                     (json_int_t)(last != NULL ? last->time_us / 1000 : 0), "same_person_min",
                     challenge->config.same_person_min, "similarity_min",
                     compared ? json_real(thousandth(checks->similarity_min)) : json_null(), "background_jump_max",
                     thousandth(checks->jump_max), "frozen_ms", (json_int_t)(seen->frozen_us / 1000), "repeated_ms",
                     (json_int_t)(seen->repeated_us / 1000), "baseline", report_baseline(challenge), "series",
                     report_series(frames));
}

static json_t *same_person(const struct vision_challenge *challenge)
{
    if (challenge->checks.alike + challenge->checks.unlike == 0) {
        return json_null();
    }
    return json_boolean(challenge->reasons.messages[REASON_DIFFERENT_PERSON] == NULL);
}

json_t *vision_challenge_report(const struct vision_challenge *challenge)
{
    const double passive = passive_of(challenge->frames);
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:o, s:o}", "decision",
                     challenge->state == VISION_CHALLENGE_PASSED ? "pass" : "fail", "passive",
                     passive < 0 ? json_null() : json_real(thousandth(passive)), "steps", report_steps(challenge),
                     "same_person", same_person(challenge), "reasons", reasons_report(&challenge->reasons), "hints",
                     hints_report(challenge->frames, challenge->live, passive), "measurements",
                     report_measurements(challenge));
}
