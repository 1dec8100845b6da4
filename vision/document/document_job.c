/* document_job: the caller's side of vision_document. Nothing that a worker answers is believed before it was looked
 * at; the fields of a zone are read here, from its lines. */
#include "vision/document/chinese.h"
#include "vision/document/mrz.h"
#include "vision/process/pool.h"

#include <math.h>
#include <string.h>

#define TEXT_MAX 256 /* bytes of a code or message */

static bool refuse(GError **error)
{
    g_set_error(error, VISION_ERROR, VISION_ERROR_DECODE, "the worker's answer is no document");
    return false;
}

static bool is_short_text(const json_t *value)
{
    return json_is_string(value) && json_string_length(value) <= TEXT_MAX;
}

/* [{"code", "message"}], and nothing else. */
static bool is_reasons(const json_t *reasons)
{
    size_t i;
    json_t *reason;
    if (!json_is_array(reasons) || json_array_size(reasons) > 32) {
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

static bool is_numbers(const json_t *array, size_t count)
{
    size_t i;
    json_t *number;
    if (!json_is_array(array) || json_array_size(array) != count) {
        return false;
    }
    json_array_foreach(array, i, number)
    {
        if (!json_is_number(number) || !isfinite(json_number_value(number))) {
            return false;
        }
    }
    return true;
}

static bool is_page(const json_t *page)
{
    json_t *corners, *reasons;
    int rotation, width, usable;
    double brightness, sharpness, glare;
    if (json_unpack_ex((json_t *)page, NULL, JSON_STRICT, "{s:o, s:i, s:i, s:b, s:o, s:F, s:F, s:F}", "corners",
                       &corners, "rotation", &rotation, "width_px", &width, "usable", &usable, "reasons", &reasons,
                       "brightness", &brightness, "sharpness", &sharpness, "glare", &glare) != 0) {
        return false;
    }
    size_t i;
    json_t *corner;
    bool ok = json_is_null(corners) || (json_is_array(corners) && json_array_size(corners) == 4);
    json_array_foreach(corners, i, corner)
    {
        ok = ok && is_numbers(corner, 2);
    }
    return ok && rotation >= 0 && rotation < 360 && rotation % 90 == 0 && width >= 0 && is_reasons(reasons) &&
           usable == (json_array_size(reasons) == 0);
}

static bool is_portrait(const json_t *portrait)
{
    json_t *box, *quality;
    double score;
    if (json_is_null(portrait)) {
        return true;
    }
    return json_unpack_ex((json_t *)portrait, NULL, JSON_STRICT, "{s:o, s:F, s:o}", "box", &box, "score", &score,
                          "quality", &quality) == 0 &&
           is_numbers(box, 4) && json_is_object(quality) && json_is_boolean(json_object_get(quality, "usable")) &&
           is_reasons(json_object_get(quality, "reasons"));
}

static bool is_names(const json_t *names)
{
    size_t i;
    json_t *name;
    if (!json_is_array(names) || json_array_size(names) > CHINESE_CANDIDATES_MAX) {
        return false;
    }
    json_array_foreach(names, i, name)
    {
        const json_t *confidence = json_object_get(name, "confidence");
        if (json_object_size(name) != 2 || !is_short_text(json_object_get(name, "text")) ||
            !json_is_number(confidence)) {
            return false;
        }
    }
    return true;
}

/* ---- the zone ---- */

/* null, or the lines read anew; false: no zone. */
static bool take_zone(json_t *zone, const json_t *names, json_t **mrz_json, json_t **name_json)
{
    json_t *lines, *doubts;
    const char *texts[MRZ_LINES_MAX];
    *mrz_json = json_null();
    *name_json = json_null();
    if (json_is_null(zone)) {
        return true;
    }
    if (json_unpack_ex(zone, NULL, JSON_STRICT, "{s:o, s:o}", "lines", &lines, "doubts", &doubts) != 0 ||
        !is_reasons(doubts) || !json_is_array(lines) || json_array_size(lines) > MRZ_LINES_MAX) {
        return false;
    }
    size_t i;
    json_t *line;
    json_array_foreach(lines, i, line)
    {
        texts[i] = json_string_value(line);
        if (!texts[i] || json_string_length(line) != strlen(texts[i])) {
            return false;
        }
    }
    GDate today;
    struct mrz mrz;
    g_date_clear(&today, 1);
    g_date_set_time_t(&today, g_get_real_time() / G_USEC_PER_SEC);
    if (!mrz_parse(texts, (unsigned)json_array_size(lines), &today, &mrz)) {
        return false;
    }
    *mrz_json = mrz_report(&mrz, doubts);
    *name_json = chinese_choose(names, &mrz);
    return true;
}

static json_t *take_report(json_t *answer, uint32_t picture_px_max)
{
    json_t *zone, *names, *portrait, *page, *mrz, *name;
    int width, height;
    if (json_unpack_ex(answer, NULL, JSON_STRICT, "{s:i, s:i, s:o, s:o, s:o, s:o}", "width", &width, "height", &height,
                       "zone", &zone, "names", &names, "portrait", &portrait, "page", &page) != 0 ||
        width <= 0 || height <= 0 || (uint64_t)width * (uint64_t)height > picture_px_max || !is_names(names) ||
        !is_portrait(portrait) || !is_page(page) || !take_zone(zone, names, &mrz, &name)) {
        return NULL;
    }
    return json_pack("{s:i, s:i, s:o, s:O, s:o, s:O}", "width", width, "height", height, "mrz", mrz, "portrait",
                     portrait, "name_chinese", name, "page", page);
}

/* ---- the whole ---- */

static bool take_embedding(GBytes *bytes, float embedding[VISION_EMBEDDING])
{
    size_t size;
    const float *from = g_bytes_get_data(bytes, &size);
    double length = 0;
    if (size != VISION_EMBEDDING * sizeof *embedding) {
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

static bool take_document(const struct pool_reply *reply, bool draw, uint32_t picture_px_max,
                          struct vision_document *out, GError **error)
{
    struct vision_document document = {.report = take_report(reply->report, picture_px_max)};
    if (!document.report) {
        return refuse(error);
    }
    document.has_portrait = json_is_object(json_object_get(document.report, "portrait"));
    const guint portraits = document.has_portrait ? 2 : 0, expected = portraits + (draw ? 1 : 0);
    const bool ok = reply->out->len == expected &&
                    (!document.has_portrait || (take_embedding(reply->out->pdata[0], document.embedding) &&
                                                begins_with(reply->out->pdata[1], "\xff\xd8\xff", 3))) &&
                    (!draw || begins_with(reply->out->pdata[portraits], "\x89PNG", 4));
    if (!ok) {
        json_decref(document.report);
        return refuse(error);
    }
    document.portrait = document.has_portrait ? g_bytes_ref(reply->out->pdata[1]) : NULL;
    document.drawing = draw ? g_bytes_ref(reply->out->pdata[portraits]) : NULL;
    *out = document;
    return true;
}

bool vision_document(struct vision_pool *pool, const struct vision_input *input, struct vision_document *document,
                     GError **error)
{
    const bool draw = input->drawing == VISION_DRAW;
    json_t *params = json_pack("{s:b, s:b}", "jpeg_only", input->jpeg_only, "draw", draw);
    g_autoptr(GPtrArray) in = g_ptr_array_new();
    g_ptr_array_add(in, input->bytes);
    const struct pool_job job = {.op = "document",
                                 .priority = input->priority,
                                 .params = params,
                                 .in = in,
                                 .deadline_us = g_get_monotonic_time() + input->deadline_ms * INT64_C(1000)};
    struct pool_reply reply = {0};
    const bool ok = pool_run(pool, &job, &reply, error) &&
                    take_document(&reply, draw, pool_config(pool)->picture_px_max, document, error);
    pool_reply_clear(&reply);
    json_decref(params);
    return ok;
}

void vision_document_clear(struct vision_document *document)
{
    g_clear_pointer(&document->report, json_decref);
    g_clear_pointer(&document->portrait, g_bytes_unref);
    g_clear_pointer(&document->drawing, g_bytes_unref);
    document->has_portrait = false;
}
