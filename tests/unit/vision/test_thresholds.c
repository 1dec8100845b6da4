#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "vision/face/thresholds.h"
#include "vision/vision.h"

static const char sha256[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

static json_t *good(void)
{
    json_t *document =
        json_pack("{s:{s:s, s:s}, s:f, s:f, s:f, s:{s:i, s:i, s:i}, s:i, s:s}", "network", "name", "face_feature",
                  "sha256", sha256, "match", 0.4, "review", 0.28, "confidence", 0.95, "pairs", "same", 24, "different",
                  96, "unusable", 0, "pictures", 16, "source", "a test");
    static const char *const rates[] = {"false_match_rate", "false_non_match_rate", "review_false_match_rate",
                                        "review_false_non_match_rate"};
    for (size_t i = 0; i < G_N_ELEMENTS(rates); i++) {
        json_object_set_new(document, rates[i], json_pack("{s:f, s:i, s:f}", "value", 0.01, "low", 0, "high", 0.03));
    }
    return document;
}

static struct thresholds *parse(json_t *document, GError **error)
{
    char *text = json_dumps(document, 0);
    struct thresholds *thresholds = thresholds_parse(text, strlen(text), "here/thresholds.json", error);
    free(text);
    json_decref(document);
    return thresholds;
}

static void reads_what_calibration_writes(void **state)
{
    (void)state;
    g_autoptr(Thresholds) thresholds = parse(good(), NULL);
    assert_non_null(thresholds);
    assert_float_equal(thresholds->match, 0.4, 0);
    assert_float_equal(thresholds->review, 0.28, 0);
    assert_string_equal(thresholds->network, "face_feature");
    assert_string_equal(thresholds->sha256, sha256);
}

static void the_trees_own_are_read(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    g_autoptr(Thresholds) thresholds = thresholds_load(VIVA_MODELS, &error);
    if (thresholds == NULL) {
        fail_msg("%s", error->message);
        return;
    }
    assert_true(thresholds->match >= 0.36); /* whatever was measured: below, strangers match */
}

static void a_missing_file_is_told_by_its_name(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    assert_null(thresholds_load("/nonexistent", &error));
    assert_true(g_error_matches(error, VISION_ERROR, VISION_ERROR_CONFIG));
    assert_non_null(strstr(error->message, "/nonexistent/thresholds.json"));
}

/* One row sets one member, by its path of at most two names, to this JSON; NULL: takes it away. */
static const struct {
    const char *hazard, *object, *member, *value;
} broken[] = {
    {"match that is text would be read as 0", NULL, "match", "\"0.4\""},
    {"match is missing", NULL, "match", NULL},
    {"review above match", NULL, "review", "0.5"},
    {"no cosine", NULL, "match", "1.1"},
    {"below every cosine: all would match", NULL, "review", "-1.5"},
    {"an unknown member may mean what nobody reads", NULL, "mtach", "0.9"},
    {"no network named", "network", "name", NULL},
    {"a hash that is none", "network", "sha256", "\"0123\""},
    {"a hash in capitals is never equal", "network", "sha256",
     "\"0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF0123456789ABCDEF\""},
    {"fewer than no pairs", "pairs", "same", "-1"},
    {"half a pair", "pairs", "different", "1.5"},
    {"a rate above 1", "false_match_rate", "high", "1.5"},
    {"a rate outside its interval", "false_match_rate", "value", "0.5"},
    {"an interval upside down", "review_false_match_rate", "low", "0.5"},
    {"confidence of nothing", NULL, "confidence", "0"},
    {"no source", NULL, "source", NULL},
};

static void refuses_what_could_be_misread(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(broken); i++) {
        g_autoptr(GError) error = NULL;
        json_t *document = good();
        json_t *object = broken[i].object != NULL ? json_object_get(document, broken[i].object) : document;
        if (broken[i].value == NULL) {
            assert_int_equal(json_object_del(object, broken[i].member), 0);
        } else {
            json_object_set_new(object, broken[i].member, json_loads(broken[i].value, JSON_DECODE_ANY, NULL));
        }
        if (parse(document, &error) != NULL) {
            fail_msg("%s: taken", broken[i].hazard);
        }
        assert_true(g_error_matches(error, VISION_ERROR, VISION_ERROR_CONFIG));
        assert_non_null(strstr(error->message, "here/thresholds.json"));
    }
}

static void refuses_what_is_no_json(void **state)
{
    static const char *const texts[] = {"", "{", "[]", "null", "{\"match\": 0.4, \"match\": 0.1}"};
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;
        assert_null(thresholds_parse(texts[i], strlen(texts[i]), "x", &error));
        assert_true(g_error_matches(error, VISION_ERROR, VISION_ERROR_CONFIG));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_what_calibration_writes),
        cmocka_unit_test(the_trees_own_are_read),
        cmocka_unit_test(a_missing_file_is_told_by_its_name),
        cmocka_unit_test(refuses_what_could_be_misread),
        cmocka_unit_test(refuses_what_is_no_json),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
