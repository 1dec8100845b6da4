#include "vision/document/chinese.h"

#include "vision/document/pinyin.h"

#include <math.h>
#include <string.h>

#define CONFIDENCE_MIN    0.5F
#define LABEL             "姓名"
#define BYTES_MAX         64   /* of a line's characters: no name is longer */
#define SPACING_OF_HOLDER 4.0F /* pitches above the zone, at least */

/* Whether a line is where the holder's data are: above the zone, parallel to it, not as long. */
static bool is_of_holder(const struct text_strip *line, const struct zone *zone)
{
    const struct text_strip *first = &zone->lines[0].strip;
    const struct image_point at = lines_middle(line), from = lines_middle(first), down = lines_down(first);
    const float above = -((at.x - from.x) * down.x + (at.y - from.y) * down.y);
    return above > SPACING_OF_HOLDER * zone->pitch_px && text_strip_width(line) < text_strip_width(first) / 2;
}

json_t *chinese_candidates(struct networks *networks, const struct image *picture, const GArray *lines,
                           const struct zone *zone, GError **error)
{
    json_t *candidates = json_array();
    for (guint i = 0; i < lines->len && json_array_size(candidates) < CHINESE_CANDIDATES_MAX; i++) {
        struct text_strip line = g_array_index(lines, struct text_strip, i);
        const struct image_point ours = lines_along(&line), theirs = lines_along(&zone->lines[0].strip);
        float confidence;
        if (!is_of_holder(&line, zone)) {
            continue;
        }
        if (ours.x * theirs.x + ours.y * theirs.y < 0) {
            line = text_strip_turned(&line);
        }
        g_autofree char *text = text_read_any(networks, picture, &line, &confidence, error);
        if (!text) {
            json_decref(candidates);
            return NULL;
        }
        g_autofree char *characters = pinyin_characters(text);
        if (characters[0] && strlen(characters) <= BYTES_MAX && confidence >= CONFIDENCE_MIN) {
            json_array_append_new(candidates,
                                  json_pack("{s:s, s:f}", "text", characters, "confidence", (double)confidence));
        }
    }
    return candidates;
}

/* Letters alone. */
static char *squeezed(const char *text)
{
    char *out = g_strdup(text), *to = out;
    for (const char *from = out; *from; from++) {
        if (*from != ' ') {
            *to++ = *from;
        }
    }
    *to = '\0';
    return out;
}

json_t *chinese_choose(const json_t *candidates, const struct mrz *mrz)
{
    size_t i;
    json_t *candidate;
    g_autofree char *both = g_strconcat(mrz->fields.surname, mrz->fields.given_names, NULL);
    g_autofree char *letters = squeezed(both);
    json_array_foreach(candidates, i, candidate)
    {
        const char *text = json_string_value(json_object_get(candidate, "text"));
        if (text && g_str_has_prefix(text, LABEL)) {
            text += strlen(LABEL); /* printed on one line with the name */
        }
        if (text && letters[0] && pinyin_reads(text, letters, mrz->fields.name_truncated)) {
            return json_pack("{s:s, s:O, s:b}", "text", text, "confidence", json_object_get(candidate, "confidence"),
                             "best_effort", true);
        }
    }
    return json_null();
}
