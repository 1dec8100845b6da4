#include "vision/document/consensus.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define STEPS   220
#define SYMBOLS (COLUMNS_SYMBOLS + 1)
#define PITCH   4.4F
#define LINE    "L898902C36UTO7408122F1204159ZE184226B<<<<<10"

/* A reading of `text` whose columns stand at their pitch; a space is a character that was overlooked. */
static void add(struct consensus *consensus, const char *text, float probability)
{
    struct consensus_reading *reading = &consensus->readings[consensus->count++];
    *reading = (struct consensus_reading){
        .strip = {.corners = {{0, 0}, {STEPS, 0}, {STEPS, 10}, {0, 10}}},
        .steps = {.count = STEPS, .symbols = SYMBOLS, .of = g_new0(float, STEPS *SYMBOLS), .share = 1},
    };
    for (int step = 0; step < STEPS; step++) {
        reading->steps.of[step * SYMBOLS] = 1;
    }
    for (int i = 0; text[i]; i++) {
        const char *symbol = strchr(COLUMNS_ALPHABET, text[i]);
        if (symbol) {
            float *step = reading->steps.of + (int)(3 + PITCH * (float)i) * SYMBOLS;
            step[0] = 1 - probability;
            step[symbol - COLUMNS_ALPHABET + 1] = probability;
        }
    }
    reading->regular = columns_fit(&reading->steps, &reading->grid);
}

static void readings_that_agree_are_believed(void **state)
{
    (void)state;
    struct consensus consensus = {.count = 0};
    struct consensus_text said;
    add(&consensus, LINE, 0.95F);
    add(&consensus, LINE, 0.9F);
    consensus_reach(&consensus, MRZ_TD3, 1, NULL, &said);
    assert_string_equal(said.text, LINE);
    assert_int_equal(said.agreeing, 2);
    assert_true(said.seen);
    assert_true(said.weakest > 0.8F);
    assert_true(said.rival < 0.05F);
    consensus_clear(&consensus);
}

/* K weighs what a filler does: no check digit would tell. */
static void a_filler_that_may_be_a_k_has_a_rival(void **state)
{
    (void)state;
    struct consensus consensus = {.count = 0};
    struct consensus_text said;
    add(&consensus, LINE, 0.95F);
    add(&consensus, "L898902C36UTO7408122F1204159ZE184226B<<K<<10", 0.9F);
    consensus_reach(&consensus, MRZ_TD3, 1, NULL, &said);
    assert_int_equal(said.agreeing, 1);
    assert_true(said.rival > 0.3F);
    consensus_clear(&consensus);
}

/* The nationality can be but letters and the birth date but digits; a document number can be both. */
static void a_letter_and_a_digit_of_one_shape_are_told_apart_by_the_field_alone(void **state)
{
    (void)state;
    struct consensus consensus = {.count = 0};
    struct consensus_text said;
    add(&consensus, "L8989O2C36UT074O8I22F1204159ZE184226B<<<<<1O", 0.9F);
    consensus_reach(&consensus, MRZ_TD3, 1, NULL, &said);
    assert_string_equal(said.text, "L8989O2C36UTO7408122F1204159ZE184226B<<<<<10");
    consensus_clear(&consensus);
    /* Nothing else is ever exchanged: a B in a date stays one. */
    add(&consensus, "L898902C36UTO740B122F1204159ZE184226B<<<<<10", 0.9F);
    consensus_reach(&consensus, MRZ_TD3, 1, NULL, &said);
    assert_int_equal(said.text[16], 'B');
    consensus_clear(&consensus);
}

static void a_reading_without_its_first_character_is_put_beside_a_whole_one(void **state)
{
    (void)state;
    struct consensus consensus = {.count = 0};
    struct consensus_text said;
    add(&consensus, LINE, 0.9F);
    add(&consensus, " 898902C36UTO7408122F1204159ZE184226B<<<<<10", 0.9F);
    consensus_reach(&consensus, MRZ_TD3, 1, NULL, &said);
    assert_string_equal(said.text, LINE);
    assert_int_equal(said.agreeing, 1); /* it proves nothing of the first character */
    consensus_clear(&consensus);
}

static void a_character_that_nobody_saw_is_not_seen(void **state)
{
    (void)state;
    static const char lost_filler[] = "L898902C36UTO7408122F1204159ZE184226B<< <<10";
    static const char lost_letter[] = "L898902C36UTO7408122F1204159Z 184226B<<<<<10";
    struct consensus consensus = {.count = 0};
    struct consensus_text said;
    add(&consensus, lost_letter, 0.9F);
    add(&consensus, lost_letter, 0.9F);
    consensus_reach(&consensus, MRZ_TD3, 1, NULL, &said);
    assert_false(said.seen);
    assert_true(said.weakest < 0.1F);
    consensus_clear(&consensus);

    add(&consensus, lost_filler, 0.9F); /* nothing at its place: not even a hint of a filler */
    add(&consensus, LINE, 0.9F);
    consensus_reach(&consensus, MRZ_TD3, 1, NULL, &said);
    assert_string_equal(said.text, LINE);
    assert_true(said.seen);
    consensus_clear(&consensus);
}

static void no_reading_no_text(void **state)
{
    (void)state;
    struct consensus consensus = {.count = 0};
    struct consensus_text said;
    consensus_reach(&consensus, MRZ_TD3, 1, NULL, &said);
    assert_string_equal(said.text, "");
    add(&consensus, "HELLO", 0.9F);
    consensus_reach(&consensus, MRZ_TD3, 1, NULL, &said);
    assert_string_equal(said.text, "");
    assert_int_equal(said.agreeing, 0);
    consensus_clear(&consensus);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(readings_that_agree_are_believed),
        cmocka_unit_test(a_filler_that_may_be_a_k_has_a_rival),
        cmocka_unit_test(a_letter_and_a_digit_of_one_shape_are_told_apart_by_the_field_alone),
        cmocka_unit_test(a_reading_without_its_first_character_is_put_beside_a_whole_one),
        cmocka_unit_test(a_character_that_nobody_saw_is_not_seen),
        cmocka_unit_test(no_reading_no_text),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
