#include "vision/document/lines.h"

#include <math.h>

#define JOIN_ANGLE_MAX  0.10F /* sine of the angle between two strips of a line */
#define JOIN_OFF_MAX    0.6F  /* of the height, across */
#define JOIN_GAP_MAX    2.5F  /* of the height, along */
#define JOIN_HEIGHT_MAX 1.8F  /* one's height over the other's */

struct image_point lines_middle(const struct text_strip *strip)
{
    struct image_point middle = {0};
    for (int i = 0; i < 4; i++) {
        middle.x += strip->corners[i].x / 4;
        middle.y += strip->corners[i].y / 4;
    }
    return middle;
}

static struct image_point unit(float x, float y)
{
    const float length = fmaxf(hypotf(x, y), 1e-3F);
    return (struct image_point){x / length, y / length};
}

struct image_point lines_along(const struct text_strip *strip)
{
    const struct image_point *c = strip->corners;
    return unit(c[1].x + c[2].x - c[0].x - c[3].x, c[1].y + c[2].y - c[0].y - c[3].y);
}

struct image_point lines_down(const struct text_strip *strip)
{
    const struct image_point along = lines_along(strip);
    return (struct image_point){-along.y, along.x};
}

static float dot(struct image_point a, struct image_point b)
{
    return a.x * b.x + a.y * b.y;
}

static struct image_point between(struct image_point from, struct image_point to)
{
    return (struct image_point){to.x - from.x, to.y - from.y};
}

static struct image_point lerp(struct image_point from, struct image_point to, float part)
{
    return (struct image_point){from.x + (to.x - from.x) * part, from.y + (to.y - from.y) * part};
}

struct text_strip lines_part(const struct text_strip *strip, float from, float to)
{
    const struct image_point *c = strip->corners;
    return (struct text_strip){
        .corners = {lerp(c[0], c[1], from), lerp(c[0], c[1], to), lerp(c[3], c[2], to), lerp(c[3], c[2], from)},
        .score = strip->score,
    };
}

struct text_strip lines_below(const struct text_strip *strip, float by_px)
{
    const struct image_point down = lines_down(strip);
    struct text_strip moved = *strip;
    for (int i = 0; i < 4; i++) {
        moved.corners[i].x += down.x * by_px;
        moved.corners[i].y += down.y * by_px;
    }
    return moved;
}

/* ---- joining ---- */

/* Along and across `strip` from its middle. */
static struct image_point seen_from(const struct text_strip *strip, struct image_point point)
{
    const struct image_point offset = between(lines_middle(strip), point);
    return (struct image_point){dot(offset, lines_along(strip)), dot(offset, lines_down(strip))};
}

static bool is_same_line(const struct text_strip *strip, const struct text_strip *other)
{
    const float height = text_strip_height(strip), ratio = text_strip_height(other) / fmaxf(height, 1e-3F);
    const struct image_point along = lines_along(strip), theirs = lines_along(other);
    const struct image_point seen = seen_from(strip, lines_middle(other));
    const float gap = fabsf(seen.x) - (text_strip_width(strip) + text_strip_width(other)) / 2;
    /* How far off the middle lies grows with the error of the angle. */
    const float off_max = JOIN_OFF_MAX * height;
    const bool short_one = text_strip_width(other) < 4 * text_strip_height(other);
    const bool parallel = short_one || fabsf(along.x * theirs.y - along.y * theirs.x) < JOIN_ANGLE_MAX;
    return parallel && ratio < JOIN_HEIGHT_MAX && ratio > 1 / JOIN_HEIGHT_MAX && fabsf(seen.y) < off_max &&
           gap < JOIN_GAP_MAX * height && gap > -JOIN_GAP_MAX * height;
}

/* A strip over both: along the line through the middles of their outer ends. */
static struct text_strip join(const struct text_strip *strip, const struct text_strip *other)
{
    const bool after = seen_from(strip, lines_middle(other)).x > 0;
    struct text_strip behind = after ? *strip : *other, before = after ? *other : *strip;
    if (dot(lines_along(&behind), lines_along(&before)) < 0) {
        before = text_strip_turned(&before); /* a short strip may stand the other way */
    }
    const float height = fmaxf(text_strip_height(strip), text_strip_height(other));
    const struct image_point from = lerp(behind.corners[0], behind.corners[3], 0.5F);
    const struct image_point to = lerp(before.corners[1], before.corners[2], 0.5F);
    const struct image_point along = unit(to.x - from.x, to.y - from.y);
    const struct image_point down = {-along.y * height / 2, along.x * height / 2};
    const float first = text_strip_width(strip), second = text_strip_width(other);
    return (struct text_strip){
        .corners = {{from.x - down.x, from.y - down.y},
                    {to.x - down.x, to.y - down.y},
                    {to.x + down.x, to.y + down.y},
                    {from.x + down.x, from.y + down.y}},
        .score = (strip->score * first + other->score * second) / fmaxf(first + second, 1e-3F),
    };
}

static int longer_first(const void *a, const void *b)
{
    const float first = text_strip_width(a), second = text_strip_width(b);
    return first < second ? 1 : first > second ? -1 : 0;
}

GArray *lines_join(const GArray *strips)
{
    GArray *lines = g_array_new(FALSE, FALSE, sizeof(struct text_strip));
    g_array_append_vals(lines, strips->data, strips->len);
    for (guint i = 0; i < lines->len; i++) {
        for (guint j = i + 1; j < lines->len;) {
            struct text_strip *line = &g_array_index(lines, struct text_strip, i);
            const struct text_strip other = g_array_index(lines, struct text_strip, j);
            /* Seen from the longer one, whose angle is known better. */
            if (text_strip_width(line) >= 2 * text_strip_height(line) && is_same_line(line, &other)) {
                *line = join(line, &other);
                g_array_remove_index(lines, j);
                j = i + 1;
            } else {
                j++;
            }
        }
    }
    g_array_sort(lines, longer_first);
    return lines;
}

/* ---- neighbours ---- */

const struct text_strip *lines_at(const GArray *strips, const struct text_strip *place, float off_px)
{
    const float width = text_strip_width(place);
    const struct text_strip *best = NULL;
    for (guint i = 0; i < strips->len; i++) {
        const struct text_strip *strip = &g_array_index(strips, struct text_strip, i);
        const struct image_point seen = seen_from(place, lines_middle(strip));
        const float half = text_strip_width(strip) / 2;
        const float covered = fminf(seen.x + half, width / 2) - fmaxf(seen.x - half, -width / 2);
        const struct image_point along = lines_along(place), theirs = lines_along(strip);
        const bool parallel = fabsf(along.x * theirs.y - along.y * theirs.x) < 2 * JOIN_ANGLE_MAX;
        if (parallel && fabsf(seen.y) < off_px && covered > width / 2 &&
            (!best || text_strip_width(strip) > text_strip_width(best))) {
            best = strip;
        }
    }
    return best;
}

bool lines_is_top(const GArray *strips, const struct text_strip *strip)
{
    float above = 0, below = 0;
    const float height = text_strip_height(strip);
    for (guint i = 0; i < strips->len; i++) {
        const struct text_strip *other = &g_array_index(strips, struct text_strip, i);
        const float off = seen_from(strip, lines_middle(other)).y;
        /* Its own neighbours in the zone say nothing. */
        if (fabsf(off) > 4 * height) {
            *(off < 0 ? &above : &below) += text_strip_width(other);
        }
    }
    return below > above;
}
