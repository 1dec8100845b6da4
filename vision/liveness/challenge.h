/* challenge: the judge of vision.h, from within. Pure: frames in, verdict out, on the stream's clock. */
#pragma once

#include "vision/liveness/baseline.h"
#include "vision/liveness/checks.h"
#include "vision/liveness/reasons.h"
#include "vision/liveness/task.h"

struct challenge_step {
    int64_t shown_us, done_us; /* -1: not yet */
    unsigned wrong;            /* bits of the tasks whose movement was made meanwhile */
};

struct vision_challenge {
    struct vision_challenge_config config;
    enum vision_task script[VISION_SCRIPT_MAX];
    unsigned count;
    bool live;

    enum vision_challenge_state state;
    unsigned index; /* of the task that is shown */
    const char *hint;
    bool settling; /* all tasks are done; the face has yet to look into the camera once more */
    int64_t now_us;

    GArray *frames; /* of struct vision_frame: all so far */
    bool has_baseline;
    struct baseline baseline;
    struct task_watch watches[VISION_TASKS]; /* of all tasks, since the present one was shown */
    struct challenge_step steps[VISION_SCRIPT_MAX];
    struct checks checks;
    struct reasons reasons;
};
