/* zone: the machine readable zone in a picture: finds its lines at any angle and reads them.
 *
 * Each line is read several times, cut out anew at other widths; what the readings do not agree on is a doubt. Where
 * the alphabet has a letter and a digit of one shape (O and 0, I and 1), the field's own kind decides, before any check
 * digit is looked at; nothing else is ever exchanged. Runs in a worker. */
#pragma once

#include "vision/document/lines.h"
#include "vision/document/mrz.h"

struct zone_line {
    struct text_strip strip;           /* over its columns, first to last */
    char text[MRZ_CHARACTERS_MAX + 1]; /* "" where it could not be read */
    bool sure;                         /* two readings at least agree on every character, and none is weak */
    float weakest;                     /* probability of the least sure character */
    float rival;                       /* of the most probable other one that check digits cannot tell from it */
};

struct zone {
    enum mrz_format format; /* of its shape: TD3 stands for MRV-A too, TD2 for MRV-B */
    unsigned count;         /* of lines; 0: there is no zone */
    bool held;              /* a check digit of it holds; else it looks like a zone, but could hardly be read */
    struct zone_line lines[MRZ_LINES_MAX];
    float pitch_px;      /* of its characters, in the picture */
    bool touches_border; /* columns may lie outside the picture */
};

/* Looks along `lines` (of lines_join). `zone` with count 0 when none of them is a zone's. */
bool zone_find(struct networks *networks, const struct image *picture, const GArray *lines, const GDate *today,
               struct zone *zone, GError **error);
/* The lines as mrz_parse takes them. */
bool zone_parse(const struct zone *zone, const GDate *today, struct mrz *mrz);
/* Doubts for mrz_report. New reference. */
json_t *zone_doubts(const struct zone *zone);
