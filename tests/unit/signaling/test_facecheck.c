/* Face checks as policy: what may happen when, and what it leads to. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "signaling/facecheck.h"

#define OK "ok"

static const struct facecheck_policy policy = {.tries_max = 3, .tries_stop = 10};

struct row {
    const char *hazard;
    struct facecheck_facts facts;
    const char *upload, *start, *skip_tries, *skip_accessibility; /* "ok", or the refusal */
    bool interview;
};

#define READY .portrait_usable = true, .page_usable = true

static const struct row rows[] = {
    {"nothing submitted yet", {0}, OK, "wrong_state", "wrong_state", OK, false},
    {"a portrait alone", {.portrait_usable = true}, OK, "wrong_state", "wrong_state", OK, false},
    {"a page alone", {.page_usable = true}, OK, "wrong_state", "wrong_state", OK, false},
    {"both", {READY}, OK, OK, "wrong_state", OK, false},
    {"a try runs", {READY, .running = true}, "wrong_state", "busy", "wrong_state", OK, false},
    {"one try short of a skip", {READY, .tries = 2}, OK, OK, "wrong_state", OK, false},
    {"a skip is offered, and so is another try", {READY, .tries = 3}, OK, OK, OK, OK, false},
    {"the last try", {READY, .tries = 9}, OK, OK, OK, OK, false},
    {"no tries left", {READY, .tries = 10}, OK, "tries_exhausted", OK, OK, true},
    {"more than none left", {READY, .tries = 11}, OK, "tries_exhausted", OK, OK, true},
    {"the last try still runs", {READY, .tries = 10, .running = true}, "wrong_state", "busy", OK, OK, false},
    {"passed",
     {READY, .state = FACECHECK_PASSED, .tries = 5},
     "wrong_state",
     "wrong_state",
     "wrong_state",
     "wrong_state",
     false},
    {"skipped",
     {READY, .state = FACECHECK_SKIPPED, .tries = 5},
     "wrong_state",
     "wrong_state",
     "wrong_state",
     "wrong_state",
     true},
};

/* Takes `error`. */
static const char *outcome(bool allowed, GError **error)
{
    assert_int_equal(allowed, *error == NULL);
    const char *name = *error == NULL ? OK : rpc_error_name((enum rpc_error)(*error)->code);
    g_clear_error(error);
    return name;
}

static void what_may_happen_when(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const struct row *row = &rows[i];
        const struct facecheck_can can = facecheck_can(policy, &row->facts);
        GError *error = NULL;
        print_message("%s\n", row->hazard);
        assert_string_equal(outcome(facecheck_check_upload(&row->facts, &error), &error), row->upload);
        assert_string_equal(outcome(facecheck_check_start(policy, &row->facts, &error), &error), row->start);
        assert_string_equal(outcome(facecheck_check_skip(policy, &row->facts, "tries", &error), &error),
                            row->skip_tries);
        assert_string_equal(outcome(facecheck_check_skip(policy, &row->facts, "accessibility", &error), &error),
                            row->skip_accessibility);
        /* What pages are told is what will be allowed. */
        assert_int_equal(can.upload, g_str_equal(row->upload, OK));
        assert_int_equal(can.start, g_str_equal(row->start, OK));
        assert_int_equal(can.skip_tries, g_str_equal(row->skip_tries, OK));
        assert_int_equal(can.skip_accessibility, g_str_equal(row->skip_accessibility, OK));
        assert_int_equal(facecheck_interview_required(policy, &row->facts), row->interview);
    }
}

static void events_lead_where_they_should_and_only_from_open(void **state)
{
    (void)state;
    static const struct {
        enum facecheck_event event;
        enum store_facecheck_state to;
        unsigned tries;
        const char *skip_reason;
    } cases[] = {
        {FACECHECK_TRY_PASSED, FACECHECK_PASSED, 3, NULL},
        {FACECHECK_TRY_FAILED, FACECHECK_OPEN, 3, NULL},
        {FACECHECK_SKIP_TRIES, FACECHECK_SKIPPED, 2, "tries"},
        {FACECHECK_SKIP_ACCESSIBILITY, FACECHECK_SKIPPED, 2, "accessibility"},
        {FACECHECK_EXPIRED, FACECHECK_SKIPPED, 2, NULL},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct store_facecheck row = {.state = FACECHECK_OPEN, .tries = 2};
        assert_true(facecheck_apply(&row, cases[i].event, 77));
        assert_int_equal(row.state, cases[i].to);
        assert_int_equal(row.tries, cases[i].tries);
        assert_int_equal(row.decided_us, cases[i].to == FACECHECK_OPEN ? 0 : 77);
        assert_int_equal(g_strcmp0(row.skip_reason, cases[i].skip_reason), 0);
        g_free(row.skip_reason);
        for (unsigned closed = FACECHECK_PASSED; closed < FACECHECK_STATES; closed++) {
            struct store_facecheck decided = {.state = (enum store_facecheck_state)closed, .tries = 2, .decided_us = 5};
            assert_false(facecheck_apply(&decided, cases[i].event, 77));
            assert_int_equal(decided.state, closed);
            assert_int_equal(decided.tries, 2);
            assert_int_equal(decided.decided_us, 5);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_may_happen_when),
        cmocka_unit_test(events_lead_where_they_should_and_only_from_open),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
