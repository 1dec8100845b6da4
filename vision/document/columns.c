#include "vision/document/columns.h"

#include <math.h>
#include <string.h>

#define RUNS_MAX      128
#define FIT_ROUNDS    3
#define APART_MAX     0.16F /* mean of the pitches that characters stand from their columns; 0.25 is none at all */
#define LOOK_PITCHES  0.35F /* around a column's middle, where CTC saw nothing */
#define LOST_MASS_MIN 0.03F /* of all characters together, there: less is nothing at all */
#define SEEN_MASS_MIN 0.20F /* and this much is a character, though the blank is more probable */

struct run {       /* a character that CTC saw */
    float at;      /* in steps */
    unsigned peak; /* the step where it is strongest */
    unsigned symbol;
    float probability;
    int column;
};

static float probability_at(const struct text_steps *steps, unsigned step, unsigned symbol)
{
    return steps->of[(size_t)step * steps->symbols + symbol];
}

static unsigned best_at(const struct text_steps *steps, unsigned step)
{
    unsigned best = 0;
    for (unsigned symbol = 1; symbol < steps->symbols; symbol++) {
        if (probability_at(steps, step, symbol) > probability_at(steps, step, best)) {
            best = symbol;
        }
    }
    return best;
}

/* ---- what CTC saw ---- */

static struct run run_between(const struct text_steps *steps, unsigned from, unsigned to, unsigned symbol)
{
    struct run run = {.peak = from, .symbol = symbol};
    float weight = 0, moment = 0;
    for (unsigned step = from; step < to; step++) {
        const float probability = probability_at(steps, step, symbol);
        weight += probability;
        moment += probability * ((float)step + 0.5F);
        if (probability > run.probability) {
            run.probability = probability;
            run.peak = step;
        }
    }
    run.at = weight > 0 ? moment / weight : (float)from + 0.5F;
    return run;
}

static unsigned find_runs(const struct text_steps *steps, struct run runs[RUNS_MAX])
{
    unsigned count = 0, from = 0;
    while (from < steps->count && count < RUNS_MAX) {
        const unsigned symbol = best_at(steps, from);
        unsigned to = from + 1;
        while (to < steps->count && best_at(steps, to) == symbol) {
            to++;
        }
        if (symbol != 0) {
            runs[count++] = run_between(steps, from, to, symbol);
        }
        from = to;
    }
    return count;
}

/* ---- the grid ---- */

static int compare_floats(const void *a, const void *b)
{
    const float first = *(const float *)a, second = *(const float *)b;
    return first < second ? -1 : first > second ? 1 : 0;
}

static float median_distance(const struct run *runs, unsigned count)
{
    float distances[RUNS_MAX];
    for (unsigned i = 1; i < count; i++) {
        distances[i - 1] = runs[i].at - runs[i - 1].at;
    }
    qsort(distances, count - 1, sizeof distances[0], compare_floats);
    return distances[(count - 1) / 2];
}

/* Counts columns from one character to the next, with a pitch that may change slowly (a page seen at an angle). */
static void count_along(struct run *runs, unsigned count)
{
    float pitch = median_distance(runs, count);
    runs[0].column = 0;
    for (unsigned i = 1; i < count; i++) {
        const float distance = runs[i].at - runs[i - 1].at;
        const int columns = (int)lroundf(distance / pitch);
        runs[i].column = runs[i - 1].column + columns;
        if (columns >= 1) {
            pitch += 0.15F * (distance / (float)columns - pitch);
        }
    }
}

/* Solves the normal equations of at = a + b column + c column². */
static bool solve(double m[3][4], float out[3])
{
    for (int i = 0; i < 3; i++) {
        int pivot = i;
        for (int row = i + 1; row < 3; row++) {
            pivot = fabs(m[row][i]) > fabs(m[pivot][i]) ? row : pivot;
        }
        for (int column = 0; column < 4; column++) {
            const double kept = m[i][column];
            m[i][column] = m[pivot][column];
            m[pivot][column] = kept;
        }
        if (fabs(m[i][i]) < 1e-9) {
            return false;
        }
        for (int row = 0; row < 3; row++) {
            const double factor = row == i ? 0 : m[row][i] / m[i][i];
            for (int column = i; column < 4; column++) {
                m[row][column] -= factor * m[i][column];
            }
        }
    }
    for (int i = 0; i < 3; i++) {
        out[i] = (float)(m[i][3] / m[i][i]);
    }
    return true;
}

static bool fit_curve(const struct run *runs, unsigned count, struct columns_grid *grid)
{
    double m[3][4] = {{0}};
    for (unsigned i = 0; i < count; i++) {
        const double column = runs[i].column, powers[] = {1, column, column * column};
        for (int row = 0; row < 3; row++) {
            for (int j = 0; j < 3; j++) {
                m[row][j] += runs[i].probability * powers[row] * powers[j];
            }
            m[row][3] += runs[i].probability * powers[row] * runs[i].at;
        }
    }
    float solved[3];
    if (!solve(m, solved)) {
        return false;
    }
    grid->first = solved[0];
    grid->pitch = solved[1];
    grid->bend = solved[2];
    return true;
}

float columns_middle(const struct columns_grid *grid, float column)
{
    return grid->first + grid->pitch * column + grid->bend * column * column;
}

static float pitch_at(const struct columns_grid *grid, float column)
{
    return grid->pitch + 2 * grid->bend * column;
}

/* The column whose middle is nearest, and how far off in pitches. */
static int nearest(const struct columns_grid *grid, float at, int near, float *off)
{
    float column = (float)near;
    for (int i = 0; i < 4; i++) {
        column += (at - columns_middle(grid, column)) / fmaxf(pitch_at(grid, column), 1e-3F);
        column = CLAMP(column, -COLUMNS_MAX, 2 * COLUMNS_MAX);
    }
    const int whole = (int)lroundf(column);
    *off = fabsf(column - (float)whole);
    return whole;
}

static bool is_regular(const struct columns_grid *grid, int last)
{
    const float ends[] = {pitch_at(grid, 0), pitch_at(grid, (float)last)};
    return ends[0] > 1 && ends[1] > 1 && ends[0] < 2 * ends[1] && ends[1] < 2 * ends[0] && last < COLUMNS_MAX;
}

static bool fit_runs(struct run *runs, unsigned count, struct columns_grid *grid)
{
    count_along(runs, count);
    for (int round = 0; round < FIT_ROUNDS; round++) {
        if (!fit_curve(runs, count, grid) || !is_regular(grid, runs[count - 1].column)) {
            return false;
        }
        float sum = 0, sum_of_parts = 0;
        grid->worst = 0;
        for (unsigned i = 0; i < count; i++) {
            float off;
            runs[i].column = nearest(grid, runs[i].at, runs[i].column, &off);
            grid->worst = fmaxf(grid->worst, off);
            sum += runs[i].probability;
            sum_of_parts += off;
        }
        grid->confidence = sum / (float)count;
        if (sum_of_parts / (float)count > APART_MAX) {
            return false;
        }
    }
    return true;
}

bool columns_fit(const struct text_steps *steps, struct columns_grid *grid)
{
    struct run runs[RUNS_MAX];
    const unsigned count = find_runs(steps, runs);
    struct columns_grid found = {.characters = count};
    if (steps->symbols != COLUMNS_SYMBOLS + 1 || count < COLUMNS_MIN || median_distance(runs, count) < 1 ||
        !fit_runs(runs, count, &found)) {
        return false;
    }
    const int first = runs[0].column, last = runs[count - 1].column;
    const float width = (float)steps->count;
    found.count = (unsigned)MAX(last - first + 1, 1);
    found.first = columns_middle(&found, (float)first) / width;
    found.pitch = pitch_at(&found, (float)first) / width;
    found.bend /= width;
    *grid = found;
    return true;
}

/* ---- the cells ---- */

static void take(const struct text_steps *steps, unsigned step, float share, struct columns_cell *cell)
{
    float sum = 1e-9F;
    for (unsigned symbol = 1; symbol < steps->symbols; symbol++) {
        sum += probability_at(steps, step, symbol);
    }
    for (unsigned symbol = 1; symbol < steps->symbols; symbol++) {
        cell->of[symbol - 1] = probability_at(steps, step, symbol) / sum * share;
    }
}

/* A column where CTC saw nothing: the step near its middle that is least sure of the blank. */
static void look_again(const struct text_steps *steps, float middle, float pitch, struct columns_cell *cell)
{
    const int from = MAX(0, (int)floorf(middle - LOOK_PITCHES * pitch));
    const int to = MIN((int)steps->count - 1, (int)floorf(middle + LOOK_PITCHES * pitch));
    int best = -1;
    for (int step = from; step <= to; step++) {
        if (best < 0 || probability_at(steps, (unsigned)step, 0) < probability_at(steps, (unsigned)best, 0)) {
            best = step;
        }
    }
    const float mass = best >= 0 ? 1 - probability_at(steps, (unsigned)best, 0) : 0;
    if (mass > LOST_MASS_MIN) {
        take(steps, (unsigned)best, 1, cell);
        cell->seen = mass > SEEN_MASS_MIN;
    }
}

void columns_read(const struct text_steps *steps, const struct columns_grid *grid, int from, unsigned count,
                  struct columns_cell *cells)
{
    struct run runs[RUNS_MAX];
    const unsigned run_count = find_runs(steps, runs);
    const float width = (float)steps->count;
    const struct columns_grid in_steps = {
        .first = grid->first * width, .pitch = grid->pitch * width, .bend = grid->bend * width};
    float strongest[COLUMNS_MAX] = {0};
    g_assert(count <= COLUMNS_MAX);
    memset(cells, 0, count * sizeof *cells);

    for (unsigned i = 0; i < run_count; i++) {
        float off;
        const int guess = (int)lroundf((runs[i].at - in_steps.first) / fmaxf(in_steps.pitch, 1e-3F));
        const int column = nearest(&in_steps, runs[i].at, guess, &off) - from;
        if (column < 0 || column >= (int)count) {
            continue;
        }
        struct columns_cell *cell = &cells[column];
        cell->conflict |= cell->seen;
        if (!cell->seen || runs[i].probability > strongest[column]) {
            take(steps, runs[i].peak, 1, cell);
            strongest[column] = runs[i].probability;
            for (unsigned symbol = 0; symbol < COLUMNS_SYMBOLS; symbol++) {
                cell->of[symbol] *= fminf(1, 0.5F + runs[i].probability);
            }
        }
        cell->seen = true;
    }
    for (unsigned i = 0; i < count; i++) {
        if (!cells[i].seen) {
            const float column = (float)((int)i + from);
            look_again(steps, columns_middle(&in_steps, column), pitch_at(&in_steps, column), &cells[i]);
        }
    }
}

char columns_symbol(const struct columns_cell *cell, float *probability)
{
    unsigned best = COLUMNS_SYMBOLS - 1; /* a filler: nothing is there */
    for (unsigned i = 0; i < COLUMNS_SYMBOLS; i++) {
        best = cell->of[i] > cell->of[best] ? i : best;
    }
    *probability = cell->of[best];
    return COLUMNS_ALPHABET[best];
}
