#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "signaling/interview.h"

#define MINUTE_US (INT64_C(60) * G_USEC_PER_SEC)
#define NOW_US    (1000 * MINUTE_US)
#define NO        (-1)

/* The whole machine once more, written down from the rules (D-34 … D-40) instead of from the code. */
static const struct {
    enum interview_event event;
    int next[INTERVIEW_STATES]; /* from scheduled, waiting, ringing, in_call, ended, missed, aborted, required */
} rows[] = {
    {EVENT_READY, {INTERVIEW_WAITING, INTERVIEW_WAITING, INTERVIEW_RINGING, INTERVIEW_IN_CALL, NO, NO, NO, NO}},
    {EVENT_START, {NO, INTERVIEW_RINGING, NO, NO, NO, NO, NO, NO}},
    {EVENT_CANCEL, {NO, NO, INTERVIEW_WAITING, NO, NO, NO, NO, NO}},
    {EVENT_DECLINE, {NO, NO, INTERVIEW_WAITING, NO, NO, NO, NO, NO}},
    {EVENT_RING_TIMEOUT, {NO, NO, INTERVIEW_WAITING, NO, NO, NO, NO, NO}},
    {EVENT_ACCEPT, {NO, NO, INTERVIEW_IN_CALL, INTERVIEW_IN_CALL, NO, NO, NO, NO}},
    {EVENT_LOST,
     {INTERVIEW_SCHEDULED, INTERVIEW_SCHEDULED, INTERVIEW_SCHEDULED, INTERVIEW_IN_CALL, NO, NO, NO,
      INTERVIEW_REQUIRED}},
    {EVENT_END, {NO, NO, NO, INTERVIEW_ENDED, NO, NO, NO, NO}},
    {EVENT_ABORT,
     {INTERVIEW_ABORTED, INTERVIEW_ABORTED, INTERVIEW_ABORTED, INTERVIEW_ABORTED, NO, NO, NO, INTERVIEW_ABORTED}},
    {EVENT_ABANDONED, {NO, NO, NO, INTERVIEW_ABORTED, NO, NO, NO, NO}},
    {EVENT_MISSED, {INTERVIEW_MISSED, INTERVIEW_MISSED, NO, NO, NO, NO, NO, NO}},
    {EVENT_NO_SHOW, {INTERVIEW_MISSED, NO, NO, NO, NO, NO, NO, NO}},
    {EVENT_BOOK, {NO, NO, NO, NO, NO, INTERVIEW_SCHEDULED, NO, INTERVIEW_SCHEDULED}},
    {EVENT_MOVE, {INTERVIEW_SCHEDULED, NO, NO, NO, NO, NO, NO, NO}},
    {EVENT_UNBOOK, {INTERVIEW_REQUIRED, NO, NO, NO, NO, NO, NO, NO}},
    {EVENT_IN_PERSON, {INTERVIEW_ENDED, INTERVIEW_ENDED, NO, NO, NO, INTERVIEW_ENDED, NO, INTERVIEW_ENDED}},
};

static struct store_interview interview_in(enum store_interview_state state)
{
    return (struct store_interview){
        .id = (char *)"i", .state = state, .scheduled_us = NOW_US, .state_since_us = 1, .version = 7};
}

static void release(struct store_interview *interview)
{
    g_free(interview->outcome);
    g_free(interview->reason);
}

static void check_pair(enum store_interview_state from, enum interview_event event, int expected)
{
    struct store_interview interview = interview_in(from);
    g_autoptr(GError) error = NULL;
    const struct interview_change change = {
        .event = event,
        .now_us = NOW_US,
        .ring_expires_us = NOW_US + 1,
        .outcome = "identity_confirmed",
        .reason = "why",
    };
    const bool ok = interview_apply(&interview, &change, &error);
    const int reached = ok ? (int)interview.state : NO;
    if (reached != expected || interview_next(from, event) != expected) {
        fail_msg("%s in %s: led to %d, expected %d", interview_event_name(event), interview_state_name(from), reached,
                 expected);
    }
    assert_int_equal(interview.state_since_us, ok && expected != (int)from ? NOW_US : 1);
    assert_int_equal(interview.version, 7);
    if (!ok) {
        const enum rpc_error code = interview_is_over(from) ? RPC_ERROR_INTERVIEW_OVER : RPC_ERROR_WRONG_STATE;
        assert_true(g_error_matches(error, RPC_ERROR, (gint)code));
        assert_int_equal(interview.state, from);
    }
    release(&interview);
}

static void every_event_in_every_state_leads_where_the_rules_say(void **state)
{
    (void)state;
    assert_int_equal(G_N_ELEMENTS(rows), EVENT_COUNT);
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        for (enum store_interview_state from = 0; from < INTERVIEW_STATES; from++) {
            check_pair(from, rows[i].event, rows[i].next[from]);
        }
    }
}

static void apply(struct store_interview *interview, enum interview_event event, int64_t now_us)
{
    const struct interview_change change = {.event = event, .now_us = now_us, .ring_expires_us = now_us + 60};
    g_autoptr(GError) error = NULL;
    assert_true(interview_apply(interview, &change, &error));
}

static void a_booking_carries_its_time_and_is_counted_and_a_missed_one_begins_anew(void **state)
{
    (void)state;
    struct store_interview interview = interview_in(INTERVIEW_REQUIRED);
    const struct interview_change booking = {
        .event = EVENT_BOOK, .now_us = NOW_US, .scheduled_us = 5 * NOW_US, .length_min = 30};
    assert_true(interview_apply(&interview, &booking, NULL));
    assert_int_equal(interview.scheduled_us, 5 * NOW_US);
    assert_int_equal(interview.length_min, 30);
    assert_int_equal(interview.bookings, 1);
    const struct interview_change move = {
        .event = EVENT_MOVE, .now_us = NOW_US + 1, .scheduled_us = 6 * NOW_US, .length_min = 20};
    assert_true(interview_apply(&interview, &move, NULL));
    assert_int_equal(interview.scheduled_us, 6 * NOW_US);
    assert_int_equal(interview.bookings, 2);
    const struct interview_change missed = {.event = EVENT_MISSED, .now_us = NOW_US + 2, .reason = "nobody came"};
    assert_true(interview_apply(&interview, &missed, NULL));
    assert_string_equal(interview.reason, "nobody came");
    assert_true(interview_apply(&interview, &booking, NULL));
    assert_null(interview.reason);
    assert_int_equal(interview.bookings, 3);
    apply(&interview, EVENT_UNBOOK, NOW_US + 3);
    assert_int_equal(interview.scheduled_us, 0);
    assert_int_equal(interview.bookings, 3);
    g_autoptr(GError) error = NULL;
    assert_false(interview_check_open(&interview, 10, NOW_US, &error));
    assert_true(g_error_matches(error, RPC_ERROR, RPC_ERROR_NOT_OPEN));
    release(&interview);
}

static void in_person_needs_a_reason_and_is_an_outcome(void **state)
{
    (void)state;
    struct store_interview interview = interview_in(INTERVIEW_REQUIRED);
    g_autoptr(GError) error = NULL;
    struct interview_change change = {.event = EVENT_IN_PERSON, .now_us = NOW_US, .reason = ""};
    assert_false(interview_apply(&interview, &change, &error));
    assert_true(g_error_matches(error, RPC_ERROR, RPC_ERROR_INVALID_PARAMS));
    change.reason = "no camera";
    assert_true(interview_apply(&interview, &change, NULL));
    assert_string_equal(interview.outcome, "in_person");
    assert_string_equal(interview.reason, "no camera");
    release(&interview);
}

static void waiting_since_lasts_through_a_declined_call_and_ends_when_the_applicant_is_lost(void **state)
{
    (void)state;
    struct store_interview interview = interview_in(INTERVIEW_SCHEDULED);
    apply(&interview, EVENT_READY, 100);
    apply(&interview, EVENT_START, 200);
    assert_int_equal(interview.ring_expires_us, 260);
    apply(&interview, EVENT_DECLINE, 300);
    assert_int_equal(interview.ring_expires_us, 0);
    assert_int_equal(interview.waiting_since_us, 100);
    apply(&interview, EVENT_LOST, 400);
    assert_int_equal(interview.waiting_since_us, 0);
}

static void an_end_needs_a_known_outcome_and_a_reason_unless_confirmed(void **state)
{
    (void)state;
    g_autofree char *longest = g_strnfill(INTERVIEW_REASON_MAX, 'x');
    g_autofree char *too_long = g_strnfill(INTERVIEW_REASON_MAX + 1, 'x');
    const struct {
        const char *outcome, *reason;
        bool ok;
    } ends[] = {
        {"identity_confirmed", NULL, true},
        {"identity_confirmed", "", true},
        {"not_confirmed", "face differs", true},
        {"in_person", "poor light", true},
        {"not_confirmed", NULL, false},
        {"in_person", "", false},
        {"confirmed", "x", false},
        {NULL, "x", false},
        {"not_confirmed", longest, true},
        {"not_confirmed", too_long, false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(ends); i++) {
        struct store_interview interview = interview_in(INTERVIEW_IN_CALL);
        const struct interview_change change = {
            .event = EVENT_END, .now_us = NOW_US, .outcome = ends[i].outcome, .reason = ends[i].reason};
        g_autoptr(GError) error = NULL;
        assert_int_equal(interview_apply(&interview, &change, &error), ends[i].ok);
        if (ends[i].ok) {
            assert_string_equal(interview.outcome, ends[i].outcome);
        } else {
            assert_true(g_error_matches(error, RPC_ERROR, RPC_ERROR_INVALID_PARAMS));
            assert_int_equal(interview.state, INTERVIEW_IN_CALL);
        }
        release(&interview);
    }
}

static void nobody_comes_in_before_it_opens_or_after_it_is_over(void **state)
{
    (void)state;
    const struct {
        const char *hazard;
        int64_t now_us;
        enum store_interview_state state;
        int code; /* -1: may come in */
    } cases[] = {
        {"a microsecond early", NOW_US - 10 * MINUTE_US - 1, INTERVIEW_SCHEDULED, RPC_ERROR_NOT_OPEN},
        {"on the minute", NOW_US - 10 * MINUTE_US, INTERVIEW_SCHEDULED, -1},
        {"late, but not missed yet", NOW_US + 9 * MINUTE_US, INTERVIEW_SCHEDULED, -1},
        {"early and over", 0, INTERVIEW_ABORTED, RPC_ERROR_INTERVIEW_OVER},
        {"missed", NOW_US, INTERVIEW_MISSED, RPC_ERROR_INTERVIEW_OVER},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct store_interview interview = interview_in(cases[i].state);
        g_autoptr(GError) error = NULL;
        const bool ok = interview_check_open(&interview, 10, cases[i].now_us, &error);
        if (ok != (cases[i].code < 0) || (!ok && error->code != cases[i].code)) {
            fail_msg("%s: %s", cases[i].hazard, ok ? "was let in" : error->message);
        }
    }
}

static void no_show_counts_from_the_appointment_the_last_presence_and_the_servers_start(void **state)
{
    (void)state;
    struct store_interview interview = interview_in(INTERVIEW_SCHEDULED);
    assert_int_equal(interview_no_show_us(&interview, 10, 0), NOW_US + 10 * MINUTE_US);
    interview.state_since_us = NOW_US + 5 * MINUTE_US; /* waited, and was lost */
    assert_int_equal(interview_no_show_us(&interview, 10, 0), NOW_US + 15 * MINUTE_US);
    assert_int_equal(interview_no_show_us(&interview, 10, NOW_US + 60 * MINUTE_US), NOW_US + 70 * MINUTE_US);
}

static void the_identity_is_decided_on_with_the_guardian_there_and_the_script_done(void **state)
{
    (void)state;
    static const char *const nothing[] = {NULL}, *const two[] = {"face", "alone", NULL};
    static const struct {
        const char *hazard;
        struct interview_proof proof;
        const char *outcome;
        int code; /* -1: allowed */
    } cases[] = {
        {"a grown-up, all done", {false, false, nothing}, "identity_confirmed", -1},
        {"a child whose guardian is identified", {true, true, nothing}, "identity_confirmed", -1},
        {"a child alone", {true, false, nothing}, "identity_confirmed", RPC_ERROR_GUARDIAN_MISSING},
        {"a child alone, not confirmed", {true, false, nothing}, "not_confirmed", RPC_ERROR_GUARDIAN_MISSING},
        {"a child who comes in person", {true, false, two}, "in_person", -1},
        {"something left to do", {false, false, two}, "identity_confirmed", RPC_ERROR_SCRIPT_OPEN},
        {"something left to do, not confirmed", {true, true, two}, "not_confirmed", RPC_ERROR_SCRIPT_OPEN},
        {"both: the guardian first", {true, false, two}, "not_confirmed", RPC_ERROR_GUARDIAN_MISSING},
        {"no outcome is not in person", {true, false, nothing}, NULL, RPC_ERROR_GUARDIAN_MISSING},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        const bool ok = interview_check_proof(&cases[i].proof, cases[i].outcome, &error);
        if (ok != (cases[i].code < 0) || (!ok && !g_error_matches(error, RPC_ERROR, cases[i].code))) {
            fail_msg("%s: %s", cases[i].hazard, ok ? "allowed" : error->message);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_event_in_every_state_leads_where_the_rules_say),
        cmocka_unit_test(the_identity_is_decided_on_with_the_guardian_there_and_the_script_done),
        cmocka_unit_test(a_booking_carries_its_time_and_is_counted_and_a_missed_one_begins_anew),
        cmocka_unit_test(in_person_needs_a_reason_and_is_an_outcome),
        cmocka_unit_test(waiting_since_lasts_through_a_declined_call_and_ends_when_the_applicant_is_lost),
        cmocka_unit_test(an_end_needs_a_known_outcome_and_a_reason_unless_confirmed),
        cmocka_unit_test(nobody_comes_in_before_it_opens_or_after_it_is_over),
        cmocka_unit_test(no_show_counts_from_the_appointment_the_last_presence_and_the_servers_start),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
