/* document_op: the op "document": a picture of a data page in, what it shows out. Runs in a worker.
 *
 * params {"jpeg_only", "draw"}; in[0] the file. The report:
 *   {"width", "height", "zone": null | {"lines": [text…], "doubts": [{"code", "message"}]}, "names": [{"text",
 *    "confidence"}], "portrait": null | {"box", "score", "quality"}, "page": {…}}
 * out: of a portrait its embedding and its JPEG, then the drawing if asked for. */
#include "vision/document/chinese.h"
#include "vision/document/drawing.h"
#include "vision/document/page.h"
#include "vision/document/portrait.h"
#include "vision/image/picture.h"
#include "vision/process/op.h"

#include <math.h>
#include <string.h>

#define WORK_PX         2400 /* longer side of what is looked at */
#define STRAIGHT_PX     1000 /* width of the straightened page */
#define LONG_SIDE       736  /* of the picture when text is looked for */
#define LONG_SIDE_AGAIN 1280
#define STRIPS_MIN      6     /* lines of text on a page whose zone could not be found */
#define FACE_SHARE_MAX  0.45F /* of the picture's shorter side: a larger face is a portrait, not a page */

struct look {
    struct op_tools *tools;
    struct image *picture; /* at most WORK_PX */
    float scale;           /* px of the file's picture in one of `picture` */
    GArray *lines;
    struct zone zone;
    struct page page;
    struct portrait portrait;
    struct page_measures measures;
    struct image_box portrait_box; /* in `picture` */
};

static void look_clear(struct look *look)
{
    image_free(look->picture);
    g_clear_pointer(&look->lines, g_array_unref);
    portrait_clear(&look->portrait);
}
typedef struct look Look; /* for g_auto(Look) */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Look, look_clear)

static void today(GDate *day)
{
    g_date_clear(day, 1);
    g_date_set_time_t(day, g_get_real_time() / G_USEC_PER_SEC);
}

static bool decode(struct look *look, const struct op_call *call, bool jpeg_only, GError **error)
{
    const struct picture_limits limits = picture_limits(look->tools->picture_px_max, jpeg_only);
    struct picture_head head;
    look->scale = 1;
    look->picture = picture_decode(g_ptr_array_index(call->in, 0), &limits, &head, error);
    if (!look->picture) {
        return false;
    }
    const int longer = MAX(look->picture->width, look->picture->height);
    if (longer > WORK_PX) {
        struct image *whole = look->picture;
        look->scale = (float)longer / WORK_PX;
        look->picture = image_resize(whole, MAX((int)lroundf((float)whole->width / look->scale), 1),
                                     MAX((int)lroundf((float)whole->height / look->scale), 1));
        image_free(whole);
    }
    return true;
}

/* ---- the zone ---- */

static bool look_for_zone(struct look *look, const GDate *day, GError **error)
{
    static const int sides[] = {LONG_SIDE, LONG_SIDE_AGAIN};
    for (unsigned i = 0; i < G_N_ELEMENTS(sides) && !look->zone.held; i++) {
        g_autoptr(GArray) strips = text_detect(look->tools->networks, look->picture, sides[i], error);
        if (!strips) {
            return false;
        }
        g_clear_pointer(&look->lines, g_array_unref);
        look->lines = lines_join(strips);
        if (strips->len < STRIPS_MIN && i == 0) {
            break; /* hardly any text: no page */
        }
        struct zone zone;
        if (!zone_find(look->tools->networks, look->picture, look->lines, day, &zone, error)) {
            return false;
        }
        if (zone.held || (zone.count > 0 && look->zone.count == 0)) {
            look->zone = zone;
        }
    }
    return true;
}

/* ---- the page ---- */

/* Without a zone a page is a portrait among lines of text. */
static bool look_for_page(struct look *look, GError **error)
{
    struct face face;
    unsigned faces, similar;
    GError *failure = NULL;
    if (look->zone.count > 0) {
        look->page = page_from_zone(look->picture, &look->zone);
        return true;
    }
    const bool enough_text = look->lines->len >= STRIPS_MIN;
    const bool found =
        enough_text && face_find(look->tools->networks, look->picture, &face, &faces, &similar, &failure);
    if (failure) {
        g_propagate_error(error, failure);
        return false;
    }
    const float shorter = (float)MIN(look->picture->width, look->picture->height);
    if (!found || face.box.height > FACE_SHARE_MAX * shorter) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_NO_DOCUMENT,
                    "no passport or identity card is in the picture: show its data page, whole and sharp");
        return false;
    }
    look->page = page_from_face(look->picture, face.box, face.rotation);
    return true;
}

static bool look_at_page(struct look *look, const GDate *day, GError **error)
{
    g_autoptr(Image) straight = page_straighten(look->picture, &look->page, STRAIGHT_PX);
    const float scale = look->page.width_px / (float)straight->width * look->scale;
    if (!portrait_find(look->tools->networks, straight, scale, look->tools->jpeg_quality, &look->portrait, error)) {
        return false;
    }
    if (look->portrait.found) {
        look->portrait_box = page_box(&look->page, look->portrait.face.box, straight->width, straight->height);
    }
    struct mrz mrz;
    json_t *doubts = zone_doubts(&look->zone);
    look->measures.has_portrait = look->portrait.found;
    look->measures.zone_is_valid =
        json_array_size(doubts) == 0 && zone_parse(&look->zone, day, &mrz) && mrz.failure_count == 0;
    json_decref(doubts);
    page_measure(look->picture, straight, &look->page, &look->zone, &look->measures);
    return true;
}

/* ---- the report ---- */

static json_t *zone_report(const struct zone *zone)
{
    if (zone->count == 0) {
        return json_null();
    }
    json_t *lines = json_array();
    for (unsigned i = 0; i < zone->count; i++) {
        json_array_append_new(lines, json_string(zone->lines[i].text));
    }
    return json_pack("{s:o, s:o}", "lines", lines, "doubts", zone_doubts(zone));
}

static json_t *portrait_report(const struct look *look)
{
    if (!look->portrait.found) {
        return json_null();
    }
    const struct image_box box = look->portrait_box;
    const double scale = (double)look->scale;
    return json_pack("{s:[f, f, f, f], s:f, s:O}", "box", (double)box.x * scale, (double)box.y * scale,
                     (double)box.width * scale, (double)box.height * scale, "score", (double)look->portrait.face.score,
                     "quality", look->portrait.quality);
}

static bool names(struct look *look, const GDate *day, json_t **out, GError **error)
{
    struct mrz mrz;
    const bool chinese = zone_parse(&look->zone, day, &mrz) && strcmp(mrz.fields.issuing_state, "CHN") == 0;
    *out = chinese ? chinese_candidates(look->tools->networks, look->picture, look->lines, &look->zone, error)
                   : json_array();
    return *out != NULL;
}

static void add_outputs(struct look *look, bool draw, struct op_call *call)
{
    if (look->portrait.found) {
        g_ptr_array_add(call->out, g_bytes_new(look->portrait.embedding, sizeof look->portrait.embedding));
        g_ptr_array_add(call->out, g_bytes_ref(look->portrait.jpeg));
    }
    if (draw) {
        const struct drawing drawing = {.zone = &look->zone,
                                        .page = &look->page,
                                        .portrait = look->portrait.found ? &look->portrait_box : NULL,
                                        .valid = look->measures.zone_is_valid};
        g_ptr_array_add(call->out, drawing_make(look->picture, &drawing));
    }
}

static bool run_document(struct op_tools *tools, struct op_call *call, GError **error)
{
    int jpeg_only, draw;
    json_t *candidates;
    GDate day;
    g_auto(Look) look = {.tools = tools};
    if (json_unpack_ex((json_t *)call->params, NULL, JSON_STRICT, "{s:b, s:b}", "jpeg_only", &jpeg_only, "draw",
                       &draw) != 0 ||
        call->in->len != 1) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_DECODE, "the job \"document\" is malformed");
        return false;
    }
    today(&day);
    if (!decode(&look, call, jpeg_only, error) || !look_for_zone(&look, &day, error) || !look_for_page(&look, error) ||
        !look_at_page(&look, &day, error) || !names(&look, &day, &candidates, error)) {
        return false;
    }
    call->report = json_pack(
        "{s:i, s:i, s:o, s:o, s:o, s:o}", "width", (int)lroundf((float)look.picture->width * look.scale), "height",
        (int)lroundf((float)look.picture->height * look.scale), "zone", zone_report(&look.zone), "names", candidates,
        "portrait", portrait_report(&look), "page", page_report(&look.page, &look.measures, look.scale));
    add_outputs(&look, draw, call);
    return true;
}

const struct op document_ops[] = {
    {"document", run_document},
    {0},
};
