#include "vision/liveness/challenge.h"

#include <string.h>

#include "vision/face/thresholds.h"
#include "vision/process/pool.h"

#define LOOK_MAX_US   45000000 /* for the baseline; who cannot show a face by then has another way */
#define SETTLE_MAX_US 4000000
#define FRAMES_MAX    6000

struct vision_challenge_config vision_challenge_defaults(const struct vision_pool *pool)
{
    return (struct vision_challenge_config){
        .task_window_ms = 8000,
        .baseline_ms = 700,
        .frame_rate_min = 6,
        .face_px_min = 60,
        .same_person_min = pool_thresholds(pool)->match,
    };
}

struct vision_challenge *vision_challenge_new(const struct vision_challenge_config *config,
                                              const enum vision_task *script, unsigned count, bool live)
{
    g_assert(count <= VISION_SCRIPT_MAX);
    struct vision_challenge *challenge = g_new0(struct vision_challenge, 1);
    challenge->config = *config;
    challenge->count = count;
    challenge->live = live;
    challenge->now_us = -1;
    challenge->frames = g_array_new(false, false, sizeof(struct vision_frame));
    for (unsigned i = 0; i < count; i++) {
        challenge->script[i] = script[i];
        challenge->steps[i].shown_us = challenge->steps[i].done_us = -1;
    }
    checks_init(&challenge->checks, &challenge->config);
    return challenge;
}

void vision_challenge_free(struct vision_challenge *challenge)
{
    if (challenge != NULL) {
        checks_clear(&challenge->checks);
        reasons_clear(&challenge->reasons);
        g_array_unref(challenge->frames);
        g_free(challenge);
    }
}

/* ---- tasks ---- */

static bool over(const struct vision_challenge *challenge)
{
    return challenge->state == VISION_CHALLENGE_PASSED || challenge->state == VISION_CHALLENGE_FAILED;
}

/* The frame in which a task is shown is where its movement begins from. */
static void show(struct vision_challenge *challenge, unsigned index, const struct vision_frame *frame)
{
    challenge->state = VISION_CHALLENGE_TASK;
    challenge->index = index;
    challenge->steps[index].shown_us = frame->time_us;
    for (unsigned i = 0; i < VISION_TASKS; i++) {
        task_watch_begin(&challenge->watches[i], (enum vision_task)i);
        task_watch_frame(&challenge->watches[i], &challenge->baseline, frame);
    }
}

/* Nobody can keep from blinking, and a nod or an open mouth may be a word. They count as wrong only when what was asked
 * for is not done in the end. */
static void note_wrong(struct vision_challenge *challenge, enum vision_task task)
{
    if (task != VISION_BLINK) {
        challenge->steps[challenge->index].wrong |= 1u << task;
    }
    task_watch_begin(&challenge->watches[task], task);
}

/* Returns true when the frame completes the task that is shown. */
static bool watch(struct vision_challenge *challenge, const struct vision_frame *frame)
{
    const enum vision_task asked = challenge->script[challenge->index];
    bool done = false;
    for (unsigned i = 0; i < VISION_TASKS; i++) {
        const enum vision_task task = (enum vision_task)i;
        if (task_watch_frame(&challenge->watches[i], &challenge->baseline, frame)) {
            if (task == asked) {
                done = true;
            } else {
                note_wrong(challenge, task);
            }
        }
    }
    return done;
}

/* The movement that was made instead of, or before, the one asked for; VISION_TASKS: none. */
static unsigned wrong_task(const struct vision_challenge *challenge, enum vision_task asked)
{
    for (unsigned i = 0; i < challenge->index; i++) {
        if ((challenge->steps[i].wrong & 1u << asked) != 0) {
            return asked; /* too early */
        }
    }
    const unsigned wrong = challenge->steps[challenge->index].wrong;
    return wrong != 0 ? (unsigned)__builtin_ctz(wrong) : VISION_TASKS;
}

/* Why the task that is shown was not done. */
static void blame(struct vision_challenge *challenge, const char *when)
{
    const enum vision_task asked = challenge->script[challenge->index];
    const char *name = vision_task_name(asked);
    const unsigned wrong = wrong_task(challenge, asked);
    if (wrong == asked) {
        reasons_add(&challenge->reasons, REASON_WRONG_TASK, "%s was done before it was asked for as task %u", name,
                    challenge->index + 1);
    } else if (wrong < VISION_TASKS) {
        reasons_add(&challenge->reasons, REASON_WRONG_TASK, "task %u was %s, and %s was done instead",
                    challenge->index + 1, name, vision_task_name((enum vision_task)wrong));
    }
    if (challenge->live && challenge->watches[asked].progress >= 0.5f) {
        reasons_add(&challenge->reasons, REASON_TASK_TOO_LATE, "task %u (%s) was begun but not completed %s",
                    challenge->index + 1, name, when);
    } else {
        reasons_add(&challenge->reasons, REASON_TASK_NOT_DONE, "task %u (%s) was not done %s", challenge->index + 1,
                    name, when);
    }
}

/* ---- live ---- */

static void conclude(struct vision_challenge *challenge)
{
    checks_end(&challenge->checks, challenge->frames, &challenge->reasons);
    challenge->state = reasons_any(&challenge->reasons) ? VISION_CHALLENGE_FAILED : VISION_CHALLENGE_PASSED;
    challenge->hint = NULL;
}

static struct baseline_search search_of(const struct vision_challenge *challenge)
{
    return (struct baseline_search){
        .length_us = challenge->config.baseline_ms * INT64_C(1000),
        .face_px_min = (float)challenge->config.face_px_min,
    };
}

static void blame_look(struct vision_challenge *challenge)
{
    static const struct {
        const char *hint;
        enum reason reason;
        const char *message;
    } faults[] = {
        {"several_faces", REASON_SEVERAL_FACES, "several faces are in the picture: only one may be"},
        {"too_dark", REASON_TOO_DARK, "the face is too dark"},
        {"come_closer", REASON_LOW_RESOLUTION, "the face is too small: come closer to the camera"},
    };
    for (size_t i = 0; challenge->hint != NULL && i < G_N_ELEMENTS(faults); i++) {
        if (strcmp(challenge->hint, faults[i].hint) == 0) {
            reasons_add(&challenge->reasons, faults[i].reason, "%s", faults[i].message);
            return;
        }
    }
    reasons_add(&challenge->reasons, REASON_NO_FACE, "no face looked into the camera and held still");
}

static void look(struct vision_challenge *challenge, const struct vision_frame *frame)
{
    const struct baseline_search search = search_of(challenge);
    challenge->hint = baseline_hint(&search, challenge->frames);
    if (!baseline_find(&search, challenge->frames, &challenge->baseline)) {
        if (frame->time_us > LOOK_MAX_US) {
            blame_look(challenge);
        }
        return;
    }
    challenge->has_baseline = true;
    challenge->hint = NULL;
    const int64_t since_us = frame->time_us - search.length_us;
    for (unsigned i = 0; i < challenge->frames->len; i++) {
        const struct vision_frame *seen = &g_array_index(challenge->frames, struct vision_frame, i);
        if (seen->time_us >= since_us) {
            checks_person(&challenge->checks, seen, &challenge->baseline, &challenge->reasons);
        }
        if (i > 0 && seen[-1].time_us >= since_us) {
            checks_background(&challenge->checks, seen - 1, seen, &challenge->reasons);
        }
    }
    if (challenge->count > 0) {
        show(challenge, 0, frame);
    }
}

/* Who did the tasks must be who was there before: seen once more from the front. */
static void settle(struct vision_challenge *challenge)
{
    const struct challenge_step *last = &challenge->steps[challenge->count - 1];
    if (challenge->checks.alike_us > last->done_us) {
        conclude(challenge);
    } else if (challenge->now_us - last->done_us > SETTLE_MAX_US) {
        reasons_add(&challenge->reasons, REASON_FACE_LOST, "after the tasks the face did not look into the camera");
    } else {
        challenge->hint = "look_straight";
    }
}

static void judge_task(struct vision_challenge *challenge, const struct vision_frame *frame)
{
    struct challenge_step *step = &challenge->steps[challenge->index];
    checks_person(&challenge->checks, frame, &challenge->baseline, &challenge->reasons);
    challenge->hint = !frame->has_face ? "no_face" : frame->faces > 1 ? "several_faces" : NULL;
    if (challenge->settling) {
        settle(challenge);
        return;
    }
    /* Done in time is done, even when nobody had a frame of it before. */
    if (watch(challenge, frame) &&
        frame->time_us - step->shown_us <= challenge->config.task_window_ms * INT64_C(1000)) {
        step->done_us = frame->time_us;
        challenge->settling = challenge->index + 1 == challenge->count;
        if (challenge->settling) {
            settle(challenge);
        } else {
            show(challenge, challenge->index + 1, frame);
        }
    } else if (frame->time_us - step->shown_us > challenge->config.task_window_ms * INT64_C(1000)) {
        blame(challenge, "in time");
    }
}

static void judge_live(struct vision_challenge *challenge, const struct vision_frame *frame)
{
    if (challenge->has_baseline && challenge->count > 0) {
        judge_task(challenge, frame);
    } else if (challenge->has_baseline) {
        checks_person(&challenge->checks, frame, &challenge->baseline, &challenge->reasons);
    } else {
        look(challenge, frame);
    }
    if (!over(challenge) && reasons_any(&challenge->reasons)) {
        conclude(challenge);
    }
}

bool vision_challenge_frame(struct vision_challenge *challenge, const struct vision_frame *frame)
{
    if (over(challenge) || frame->time_us <= challenge->now_us || challenge->frames->len >= FRAMES_MAX) {
        return false;
    }
    const enum vision_challenge_state state = challenge->state;
    const unsigned index = challenge->index;
    const char *hint = challenge->hint;
    challenge->now_us = frame->time_us;
    g_array_append_val(challenge->frames, *frame);
    checks_film(&challenge->checks, challenge->frames, &challenge->reasons);
    /* Until the person holds still, a camera that is put into its place changes all that it sees. */
    if (challenge->frames->len > 1 && (!challenge->live || challenge->has_baseline)) {
        const struct vision_frame *newest =
            &g_array_index(challenge->frames, struct vision_frame, challenge->frames->len - 1);
        checks_background(&challenge->checks, newest - 1, newest, &challenge->reasons);
    }
    if (challenge->live) {
        judge_live(challenge, frame);
    }
    return state != challenge->state || index != challenge->index || g_strcmp0(hint, challenge->hint) != 0;
}

/* ---- the end ---- */

static void judge_clip(struct vision_challenge *challenge)
{
    unsigned begin;
    if (!baseline_of_clip(challenge->frames, &challenge->baseline, &begin)) {
        reasons_add(&challenge->reasons, REASON_NO_FACE, "no face looks into the camera");
        return;
    }
    challenge->has_baseline = true;
    unsigned done = 0;
    for (unsigned i = begin; i < challenge->frames->len; i++) {
        const struct vision_frame *frame = &g_array_index(challenge->frames, struct vision_frame, i);
        checks_person(&challenge->checks, frame, &challenge->baseline, &challenge->reasons);
        if (i == begin && challenge->count > 0) {
            show(challenge, 0, frame);
        } else if (done < challenge->count && watch(challenge, frame)) {
            challenge->steps[done++].done_us = frame->time_us;
            if (done < challenge->count) {
                show(challenge, done, frame);
            }
        }
    }
    if (done < challenge->count) {
        blame(challenge, "in the video");
    }
}

void vision_challenge_end(struct vision_challenge *challenge)
{
    if (over(challenge)) {
        return;
    }
    if (!challenge->live) {
        judge_clip(challenge);
    } else if (!challenge->has_baseline) {
        blame_look(challenge);
    } else if (challenge->settling) {
        reasons_add(&challenge->reasons, REASON_FACE_LOST, "after the tasks the face did not look into the camera");
    } else if (challenge->count > 0) {
        blame(challenge, "before the video ended");
    }
    conclude(challenge);
}

void vision_challenge_view(const struct vision_challenge *challenge, struct vision_challenge_view *view)
{
    *view = (struct vision_challenge_view){
        .state = challenge->state, .index = challenge->index, .count = challenge->count, .hint = challenge->hint};
    if (challenge->state != VISION_CHALLENGE_TASK) {
        return;
    }
    const struct challenge_step *step = &challenge->steps[challenge->index];
    view->task = challenge->script[challenge->index];
    view->progress = challenge->settling ? 1 : (double)challenge->watches[view->task].progress;
    const int64_t spent_us = challenge->now_us - step->shown_us;
    view->remaining_us = MAX(0, challenge->config.task_window_ms * INT64_C(1000) - spent_us);
}
