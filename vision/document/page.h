/* page: where the data page lies in a picture, how it is turned, and what is wrong with it as a picture.
 *
 * Where a zone was read the page follows from it: zones are printed to measure (ICAO 9303-4 to -7). Edges of a sheet
 * that agree with that make it exact. Without a zone the portrait says how the page is turned. */
#pragma once

#include "vision/document/zone.h"

#include <jansson.h>

struct page {
    bool has_corners;
    struct image_point corners[4]; /* clockwise from the page's own upper left; they may lie outside the picture */
    int rotation;                  /* degrees clockwise that make it upright: 0, 90, 180, 270 */
    float width_px, height_px;
    bool from_zone;
};

struct page page_from_zone(const struct image *picture, const struct zone *zone);
/* A page that shows a portrait: `face` is its box, `rotation` how it is turned. */
struct page page_from_face(const struct image *picture, struct image_box face, int rotation);

/* The page upright and straight, at most `width_max` px wide. */
struct image *page_straighten(const struct image *picture, const struct page *page, int width_max);
/* From the straightened page (of the given size) back into the picture. */
struct image_point page_point(const struct page *page, struct image_point at, int width, int height);
struct image_box page_box(const struct page *page, struct image_box box, int width, int height);

struct page_measures {
    float brightness; /* mean luma, 0..255 */
    float sharpness;  /* variance of the Laplacian over the variance of the luma, at 16 px a character of the zone */
    float glare;      /* part of the page that is washed out, 0..1 */
    bool cut_off;
    bool has_portrait, zone_is_valid;
};
/* Fills brightness, sharpness, glare and cut_off. */
void page_measure(const struct image *picture, const struct image *straight, const struct page *page,
                  const struct zone *zone, struct page_measures *measures);

/* Codes and messages of what is wrong: [{"code", "message"}]. Pure. New reference. */
json_t *page_reasons(const struct page *page, const struct page_measures *measures);
/* "page" of vision_document's report; `scale`: px of the report in one px of the picture. New reference. */
json_t *page_report(const struct page *page, const struct page_measures *measures, float scale);
