/* lines: strips of text as lines of a machine readable zone: put together where the detector broke them, and which
 * could be such a line at all. Pure geometry. */
#pragma once

#include "vision/document/text.h"

/* Joins strips that follow each other on one line; longest first. Caller unrefs:
 * GArray of struct text_strip. */
GArray *lines_join(const GArray *strips);

#define LINES_ASPECT_MIN 10.0F /* of one that can be a line of a zone, or the better part of one */

struct image_point lines_middle(const struct text_strip *strip);
/* Unit vectors: the way it is read, and from its upper to its lower edge. */
struct image_point lines_along(const struct text_strip *strip);
struct image_point lines_down(const struct text_strip *strip);

/* The part of a strip between two parts of its width (0..1; beyond is allowed). */
struct text_strip lines_part(const struct text_strip *strip, float from, float to);
/* The strip moved down by `by_px`; up when negative. */
struct text_strip lines_below(const struct text_strip *strip, float by_px);
/* The strip among `strips` that lies along `place`, read the same way: its middle not more than `off_px` across from
 * it, covering at least half of its width. NULL: none. */
const struct text_strip *lines_at(const GArray *strips, const struct text_strip *place, float off_px);
/* Whether more of the other strips lie below it than above, as if it were upside down at the top of a page. */
bool lines_is_top(const GArray *strips, const struct text_strip *strip);
