#include "vision/document/page.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define PITCH 20.0F

/* A zone of two lines whose first column is at `x`, `y`, read at an angle of quarters. */
static struct zone zone_at(float x, float y, int quarters)
{
    static const struct image_point along[4] = {{1, 0}, {0, 1}, {-1, 0}, {0, -1}};
    const struct image_point a = along[quarters], d = {-a.y, a.x};
    struct zone zone = {.format = MRZ_TD3, .count = 2, .pitch_px = PITCH};
    for (unsigned i = 0; i < 2; i++) {
        const float down = (float)i * 2.5F * PITCH, length = 44 * PITCH, height = 1.4F * PITCH;
        const struct image_point from = {x + d.x * down, y + d.y * down};
        const struct image_point to = {from.x + a.x * length, from.y + a.y * length};
        zone.lines[i].strip = (struct text_strip){
            .corners = {
                from, to, {to.x + d.x * height, to.y + d.y * height}, {from.x + d.x * height, from.y + d.y * height}}};
    }
    return zone;
}

static struct image *grey_picture(int width, int height, uint8_t luma)
{
    struct image *image = image_new(width, height, 3);
    memset(image->pixels, luma, image->stride * (size_t)height);
    return image;
}

static void a_page_follows_from_its_zone_at_every_turn(void **state)
{
    (void)state;
    static const int rotations[4] = {0, 270, 180, 90};
    g_autoptr(Image) picture = grey_picture(1400, 1400, 128);
    for (int quarters = 0; quarters < 4; quarters++) {
        const struct zone zone = zone_at(quarters == 2   ? 1150
                                         : quarters == 1 ? 400
                                                         : 250,
                                         quarters == 3   ? 1150
                                         : quarters == 1 ? 250
                                                         : 700,
                                         quarters);
        const struct page page = page_from_zone(picture, &zone);
        assert_int_equal(page.rotation, rotations[quarters]);
        assert_true(fabsf(page.width_px - 125 / 2.54F * PITCH) < 2);
        assert_true(fabsf(page.height_px - 88 / 2.54F * PITCH) < 2);
        /* The zone stands at the page's lower edge, and its first column near the left one. */
        const struct text_strip *last = &zone.lines[1].strip;
        assert_true(hypotf(page.corners[3].x - last->corners[3].x, page.corners[3].y - last->corners[3].y) < 5 * PITCH);
        assert_true(hypotf(page.corners[2].x - last->corners[2].x, page.corners[2].y - last->corners[2].y) < 5 * PITCH);
    }
}

static void what_is_found_on_a_straight_page_is_found_in_the_picture(void **state)
{
    (void)state;
    const struct page page = {.corners = {{100, 80}, {900, 140}, {860, 700}, {60, 560}}};
    static const struct image_point whole[4] = {{0, 0}, {499, 0}, {499, 349}, {0, 349}};
    for (int i = 0; i < 4; i++) {
        const struct image_point at = page_point(&page, whole[i], 500, 350);
        assert_true(hypotf(at.x - page.corners[i].x, at.y - page.corners[i].y) < 0.1F);
    }
    /* Lines stay lines: the middle is where the diagonals cross. */
    const struct image_point middle = page_point(&page, (struct image_point){249.5F, 174.5F}, 500, 350);
    const float cross = (860 - 100) * (middle.y - 80) - (700 - 80) * (middle.x - 100);
    const float other = (60 - 900) * (middle.y - 140) - (560 - 140) * (middle.x - 900);
    assert_true(fabsf(cross) < 100 && fabsf(other) < 100);
    const struct image_box box = page_box(&page, (struct image_box){0, 0, 499, 349}, 500, 350);
    assert_true(fabsf(box.x - 60) < 0.5F && fabsf(box.y - 80) < 0.5F && fabsf(box.width - 840) < 1);
}

static bool has_reason(const struct page *page, const struct page_measures *measures, const char *code)
{
    size_t i;
    json_t *reason;
    bool found = false;
    json_t *reasons = page_reasons(page, measures);
    json_array_foreach(reasons, i, reason)
    {
        found |= strcmp(json_string_value(json_object_get(reason, "code")), code) == 0;
        assert_true(json_string_length(json_object_get(reason, "message")) > 0);
    }
    json_decref(reasons);
    return found;
}

static void each_fault_has_its_own_reason(void **state)
{
    (void)state;
    static const struct page_measures fine = {
        .brightness = 180, .sharpness = 1, .has_portrait = true, .zone_is_valid = true};
    static const struct page page = {.from_zone = true, .width_px = 800}, small = {.from_zone = true, .width_px = 450},
                             tiny = {.from_zone = true, .width_px = 200};
    struct page_measures measures = fine;
    json_t *none = page_reasons(&page, &fine);
    assert_int_equal(json_array_size(none), 0);
    json_decref(none);
    measures.brightness = 20;
    assert_true(has_reason(&page, &measures, "too_dark"));
    measures = fine;
    measures.sharpness = 0.01F;
    assert_true(has_reason(&page, &measures, "blurred"));
    measures = fine;
    measures.glare = 0.2F;
    assert_true(has_reason(&page, &measures, "glare"));
    measures = fine;
    measures.cut_off = true;
    assert_true(has_reason(&page, &measures, "cut_off"));
    measures = fine;
    measures.has_portrait = false;
    assert_true(has_reason(&page, &measures, "no_portrait"));
    assert_true(has_reason(&small, &measures, "page_too_small"));
    measures = fine;
    measures.zone_is_valid = false;
    assert_true(has_reason(&page, &measures, "mrz_unreadable"));
    assert_true(has_reason(&small, &measures, "page_too_small"));
    assert_false(has_reason(&small, &fine, "page_too_small")); /* small, and read all the same */
    assert_true(has_reason(&tiny, &fine, "page_too_small"));
}

static struct page_measures measured(const struct image *picture, const struct zone *zone)
{
    struct page_measures measures = {.has_portrait = true};
    const struct page page = page_from_zone(picture, zone);
    g_autoptr(Image) straight = page_straighten(picture, &page, 600);
    page_measure(picture, straight, &page, zone, &measures);
    return measures;
}

static void a_page_that_leaves_the_picture_is_cut_off(void **state)
{
    (void)state;
    g_autoptr(Image) picture = grey_picture(1000, 720, 128);
    const struct zone inside = zone_at(55, 550, 0), filling = zone_at(50, 560, 0), leaving = zone_at(-120, 550, 0),
                      high = zone_at(55, 350, 0);
    assert_false(measured(picture, &inside).cut_off);
    assert_false(measured(picture, &filling).cut_off); /* a scan that is the page itself */
    assert_true(measured(picture, &leaving).cut_off);
    assert_true(measured(picture, &high).cut_off);
    struct zone at_border = inside;
    at_border.touches_border = true;
    assert_true(measured(picture, &at_border).cut_off);
}

static void light_and_dark_are_measured(void **state)
{
    (void)state;
    const struct zone zone = zone_at(55, 550, 0);
    g_autoptr(Image) dark = grey_picture(1000, 720, 20);
    g_autoptr(Image) white = grey_picture(1000, 720, 255);
    g_autoptr(Image) spot = grey_picture(1000, 720, 150);
    for (int y = 200; y < 400; y++) {
        memset(spot->pixels + (size_t)y * spot->stride + 900, 255, 900);
    }
    assert_true(measured(dark, &zone).brightness < 25);
    assert_true(measured(spot, &zone).glare > 0.05F);
    assert_true(measured(white, &zone).glare < 0.01F); /* of white paper nobody can tell */
    assert_true(measured(dark, &zone).glare < 0.01F);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_page_follows_from_its_zone_at_every_turn),
        cmocka_unit_test(what_is_found_on_a_straight_page_is_found_in_the_picture),
        cmocka_unit_test(each_fault_has_its_own_reason),
        cmocka_unit_test(a_page_that_leaves_the_picture_is_cut_off),
        cmocka_unit_test(light_and_dark_are_measured),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
