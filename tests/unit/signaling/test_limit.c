/* Tries at passwords and tickets: bursts, refills, who counts as one source, and a bounded table. */
#include "signaling/limit.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define SECOND INT64_C(1000000)

static const struct limit_rule sign_in_rule = {.burst = 3, .per_min = 6}; /* one each 10 s */
static const struct limit_rule ticket_rule = {.burst = 2, .per_min = 60};

static const struct limit_rule facecheck_rule = {.burst = 2, .per_min = 60};
static const struct limit_rule code_rule = {.burst = 2, .per_min = 1};

static int setup(void **state)
{
    *state = limiter_new(sign_in_rule, ticket_rule, facecheck_rule, code_rule);
    return 0;
}

static int teardown(void **state)
{
    limiter_free(*state);
    return 0;
}

static void guessing_stops_after_the_burst_and_says_when_to_come_back(void **state)
{
    int64_t retry_ms = -1;
    for (unsigned i = 0; i < 3; i++) {
        assert_true(limit_sign_in(*state, "192.0.2.1", "liu", 0, &retry_ms));
    }
    assert_int_equal(retry_ms, -1);
    assert_false(limit_sign_in(*state, "192.0.2.1", "liu", 0, &retry_ms));
    assert_int_equal(retry_ms, 10000);
    assert_false(limit_sign_in(*state, "192.0.2.1", "liu", 10 * SECOND - 1, &retry_ms));
    assert_int_equal(retry_ms, 1); /* rounded up, never 0 */
}

static void who_waits_as_told_gets_exactly_one_try(void **state)
{
    int64_t retry_ms;
    while (limit_ticket(*state, "192.0.2.1", 0, &retry_ms)) {
    }
    assert_true(limit_ticket(*state, "192.0.2.1", retry_ms * 1000, &retry_ms));
    assert_false(limit_ticket(*state, "192.0.2.1", retry_ms * 1000, &retry_ms));
}

static void many_addresses_do_not_help_against_one_login(void **state)
{
    int64_t retry_ms;
    assert_true(limit_sign_in(*state, "192.0.2.1", "liu", 0, &retry_ms));
    assert_true(limit_sign_in(*state, "192.0.2.2", "LIU", 0, &retry_ms)); /* the same in other letters */
    assert_true(limit_sign_in(*state, "192.0.2.3", "liu", 0, &retry_ms));
    assert_false(limit_sign_in(*state, "192.0.2.4", "liu", 0, &retry_ms));
    assert_true(limit_sign_in(*state, "192.0.2.4", "wang", 0, &retry_ms));
}

static void one_face_check_waits_for_itself_alone_and_starts_apart_from_uploads(void **state)
{
    int64_t retry_ms = -1;
    assert_true(limit_upload(*state, "f", 0, &retry_ms));
    assert_true(limit_upload(*state, "f", 0, &retry_ms));
    assert_false(limit_upload(*state, "f", 0, &retry_ms));
    assert_int_equal(retry_ms, 1000);
    assert_true(limit_upload(*state, "g", 0, &retry_ms));
    assert_true(limit_start(*state, "f", 0, &retry_ms));
    assert_true(limit_start(*state, "f", 0, &retry_ms));
    assert_false(limit_start(*state, "f", 0, &retry_ms));
    assert_true(limit_upload(*state, "f", SECOND, &retry_ms));
}

static void a_code_costs_its_contact_and_its_address(void **state)
{
    int64_t retry_ms = -1;
    assert_true(limit_code(*state, "192.0.2.1", "+8613800138000", 0, &retry_ms));
    assert_true(limit_code(*state, "192.0.2.2", "+8613800138000", 0, &retry_ms));
    assert_false(limit_code(*state, "192.0.2.3", "+8613800138000", 0, &retry_ms)); /* many addresses do not help */
    assert_int_equal(retry_ms, 60000);
    unsigned asked = 1;
    for (char contact[] = "a@example.org"; limit_code(*state, "192.0.2.1", contact, 0, &retry_ms); contact[0]++) {
        asked++;
    }
    assert_int_equal(asked, code_rule.burst * LIMIT_ADDRESS_FACTOR); /* nor do many contacts */
    assert_true(limit_confirm(*state, "192.0.2.1", 0, &retry_ms));   /* which is counted apart */
}

static void wrong_codes_are_counted_by_address_and_right_ones_are_not(void **state)
{
    int64_t retry_ms;
    for (unsigned i = 0; i < 100; i++) {
        assert_true(limit_confirm(*state, "192.0.2.1", 0, &retry_ms));
        limit_confirm_succeeded(*state, "192.0.2.1");
    }
    for (unsigned i = 0; i < code_rule.burst * LIMIT_ADDRESS_FACTOR; i++) {
        assert_true(limit_confirm(*state, "192.0.2.1", 0, &retry_ms));
    }
    assert_false(limit_confirm(*state, "192.0.2.1", 0, &retry_ms));
    assert_true(limit_confirm(*state, "192.0.2.2", 0, &retry_ms));
}

static void an_account_does_not_find_out_by_trying_who_has_a_document(void **state)
{
    int64_t retry_ms;
    assert_true(limit_verify(*state, "a", 0, &retry_ms));
    assert_true(limit_verify(*state, "a", 0, &retry_ms));
    assert_false(limit_verify(*state, "a", 0, &retry_ms));
    assert_true(limit_verify(*state, "b", 0, &retry_ms));
}

static void many_logins_do_not_help_one_address(void **state)
{
    int64_t retry_ms;
    for (unsigned i = 0; i < sign_in_rule.burst * LIMIT_ADDRESS_FACTOR; i++) {
        g_autofree char *login = g_strdup_printf("login-%u", i);
        assert_true(limit_sign_in(*state, "192.0.2.1", login, 0, &retry_ms));
    }
    assert_false(limit_sign_in(*state, "192.0.2.1", "liu", 0, &retry_ms));
    assert_true(limit_sign_in(*state, "192.0.2.2", "liu", 0, &retry_ms));
}

static void guessing_at_one_login_does_not_shut_out_the_office(void **state)
{
    int64_t retry_ms;
    while (limit_sign_in(*state, "192.0.2.1", "liu", 0, &retry_ms)) {
    }
    assert_true(limit_sign_in(*state, "192.0.2.1", "wang", 0, &retry_ms));
}

static void one_ipv6_subscriber_is_one_source(void **state)
{
    int64_t retry_ms;
    assert_true(limit_ticket(*state, "2001:db8::1", 0, &retry_ms));
    assert_true(limit_ticket(*state, "2001:db8::ffff:1", 0, &retry_ms));
    assert_false(limit_ticket(*state, "2001:db8:0:0:9::", 0, &retry_ms));
    assert_true(limit_ticket(*state, "2001:db8:0:1::1", 0, &retry_ms));
}

static void an_ipv4_address_is_one_source_however_written(void **state)
{
    int64_t retry_ms;
    assert_true(limit_ticket(*state, "192.0.2.1", 0, &retry_ms));
    assert_true(limit_ticket(*state, "::ffff:192.0.2.1", 0, &retry_ms));
    assert_false(limit_ticket(*state, "192.0.2.1", 0, &retry_ms));
    assert_true(limit_ticket(*state, "::ffff:192.0.2.2", 0, &retry_ms));
}

static void an_office_that_signs_in_well_is_not_shut_out(void **state)
{
    int64_t retry_ms;
    for (unsigned i = 0; i < 100; i++) {
        assert_true(limit_sign_in(*state, "192.0.2.1", "liu", 0, &retry_ms));
        limit_sign_in_succeeded(*state, "192.0.2.1", "liu");
        assert_true(limit_ticket(*state, "192.0.2.1", 0, &retry_ms));
        limit_ticket_succeeded(*state, "192.0.2.1");
    }
}

static void success_gives_no_more_than_the_burst(void **state)
{
    int64_t retry_ms;
    limit_ticket_succeeded(*state, "192.0.2.9"); /* unknown: nothing to give back */
    for (unsigned i = 0; i < 10; i++) {
        assert_true(limit_ticket(*state, "192.0.2.1", 0, &retry_ms));
        limit_ticket_succeeded(*state, "192.0.2.1");
        limit_ticket_succeeded(*state, "192.0.2.1");
    }
    assert_true(limit_ticket(*state, "192.0.2.1", 0, &retry_ms));
    assert_true(limit_ticket(*state, "192.0.2.1", 0, &retry_ms));
    assert_false(limit_ticket(*state, "192.0.2.1", 0, &retry_ms));
}

static void a_clock_that_steps_back_or_far_ahead_gives_nothing_extra(void **state)
{
    int64_t retry_ms;
    assert_true(limit_ticket(*state, "192.0.2.1", 100 * SECOND, &retry_ms));
    assert_true(limit_ticket(*state, "192.0.2.1", 100 * SECOND, &retry_ms));
    assert_false(limit_ticket(*state, "192.0.2.1", 0, &retry_ms));
    assert_true(limit_ticket(*state, "192.0.2.1", INT64_MAX, &retry_ms));
    assert_true(limit_ticket(*state, "192.0.2.1", INT64_MAX, &retry_ms));
    assert_false(limit_ticket(*state, "192.0.2.1", INT64_MAX, &retry_ms));
}

static void a_flood_of_sources_fills_a_bounded_table_and_ebbs(void **state)
{
    int64_t retry_ms = 0;
    for (unsigned i = 0; i < LIMITER_SOURCES_MAX; i++) {
        g_autofree char *address = g_strdup_printf("10.%u.%u.%u", i >> 16, (i >> 8) & 255, i & 255);
        assert_true(limit_ticket(*state, address, 0, &retry_ms));
    }
    assert_false(limit_ticket(*state, "192.0.2.1", 0, &retry_ms));
    assert_true(retry_ms > 0);
    assert_true(limit_ticket(*state, "10.0.0.0", 0, &retry_ms)); /* the known ones go on */
    assert_true(limit_ticket(*state, "192.0.2.1", SECOND, &retry_ms));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(guessing_stops_after_the_burst_and_says_when_to_come_back, setup, teardown),
        cmocka_unit_test_setup_teardown(who_waits_as_told_gets_exactly_one_try, setup, teardown),
        cmocka_unit_test_setup_teardown(many_addresses_do_not_help_against_one_login, setup, teardown),
        cmocka_unit_test_setup_teardown(one_face_check_waits_for_itself_alone_and_starts_apart_from_uploads, setup,
                                        teardown),
        cmocka_unit_test_setup_teardown(a_code_costs_its_contact_and_its_address, setup, teardown),
        cmocka_unit_test_setup_teardown(wrong_codes_are_counted_by_address_and_right_ones_are_not, setup, teardown),
        cmocka_unit_test_setup_teardown(an_account_does_not_find_out_by_trying_who_has_a_document, setup, teardown),
        cmocka_unit_test_setup_teardown(many_logins_do_not_help_one_address, setup, teardown),
        cmocka_unit_test_setup_teardown(guessing_at_one_login_does_not_shut_out_the_office, setup, teardown),
        cmocka_unit_test_setup_teardown(one_ipv6_subscriber_is_one_source, setup, teardown),
        cmocka_unit_test_setup_teardown(an_ipv4_address_is_one_source_however_written, setup, teardown),
        cmocka_unit_test_setup_teardown(an_office_that_signs_in_well_is_not_shut_out, setup, teardown),
        cmocka_unit_test_setup_teardown(success_gives_no_more_than_the_burst, setup, teardown),
        cmocka_unit_test_setup_teardown(a_clock_that_steps_back_or_far_ahead_gives_nothing_extra, setup, teardown),
        cmocka_unit_test_setup_teardown(a_flood_of_sources_fills_a_bounded_table_and_ebbs, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
