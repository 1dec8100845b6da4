#include "vision/document/zone_check.h"

#include <string.h>

#define RANK_HELD   100 /* of a check digit that holds, in the rank of a zone */
#define FILLERS_MIN 4   /* of a zone: no other text has them */

bool zone_parse(const struct zone *zone, const GDate *today, struct mrz *mrz)
{
    const char *lines[MRZ_LINES_MAX];
    for (unsigned i = 0; i < zone->count; i++) {
        lines[i] = zone->lines[i].text;
    }
    return zone->count > 0 && mrz_parse(lines, zone->count, today, mrz);
}

int zone_rank(const struct zone *zone, const GDate *today)
{
    struct mrz mrz;
    if (!zone_parse(zone, today, &mrz)) {
        return -1;
    }
    int held = 0;
    for (unsigned i = 0; i < MRZ_CHECKS; i++) {
        held += mrz.holds[i] && mrz.has_check[i];
    }
    return RANK_HELD * held + (int)MRZ_FAILURES_MAX - (int)mrz.failure_count;
}

bool zone_is_settled(const struct zone *zone, const GDate *today)
{
    struct mrz mrz;
    bool sure = zone_parse(zone, today, &mrz) && mrz.failure_count == 0;
    for (unsigned i = 0; i < zone->count; i++) {
        sure &= zone->lines[i].sure;
    }
    return sure;
}

bool zone_has_fillers(const struct zone *zone)
{
    unsigned fillers = 0;
    for (unsigned i = 0; i < zone->count; i++) {
        for (const char *at = zone->lines[i].text; *at; at++) {
            fillers += *at == '<';
        }
    }
    return fillers >= FILLERS_MIN;
}

bool zone_is_held(const struct zone *zone, const GDate *today)
{
    return zone_has_fillers(zone) && zone_rank(zone, today) >= RANK_HELD;
}

bool zone_may_be_spoilt(const struct zone *zone)
{
    for (unsigned i = 0; i < zone->count; i++) {
        if (strstr(zone->lines[i].text, "<<<<<<")) {
            return true;
        }
    }
    return false;
}

json_t *zone_doubts(const struct zone *zone)
{
    static const char *const codes[MRZ_LINES_MAX] = {"line_1_uncertain", "line_2_uncertain", "line_3_uncertain"};
    json_t *doubts = json_array();
    for (unsigned i = 0; i < MIN(zone->count, MRZ_LINES_MAX); i++) {
        if (zone->lines[i].text[0] && !zone->lines[i].sure) {
            json_array_append_new(doubts, json_pack("{s:s, s:s}", "code", codes[i], "message",
                                                    "several readings of this line do not agree, or a character is "
                                                    "weak: it was not read with certainty"));
        }
    }
    return doubts;
}
