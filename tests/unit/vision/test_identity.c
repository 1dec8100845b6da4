#include "vision/vision.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static json_t *report_of_specimen(void)
{
    return json_pack("{s:{s:b, s:{s:s, s:s, s:s, s:s, s:s, s:s, s:s}}, s:n}", "mrz", "valid", true, "fields",
                     "issuing_state", "UTO", "surname", "ERIKSSON", "given_names", "ANNA MARIA", "document_number",
                     "L898902C3", "birth_date", "1974-08-12", "sex", "F", "expiry_date", "2012-04-15", "name_chinese");
}

static const char *result_of(const json_t *comparison, const char *field)
{
    size_t i;
    json_t *entry;
    json_array_foreach(json_object_get(comparison, "fields"), i, entry)
    {
        if (strcmp(json_string_value(json_object_get(entry, "field")), field) == 0) {
            assert_true(json_string_length(json_object_get(entry, "message")) > 0);
            return json_string_value(json_object_get(entry, "result"));
        }
    }
    fail_msg("no field %s", field);
    return NULL;
}

/* One field of an otherwise agreeing order. */
static void each_field_decides(void **state)
{
    (void)state;
    static const struct vision_identity agreeing = {"Anna Maria Eriksson", "L898902C3", "1974-08-12", "2012-04-15",
                                                    "F"};
    static const struct {
        const char *field, *value, *result;
        bool agrees;
    } rows[] = {
        {"name", "Anna Maria Eriksson", "same", true},
        {"name", "Anna Eriksson", "variant", true},
        {"name", "Eva Eriksson", "different", false},
        {"name", NULL, "not_compared", true},
        {"name", "", "not_compared", true},
        {"name", "\xff", "not_compared", false},
        {"document_number", "l898902c3", "same", true},
        {"document_number", "L 898902-C3", "same", true},
        {"document_number", "L898902C36", "different", false},
        {"document_number", NULL, "not_compared", true},
        {"birth_date", "1974-08-13", "different", false},
        {"birth_date", "12.8.1974", "different", false},
        {"expiry_date", "2022-04-15", "different", false},
        {"sex", "M", "different", false},
    };
    json_t *report = report_of_specimen();
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct vision_identity identity = agreeing;
        const char **members[] = {&identity.name, &identity.document_number, &identity.birth_date,
                                  &identity.expiry_date, &identity.sex};
        static const char *const fields[] = {"name", "document_number", "birth_date", "expiry_date", "sex"};
        for (size_t j = 0; j < G_N_ELEMENTS(fields); j++) {
            if (strcmp(fields[j], rows[i].field) == 0) {
                *members[j] = rows[i].value;
            }
        }
        json_t *comparison = vision_identity_compare(&identity, report);
        assert_int_equal(json_array_size(json_object_get(comparison, "fields")), G_N_ELEMENTS(fields));
        const char *result = result_of(comparison, rows[i].field);
        if (strcmp(result, rows[i].result) != 0 ||
            json_is_true(json_object_get(comparison, "agrees")) != rows[i].agrees) {
            fail_msg("%s \"%s\": %s", rows[i].field, rows[i].value ? rows[i].value : "(none)", result);
        }
        json_decref(comparison);
    }
    json_decref(report);
}

/* What could not be read confirms nothing: a person looks at it. */
static void a_page_without_a_zone_agrees_with_nothing_that_is_said(void **state)
{
    (void)state;
    json_t *report = json_pack("{s:n}", "mrz");
    static const struct vision_identity something = {.birth_date = "1974-08-12"}, nothing = {0};
    json_t *comparison = vision_identity_compare(&something, report);
    assert_false(json_is_true(json_object_get(comparison, "agrees")));
    assert_string_equal(result_of(comparison, "birth_date"), "not_compared");
    json_decref(comparison);
    comparison = vision_identity_compare(&nothing, report);
    assert_true(json_is_true(json_object_get(comparison, "agrees")));
    json_decref(comparison);
    json_decref(report);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_field_decides),
        cmocka_unit_test(a_page_without_a_zone_agrees_with_nothing_that_is_said),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
