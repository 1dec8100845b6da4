/* chinese: the name in Chinese characters that Chinese passports print (姓名), as a best effort.
 *
 * The worker collects what could be it; the caller, who has the readings of characters, takes the one that the zone's
 * name is the pinyin of. */
#pragma once

#include "vision/document/zone.h"

#define CHINESE_CANDIDATES_MAX 12

/* In a worker: [{"text", "confidence"}] of lines above the zone that hold Chinese characters. NULL with error. */
json_t *chinese_candidates(struct networks *networks, const struct image *picture, const GArray *lines,
                           const struct zone *zone, GError **error);
/* At the caller: "name_chinese" of vision_document's report: the candidate whose pinyin the name is, else null. */
json_t *chinese_choose(const json_t *candidates, const struct mrz *mrz);
