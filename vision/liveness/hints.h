/* hints: what is odd about a stream but proves nothing; recorded for whoever looks at it later. Pure. */
#pragma once

#include <jansson.h>

#include "vision/vision.h"

/* [{"code", "message"}, …]; `passive` is the stream's score, -1: none. New reference. Codes: passive_low,
 * cadence_regular, cadence_irregular, resolution_changed. */
json_t *hints_report(const GArray *frames, bool live, double passive);
