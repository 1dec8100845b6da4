#include <pthread.h>

#include "tests/unit/store/fixture.h"

#define REASON "Face does not match the data page 面貌不符"

static struct store_interview *get(struct fixture *fixture)
{
    struct store_interview *interview;
    assert_ok(interview = store_interview_get(fixture->store, "interview-1", &error));
    return interview;
}

static void a_change_is_kept_with_its_history(void **state)
{
    struct fixture *fixture = *state;
    struct store_interview *interview = get(fixture);
    assert_int_equal(interview->state, INTERVIEW_SCHEDULED);
    assert_null(interview->reason);
    interview->state = INTERVIEW_WAITING;
    interview->state_since_us = interview->waiting_since_us = NOW_US + 1;
    assert_ok(store_interview_update(fixture->store, interview, "party-1", "ready", NOW_US + 1, &error));
    interview->state = INTERVIEW_ENDED;
    interview->outcome = g_strdup("not_confirmed");
    interview->reason = g_strdup(REASON);
    assert_ok(store_interview_update(fixture->store, interview, "officer-1", "ended", NOW_US + 2, &error));
    assert_int_equal(interview->version, 3);
    store_interview_free(interview);

    reopen(fixture);
    interview = get(fixture);
    assert_int_equal(interview->state, INTERVIEW_ENDED);
    assert_int_equal(interview->version, 3);
    assert_true(interview->waiting_since_us == NOW_US + 1);
    assert_string_equal(interview->outcome, "not_confirmed");
    assert_string_equal(interview->reason, REASON);
    store_interview_free(interview);

    g_autoptr(GPtrArray) history = NULL;
    assert_ok(history = store_interview_history(fixture->store, "interview-1", &error));
    assert_int_equal(history->len, 2);
    const struct store_history *last = history->pdata[1];
    assert_int_equal(last->from, INTERVIEW_WAITING);
    assert_int_equal(last->to, INTERVIEW_ENDED);
    assert_string_equal(last->actor, "officer-1");
    assert_string_equal(last->event, "ended");
    assert_true(last->at_us == NOW_US + 2);
}

static void a_change_to_an_old_version_is_refused_and_leaves_no_trace(void **state)
{
    struct fixture *fixture = *state;
    struct store_interview *one = get(fixture);
    struct store_interview *two = get(fixture);
    one->state = INTERVIEW_WAITING;
    two->state = INTERVIEW_ABORTED;
    assert_ok(store_interview_update(fixture->store, one, "party-1", "ready", NOW_US, &error));
    assert_fails(store_interview_update(fixture->store, two, "officer-1", "aborted", NOW_US, &error),
                 STORE_ERROR_CONFLICT);
    assert_int_equal(two->version, 1);
    store_interview_free(one);
    store_interview_free(two);

    struct store_interview *stored = get(fixture);
    assert_int_equal(stored->state, INTERVIEW_WAITING);
    store_interview_free(stored);
    g_autoptr(GPtrArray) history = NULL;
    assert_ok(history = store_interview_history(fixture->store, "interview-1", &error));
    assert_int_equal(history->len, 1);
}

#define RIVALS  4
#define CHANGES 10

/* Reads, changes and writes until it has won CHANGES times. */
static void *change_often(void *data)
{
    struct fixture *fixture = data;
    for (unsigned won = 0; won < CHANGES;) {
        g_autoptr(GError) error = NULL;
        struct store_interview *interview = store_interview_get(fixture->store, "interview-1", NULL);
        won += store_interview_update(fixture->store, interview, "system", "changed", NOW_US, &error);
        store_interview_free(interview);
        if (error != NULL && error->code != STORE_ERROR_CONFLICT) {
            return data;
        }
    }
    return NULL;
}

static void no_change_of_rivals_is_lost(void **state)
{
    struct fixture *fixture = *state;
    pthread_t rivals[RIVALS];
    for (unsigned i = 0; i < RIVALS; i++) {
        assert_int_equal(pthread_create(&rivals[i], NULL, change_often, fixture), 0);
    }
    for (unsigned i = 0; i < RIVALS; i++) {
        void *failed;
        pthread_join(rivals[i], &failed);
        assert_null(failed);
    }
    struct store_interview *interview = get(fixture);
    assert_int_equal(interview->version, 1 + RIVALS * CHANGES);
    store_interview_free(interview);
}

static void lists_hold_what_they_say(void **state)
{
    struct fixture *fixture = *state;
    struct store_interview earlier = sample_interview("earlier");
    struct store_interview over = sample_interview("over");
    earlier.scheduled_us = SCHEDULED_US - MINUTE_US;
    over.state = INTERVIEW_MISSED;
    over.scheduled_us = SCHEDULED_US + MINUTE_US;
    assert_ok(store_interview_add(fixture->store, &earlier, &error));
    assert_ok(store_interview_add(fixture->store, &over, &error));

    g_autoptr(GPtrArray) day = NULL;
    assert_ok(day = store_interview_list(fixture->store, "nyc", SCHEDULED_US - MINUTE_US, over.scheduled_us, &error));
    assert_int_equal(day->len, 2); /* the start is in, the end is not */
    assert_string_equal(((struct store_interview *)day->pdata[0])->id, "earlier");
    assert_string_equal(((struct store_interview *)day->pdata[1])->id, "interview-1");

    g_autoptr(GPtrArray) live = NULL;
    assert_ok(live = store_interview_live(fixture->store, &error));
    assert_int_equal(live->len, 2);

    g_autoptr(GPtrArray) elsewhere = NULL;
    assert_ok(elsewhere = store_interview_list(fixture->store, "lax", 0, INT64_MAX, &error));
    assert_int_equal(elsewhere->len, 0);
}

static void what_refers_to_nothing_is_refused(void **state)
{
    struct fixture *fixture = *state;
    struct store_interview stray = sample_interview("stray");
    stray.mission = (char *)"atlantis";
    assert_fails(store_interview_add(fixture->store, &stray, &error), STORE_ERROR_NOT_FOUND);
    struct store_interview twin = sample_interview("interview-1");
    assert_fails(store_interview_add(fixture->store, &twin, &error), STORE_ERROR_CONFLICT);
    struct store_interview odd = sample_interview("odd");
    odd.document = (char *)"library card";
    assert_fails(store_interview_add(fixture->store, &odd, &error), STORE_ERROR_CONFLICT);
    struct store_interview absent = sample_interview("absent");
    assert_fails(store_interview_get(fixture->store, "absent", &error), STORE_ERROR_NOT_FOUND);
    assert_fails(store_interview_update(fixture->store, &absent, "system", "x", NOW_US, &error), STORE_ERROR_NOT_FOUND);
    assert_fails(store_interview_reschedule(fixture->store, "absent", NOW_US, "system", NOW_US, &error),
                 STORE_ERROR_NOT_FOUND);
    const struct store_note note = {
        .id = (char *)"n", .interview = (char *)"absent", .officer = (char *)"officer-1", .text = (char *)"x"};
    assert_fails(store_note_add(fixture->store, &note, &error), STORE_ERROR_NOT_FOUND);
}

static void notes_are_kept_in_the_order_of_their_time(void **state)
{
    struct fixture *fixture = *state;
    for (int i = 2; i >= 1; i--) {
        g_autofree char *id = g_strdup_printf("note-%d", i);
        g_autofree char *text = g_strdup_printf("answer %d 回答", i);
        const struct store_note note = {.id = id,
                                        .interview = (char *)"interview-1",
                                        .officer = (char *)"officer-1",
                                        .at_us = NOW_US + i,
                                        .text = text};
        assert_ok(store_note_add(fixture->store, &note, &error));
    }
    reopen(fixture);
    g_autoptr(GPtrArray) notes = NULL;
    assert_ok(notes = store_note_list(fixture->store, "interview-1", &error));
    assert_int_equal(notes->len, 2);
    const struct store_note *first = notes->pdata[0];
    assert_string_equal(first->text, "answer 1 回答");
    assert_string_equal(first->officer, "officer-1");
    assert_true(first->at_us == NOW_US + 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_with_store(a_change_is_kept_with_its_history),
        test_with_store(a_change_to_an_old_version_is_refused_and_leaves_no_trace),
        test_with_store(no_change_of_rivals_is_lost),
        test_with_store(lists_hold_what_they_say),
        test_with_store(what_refers_to_nothing_is_refused),
        test_with_store(notes_are_kept_in_the_order_of_their_time),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
