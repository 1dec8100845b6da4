/* script: tasks, their names, and which of them somebody is asked to do. */
#include <errno.h>
#include <string.h>
#include <sys/random.h>

#include "vision/vision.h"

static const char *const names[VISION_TASKS] = {
    [VISION_TURN_LEFT] = "turn_left", [VISION_TURN_RIGHT] = "turn_right", [VISION_NOD] = "nod",
    [VISION_BLINK] = "blink",         [VISION_OPEN_MOUTH] = "open_mouth", [VISION_COME_CLOSER] = "come_closer",
};

const char *vision_task_name(enum vision_task task)
{
    g_assert((unsigned)task < VISION_TASKS);
    return names[task];
}

bool vision_task_parse(const char *name, enum vision_task *task)
{
    for (unsigned i = 0; i < VISION_TASKS; i++) {
        if (strcmp(name, names[i]) == 0) {
            *task = (enum vision_task)i;
            return true;
        }
    }
    return false;
}

/* An even chance among `count`: what would favour the first few is thrown away. */
static unsigned draw_below(unsigned count)
{
    const unsigned fair = 256 / count * count;
    for (;;) {
        uint8_t byte;
        if (getrandom(&byte, 1, 0) == 1 && byte < fair) {
            return byte % count;
        }
        g_assert(errno != ENOSYS);
    }
}

static bool is_turn(enum vision_task task)
{
    return task == VISION_TURN_LEFT || task == VISION_TURN_RIGHT;
}

void vision_script_draw(unsigned count, enum vision_task script[VISION_SCRIPT_MAX])
{
    g_assert(count >= 2 && count <= VISION_SCRIPT_MAX);
    bool only_turns;
    do {
        only_turns = true;
        for (unsigned i = 0; i < count; i++) {
            do {
                script[i] = (enum vision_task)draw_below(VISION_TASKS);
            } while (i > 0 && script[i] == script[i - 1]);
            only_turns = only_turns && is_turn(script[i]);
        }
    } while (only_turns); /* a picture that is bent by hand shows turns, and no more */
}
