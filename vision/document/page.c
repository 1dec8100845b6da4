#include "vision/document/page.h"

#include <math.h>
#include <string.h>

/* Sheets in mm, and the columns that a zone's lines have on them (9303-3 §4.3). */
static const struct {
    float width, height;
} sheet_mm[MRZ_FORMATS] = {
    [MRZ_TD3] = {125, 88},   [MRZ_TD1] = {85.6F, 54}, [MRZ_TD2] = {105, 74},
    [MRZ_MRV_A] = {120, 80}, [MRZ_MRV_B] = {105, 74},
};
#define PITCH_MM       2.54F
#define ZONE_MIDDLE_MM 11.6F /* of its lines above the sheet's lower edge: half of the zone's height */
#define SHEET_OFF_MAX  0.06F /* lower corners of a sheet that is the page, from where they are expected, in widths */
#define SHEET_HIGH_MAX 0.11F /* upper ones, which are farther from the zone */
#define SHEET_AREA_MIN 0.10F /* of the picture */

static float distance(struct image_point a, struct image_point b)
{
    return hypotf(b.x - a.x, b.y - a.y);
}

static struct image_point shifted(struct image_point from, struct image_point along, float by_along,
                                  struct image_point down, float by_down)
{
    return (struct image_point){from.x + along.x * by_along + down.x * by_down,
                                from.y + along.y * by_along + down.y * by_down};
}

static int quarter_turn(struct image_point along)
{
    const int quarters = (int)lroundf(atan2f(along.y, along.x) / (float)G_PI_2);
    return ((4 - quarters) % 4) * 90;
}

static void measure_sides(struct page *page)
{
    const struct image_point *c = page->corners;
    page->width_px = (distance(c[0], c[1]) + distance(c[3], c[2])) / 2;
    page->height_px = (distance(c[0], c[3]) + distance(c[1], c[2])) / 2;
}

/* How far a sheet's corners, from `first` on, are from the page's; INFINITY: too far for it to be the page. */
static float sheet_off(const struct page *page, const struct image_quad *sheet, int first)
{
    float sum = 0;
    for (int i = 0; i < 4; i++) {
        const float off = distance(sheet->corners[(first + i) % 4], page->corners[i]);
        if (off > (i < 2 ? SHEET_HIGH_MAX : SHEET_OFF_MAX) * page->width_px) {
            return INFINITY;
        }
        sum += off;
    }
    return sum;
}

/* The sheet that the page is, by its corners, which are exact then. */
static void take_sheet(const struct image *picture, struct page *page)
{
    const float area_min = SHEET_AREA_MIN * (float)picture->width * (float)picture->height;
    g_autoptr(GArray) sheets = image_sheets(picture, area_min);
    const struct image_quad *best = NULL;
    int best_first = 0;
    float nearest = INFINITY;
    for (guint i = 0; i < sheets->len; i++) {
        const struct image_quad *sheet = &g_array_index(sheets, struct image_quad, i);
        for (int first = 0; first < 4; first++) {
            const float off = sheet_off(page, sheet, first);
            if (off < nearest) {
                nearest = off;
                best = sheet;
                best_first = first;
            }
        }
    }
    for (int i = 0; best && i < 4; i++) {
        page->corners[i] = best->corners[(best_first + i) % 4];
    }
    measure_sides(page);
}

struct page page_from_zone(const struct image *picture, const struct zone *zone)
{
    struct page page = {.has_corners = true, .from_zone = true};
    const struct text_strip *last = &zone->lines[zone->count - 1].strip, *first = &zone->lines[0].strip;
    const struct image_point along = lines_along(last), down = lines_down(last);
    const struct image_point low = lines_middle(last), high = lines_middle(first);
    const struct image_point middle = {(low.x + high.x) / 2, (low.y + high.y) / 2};
    const float mm = zone->pitch_px / PITCH_MM;
    const float half = sheet_mm[zone->format].width / 2 * mm, below = ZONE_MIDDLE_MM * mm;
    const float above = sheet_mm[zone->format].height * mm - below;

    page.corners[0] = shifted(middle, along, -half, down, -above);
    page.corners[1] = shifted(middle, along, half, down, -above);
    page.corners[2] = shifted(middle, along, half, down, below);
    page.corners[3] = shifted(middle, along, -half, down, below);
    page.rotation = quarter_turn(along);
    measure_sides(&page);
    take_sheet(picture, &page);
    return page;
}

/* ---- without a zone ---- */

static bool is_inside(const struct image_quad *quad, struct image_point at)
{
    for (int i = 0; i < 4; i++) {
        const struct image_point a = quad->corners[i], b = quad->corners[(i + 1) % 4];
        if ((b.x - a.x) * (at.y - a.y) - (b.y - a.y) * (at.x - a.x) < 0) {
            return false;
        }
    }
    return true;
}

/* The corners of an upright box, from the one that is the upper left once it is turned. */
static void turn_corners(const struct image_point upright[4], int rotation, struct image_point out[4])
{
    const int first = (4 - rotation / 90) % 4;
    for (int i = 0; i < 4; i++) {
        out[i] = upright[(first + i) % 4];
    }
}

struct page page_from_face(const struct image *picture, struct image_box face, int rotation)
{
    const float width = (float)picture->width, height = (float)picture->height;
    const struct image_point whole[4] = {{0, 0}, {width - 1, 0}, {width - 1, height - 1}, {0, height - 1}};
    const struct image_point middle = {face.x + face.width / 2, face.y + face.height / 2};
    struct page page = {.rotation = rotation};
    g_autoptr(GArray) sheets = image_sheets(picture, SHEET_AREA_MIN * width * height);
    turn_corners(whole, rotation, page.corners);
    for (guint i = 0; i < sheets->len && !page.has_corners; i++) {
        const struct image_quad *sheet = &g_array_index(sheets, struct image_quad, i);
        if (is_inside(sheet, middle) && sheet->area > 6 * face.width * face.height) {
            turn_corners(sheet->corners, rotation, page.corners);
            page.has_corners = true;
        }
    }
    measure_sides(&page);
    return page;
}

/* ---- straightening ---- */

struct image *page_straighten(const struct image *picture, const struct page *page, int width_max)
{
    const float scale = fminf(1, (float)width_max / fmaxf(page->width_px, 1));
    const int width = CLAMP((int)lroundf(page->width_px * scale), 16, width_max);
    const int height = CLAMP((int)lroundf(page->height_px * scale), 16, 2 * width_max);
    return image_warp_quad(picture, page->corners, width, height, 0x808080);
}

/* The projection of the unit square onto the corners. */
struct image_point page_point(const struct page *page, struct image_point at, int width, int height)
{
    const struct image_point *c = page->corners;
    const double dx1 = c[1].x - c[2].x, dx2 = c[3].x - c[2].x, dx3 = c[0].x - c[1].x + c[2].x - c[3].x;
    const double dy1 = c[1].y - c[2].y, dy2 = c[3].y - c[2].y, dy3 = c[0].y - c[1].y + c[2].y - c[3].y;
    const double determinant = dx1 * dy2 - dx2 * dy1;
    const double u = (double)at.x / MAX(width - 1, 1), v = (double)at.y / MAX(height - 1, 1);
    double g = 0, h = 0;
    if (fabs(determinant) > 1e-6) {
        g = (dx3 * dy2 - dx2 * dy3) / determinant;
        h = (dx1 * dy3 - dx3 * dy1) / determinant;
    }
    const double w = MAX(g * u + h * v + 1, 1e-3);
    const double x = (c[1].x - c[0].x + g * c[1].x) * u + (c[3].x - c[0].x + h * c[3].x) * v + c[0].x;
    const double y = (c[1].y - c[0].y + g * c[1].y) * u + (c[3].y - c[0].y + h * c[3].y) * v + c[0].y;
    return (struct image_point){(float)(x / w), (float)(y / w)};
}

struct image_box page_box(const struct page *page, struct image_box box, int width, int height)
{
    const struct image_point corners[4] = {
        {box.x, box.y},
        {box.x + box.width, box.y},
        {box.x + box.width, box.y + box.height},
        {box.x, box.y + box.height},
    };
    struct image_point low = {INFINITY, INFINITY}, high = {-INFINITY, -INFINITY};
    for (int i = 0; i < 4; i++) {
        const struct image_point at = page_point(page, corners[i], width, height);
        low = (struct image_point){fminf(low.x, at.x), fminf(low.y, at.y)};
        high = (struct image_point){fmaxf(high.x, at.x), fmaxf(high.y, at.y)};
    }
    return (struct image_box){low.x, low.y, high.x - low.x, high.y - low.y};
}
