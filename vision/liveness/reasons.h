/* reasons: why a liveness check fails, each once, with the sentence that belongs to it. Pure. */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>

/* In the order in which they are told: what explains the most comes first. */
enum reason {
    REASON_STILL_PICTURE,
    REASON_FROZEN,
    REASON_REPEATED,
    REASON_DIFFERENT_PERSON,
    REASON_BACKGROUND_JUMP,
    REASON_NO_FACE,
    REASON_SEVERAL_FACES,
    REASON_TOO_DARK,
    REASON_LOW_RESOLUTION,
    REASON_TOO_SHORT,
    REASON_LOW_FRAME_RATE,
    REASON_FACE_LOST,
    REASON_WRONG_TASK,
    REASON_TASK_TOO_LATE,
    REASON_TASK_NOT_DONE,
    REASONS
};

struct reasons {
    char *messages[REASONS]; /* NULL: it is none */
};

/* The first sentence given for a reason stays. */
void reasons_add(struct reasons *reasons, enum reason reason, const char *format, ...) G_GNUC_PRINTF(3, 4);
bool reasons_any(const struct reasons *reasons);
json_t *reasons_report(const struct reasons *reasons); /* [{"code", "message"}, …]; new reference */
void reasons_clear(struct reasons *reasons);
