#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "vision/face/match.h"

static struct thresholds thresholds = {.match = 0.4, .review = 0.28};

/* Of length 1, at this cosine to the first axis. */
static void embed(float embedding[VISION_EMBEDDING], double cosine)
{
    memset(embedding, 0, VISION_EMBEDDING * sizeof(float));
    embedding[0] = (float)cosine;
    embedding[1] = (float)sqrt(1 - cosine * cosine);
}

static void decides_at_the_thresholds_themselves(void **state)
{
    static const struct {
        double score;
        enum vision_decision decision;
    } rows[] = {
        {1, VISION_MATCH},      {0.4, VISION_MATCH},          {0.3999999, VISION_REVIEW},
        {0.28, VISION_REVIEW},  {0.2799999, VISION_NO_MATCH}, {-1, VISION_NO_MATCH},
        {NAN, VISION_NO_MATCH},
    };
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        assert_int_equal(match_decide(&thresholds, rows[i].score), rows[i].decision);
    }
}

static void a_cosine_is_one(void **state)
{
    (void)state;
    float a[VISION_EMBEDDING];
    float b[VISION_EMBEDDING];
    embed(a, 1);
    embed(b, 0.3);
    assert_float_equal(match_cosine(a, b), 0.3, 1e-6);
    assert_float_equal(match_cosine(b, a), 0.3, 1e-6);
    b[0] = 7; /* no unit vector: kept within what a cosine can be */
    assert_float_equal(match_cosine(a, b), 1, 0);
    b[0] = NAN;
    assert_float_equal(match_cosine(a, b), -1, 0);
}

static void three_are_as_sure_as_the_weakest_pair(void **state)
{
    (void)state;
    float portrait[VISION_EMBEDDING];
    float page[VISION_EMBEDDING];
    float live[VISION_EMBEDDING];
    embed(portrait, 1);
    embed(page, 0.9);
    embed(live, 0.3);
    static const struct {
        bool portrait, page, live;
        size_t pairs;
        const char *decision;
    } rows[] = {
        {true, true, false, 1, "match"},   {true, false, true, 1, "review"},   {true, true, true, 3, "review"},
        {true, false, false, 0, "review"}, {false, false, false, 0, "review"},
    };
    thresholds.document = json_pack("{s:f}", "match", 0.4);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        json_t *said = match_three(&thresholds, rows[i].portrait ? portrait : NULL, rows[i].page ? page : NULL,
                                   rows[i].live ? live : NULL);
        assert_string_equal(json_string_value(json_object_get(said, "decision")), rows[i].decision);
        assert_int_equal(json_array_size(json_object_get(said, "pairs")), rows[i].pairs);
        assert_true(json_equal(json_object_get(said, "thresholds"), thresholds.document));
        json_decref(said);
    }
    json_decref(thresholds.document);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(decides_at_the_thresholds_themselves),
        cmocka_unit_test(a_cosine_is_one),
        cmocka_unit_test(three_are_as_sure_as_the_weakest_pair),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
