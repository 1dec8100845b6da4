#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/signaling/service_fixture.h"

#define DEVICE  "ddddddddddddddddddddddddddddddddddddddddddd"
#define ANOTHER "eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee"

static struct fixture *fixture;
static int64_t now_us;

static int setup(void **state)
{
    (void)state;
    fixture = fixture_new();
    now_us = g_get_real_time();
    fixture_add_interview(fixture, "i", now_us);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_free(fixture);
    return 0;
}

/* "ok", or the name of the refusal. */
static const char *redeem(const char *ticket, const char *device, int64_t at_us)
{
    g_autoptr(GError) error = NULL;
    struct store_party *party = ticket_redeem(&fixture->service, TICKET_TO_JOIN, ticket, device, at_us, &error);
    store_party_free(party);
    return party != NULL ? "ok" : rpc_error_name((enum rpc_error)error->code);
}

static bool is_tied(void)
{
    struct store_party *party = store_party_get(fixture->service.store, "i-a", NULL);
    const bool tied = party->device_tied;
    store_party_free(party);
    return tied;
}

static void the_first_device_keeps_it_and_the_officers_hear_of_a_second(void **state)
{
    (void)state;
    const struct rpc_caller officer = fixture_connect(fixture, RPC_OFFICER, "here", NULL);
    const struct rpc_caller stranger = fixture_connect(fixture, RPC_OFFICER, "elsewhere", NULL);
    assert_string_equal(redeem("i-ticket", DEVICE, now_us), "ok");
    assert_string_equal(redeem("i-ticket", DEVICE, now_us), "ok");
    assert_false(fixture_was_told(fixture, &officer, "ticket.refused"));
    assert_string_equal(redeem("i-ticket", ANOTHER, now_us), "ticket_used");
    json_t *refused = fixture_told(fixture, &officer, "ticket.refused");
    assert_string_equal(json_string_value(json_object_get(refused, "party_id")), "i-a");
    json_decref(refused);
    assert_false(fixture_was_told(fixture, &stranger, "ticket.refused"));
    assert_string_equal(redeem("i-ticket", DEVICE, now_us), "ok");
}

static void without_a_device_it_works_once(void **state)
{
    (void)state;
    assert_string_equal(redeem("i-ticket", NULL, now_us), "ok");
    assert_string_equal(redeem("i-ticket", NULL, now_us), "ticket_used");
    assert_string_equal(redeem("i-ticket", DEVICE, now_us), "ticket_used");
}

static void coming_too_early_ties_nothing(void **state)
{
    (void)state;
    assert_string_equal(redeem("i-ticket", ANOTHER, now_us - 10 * MINUTE_US - 1), "not_open");
    assert_false(is_tied());
    assert_string_equal(redeem("i-ticket", DEVICE, now_us - 10 * MINUTE_US), "ok");
    assert_true(is_tied());
}

static void what_does_not_open_says_why(void **state)
{
    (void)state;
    assert_string_equal(redeem("another", DEVICE, now_us), "ticket_unknown");
    assert_string_equal(redeem("i-ticket", DEVICE, now_us + 60 * MINUTE_US), "ticket_expired");
    assert_true(store_interview_reschedule(fixture->service.store, "i", now_us + 1, "system", now_us, NULL));
    assert_string_equal(redeem("i-ticket", DEVICE, now_us), "ticket_rescheduled");
    assert_true(store_ticket_revoke(fixture->service.store, "i-a", NULL));
    assert_string_equal(redeem("i-ticket", DEVICE, now_us), "ticket_revoked");
    assert_false(is_tied());
}

static void an_interview_that_is_over_opens_to_nobody(void **state)
{
    (void)state;
    const struct rpc_caller officer = fixture_connect(fixture, RPC_OFFICER, "here", NULL);
    json_decref(fixture_call(fixture, &officer, "call.missed", fixture_of("i")));
    assert_string_equal(redeem("i-ticket", DEVICE, now_us), "interview_over");
    assert_false(is_tied());
}

static void a_new_ticket_replaces_the_old_one_and_its_device(void **state)
{
    (void)state;
    assert_string_equal(redeem("i-ticket", DEVICE, now_us), "ok");
    assert_true(store_ticket_issue(fixture->service.store, "i-a", "fresh", now_us + MINUTE_US, NULL));
    assert_string_equal(redeem("i-ticket", DEVICE, now_us), "ticket_unknown");
    assert_string_equal(redeem("fresh", ANOTHER, now_us), "ok");
    assert_string_equal(redeem("fresh", DEVICE, now_us), "ticket_used");
}

static void the_link_has_the_ticket_in_its_fragment(void **state)
{
    (void)state;
    char *link = ticket_link(fixture->config, "SECRET");
    assert_true(g_str_has_suffix(link, "/#t=SECRET"));
    store_secret_free(link);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_first_device_keeps_it_and_the_officers_hear_of_a_second),
        TEST(without_a_device_it_works_once),
        TEST(coming_too_early_ties_nothing),
        TEST(what_does_not_open_says_why),
        TEST(an_interview_that_is_over_opens_to_nobody),
        TEST(a_new_ticket_replaces_the_old_one_and_its_device),
        TEST(the_link_has_the_ticket_in_its_fragment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
