#include "vision/liveness/reasons.h"

#include <stdarg.h>

static const char *const codes[REASONS] = {
    [REASON_STILL_PICTURE] = "still_picture",
    [REASON_FROZEN] = "frozen",
    [REASON_REPEATED] = "repeated",
    [REASON_DIFFERENT_PERSON] = "different_person",
    [REASON_BACKGROUND_JUMP] = "background_jump",
    [REASON_NO_FACE] = "no_face",
    [REASON_SEVERAL_FACES] = "several_faces",
    [REASON_TOO_DARK] = "too_dark",
    [REASON_LOW_RESOLUTION] = "low_resolution",
    [REASON_TOO_SHORT] = "too_short",
    [REASON_LOW_FRAME_RATE] = "low_frame_rate",
    [REASON_FACE_LOST] = "face_lost",
    [REASON_WRONG_TASK] = "wrong_task",
    [REASON_TASK_TOO_LATE] = "task_too_late",
    [REASON_TASK_NOT_DONE] = "task_not_done",
};

void reasons_add(struct reasons *reasons, enum reason reason, const char *format, ...)
{
    if (reasons->messages[reason] == NULL) {
        va_list arguments;
        va_start(arguments, format);
        reasons->messages[reason] = g_strdup_vprintf(format, arguments);
        va_end(arguments);
    }
}

bool reasons_any(const struct reasons *reasons)
{
    for (unsigned i = 0; i < REASONS; i++) {
        if (reasons->messages[i] != NULL) {
            return true;
        }
    }
    return false;
}

json_t *reasons_report(const struct reasons *reasons)
{
    json_t *report = json_array();
    for (unsigned i = 0; i < REASONS; i++) {
        if (reasons->messages[i] != NULL) {
            json_array_append_new(report, json_pack("{s:s, s:s}", "code", codes[i], "message", reasons->messages[i]));
        }
    }
    return report;
}

void reasons_clear(struct reasons *reasons)
{
    for (unsigned i = 0; i < REASONS; i++) {
        g_clear_pointer(&reasons->messages[i], g_free);
    }
}
