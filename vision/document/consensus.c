#include "vision/document/consensus.h"

#include "vision/document/mrz_layout.h"

#include <math.h>
#include <string.h>

#define LOST_SHARE  0.3F /* what a column where CTC saw nothing counts, beside those where it did */
#define WORTH_POWER 8
#define LOST_MAX    4 /* columns that a reading may lack or have too many of */

void consensus_reading_clear(struct consensus_reading *reading)
{
    text_steps_clear(&reading->steps);
    reading->regular = false;
}

void consensus_clear(struct consensus *consensus)
{
    for (unsigned i = 0; i < consensus->count; i++) {
        consensus_reading_clear(&consensus->readings[i]);
    }
    consensus->count = 0;
}

struct image_point consensus_point(const struct consensus_reading *reading, float column)
{
    const float part = columns_middle(&reading->grid, column);
    const struct text_strip at = lines_part(&reading->strip, part, part);
    return lines_middle(&at);
}

static bool is_whole(const struct consensus_reading *reading, unsigned length)
{
    return reading->regular && reading->grid.count == length;
}

const struct consensus_reading *consensus_whole(const struct consensus *consensus, unsigned length)
{
    for (unsigned i = 0; i < consensus->count; i++) {
        if (is_whole(&consensus->readings[i], length)) {
            return &consensus->readings[i];
        }
    }
    return NULL;
}

/* ---- what a field can hold ---- */

enum kind { ANY, LETTERS, DIGITS };

static bool is_in(struct mrz_place place, unsigned line, unsigned column)
{
    return place.length > 0 && place.line == line && column >= place.start && column < place.start + place.length;
}

static enum kind kind_of(const struct mrz_layout *layout, unsigned line, unsigned column)
{
    const struct mrz_place letters[] = {layout->document_code, layout->issuing_state, layout->names,
                                        layout->nationality, layout->sex};
    const struct mrz_place digits[] = {layout->number_check,   layout->birth_date,   layout->birth_check,
                                       layout->expiry_date,    layout->expiry_check, layout->optional_check,
                                       layout->composite_check};
    for (unsigned i = 0; i < G_N_ELEMENTS(letters); i++) {
        if (is_in(letters[i], line, column)) {
            return LETTERS;
        }
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(digits); i++) {
        if (is_in(digits[i], line, column)) {
            return DIGITS;
        }
    }
    return ANY;
}

static float *share_of(struct columns_cell *cell, char symbol)
{
    return &cell->of[strchr(COLUMNS_ALPHABET, symbol) - COLUMNS_ALPHABET];
}

/* O and 0, I and 1 are of one shape: the field's kind tells which it is. */
static void settle(struct columns_cell *cell, enum kind kind)
{
    static const char twins[][2] = {{'O', '0'}, {'I', '1'}};
    for (unsigned i = 0; i < G_N_ELEMENTS(twins) && kind != ANY; i++) {
        float *to = share_of(cell, twins[i][kind == LETTERS ? 0 : 1]);
        float *from = share_of(cell, twins[i][kind == LETTERS ? 1 : 0]);
        *to += *from;
        *from = 0;
    }
}

/* ---- where the first column is ---- */

/* The column of `whole` that is beside the reading's first. */
static int column_beside(const struct consensus_reading *reading, const struct consensus_reading *whole)
{
    const struct image_point at = consensus_point(reading, 0), along = lines_along(&whole->strip);
    const struct image_point first = consensus_point(whole, 0);
    const float last = (float)(whole->grid.count - 1);
    const struct image_point end = consensus_point(whole, last);
    const float length = (end.x - first.x) * along.x + (end.y - first.y) * along.y;
    const float off = (at.x - first.x) * along.x + (at.y - first.y) * along.y;
    return length > 1 ? (int)lroundf(CLAMP(off / length, -1.0F, 1.0F) * last) : 0;
}

/* Of a reading with too many columns, those that are surest. */
static int surest_part(const struct consensus_reading *reading, unsigned length)
{
    struct columns_cell cells[COLUMNS_MAX];
    float best = -1;
    int best_from = 0;
    columns_read(&reading->steps, &reading->grid, 0, reading->grid.count, cells);
    for (unsigned from = 0; from + length <= reading->grid.count; from++) {
        float sum = 0;
        for (unsigned i = 0; i < length; i++) {
            float probability;
            columns_symbol(&cells[from + i], &probability);
            sum += probability;
        }
        if (sum > best) {
            best = sum;
            best_from = (int)from;
        }
    }
    return best_from;
}

static bool first_column(const struct consensus *consensus, const struct consensus_reading *reading, unsigned length,
                         const struct consensus_reading *guide, int *from)
{
    const unsigned count = reading->grid.count;
    const struct consensus_reading *whole = consensus_whole(consensus, length);
    if (!reading->regular || count + LOST_MAX < length || count > length + LOST_MAX || count > COLUMNS_MAX) {
        return false;
    }
    if (count == length) {
        *from = 0;
    } else if (whole || guide) {
        *from = -column_beside(reading, whole ? whole : guide);
    } else {
        *from = count > length ? surest_part(reading, length) : 0;
    }
    return true;
}

/* ---- all together ---- */

struct votes {
    struct columns_cell cells[CONSENSUS_READINGS_MAX][MRZ_CHARACTERS_MAX];
    bool whole[CONSENSUS_READINGS_MAX];  /* and without two characters in one column */
    float worth[CONSENSUS_READINGS_MAX]; /* the surer a reading is of all of the line, the more it counts */
    unsigned count;
};

static void collect(const struct consensus *consensus, enum mrz_format format, unsigned line,
                    const struct consensus_reading *guide, struct votes *votes)
{
    const struct mrz_layout *layout = mrz_layout(format);
    const unsigned length = layout->shape.length;
    votes->count = 0;
    for (unsigned i = 0; i < consensus->count; i++) {
        int from;
        const struct consensus_reading *reading = &consensus->readings[i];
        if (!first_column(consensus, reading, length, guide, &from)) {
            continue;
        }
        struct columns_cell *cells = votes->cells[votes->count];
        columns_read(&reading->steps, &reading->grid, from, length, cells);
        bool clean = is_whole(reading, length);
        for (unsigned column = 0; column < length; column++) {
            settle(&cells[column], kind_of(layout, line, column));
            clean &= !cells[column].conflict;
        }
        votes->worth[votes->count] = powf(reading->grid.confidence, WORTH_POWER);
        votes->whole[votes->count++] = clean;
    }
}

static struct columns_cell mean_of(const struct votes *votes, unsigned column)
{
    struct columns_cell mean = {.seen = true};
    float sum = 0;
    for (unsigned i = 0; i < votes->count; i++) {
        const struct columns_cell *cell = &votes->cells[i][column];
        const float share = votes->worth[i] * (cell->seen ? 1 : LOST_SHARE);
        sum += share;
        for (unsigned symbol = 0; symbol < COLUMNS_SYMBOLS; symbol++) {
            mean.of[symbol] += cell->of[symbol] * share;
        }
    }
    for (unsigned symbol = 0; symbol < COLUMNS_SYMBOLS; symbol++) {
        mean.of[symbol] /= sum;
    }
    return mean;
}

/* The most probable of the other characters that no check digit tells from `chosen`. */
static float rival_of(const struct columns_cell *cell, char chosen)
{
    float most = 0;
    for (unsigned i = 0; i < COLUMNS_SYMBOLS; i++) {
        const char symbol = COLUMNS_ALPHABET[i];
        if (symbol != chosen && mrz_check_digit(&symbol, 1) == mrz_check_digit(&chosen, 1)) {
            most = fmaxf(most, cell->of[i]);
        }
    }
    return most;
}

static bool says(const struct columns_cell *cells, unsigned length, const char *text)
{
    for (unsigned column = 0; column < length; column++) {
        float probability;
        if (columns_symbol(&cells[column], &probability) != text[column]) {
            return false;
        }
    }
    return true;
}

/* In a row of equal characters CTC may lose one; elsewhere a column where it saw nothing proves nothing. */
static bool is_lost_filler(const struct columns_cell *cells, unsigned column, unsigned length)
{
    float probability;
    const bool before = column > 0 && columns_symbol(&cells[column - 1], &probability) == '<';
    const bool after = column + 1 < length && columns_symbol(&cells[column + 1], &probability) == '<';
    return columns_symbol(&cells[column], &probability) == '<' && (before || after);
}

static void note_seen(const struct columns_cell *cells, unsigned length, bool seen[])
{
    for (unsigned column = 0; column < length; column++) {
        seen[column] |= cells[column].seen || is_lost_filler(cells, column, length);
    }
}

void consensus_reach(const struct consensus *consensus, enum mrz_format format, unsigned line,
                     const struct consensus_reading *guide, struct consensus_text *out)
{
    struct votes votes;
    const unsigned length = mrz_format_shape(format).length;
    *out = (struct consensus_text){.weakest = 0};
    collect(consensus, format, line, guide, &votes);
    if (votes.count == 0) {
        return;
    }
    out->weakest = 1;
    for (unsigned column = 0; column < length; column++) {
        const struct columns_cell mean = mean_of(&votes, column);
        float probability;
        out->text[column] = columns_symbol(&mean, &probability);
        out->weakest = fminf(out->weakest, probability);
        out->rival = fmaxf(out->rival, rival_of(&mean, out->text[column]));
    }
    bool seen[MRZ_CHARACTERS_MAX] = {false};
    for (unsigned i = 0; i < votes.count; i++) {
        out->whole += votes.whole[i];
        if (votes.whole[i] && says(votes.cells[i], length, out->text)) {
            out->agreeing++;
            note_seen(votes.cells[i], length, seen);
        }
    }
    out->seen = true;
    for (unsigned column = 0; column < length; column++) {
        out->seen &= seen[column];
    }
}
