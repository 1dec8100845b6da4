/* From "an interview is required" to an appointment: who may do what, when, how often. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "signaling/instant.h"
#include "signaling/policy.h"
#include "tests/unit/signaling/service_fixture.h"

#define HOUR_US (60 * MINUTE_US)
#define DAY_US  (24 * HOUR_US)
#define ALL_DAYS                                                                                                       \
    "[hours]\nmonday=00:00-24:00\ntuesday=00:00-24:00\nwednesday=00:00-24:00\nthursday=00:00-24:00\n"                  \
    "friday=00:00-24:00\nsaturday=00:00-24:00\nsunday=00:00-24:00\n[appointment]\nlength_min=60\n"

static struct fixture *fixture;
static struct policies *policies;

static int setup(void **state)
{
    (void)state;
    fixture = fixture_new();
    g_autofree char *file = g_build_filename(fixture->folder, "here.conf", NULL);
    g_file_set_contents(file, ALL_DAYS, -1, NULL);
    policies = policies_load(fixture->folder, NULL);
    fixture->service.policies = policies;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_free(fixture);
    policies_free(policies);
    return 0;
}

/* What `call` gives; takes `params`. The test fails when it is refused. */
static json_t *result(const struct rpc_caller *caller, const char *method, json_t *params)
{
    json_t *reply = fixture_call(fixture, caller, method, params);
    json_t *found = json_incref(json_object_get(reply, "result"));
    if (found == NULL) {
        char *text = json_dumps(reply, 0);
        fail_msg("%s: %s", method, text);
    }
    json_decref(reply);
    return found;
}

static void refused(const struct rpc_caller *caller, const char *method, json_t *params, const char *code)
{
    g_autofree char *got = fixture_code(fixture, caller, method, params);
    if (strcmp(got, code) != 0) {
        fail_msg("%s: %s instead of %s", method, got, code);
    }
}

static json_t *at(int64_t us)
{
    return json_pack("{s:o}", "at", instant_json(us));
}

static int64_t next_hour_us(int64_t after_us)
{
    const int64_t earliest_us = g_get_real_time() + after_us;
    return earliest_us - earliest_us % HOUR_US + HOUR_US;
}

/* Requires an interview; returns its id, which the caller frees when `applicant`, its applicant signed in, is needed no
 * more. */
static char *require(const struct rpc_caller *officer, const char *order_ref, struct rpc_caller *applicant,
                     char **ticket)
{
    json_t *made = result(officer, "interview.require",
                          json_pack("{s:s, s:s, s:s, s:s}", "order_ref", order_ref, "document", "passport", "applicant",
                                    "Zhang Wei", "guardian", "Li Na"));
    const char *id, *party, *secret;
    assert_int_equal(json_unpack(made, "{s:{s:s}, s:[{s:s, s:s}, {}]}", "interview", "id", &id, "links", "party_id",
                                 &party, "ticket", &secret),
                     0);
    static char *parties[64]; /* callers borrow their ids */
    static unsigned count;
    parties[count] = g_strdup(party);
    char *copy = g_strdup(id);
    *applicant = fixture_connect(fixture, RPC_APPLICANT, parties[count++], copy);
    if (ticket != NULL) {
        *ticket = g_strdup(secret);
    }
    json_decref(made);
    return copy;
}

static void an_applicant_books_moves_and_gives_back(void **state)
{
    (void)state;
    const struct rpc_caller officer = fixture_connect(fixture, RPC_OFFICER, "here", NULL);
    struct rpc_caller applicant;
    g_autofree char *ticket = NULL;
    g_autofree char *id = require(&officer, "order-1", &applicant, &ticket);
    assert_int_equal(fixture_state(fixture, id), INTERVIEW_REQUIRED);
    assert_true(fixture_was_told(fixture, &officer, "interview.changed"));
    const int64_t first_us = next_hour_us(DAY_US), second_us = first_us + HOUR_US;

    json_t *listed =
        result(&applicant, "schedule.slots",
               json_pack("{s:o, s:o}", "from", instant_json(first_us), "to", instant_json(first_us + DAY_US)));
    assert_int_equal(json_array_size(json_object_get(listed, "slots")), 24);
    assert_int_equal(json_integer_value(json_object_get(listed, "bookings_left")), 3);
    json_decref(listed);

    refused(&applicant, "schedule.reschedule", at(first_us), "wrong_state");
    json_decref(result(&applicant, "schedule.book", at(first_us)));
    assert_int_equal(fixture_state(fixture, id), INTERVIEW_SCHEDULED);
    assert_true(fixture_was_told(fixture, &officer, "interview.changed"));
    refused(&applicant, "schedule.book", at(second_us), "wrong_state");
    refused(&applicant, "schedule.reschedule", at(first_us), "not_bookable");
    json_decref(result(&applicant, "schedule.reschedule", at(second_us)));
    json_decref(result(&applicant, "schedule.cancel", json_object()));
    assert_int_equal(fixture_state(fixture, id), INTERVIEW_REQUIRED);
    refused(&applicant, "schedule.cancel", json_object(), "wrong_state");
    json_decref(result(&applicant, "schedule.book", at(second_us)));
    refused(&applicant, "schedule.reschedule", at(first_us), "bookings_exhausted");
    struct store_party *party = store_ticket_find(fixture->service.store, ticket, g_get_real_time(), NULL);
    assert_non_null(party);
    store_party_free(party);
}

static void what_is_no_free_time_cannot_be_booked(void **state)
{
    (void)state;
    const struct rpc_caller officer = fixture_connect(fixture, RPC_OFFICER, "here", NULL);
    struct rpc_caller first, second;
    G_GNUC_UNUSED g_autofree char *id = require(&officer, "order-1", &first, NULL),
                                  *other = require(&officer, "order-2", &second, NULL);
    const int64_t good_us = next_hour_us(DAY_US);
    json_decref(result(&first, "schedule.book", at(good_us)));
    refused(&second, "schedule.book", at(good_us), "slot_taken");
    refused(&second, "schedule.book", at(good_us + MINUTE_US), "not_bookable");
    refused(&second, "schedule.book", at(next_hour_us(0)), "not_bookable");
    refused(&second, "schedule.book", at(next_hour_us(61 * DAY_US)), "not_bookable");
    refused(&second, "schedule.book", json_pack("{s:s}", "at", "2026-13-01T00:00:00Z"), "invalid_params");
    refused(&second, "schedule.book", json_pack("{s:s}", "at", "2026-12-01T00:00:00"), "invalid_params");
    assert_int_equal(fixture_state(fixture, other), INTERVIEW_REQUIRED);
    json_t *listed =
        result(&second, "schedule.slots",
               json_pack("{s:o, s:o}", "from", instant_json(good_us), "to", instant_json(good_us + HOUR_US)));
    assert_int_equal(json_array_size(json_object_get(listed, "slots")), 0);
    json_decref(listed);
    refused(&second, "schedule.slots",
            json_pack("{s:o, s:o}", "from", instant_json(good_us), "to", instant_json(good_us + 63 * DAY_US)),
            "invalid_params");
    refused(&second, "schedule.slots",
            json_pack("{s:o, s:o}", "from", instant_json(good_us), "to", instant_json(good_us)), "invalid_params");
}

static void shortly_before_it_nothing_can_be_changed(void **state)
{
    (void)state;
    fixture_add_interview(fixture, "soon", g_get_real_time() + HOUR_US);
    const struct rpc_caller applicant = fixture_connect(fixture, RPC_APPLICANT, "soon-a", "soon");
    refused(&applicant, "schedule.cancel", json_object(), "too_late");
    refused(&applicant, "schedule.reschedule", at(next_hour_us(DAY_US)), "too_late");
    assert_int_equal(fixture_state(fixture, "soon"), INTERVIEW_SCHEDULED);
}

static void a_missed_one_is_booked_again_unless_the_order_has_another(void **state)
{
    (void)state;
    const struct rpc_caller officer = fixture_connect(fixture, RPC_OFFICER, "here", NULL);
    struct rpc_caller applicant, successor;
    g_autofree char *id = require(&officer, "order-1", &applicant, NULL);
    const int64_t first_us = next_hour_us(DAY_US);
    json_decref(result(&applicant, "schedule.book", at(first_us)));
    json_decref(result(&officer, "call.missed", fixture_of(id)));
    g_autofree char *next = require(&officer, "order-1", &successor, NULL);
    refused(&applicant, "schedule.book", at(first_us), "conflict");
    assert_int_equal(fixture_state(fixture, id), INTERVIEW_MISSED);
    json_decref(result(&officer, "call.abort", json_pack("{s:s, s:s}", "interview_id", next, "reason", "by mistake")));
    json_decref(result(&applicant, "schedule.book", at(first_us)));
    assert_int_equal(fixture_state(fixture, id), INTERVIEW_SCHEDULED);
}

static void an_order_has_one_interview_and_a_child_a_guardian(void **state)
{
    (void)state;
    const struct rpc_caller officer = fixture_connect(fixture, RPC_OFFICER, "here", NULL);
    struct rpc_caller applicant;
    G_GNUC_UNUSED g_autofree char *id = require(&officer, "order-1", &applicant, NULL);
    refused(&officer, "interview.require",
            json_pack("{s:s, s:s, s:s}", "order_ref", "order-1", "document", "passport", "applicant", "Zhang Wei"),
            "conflict");
    refused(&officer, "interview.require",
            json_pack("{s:s, s:s, s:s, s:s}", "order_ref", "order-2", "document", "passport", "applicant", "Li Xiaoyu",
                      "birth_date", "2020-01-31"),
            "invalid_params");
    refused(&officer, "interview.require",
            json_pack("{s:s, s:s, s:s, s:s}", "order_ref", "order-2", "document", "passport", "applicant", "Li Xiaoyu",
                      "birth_date", "2020-02-30"),
            "invalid_params");
    refused(&applicant, "interview.require",
            json_pack("{s:s, s:s, s:s}", "order_ref", "order-3", "document", "passport", "applicant", "Zhang Wei"),
            "forbidden");
    json_t *proposal = result(&officer, "interview.propose",
                              json_pack("{s:s, s:s}", "order_ref", "order-2", "birth_date", "2020-01-31"));
    assert_true(json_is_true(json_object_get(proposal, "guardian_needed")));
    assert_int_equal(json_array_size(json_object_get(proposal, "triggers")), 1);
    json_decref(proposal);
}

static void a_skipped_face_check_is_proposed_and_in_person_ends_it(void **state)
{
    (void)state;
    const struct rpc_caller officer = fixture_connect(fixture, RPC_OFFICER, "here", NULL);
    const struct rpc_caller stranger = fixture_connect(fixture, RPC_OFFICER, "elsewhere", NULL);
    fixture_add_facecheck(fixture, "f", "order-9");
    const struct rpc_caller submitter = fixture_connect(fixture, RPC_SUBMITTER, "f", NULL);
    json_decref(result(&submitter, "facecheck.skip", json_pack("{s:s}", "reason", "accessibility")));
    json_t *proposal = result(&officer, "interview.propose", json_pack("{s:s}", "order_ref", "order-9"));
    const char *trigger = "";
    json_unpack(proposal, "{s:[s]}", "triggers", &trigger);
    assert_string_equal(trigger, "facecheck");
    json_decref(proposal);
    proposal = result(&stranger, "interview.propose", json_pack("{s:s}", "order_ref", "order-9"));
    assert_true(json_is_null(json_object_get(proposal, "facecheck")));
    json_decref(proposal);

    struct rpc_caller applicant;
    g_autofree char *id = require(&officer, "order-9", &applicant, NULL);
    refused(&stranger, "interview.in_person", json_pack("{s:s, s:s}", "interview_id", id, "reason", "x"), "not_found");
    json_decref(result(&officer, "interview.in_person", json_pack("{s:s, s:s}", "interview_id", id, "reason", "D-40")));
    assert_int_equal(fixture_state(fixture, id), INTERVIEW_ENDED);
    refused(&applicant, "schedule.book", at(next_hour_us(DAY_US)), "interview_over");
}

static void a_new_link_replaces_the_old_one(void **state)
{
    (void)state;
    const struct rpc_caller officer = fixture_connect(fixture, RPC_OFFICER, "here", NULL);
    struct rpc_caller applicant;
    g_autofree char *ticket = NULL;
    g_autofree char *id = require(&officer, "order-1", &applicant, &ticket);
    json_t *link =
        result(&officer, "interview.link", json_pack("{s:s, s:s}", "interview_id", id, "party_id", applicant.party));
    const int64_t now_us = g_get_real_time();
    g_autoptr(GError) error = NULL;
    struct service *service = &fixture->service;
    assert_null(ticket_redeem(service, TICKET_TO_SCHEDULE, ticket, NULL, now_us, &error));
    assert_true(g_error_matches(error, RPC_ERROR, RPC_ERROR_TICKET_UNKNOWN));
    const char *fresh = json_string_value(json_object_get(link, "ticket"));
    g_clear_error(&error);
    assert_null(ticket_redeem(service, TICKET_TO_JOIN, fresh, NULL, now_us, &error));
    assert_true(g_error_matches(error, RPC_ERROR, RPC_ERROR_NOT_OPEN));
    struct store_party *party = ticket_redeem(service, TICKET_TO_SCHEDULE, fresh, NULL, now_us, NULL);
    assert_non_null(party);
    store_party_free(party);
    json_decref(link);
}

static void only_the_applicant_comes_to_schedule(void **state)
{
    (void)state;
    const struct rpc_caller officer = fixture_connect(fixture, RPC_OFFICER, "here", NULL);
    json_t *made = result(&officer, "interview.require",
                          json_pack("{s:s, s:s, s:s, s:s}", "order_ref", "order-1", "document", "passport", "applicant",
                                    "Li Xiaoyu", "guardian", "Li Na"));
    const char *ticket;
    assert_int_equal(json_unpack(made, "{s:[{}, {s:s}]}", "links", "ticket", &ticket), 0);
    g_autoptr(GError) error = NULL;
    assert_null(ticket_redeem(&fixture->service, TICKET_TO_SCHEDULE, ticket, NULL, g_get_real_time(), &error));
    assert_true(g_error_matches(error, RPC_ERROR, RPC_ERROR_FORBIDDEN));
    json_decref(made);
}

static void the_calendar_has_its_days_and_who_has_not_booked(void **state)
{
    (void)state;
    const struct rpc_caller officer = fixture_connect(fixture, RPC_OFFICER, "here", NULL);
    struct rpc_caller first, second;
    G_GNUC_UNUSED g_autofree char *id = require(&officer, "order-1", &first, NULL),
                                  *other = require(&officer, "order-2", &second, NULL);
    const int64_t at_us = next_hour_us(2 * DAY_US);
    json_decref(result(&first, "schedule.book", at(at_us)));
    struct instant_day day;
    assert_true(instant_day("Europe/Stockholm", NULL, at_us, &day, NULL));
    json_t *week = result(&officer, "schedule.calendar", json_pack("{s:s, s:s}", "view", "week", "day", day.text));
    json_t *days = json_object_get(week, "days");
    assert_int_equal(json_array_size(days), 7);
    unsigned found = 0, free_places = 0;
    size_t index;
    json_t *each;
    json_array_foreach(days, index, each)
    {
        const char *text = json_string_value(json_object_get(each, "day"));
        GDate date;
        g_date_clear(&date, 1);
        g_date_set_dmy(&date, (GDateDay)atoi(text + 8), (GDateMonth)atoi(text + 5), (GDateYear)atoi(text));
        assert_int_equal(g_date_get_weekday(&date), index + 1);
        found += (unsigned)json_array_size(json_object_get(each, "interviews"));
        size_t slot_index;
        json_t *slot;
        json_array_foreach(json_object_get(each, "slots"), slot_index, slot)
        {
            free_places += (unsigned)json_integer_value(json_object_get(slot, "free"));
        }
    }
    assert_int_equal(found, 1);
    assert_true(free_places >= 7 * 24 - 2 && free_places <= 7 * 24); /* less one, more or less a change of clocks */
    assert_int_equal(json_array_size(json_object_get(week, "unbooked")), 1);
    json_decref(week);
    json_t *today = result(&officer, "schedule.calendar", json_object());
    assert_int_equal(json_array_size(json_object_get(today, "days")), 1);
    json_decref(today);
    refused(&officer, "schedule.calendar", json_pack("{s:s}", "day", "2026-02-30"), "invalid_params");
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_applicant_books_moves_and_gives_back),
        TEST(what_is_no_free_time_cannot_be_booked),
        TEST(shortly_before_it_nothing_can_be_changed),
        TEST(a_missed_one_is_booked_again_unless_the_order_has_another),
        TEST(an_order_has_one_interview_and_a_child_a_guardian),
        TEST(a_skipped_face_check_is_proposed_and_in_person_ends_it),
        TEST(a_new_link_replaces_the_old_one),
        TEST(only_the_applicant_comes_to_schedule),
        TEST(the_calendar_has_its_days_and_who_has_not_booked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
