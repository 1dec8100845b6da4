/* columns: from what CTC sees along a strip to the columns of a machine readable zone.
 *
 * A zone is printed at a fixed pitch, so each character has a place of its own. That tells a character that was
 * overlooked from one that was never there, which the text alone cannot (CTC loses and doubles characters in a row of
 * equal ones), without guessing what it was: a column without a character of CTC's own is looked at again, at its
 * place. Pure. */
#pragma once

#include "vision/document/mrz.h"
#include "vision/document/text.h"

#define COLUMNS_ALPHABET "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789<"
#define COLUMNS_SYMBOLS  37
#define COLUMNS_MAX      64 /* of a strip: a zone's line, and what may stand beside it */

struct columns_grid { /* the middle of column k is at first + pitch k + bend k², in parts of the strip's width */
    float first, pitch, bend;
    unsigned count;      /* of columns, from the first character seen to the last */
    unsigned characters; /* that CTC saw */
    float worst;         /* the farthest that one of them stands from its column, in pitches */
    float confidence;    /* mean probability of the characters */
};
float columns_middle(const struct columns_grid *grid, float column);

/* `steps` over COLUMNS_ALPHABET. False: there is no regular row of at least COLUMNS_MIN characters. */
bool columns_fit(const struct text_steps *steps, struct columns_grid *grid);
#define COLUMNS_MIN 10

/* What stands in a column: probabilities over COLUMNS_ALPHABET. */
struct columns_cell {
    float of[COLUMNS_SYMBOLS];
    bool seen;     /* there is a character here, by CTC or at the second look */
    bool conflict; /* it has two */
};
/* `count` columns from the grid's column `from`, which may be negative. */
void columns_read(const struct text_steps *steps, const struct columns_grid *grid, int from, unsigned count,
                  struct columns_cell *cells);
/* The most probable symbol, and its probability; a filler of probability 0 where there is nothing. */
char columns_symbol(const struct columns_cell *cell, float *probability);
