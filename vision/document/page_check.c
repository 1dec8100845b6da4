/* page_check: what is wrong with a page as a picture. */
#include "vision/document/page.h"

#include <math.h>

#define SHARP_COLUMN_PX  16    /* px a character of the zone when its sharpness is measured */
#define SHARP_MIN        0.08F /* below: blurred */
#define GLARE_PX         480   /* width of the page when glare is looked for */
#define GLARE_LUMA       250
#define GLARE_AROUND     3   /* px that are washed out around one that counts: no glare is a thin line */
#define GLARE_PAPER_MAX  225 /* median luma of the paper; of whiter paper nobody can tell */
#define GLARE_MAX        0.03F
#define DARK_MAX         50.0F
#define WIDTH_MIN        500   /* px, to be read with certainty */
#define WIDTH_TINY       320   /* px, even when it could be read */
#define LOW_CORNERS_OUT  0.05F /* of the page's width that its lower corners may seem to lie outside the picture */
#define HIGH_CORNERS_OUT 0.13F /* its upper ones, which are farther from the zone that they are reckoned from */

static float sharpness_of_zone(const struct image *picture, const struct zone *zone)
{
    const struct text_strip *strip = &zone->lines[zone->count - 1].strip;
    const struct text_strip wider = text_strip_grown(strip, 0.2F, 0.2F);
    const float columns = text_strip_width(&wider) / fmaxf(zone->pitch_px, 1);
    const int width = CLAMP((int)(columns * SHARP_COLUMN_PX), 64, 1024);
    const float ratio = text_strip_height(&wider) / fmaxf(text_strip_width(&wider), 1);
    g_autoptr(Image) cut =
        image_warp_quad(picture, wider.corners, width, MAX((int)((float)width * ratio), 8), 0x808080);
    const double deviation = image_deviation(cut, NULL);
    return (float)(image_laplacian_variance(cut, NULL) / fmax(deviation * deviation, 1));
}

static float sharpness_of_page(const struct image *straight)
{
    const double deviation = image_deviation(straight, NULL);
    return (float)(image_laplacian_variance(straight, NULL) / fmax(deviation * deviation, 1));
}

static int median_luma(const struct image *gray)
{
    unsigned counts[256] = {0};
    for (int y = 0; y < gray->height; y++) {
        for (int x = 0; x < gray->width; x++) {
            counts[gray->pixels[(size_t)y * gray->stride + (size_t)x]]++;
        }
    }
    const unsigned half = (unsigned)gray->width * (unsigned)gray->height / 2;
    unsigned sum = 0;
    int luma = 0;
    while (luma < 255 && (sum += counts[luma]) <= half) {
        luma++;
    }
    return luma;
}

static bool is_washed_out(const struct image *gray, int x, int y)
{
    for (int dy = -GLARE_AROUND; dy <= GLARE_AROUND; dy += GLARE_AROUND) {
        for (int dx = -GLARE_AROUND; dx <= GLARE_AROUND; dx += GLARE_AROUND) {
            if (gray->pixels[(size_t)(y + dy) * gray->stride + (size_t)(x + dx)] < GLARE_LUMA) {
                return false;
            }
        }
    }
    return true;
}

static float glare_of(const struct image *straight)
{
    const int height = MAX(straight->height * GLARE_PX / MAX(straight->width, 1), 16);
    g_autoptr(Image) small = image_resize(straight, GLARE_PX, height);
    g_autoptr(Image) gray = image_gray(small);
    if (median_luma(gray) > GLARE_PAPER_MAX) {
        return 0;
    }
    unsigned washed_out = 0;
    for (int y = GLARE_AROUND; y < gray->height - GLARE_AROUND; y++) {
        for (int x = GLARE_AROUND; x < gray->width - GLARE_AROUND; x++) {
            washed_out += is_washed_out(gray, x, y);
        }
    }
    return (float)washed_out / ((float)gray->width * (float)gray->height);
}

/* How far a corner lies outside the picture, px. */
static float outside(const struct image *picture, struct image_point at)
{
    const float x = fmaxf(-at.x, at.x - (float)picture->width), y = fmaxf(-at.y, at.y - (float)picture->height);
    return fmaxf(0, fmaxf(x, y));
}

static bool is_cut_off(const struct image *picture, const struct page *page, const struct zone *zone)
{
    if (!page->from_zone) {
        return false; /* nothing says how large it should be */
    }
    const float limits[4] = {HIGH_CORNERS_OUT, HIGH_CORNERS_OUT, LOW_CORNERS_OUT, LOW_CORNERS_OUT};
    for (int i = 0; i < 4; i++) {
        if (outside(picture, page->corners[i]) > limits[i] * page->width_px) {
            return true;
        }
    }
    return zone->touches_border;
}

void page_measure(const struct image *picture, const struct image *straight, const struct page *page,
                  const struct zone *zone, struct page_measures *measures)
{
    measures->brightness = (float)image_mean(straight, NULL);
    measures->sharpness = zone->count > 0 ? sharpness_of_zone(picture, zone) : sharpness_of_page(straight);
    measures->glare = glare_of(straight);
    measures->cut_off = is_cut_off(picture, page, zone);
}

G_GNUC_PRINTF(3, 4) static void add(json_t *reasons, const char *code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    json_array_append_new(reasons, json_pack("{s:s, s:s}", "code", code, "message", message));
}

json_t *page_reasons(const struct page *page, const struct page_measures *measures)
{
    json_t *reasons = json_array();
    const bool unread = !measures->zone_is_valid || !measures->has_portrait;
    const int width_min = unread ? WIDTH_MIN : WIDTH_TINY;
    if (measures->cut_off) {
        add(reasons, "cut_off", "a part of the page is outside the picture: show all of it");
    }
    if (measures->brightness < DARK_MAX) {
        add(reasons, "too_dark", "the page is too dark: brightness %.0f, at least %.0f", (double)measures->brightness,
            (double)DARK_MAX);
    }
    if (page->width_px < (float)width_min) {
        add(reasons, "page_too_small", "the page is too small: %.0f px wide, at least %d", (double)page->width_px,
            WIDTH_MIN);
    }
    if (measures->sharpness < SHARP_MIN) {
        add(reasons, "blurred", "the page is blurred: hold still and come into focus");
    }
    if (measures->glare > GLARE_MAX) {
        add(reasons, "glare", "light is reflected from %.0f %% of the page: tilt it a little",
            (double)measures->glare * 100);
    }
    if (!measures->zone_is_valid) {
        add(reasons, "mrz_unreadable", "the machine readable zone could not be read with certainty, or does not hold");
    }
    if (!measures->has_portrait) {
        add(reasons, "no_portrait", "no portrait was found on the page");
    }
    return reasons;
}

json_t *page_report(const struct page *page, const struct page_measures *measures, float scale)
{
    json_t *corners = page->has_corners ? json_array() : json_null();
    for (int i = 0; page->has_corners && i < 4; i++) {
        json_array_append_new(
            corners, json_pack("[f, f]", (double)(page->corners[i].x * scale), (double)(page->corners[i].y * scale)));
    }
    json_t *reasons = page_reasons(page, measures);
    return json_pack("{s:o, s:i, s:i, s:b, s:o, s:f, s:f, s:f}", "corners", corners, "rotation", page->rotation,
                     "width_px", (int)lroundf(page->width_px * scale), "usable", json_array_size(reasons) == 0,
                     "reasons", reasons, "brightness", (double)measures->brightness, "sharpness",
                     (double)measures->sharpness, "glare", (double)measures->glare);
}
