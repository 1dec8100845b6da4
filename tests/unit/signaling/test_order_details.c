#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "signaling/order_details.h"

#define TODAY "2026-11-27"

static void clear(struct store_order *order)
{
    g_free(order->details);
    g_free(order->issue);
    g_free(order->condition);
    g_free(order->declaration);
}

/* `params` in JSON with ' for ". */
static bool write_params(struct store_order *order, const char *params, GError **error)
{
    g_autofree char *text = g_strdelimit(g_strdup(params), "'", '"');
    json_t *object = json_loads(text, 0, NULL);
    assert_non_null(object);
    const bool ok = order_details_write(order, object, TODAY, error);
    json_decref(object);
    return ok;
}

static void assert_field(const struct store_order *order, const char *name, const char *expected)
{
    json_t *details = order_details(order);
    const char *text = order_field(order, details, name);
    if (expected == NULL) {
        assert_null(text);
    } else {
        assert_non_null(text);
        assert_string_equal(text, expected);
    }
    json_decref(details);
}

static void fields_are_kept_trimmed_and_taken_away(void **state)
{
    (void)state;
    struct store_order order = {.kind = (char *)"passport"};
    assert_true(
        write_params(&order, "{'applicant_name': '  张静怡 ', 'relation': 'child', 'phone': '+1 212 555-0100'}", NULL));
    assert_field(&order, "applicant_name", "张静怡");
    assert_field(&order, "relation", "child");
    assert_true(write_params(&order, "{'relation': '', 'issue': 'renewal', 'condition': 'expired'}", NULL));
    assert_field(&order, "relation", NULL);
    assert_field(&order, "applicant_name", "张静怡");
    assert_field(&order, "issue", "renewal");
    clear(&order);
}

static void what_no_field_takes_is_refused_by_name_and_changes_nothing(void **state)
{
    (void)state;
    static const struct {
        const char *hazard, *params, *field;
    } cases[] = {
        {"unknown relation", "{'relation': 'neighbour'}", "relation"},
        {"no letter", "{'applicant_name': '12'}", "applicant_name"},
        {"a line break in a name", "{'applicant_name': 'a\\nb'}", "applicant_name"},
        {"a control character", "{'address': 'a\\u0007'}", "address"},
        {"Chinese in Latin", "{'applicant_name_latin': '张'}", "applicant_name_latin"},
        {"an accent in Latin", "{'applicant_name_latin': 'José'}", "applicant_name_latin"},
        {"born tomorrow", "{'birth_date': '2026-11-28'}", "birth_date"},
        {"born on no day", "{'birth_date': '2025-02-29'}", "birth_date"},
        {"born long ago", "{'birth_date': '1899-12-31'}", "birth_date"},
        {"a day with more", "{'expiry_date': '2027-01-01x'}", "expiry_date"},
        {"unknown sex", "{'sex': 'f'}", "sex"},
        {"a short number", "{'document_number': 'E123'}", "document_number"},
        {"a number in lower case", "{'document_number': 'e12345678'}", "document_number"},
        {"a word for a region", "{'region': 'New York'}", "region"},
        {"letters in a phone", "{'phone': 'call me 12345'}", "phone"},
        {"another's condition", "{'issue': 'first', 'condition': 'lost'}", "condition"},
        {"an emergency's condition", "{'issue': 'first', 'condition': 'emergency'}", "condition"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct store_order order = {.kind = (char *)"passport", .details = g_strdup("{\"note\":\"n\"}")};
        g_autoptr(GError) error = NULL;
        if (write_params(&order, cases[i].params, &error)) {
            fail_msg("%s was taken", cases[i].hazard);
        }
        assert_int_equal(error->code, RPC_ERROR_INVALID_PARAMS);
        assert_non_null(strstr(error->message, cases[i].field));
        assert_string_equal(order.details, "{\"note\":\"n\"}");
        assert_null(order.issue);
        clear(&order);
    }
}

static void a_text_that_is_too_long_is_refused(void **state)
{
    (void)state;
    struct store_order order = {.kind = (char *)"passport"};
    GString *note = g_string_new("{'note': '");
    for (unsigned i = 0; i < 501; i++) {
        g_string_append(note, "字");
    }
    g_string_append(note, "'}");
    assert_false(write_params(&order, note->str, NULL));
    g_string_free(note, TRUE);
    clear(&order);
}

/* D-8. */
static void a_condition_goes_with_its_issue(void **state)
{
    (void)state;
    struct store_order order = {.kind = (char *)"passport"};
    assert_true(write_params(&order, "{'issue': 'replacement', 'condition': 'lost'}", NULL));
    assert_true(write_params(&order, "{'issue': 'renewal'}", NULL)); /* lost is no reason for that */
    assert_field(&order, "condition", NULL);
    clear(&order);

    struct store_order emergency = {.kind = (char *)"emergency_travel_document"};
    assert_false(write_params(&emergency, "{'issue': 'first'}", NULL));
    assert_false(write_params(&emergency, "{'condition': 'lost'}", NULL));
    assert_true(write_params(&emergency, "{'condition': 'passport_lost'}", NULL));
    clear(&emergency);
}

static void a_declaration_is_of_one_applicant(void **state)
{
    (void)state;
    struct store_order order = {.kind = (char *)"passport", .declared_us = 1, .declaration = g_strdup("{}")};
    assert_true(write_params(&order, "{'phone': '12345'}", NULL));
    assert_int_equal(order.declared_us, 1);
    assert_true(write_params(&order, "{'applicant_name': '李明'}", NULL));
    assert_int_equal(order.declared_us, 0);
    assert_null(order.declaration);
    order.declared_us = 1;
    assert_true(write_params(&order, "{'applicant_name': ' 李明'}", NULL)); /* the same */
    assert_int_equal(order.declared_us, 1);
    clear(&order);
}

static void names_are_found_however_they_are_written(void **state)
{
    (void)state;
    static const struct {
        const char *a, *b;
        bool same;
    } cases[] = {
        {"Zhang Wei", "WEI, ZHANG", true}, {"Zhang Wei", "zhang  wei", true}, {"O'Brien Ann", "ann o'brien", true},
        {"欧阳 一", "欧阳一", true},       {"张静怡", "张静怡", true},        {"Ｚｈａｎｇ Wei", "Zhang Wei", true},
        {"Zhang Wei", "Zhang Wen", false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *a = order_name_key(cases[i].a), *b = order_name_key(cases[i].b);
        if ((strcmp(a, b) == 0) != cases[i].same) {
            fail_msg("%s and %s", cases[i].a, cases[i].b);
        }
    }
    assert_null(order_name_key(" ,-"));
}

static void an_applicant_is_a_name_and_a_birth_date(void **state)
{
    (void)state;
    struct store_order order = {.kind = (char *)"passport"};
    g_auto(OrderKeys) none = {0}, keys = {0};
    assert_true(write_params(&order, "{'applicant_name': '张静怡'}", NULL));
    json_t *details = order_details(&order);
    order_keys_init(&none, details);
    json_decref(details);
    assert_null(none.applicant);
    assert_non_null(none.name);
    assert_true(write_params(&order, "{'birth_date': '1990-01-02', 'applicant_name_latin': 'Zhang Jingyi'}", NULL));
    details = order_details(&order);
    order_keys_init(&keys, details);
    json_decref(details);
    assert_string_equal(keys.applicant, "张静怡\n1990-01-02");
    assert_string_equal(keys.latin, "jingyizhang");
    clear(&order);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(fields_are_kept_trimmed_and_taken_away),
        cmocka_unit_test(what_no_field_takes_is_refused_by_name_and_changes_nothing),
        cmocka_unit_test(a_text_that_is_too_long_is_refused),
        cmocka_unit_test(a_condition_goes_with_its_issue),
        cmocka_unit_test(a_declaration_is_of_one_applicant),
        cmocka_unit_test(names_are_found_however_they_are_written),
        cmocka_unit_test(an_applicant_is_a_name_and_a_birth_date),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
