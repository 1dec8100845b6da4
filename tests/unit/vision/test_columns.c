#include "vision/document/columns.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define STEPS   220
#define SYMBOLS (COLUMNS_SYMBOLS + 1)

/* What the recogniser would see of a line: all blank, then a character every `pitch` steps. */
struct sight {
    float of[STEPS * SYMBOLS];
    struct text_steps steps;
};

static void blank(struct sight *sight)
{
    memset(sight->of, 0, sizeof sight->of);
    for (int step = 0; step < STEPS; step++) {
        sight->of[step * SYMBOLS] = 1;
    }
    sight->steps = (struct text_steps){.count = STEPS, .symbols = SYMBOLS, .of = sight->of, .share = 1};
}

static void put(struct sight *sight, float at, char symbol, float probability)
{
    const int step = (int)at, index = (int)(strchr(COLUMNS_ALPHABET, symbol) - COLUMNS_ALPHABET) + 1;
    sight->of[step * SYMBOLS] = 1 - probability;
    sight->of[step * SYMBOLS + index] = probability;
}

static void write_line(struct sight *sight, const char *text, float first, float pitch, float bend)
{
    blank(sight);
    for (int i = 0; text[i]; i++) {
        const float column = (float)i;
        if (text[i] != ' ') {
            put(sight, first + pitch * column + bend * column * column, text[i], 0.9F);
        }
    }
}

static char *read_back(const struct text_steps *steps, const struct columns_grid *grid, struct columns_cell *cells)
{
    char *text = g_new0(char, COLUMNS_MAX + 1);
    columns_read(steps, grid, 0, grid->count, cells);
    for (unsigned i = 0; i < grid->count; i++) {
        float probability;
        text[i] = columns_symbol(&cells[i], &probability);
    }
    return text;
}

#define LINE "L898902C36UTO7408122F1204159ZE184226B<<<<<10"

static void a_line_reads_back_at_any_pitch(void **state)
{
    (void)state;
    static const float pitches[] = {3.1F, 4.0F, 4.43F, 4.8F}, bends[] = {0, 0.004F, -0.004F};
    for (size_t i = 0; i < G_N_ELEMENTS(pitches); i++) {
        for (size_t j = 0; j < G_N_ELEMENTS(bends); j++) {
            struct sight sight;
            struct columns_grid grid;
            struct columns_cell cells[COLUMNS_MAX];
            write_line(&sight, LINE, 3, pitches[i], bends[j]);
            assert_true(columns_fit(&sight.steps, &grid));
            assert_int_equal(grid.count, strlen(LINE));
            g_autofree char *text = read_back(&sight.steps, &grid, cells);
            assert_string_equal(text, LINE);
        }
    }
}

/* The character is lost, but not its place: what follows keeps its column. */
static void a_character_that_was_overlooked_leaves_its_column(void **state)
{
    (void)state;
    struct sight sight;
    struct columns_grid grid;
    struct columns_cell cells[COLUMNS_MAX];
    write_line(&sight, "L898902C36UTO7408122F1204159ZE 84226B<<<<<10", 3, 4.4F, 0);
    put(&sight, 3 + 4.4F * 30, '1', 0.1F); /* hardly to be seen */
    assert_true(columns_fit(&sight.steps, &grid));
    assert_int_equal(grid.count, 44);
    assert_int_equal(grid.characters, 43);
    g_autofree char *text = read_back(&sight.steps, &grid, cells);
    assert_string_equal(text, LINE);
    assert_false(cells[30].seen);
    assert_true(cells[29].seen);
}

static void two_characters_in_one_column_are_a_conflict(void **state)
{
    (void)state;
    struct sight sight;
    struct columns_grid grid;
    struct columns_cell cells[COLUMNS_MAX];
    write_line(&sight, LINE, 3, 4.4F, 0);
    put(&sight, 3 + 4.4F * 20 + 1, 'Q', 0.6F);
    assert_true(columns_fit(&sight.steps, &grid));
    assert_int_equal(grid.count, 44);
    g_autofree char *text = read_back(&sight.steps, &grid, cells);
    assert_true(cells[20].conflict);
    assert_int_equal(text[20], 'F'); /* the stronger one */
}

static void columns_outside_the_picture_are_empty(void **state)
{
    (void)state;
    struct sight sight;
    struct columns_grid grid;
    struct columns_cell cells[COLUMNS_MAX];
    float probability;
    write_line(&sight, LINE, 3, 4.4F, 0);
    assert_true(columns_fit(&sight.steps, &grid));
    columns_read(&sight.steps, &grid, -5, COLUMNS_MAX, cells);
    columns_symbol(&cells[0], &probability);
    assert_true(probability < 0.01F);
    assert_int_equal(columns_symbol(&cells[5], &probability), 'L');
}

static void what_stands_at_no_pitch_is_no_line(void **state)
{
    (void)state;
    struct sight sight;
    struct columns_grid grid = {.count = 77};
    blank(&sight);
    assert_false(columns_fit(&sight.steps, &grid)); /* nothing */
    for (int i = 0; i < 9; i++) {
        put(&sight, 4 + 5 * (float)i, 'A', 0.9F);
    }
    assert_false(columns_fit(&sight.steps, &grid)); /* too little */
    blank(&sight);
    static const float places[] = {1, 3, 9, 12, 20, 22, 27, 30, 39, 41, 45, 52, 54, 61, 64, 73, 76, 79, 88, 91, 93};
    for (size_t i = 0; i < G_N_ELEMENTS(places); i++) {
        put(&sight, places[i], i % 2 ? 'A' : 'B', 0.9F);
    }
    assert_false(columns_fit(&sight.steps, &grid)); /* letters of many widths */
    assert_int_equal(grid.count, 77);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_reads_back_at_any_pitch),
        cmocka_unit_test(a_character_that_was_overlooked_leaves_its_column),
        cmocka_unit_test(two_characters_in_one_column_are_a_conflict),
        cmocka_unit_test(columns_outside_the_picture_are_empty),
        cmocka_unit_test(what_stands_at_no_pitch_is_no_line),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
