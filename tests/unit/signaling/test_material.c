/* What a picture is worth, from vision's report on it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "signaling/material.h"
#include "vision/vision.h"

#include <string.h>

struct row {
    const char *hazard;
    enum material_kind kind;
    const char *report;
    bool usable;
    const char *reason; /* the first one's code; NULL: there is none */
};

#define MRZ(valid) "\"mrz\": {\"valid\": " valid "}"

static const struct row rows[] = {
    {"a good portrait", MATERIAL_PORTRAIT, "{\"quality\": {\"usable\": true, \"reasons\": []}}", true, NULL},
    {"a dark one", MATERIAL_PORTRAIT,
     "{\"quality\": {\"usable\": false, \"reasons\": [{\"code\": \"too_dark\", \"message\": \"Too dark\"}]}}", false,
     "too_dark"},
    {"one that does not conform, but can be compared", MATERIAL_PORTRAIT,
     "{\"quality\": {\"usable\": true, \"reasons\": []}, \"portrait\": {\"conforms\": false, \"checks\": "
     "[{\"check\": \"background\", \"passed\": false, \"value\": 3, \"message\": \"Not plain\"}]}}",
     true, NULL},
    {"a portrait's report that says nothing", MATERIAL_PORTRAIT, "{}", false, NULL},
    {"a page's report in a portrait's place", MATERIAL_PORTRAIT, "{\"page\": {\"usable\": true}, " MRZ("true") "}",
     false, NULL},
    {"no report at all", MATERIAL_PAGE, "null", false, NULL},
    {"\"usable\" that is no boolean", MATERIAL_PORTRAIT, "{\"quality\": {\"usable\": \"yes\"}}", false, NULL},
    {"a good page", MATERIAL_PAGE,
     "{\"page\": {\"usable\": true, \"reasons\": []}, " MRZ("true") ", \"portrait\": {\"score\": 0.9}}", true, NULL},
    {"a page whose zone does not hold", MATERIAL_PAGE,
     "{\"page\": {\"usable\": true, \"reasons\": []}, " MRZ("false") "}", false, "mrz_unreadable"},
    {"a page without a zone", MATERIAL_PAGE, "{\"page\": {\"usable\": true, \"reasons\": []}, \"mrz\": null}", false,
     "mrz_unreadable"},
    {"a page with glare, whose zone was read", MATERIAL_PAGE,
     "{\"page\": {\"usable\": false, \"reasons\": [{\"code\": \"glare\", \"message\": \"Glare\"}]}, " MRZ("true") "}",
     false, "glare"},
};

static void what_a_picture_is_worth(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_auto(MaterialVerdict) verdict = {0};
        json_t *report = json_loads(rows[i].report, JSON_DECODE_ANY, NULL);
        print_message("%s\n", rows[i].hazard);
        assert_non_null(report);
        material_judge(rows[i].kind, report, &verdict);
        const char *code = json_string_value(json_object_get(json_array_get(verdict.reasons, 0), "code"));
        assert_int_equal(verdict.usable, rows[i].usable);
        assert_int_equal(g_strcmp0(code, rows[i].reason), 0);
        json_decref(report);
    }
}

static void a_reason_is_not_given_twice(void **state)
{
    (void)state;
    g_auto(MaterialVerdict) verdict = {0};
    json_t *report = json_loads("{\"page\": {\"usable\": false, \"reasons\": [{\"code\": \"mrz_unreadable\", "
                                "\"message\": \"Cannot be read\"}]}, \"mrz\": null}",
                                0, NULL);
    material_judge(MATERIAL_PAGE, report, &verdict);
    assert_int_equal(json_array_size(verdict.reasons), 1);
    json_decref(report);
}

static void what_was_erased_is_not_usable_and_has_no_face(void **state)
{
    (void)state;
    const struct store_material erased = {.kind = (char *)"portrait", .width = 10, .height = 20};
    assert_false(material_usable(&erased));
    assert_false(material_usable(NULL));
    assert_null(material_embedding(&erased));
    assert_null(material_embedding(NULL));
    json_t *view = material_view(&erased, true);
    assert_true(json_is_null(json_object_get(view, "report")));
    json_decref(view);
}

static void an_embedding_of_another_size_is_none(void **state)
{
    (void)state;
    const float floats[VISION_EMBEDDING + 1] = {1};
    const size_t right = VISION_EMBEDDING * sizeof(float);
    for (size_t size = right - 1; size <= right + 1; size++) {
        g_autoptr(GBytes) bytes = g_bytes_new(floats, size);
        assert_int_equal(embedding_floats(bytes) != NULL, size == right);
    }
}

static void only_officers_who_ask_for_it_see_a_report(void **state)
{
    (void)state;
    const struct store_material material = {
        .kind = (char *)"page", .width = 10, .height = 20, .report = (char *)"{\"mrz\": {\"lines\": [\"P<UTO\"]}}"};
    json_t *shown = material_view(&material, true), *hidden = material_view(&material, false);
    g_autofree char *text = json_dumps(hidden, 0);
    assert_non_null(json_object_get(shown, "report"));
    assert_null(strstr(text, "P<UTO"));
    json_decref(shown);
    json_decref(hidden);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_a_picture_is_worth),
        cmocka_unit_test(a_reason_is_not_given_twice),
        cmocka_unit_test(what_was_erased_is_not_usable_and_has_no_face),
        cmocka_unit_test(an_embedding_of_another_size_is_none),
        cmocka_unit_test(only_officers_who_ask_for_it_see_a_report),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
