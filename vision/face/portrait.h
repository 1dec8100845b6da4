/* portrait: whether a picture is a portrait as passports want it (D-10; ICAO 9303-3 §3.9, ISO/IEC 39794-5 annex D in
 * outline): a list of named checks, each with what was measured. */
#pragma once

#include "vision/face/face_quality.h"

/* {"conforms", "checks": [{"check", "passed", "value": number|null, "message"}]}. New reference. */
json_t *portrait_checks(const struct image *picture, const struct face *face, unsigned faces,
                        const struct face_quality *quality);
