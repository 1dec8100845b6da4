#include "vision/liveness/task.h"

#include <math.h>

#define HELD_MIN 2

#define TURN       0.22f /* of the distance between the eyes: about 25 degrees */
#define TURN_BEGUN 0.12f /* less is nobody's turn */
/* A nod is the nose going down between eyes and mouth. */
#define NOD        0.08f
#define NOD_BACK   0.04f
#define NOD_YAW    0.20f /* landmarks of a turned head say little about nodding */
#define CLOSED     0.6f
#define OPEN       0.2f
#define MOUTH      0.35f /* a toothy smile reaches 0.31 */
#define MOUTH_MORE 0.25f
#define CLOSER     1.3f
#define CLOSE_YET  1.12f

void task_watch_begin(struct task_watch *watch, enum vision_task task, bool armed)
{
    *watch = (struct task_watch){.task = task, .armed = armed};
}

/* A movement that goes beyond something and holds: `amount` 0 is the baseline, 1 the threshold. */
static bool hold(struct task_watch *watch, float amount, float begun)
{
    watch->armed = watch->armed || amount < begun;
    if (!watch->armed) {
        return false;
    }
    watch->progress = MAX(watch->progress, CLAMP(amount, 0, 1));
    watch->held = amount >= 1 ? watch->held + 1 : 0;
    return watch->held >= HELD_MIN;
}

/* A movement there and back: beyond 1 for `held_min` frames, then below `back`. */
static bool swing(struct task_watch *watch, float amount, float back, unsigned held_min)
{
    watch->armed = watch->armed || amount < back;
    if (!watch->armed) {
        return false;
    }
    watch->progress = MAX(watch->progress, CLAMP(amount / 2, 0, 0.5f));
    watch->held = amount >= 1 ? watch->held + 1 : 0;
    watch->out = watch->out || watch->held >= held_min;
    return watch->out && amount < back;
}

static bool turn(struct task_watch *watch, const struct baseline *baseline, const struct vision_frame *frame)
{
    /* The camera's picture is not mirrored: the person's own left is the picture's right, where yaw is positive. */
    const float sign = watch->task == VISION_TURN_LEFT ? 1 : -1;
    return hold(watch, sign * (frame->yaw - baseline->yaw) / TURN, TURN_BEGUN / TURN);
}

static bool nod(struct task_watch *watch, const struct baseline *baseline, const struct vision_frame *frame)
{
    if (fabsf(frame->yaw - baseline->yaw) > NOD_YAW) {
        return false;
    }
    return swing(watch, (frame->pitch - baseline->pitch) / NOD, NOD_BACK / NOD, HELD_MIN);
}

/* From 0 (as open as this eye is) to 1 (as closed as an eye must be). Narrow eyes pass for half closed. */
static float closing(float open, float closed)
{
    const float floor = MIN(open, 0.7f);
    const float ceiling = CLAMP(floor + 0.3f, CLOSED, 0.9f);
    return (closed - floor) / (ceiling - floor);
}

static bool blink(struct task_watch *watch, const struct baseline *baseline, const struct vision_frame *frame)
{
    const float one = closing(baseline->eye_closed[0], frame->eye_closed[0]);
    const float other = closing(baseline->eye_closed[1], frame->eye_closed[1]);
    /* Both must close, and both open again; a quick blink is a single frame. */
    const float amount = watch->out ? MAX(one, other) : MIN(one, other);
    return swing(watch, amount, OPEN / CLOSED, 1);
}

static bool open_mouth(struct task_watch *watch, const struct baseline *baseline, const struct vision_frame *frame)
{
    const float wide = MAX(MOUTH, baseline->mouth + MOUTH_MORE);
    return hold(watch, (frame->mouth - baseline->mouth) / (wide - baseline->mouth), 0.5f);
}

static bool come_closer(struct task_watch *watch, const struct baseline *baseline, const struct vision_frame *frame)
{
    const float grown = frame->box[3] / MAX(baseline->height, 1);
    return hold(watch, (grown - 1) / (CLOSER - 1), (CLOSE_YET - 1) / (CLOSER - 1));
}

bool task_watch_frame(struct task_watch *watch, const struct baseline *baseline, const struct vision_frame *frame)
{
    static bool (*const see[])(struct task_watch *, const struct baseline *, const struct vision_frame *) = {
        [VISION_TURN_LEFT] = turn, [VISION_TURN_RIGHT] = turn,       [VISION_NOD] = nod,
        [VISION_BLINK] = blink,    [VISION_OPEN_MOUTH] = open_mouth, [VISION_COME_CLOSER] = come_closer,
    };
    if (watch->done || !frame->has_face || !see[watch->task](watch, baseline, frame)) {
        return false;
    }
    watch->done = true;
    watch->progress = 1;
    return true;
}
