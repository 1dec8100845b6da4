#include "vision/process/answer.h"

#include <math.h>
#include <string.h>

#define TEXT_MAX    256 /* bytes */
#define REASONS_MAX 32

bool answer_refuse(const char *what, GError **error)
{
    g_set_error(error, VISION_ERROR, VISION_ERROR_DECODE, "the worker's answer is no %s", what);
    return false;
}

static bool is_short_text(const json_t *value)
{
    return json_is_string(value) && json_string_length(value) <= TEXT_MAX;
}

static bool is_finite(const json_t *value)
{
    return json_is_number(value) && isfinite(json_number_value(value));
}

bool answer_is_reasons(const json_t *reasons)
{
    size_t i;
    json_t *reason;
    if (!json_is_array(reasons) || json_array_size(reasons) > REASONS_MAX) {
        return false;
    }
    json_array_foreach(reasons, i, reason)
    {
        if (json_object_size(reason) != 2 || !is_short_text(json_object_get(reason, "code")) ||
            !is_short_text(json_object_get(reason, "message"))) {
            return false;
        }
    }
    return true;
}

bool answer_is_numbers(const json_t *array, size_t count)
{
    size_t i;
    json_t *number;
    if (!json_is_array(array) || json_array_size(array) != count) {
        return false;
    }
    json_array_foreach(array, i, number)
    {
        if (!is_finite(number)) {
            return false;
        }
    }
    return true;
}

bool answer_is_points(const json_t *array, size_t count)
{
    size_t i;
    json_t *point;
    if (!json_is_array(array) || json_array_size(array) != count) {
        return false;
    }
    json_array_foreach(array, i, point)
    {
        if (!answer_is_numbers(point, 2)) {
            return false;
        }
    }
    return true;
}

bool answer_is_quality(const json_t *quality)
{
    const char *name;
    json_t *value;
    if (!json_is_object(quality) || !json_is_boolean(json_object_get(quality, "usable"))) {
        return false;
    }
    json_object_foreach((json_t *)quality, name, value)
    {
        const bool known =
            strcmp(name, "reasons") == 0 ? answer_is_reasons(value) : json_is_boolean(value) || is_finite(value);
        if (!known) {
            return false;
        }
    }
    return json_object_get(quality, "reasons") != NULL;
}

bool answer_take_embedding(GBytes *bytes, float embedding[VISION_EMBEDDING])
{
    size_t size;
    const float *from = g_bytes_get_data(bytes, &size);
    double length = 0;
    if (size != VISION_EMBEDDING * sizeof(*embedding)) {
        return false;
    }
    memcpy(embedding, from, size);
    for (int i = 0; i < VISION_EMBEDDING; i++) {
        length += (double)embedding[i] * (double)embedding[i];
    }
    return fabs(length - 1) < 0.01; /* false too for what is no number */
}

static bool begins_with(GBytes *bytes, const char *magic, size_t length)
{
    size_t size;
    const void *data = g_bytes_get_data(bytes, &size);
    return size > length && memcmp(data, magic, length) == 0;
}

bool answer_is_jpeg(GBytes *bytes)
{
    return begins_with(bytes, "\xff\xd8\xff", 3);
}

bool answer_is_png(GBytes *bytes)
{
    return begins_with(bytes, "\x89PNG", 4);
}
