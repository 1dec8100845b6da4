/* consensus: several readings of one line of a zone, column by column, to one text and how sure it is. Pure. */
#pragma once

#include "vision/document/columns.h"
#include "vision/document/lines.h"

#define CONSENSUS_READINGS_MAX 4

struct consensus_reading {
    struct text_strip strip; /* as it was cut out */
    struct text_steps steps;
    struct columns_grid grid;
    bool regular; /* grid is set */
};
void consensus_reading_clear(struct consensus_reading *reading);
/* Where the middle of a column is in the picture. */
struct image_point consensus_point(const struct consensus_reading *reading, float column);

struct consensus {
    struct consensus_reading readings[CONSENSUS_READINGS_MAX];
    unsigned count;
};
void consensus_clear(struct consensus *consensus);

/* The first regular reading that has exactly `length` columns; NULL: none. */
const struct consensus_reading *consensus_whole(const struct consensus *consensus, unsigned length);

struct consensus_text {
    char text[MRZ_CHARACTERS_MAX + 1]; /* "": no regular reading */
    bool seen;                         /* every column was, by one of these; lost fillers in a row of them apart */
    unsigned agreeing;                 /* whole readings that say just this by themselves */
    unsigned whole;                    /* whole readings in all */
    float weakest;                     /* probability of the least sure character, mean of all readings */
    float rival;                       /* the highest of a character that weighs the same in check digits */
};
/* `guide`: a whole reading of another line, which tells readings that are not whole where the first column is; NULL:
 * none. Line `line` of a zone of `format`. */
void consensus_reach(const struct consensus *consensus, enum mrz_format format, unsigned line,
                     const struct consensus_reading *guide, struct consensus_text *out);
