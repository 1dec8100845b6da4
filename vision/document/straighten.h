/* straighten: puts a strip of one line of text exactly over it: the detector's boxes are a little loose and, where they
 * were broken and joined, askew. */
#pragma once

#include "vision/document/text.h"

/* The strip with its upper and lower edge close to the text, each end by itself. Where no line of text stands out, or
 * it is too far from the strip's middle, the strip as it is. */
struct text_strip straighten_line(const struct image *picture, const struct text_strip *strip);
