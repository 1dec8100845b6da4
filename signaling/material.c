#include "signaling/material.h"

#include "signaling/instant.h"
#include "vision/vision.h"

static const char *const kind_names[] = {"portrait", "page"};

const char *material_kind_name(enum material_kind kind)
{
    return kind_names[kind];
}

bool material_kind_parse(const char *name, enum material_kind *kind)
{
    for (unsigned i = 0; i < MATERIAL_KINDS; i++) {
        if (g_str_equal(name, kind_names[i])) {
            *kind = (enum material_kind)i;
            return true;
        }
    }
    return false;
}

void material_verdict_clear(struct material_verdict *verdict)
{
    g_clear_pointer(&verdict->checks, json_decref);
    g_clear_pointer(&verdict->reasons, json_decref);
}

/* ---- judging ---- */

static void add_reasons(json_t *reasons, const json_t *from)
{
    size_t index;
    json_t *reason;
    json_array_foreach(from, index, reason)
    {
        const char *code, *message;
        if (json_unpack(reason, "{s:s, s:s}", "code", &code, "message", &message) == 0) {
            json_array_append_new(reasons, json_pack("{s:s, s:s}", "code", code, "message", message));
        }
    }
}

static bool has_code(const json_t *reasons, const char *code)
{
    size_t index;
    json_t *reason;
    json_array_foreach(reasons, index, reason)
    {
        if (g_strcmp0(json_string_value(json_object_get(reason, "code")), code) == 0) {
            return true;
        }
    }
    return false;
}

static void add_check(json_t *checks, const char *check, bool passed, const char *message)
{
    json_array_append_new(checks, json_pack("{s:s, s:b, s:s}", "check", check, "passed", passed, "message", message));
}

static void judge_portrait(const json_t *report, struct material_verdict *verdict)
{
    const json_t *quality = json_object_get(report, "quality");
    size_t index;
    json_t *check;
    verdict->usable = json_is_true(json_object_get(quality, "usable"));
    add_reasons(verdict->reasons, json_object_get(quality, "reasons"));
    json_array_foreach(json_object_get(json_object_get(report, "portrait"), "checks"), index, check)
    {
        const char *name, *message;
        int passed;
        if (json_unpack(check, "{s:s, s:b, s:s}", "check", &name, "passed", &passed, "message", &message) == 0) {
            add_check(verdict->checks, name, passed != 0, message);
        }
    }
}

static void judge_page(const json_t *report, struct material_verdict *verdict)
{
    const json_t *page = json_object_get(report, "page");
    const json_t *mrz = json_object_get(report, "mrz");
    const bool read = json_is_object(mrz);
    const bool holds = read && json_is_true(json_object_get(mrz, "valid"));
    const bool page_usable = json_is_true(json_object_get(page, "usable"));
    const bool portrait = json_is_object(json_object_get(report, "portrait"));
    verdict->usable = page_usable && holds;
    add_check(verdict->checks, "page", page_usable,
              page_usable ? "The page is sharp and whole enough" : "The page cannot be made out well enough");
    add_check(verdict->checks, "mrz_found", read,
              read ? "The machine readable lines were found" : "The machine readable lines were not found");
    add_check(verdict->checks, "mrz_valid", holds,
              holds ? "The machine readable lines hold"
                    : "The machine readable lines could not be read without a doubt");
    add_check(verdict->checks, "portrait", portrait,
              portrait ? "The portrait on the page was found" : "No portrait was found on the page");
    add_reasons(verdict->reasons, json_object_get(page, "reasons"));
    if (!holds && !has_code(verdict->reasons, "mrz_unreadable")) {
        json_array_append_new(verdict->reasons,
                              json_pack("{s:s, s:s}", "code", "mrz_unreadable", "message",
                                        "The lines at the bottom of the page could not be read; take a sharp picture "
                                        "of the whole page without reflections"));
    }
}

void material_judge(enum material_kind kind, const json_t *report, struct material_verdict *verdict)
{
    *verdict = (struct material_verdict){.checks = json_array(), .reasons = json_array()};
    if (!json_is_object(report)) {
        return;
    }
    if (kind == MATERIAL_PORTRAIT) {
        judge_portrait(report, verdict);
    } else {
        judge_page(report, verdict);
    }
}

/* ---- stored ones ---- */

json_t *material_report(const struct store_material *material)
{
    return material->report != NULL ? json_loads(material->report, 0, NULL) : NULL;
}

static void judge_stored(const struct store_material *material, const json_t *report, struct material_verdict *verdict)
{
    enum material_kind kind = MATERIAL_PORTRAIT;
    material_kind_parse(material->kind, &kind);
    material_judge(kind, report, verdict);
}

bool material_usable(const struct store_material *material)
{
    g_auto(MaterialVerdict) verdict = {0};
    if (material == NULL) {
        return false;
    }
    json_t *report = material_report(material);
    judge_stored(material, report, &verdict);
    json_decref(report);
    return verdict.usable;
}

const float *embedding_floats(GBytes *embedding)
{
    gsize size = 0;
    const void *bytes = embedding != NULL ? g_bytes_get_data(embedding, &size) : NULL;
    return size == VISION_EMBEDDING * sizeof(float) ? bytes : NULL;
}

const float *material_embedding(const struct store_material *material)
{
    return material != NULL ? embedding_floats(material->embedding) : NULL;
}

json_t *material_view(const struct store_material *material, bool with_report)
{
    g_auto(MaterialVerdict) verdict = {0};
    if (material == NULL) {
        return json_null();
    }
    json_t *report = material_report(material);
    judge_stored(material, report, &verdict);
    json_t *view =
        json_pack("{s:o, s:i, s:i, s:I, s:b, s:O, s:O}", "uploaded_at", instant_json(material->uploaded_us), "width",
                  (int)material->width, "height", (int)material->height, "bytes", (json_int_t)material->file_bytes,
                  "usable", verdict.usable, "checks", verdict.checks, "reasons", verdict.reasons);
    if (with_report) {
        json_object_set(view, "report", report != NULL ? report : json_null());
    }
    json_decref(report);
    return view;
}
