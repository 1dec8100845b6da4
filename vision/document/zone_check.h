/* zone_check: what a zone that was read is worth. Pure. */
#pragma once

#include "vision/document/zone.h"

/* How good it is: check digits that hold count most, then what fails; negative: it has no format. */
int zone_rank(const struct zone *zone, const GDate *today);
/* Holds, and every line is sure. */
bool zone_is_settled(const struct zone *zone, const GDate *today);
/* As no other text has them. */
bool zone_has_fillers(const struct zone *zone);
/* Whether a check digit holds: then it is a zone without doubt. */
bool zone_is_held(const struct zone *zone, const GDate *today);
/* A row of fillers: it may be a zone that is cut off or hardly to be read. */
bool zone_may_be_spoilt(const struct zone *zone);
