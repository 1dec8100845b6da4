#include "vision/liveness/task.h"

#include <math.h>

#define HELD_MIN 2

#define TURN       0.22f /* of the distance between the eyes: about 25 degrees */
#define TURN_BEGUN 0.12f /* less is nobody's turn */
/* A nod is the nose going down between eyes and mouth, and up again, soon. */
#define NOD        0.07f
#define NOD_BACK   0.6f  /* of the way down */
#define NOD_YAW    0.20f /* landmarks of a turned head say little about nodding */
#define NOD_US     1500000
#define BLINK_US   1500000
#define SHUT       0.5f  /* of an eye at rest */
#define EYES_YAW   0.15f /* nor is the far eye of a turned head seen well */
#define CLOSED     0.6f
#define OPENED     0.25f /* of the way from open to closed */
#define MOUTH      0.35f /* a toothy smile reaches 0.31 */
#define MOUTH_MORE 0.25f
#define CLOSER     1.3f
#define CLOSE_YET  1.12f

void task_watch_begin(struct task_watch *watch, enum vision_task task)
{
    *watch = (struct task_watch){.task = task};
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

static bool turn(struct task_watch *watch, const struct baseline *baseline, const struct vision_frame *frame)
{
    /* The camera's picture is not mirrored: the person's own left is the picture's right, where yaw is positive. */
    const float sign = watch->task == VISION_TURN_LEFT ? 1 : -1;
    return hold(watch, sign * (frame->yaw - baseline->yaw) / TURN, TURN_BEGUN / TURN);
}

/* Down by NOD from where the head was last up, and most of the way back, all within NOD_US. It needs no baseline: some
 * people begin with the head raised, and a head that rises to where it belongs has not nodded. */
static bool nod(struct task_watch *watch, const struct baseline *baseline, const struct vision_frame *frame)
{
    const bool turned = fabsf(frame->yaw - baseline->yaw) > NOD_YAW;
    const bool slow = frame->time_us - watch->up_us > NOD_US;
    if (turned || slow || !watch->armed || frame->pitch <= watch->up) {
        watch->armed = !turned;
        watch->out = false;
        watch->up = watch->down = frame->pitch;
        watch->up_us = frame->time_us;
        watch->held = 0;
        return false;
    }
    watch->down = MAX(watch->down, frame->pitch);
    const float way = watch->down - watch->up;
    watch->progress = MAX(watch->progress, CLAMP(way / NOD / 2, 0, 0.5f));
    watch->held += frame->pitch - watch->up >= NOD / 2;
    watch->out = way >= NOD && watch->held >= HELD_MIN;
    return watch->out && watch->down - frame->pitch >= NOD_BACK * way;
}

/* From 0 (as open as this eye is) to 1 (as closed as an eye must be). Narrow eyes look half closed. */
static float closing(float open, float closed)
{
    return (closed - open) / (CLAMP(open + 0.3f, CLOSED, 0.9f) - open);
}

/* Both eyes open, both closed, both open again, and not asleep; in a frontal face all the while. An eye that seems
 * closed when the person does nothing (hair, a shadow) says nothing; the other one has to do. */
static bool blink(struct task_watch *watch, const struct baseline *baseline, const struct vision_frame *frame)
{
    const bool turned = fabsf(frame->yaw - baseline->yaw) > EYES_YAW;
    const bool asleep = watch->out && frame->time_us - watch->up_us > BLINK_US;
    if (turned || asleep) {
        watch->armed = watch->out = false;
        return false;
    }
    float least = 1, most = 0;
    unsigned seen = 0;
    for (unsigned i = 0; i < 2; i++) {
        if (baseline->eye_closed[i] < SHUT) {
            const float amount = closing(baseline->eye_closed[i], frame->eye_closed[i]);
            least = seen == 0 ? amount : MIN(least, amount);
            most = seen == 0 ? amount : MAX(most, amount);
            seen++;
        }
    }
    const bool open = seen > 0 && most < OPENED;
    watch->armed = watch->armed || open;
    if (watch->armed && !watch->out && least >= 1) { /* a quick blink is a single frame */
        watch->out = true;
        watch->up_us = frame->time_us;
    }
    watch->progress = MAX(watch->progress, watch->out ? 0.5f : 0);
    return watch->out && open;
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
