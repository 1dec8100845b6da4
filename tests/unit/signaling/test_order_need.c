#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "signaling/order_need.h"

#define NOW_US INT64_C(1790000000000000) /* 2026-09-21 */

/* "a b c" of a JSON array; takes it. */
static char *words(json_t *array)
{
    GString *text = g_string_new(NULL);
    size_t index;
    json_t *each;
    json_array_foreach(array, index, each)
    {
        g_string_append_printf(text, "%s%s", index > 0 ? " " : "", json_string_value(each));
    }
    json_decref(array);
    return g_string_free(text, FALSE);
}

static void assert_words(json_t *array, const char *expected)
{
    g_autofree char *text = words(array);
    assert_string_equal(text, expected);
}

/* What order_missing() says, by kind; an order is complete where all three are empty. */
static void assert_missing(const struct order_facts *facts, const char *fields, bool declaration, const char *slots)
{
    json_t *missing = order_missing(facts);
    assert_words(json_incref(json_object_get(missing, "fields")), fields);
    assert_int_equal(json_is_true(json_object_get(missing, "declaration")), declaration);
    assert_words(json_incref(json_object_get(missing, "slots")), slots);
    assert_int_equal(order_is_complete(missing), *fields == '\0' && !declaration && *slots == '\0');
    json_decref(missing);
}

#define COMPLETE                                                                                                       \
    "{\"relation\":\"self\",\"applicant_name\":\"a\",\"applicant_name_latin\":\"a\",\"birth_date\":\"1990-01-02\","    \
    "\"sex\":\"F\",\"region\":\"US-NY\",\"address\":\"a\",\"phone\":\"12345\"}"

static struct order_facts facts_of(const struct store_order *order)
{
    struct order_facts facts;
    order_facts_init(&facts, order, policies_get(NULL, "nyc"), NOW_US);
    return facts;
}

/* What each order needs and takes, "needed | also taken". */
static void slots_go_by_what_is_applied_for_and_by_whom(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *issue, *condition, *birth_date, *slots;
    } cases[] = {
        {"passport", "renewal", "expired", "1990-01-01", "address| annotation nationality other"},
        {"passport", "replacement", "damaged", "1990-01-01", "address| annotation nationality other"},
        {"passport", "replacement", "lost", "1990-01-01", "portrait address loss| page annotation nationality other"},
        {"passport", "replacement", "stolen", "1990-01-01", "portrait address loss| page annotation nationality other"},
        {"passport", "first", "never_held", "1990-01-01", "portrait address nationality| other"},
        {"passport", "first", "never_held", "2020-01-01", "portrait address nationality guardianship| other"},
        {"travel_document", "renewal", "pages_full", "2010-01-01",
         "address guardianship| annotation nationality other"},
        {"emergency_travel_document", NULL, "passport_lost", "1990-01-01",
         "portrait loss| page annotation address nationality other"},
        {"emergency_travel_document", NULL, "emergency", "1990-01-01",
         "portrait| page annotation address nationality other"},
        {"passport", NULL, NULL, NULL, "portrait address| page annotation nationality other"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *details =
            cases[i].birth_date != NULL ? g_strdup_printf("{\"birth_date\":\"%s\"}", cases[i].birth_date) : NULL;
        const struct store_order order = {.kind = (char *)cases[i].kind,
                                          .issue = (char *)cases[i].issue,
                                          .condition = (char *)cases[i].condition,
                                          .details = details};
        g_auto(OrderFacts) facts = facts_of(&order);
        g_autofree char *needed = words(order_missing_slots(&facts));
        g_autoptr(GString) all = g_string_new(needed);
        g_string_append_c(all, '|');
        for (unsigned j = 0; order_slots[j] != NULL; j++) {
            if (order_slot_use(&facts, order_slots[j]) == ORDER_SLOT_OPTIONAL) {
                g_string_append_printf(all, " %s", order_slots[j]);
            }
        }
        assert_string_equal(all->str, cases[i].slots);
    }
}

static void a_whole_order_misses_nothing(void **state)
{
    (void)state;
    struct store_order order = {.kind = (char *)"passport",
                                .issue = (char *)"first",
                                .condition = (char *)"never_held",
                                .declared_us = 1,
                                .slots = (char *)"address:5 nationality:5 portrait:6",
                                .details = (char *)COMPLETE};
    g_auto(OrderFacts) whole = facts_of(&order);
    assert_missing(&whole, "", false, "");
    order.declared_us = 0;
    order.slots = (char *)"address:5";
    order.issue = NULL;
    order.condition = NULL;
    g_auto(OrderFacts) less = facts_of(&order);
    assert_missing(&less, "issue condition", true, "portrait");
    order.slots = NULL;
    order.details =
        (char *)"{\"relation\":\"self\",\"applicant_name\":\"a\",\"applicant_name_latin\":\"a\",\"birth_date\":"
                "\"1990-01-02\",\"sex\":\"F\",\"region\":\"US-NY\",\"phone\":\"12345\"}";
    g_auto(OrderFacts) homeless = facts_of(&order); /* the address and the proof of it are two things */
    assert_missing(&homeless, "issue condition address", true, "portrait address");
    order.details = NULL;
    g_auto(OrderFacts) nothing = facts_of(&order);
    assert_words(order_missing_fields(&nothing), "relation issue condition applicant_name applicant_name_latin"
                                                 " birth_date sex region address phone");
}

static void who_has_a_document_says_which_and_a_child_names_a_guardian(void **state)
{
    (void)state;
    const struct store_order order = {.kind = (char *)"passport",
                                      .issue = (char *)"renewal",
                                      .condition = (char *)"expired",
                                      .details = (char *)"{\"birth_date\":\"2012-01-01\"}"};
    g_auto(OrderFacts) facts = facts_of(&order);
    assert_true(facts.minor);
    assert_true(facts.guardian_needed);
    g_autofree char *missing = words(order_missing_fields(&facts));
    assert_non_null(strstr(missing, "document_number expiry_date"));
    assert_non_null(strstr(missing, "guardian_name"));
}

/* D-30. */
static void a_supplement_is_done_when_what_was_asked_for_has_come_since(void **state)
{
    (void)state;
    struct store_order order = {
        .kind = (char *)"passport",
        .issue = (char *)"renewal",
        .condition = (char *)"pages_full",
        .state = ORDER_SUPPLEMENT_REQUIRED,
        .declared_us = 1,
        .slots = (char *)"address:5",
        .details = (char *)COMPLETE,
        .supplement = (char *)"{\"slots\":[\"address\",\"page\"],\"fields\":[\"note\"],\"since_us\":10}",
    };
    g_auto(OrderFacts) facts = facts_of(&order);
    assert_missing(&facts, "document_number expiry_date note", false, "page address");
    assert_int_equal(order_slot_use(&facts, "page"), ORDER_SLOT_NEEDED);
    order.slots = (char *)"address:10 page:11";
    g_auto(OrderFacts) later = facts_of(&order);
    assert_words(order_missing_slots(&later), "");
    order.state = ORDER_IN_REVIEW;
    g_auto(OrderFacts) over = facts_of(&order);
    assert_int_equal(order_slot_use(&over, "page"), ORDER_SLOT_CLOSED);
}

/* D-8. */
static void a_passport_that_has_expired_has_expired(void **state)
{
    (void)state;
    static const struct {
        const char *condition, *expiry_date;
        bool good;
    } cases[] = {
        {"expired", "2026-09-20", true},    {"expired", "2026-09-21", false},   {"expiring", "2026-09-21", true},
        {"expiring", "2027-09-21", true},   {"expiring", "2027-09-22", false},  {"expiring", "2026-09-20", false},
        {"pages_full", "2030-01-01", true}, {"appearance", "2020-01-01", true},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *details = g_strdup_printf("{\"expiry_date\":\"%s\"}", cases[i].expiry_date);
        const struct store_order order = {
            .kind = (char *)"passport", .condition = (char *)cases[i].condition, .details = details};
        g_auto(OrderFacts) facts = facts_of(&order);
        assert_string_equal(facts.today, "2026-09-21");
        if (order_check_dates(&facts, NULL) != cases[i].good) {
            fail_msg("%s on %s", cases[i].condition, cases[i].expiry_date);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(slots_go_by_what_is_applied_for_and_by_whom),
        cmocka_unit_test(a_whole_order_misses_nothing),
        cmocka_unit_test(who_has_a_document_says_which_and_a_child_names_a_guardian),
        cmocka_unit_test(a_supplement_is_done_when_what_was_asked_for_has_come_since),
        cmocka_unit_test(a_passport_that_has_expired_has_expired),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
