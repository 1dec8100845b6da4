/* drawing: a document's picture with what was found drawn in. */
#pragma once

#include "vision/document/page.h"

struct drawing {
    const struct zone *zone;
    const struct page *page;
    const struct image_box *portrait; /* in the picture; NULL: none */
    bool valid;
};
/* PNG, at most DRAWING_PX_MAX px on its longer side. */
GBytes *drawing_make(const struct image *picture, const struct drawing *drawing);
#define DRAWING_PX_MAX 1600
