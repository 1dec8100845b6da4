#include <jansson.h>
#include <string.h>

#include "tests/unit/store/disk.h"

static GPtrArray *events_after(struct store *store, int64_t after)
{
    GPtrArray *events = NULL;
    assert_ok(events = store_event_list(store, "nyc", after, 1000, &error));
    return events;
}

/* "type state,…" of all events. */
static char *told(struct store *store)
{
    g_autoptr(GPtrArray) events = events_after(store, 0);
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < events->len; i++) {
        const struct store_event *event = events->pdata[i];
        json_t *data = json_loads(event->data, 0, NULL);
        const char *state = json_string_value(json_object_get(data, "state"));
        g_string_append_printf(text, "%s%s %s", i > 0 ? "," : "", event->type, state != NULL ? state : "-");
        json_decref(data);
    }
    return g_string_free(text, FALSE);
}

static void assert_told(struct store *store, const char *expected)
{
    g_autofree char *text = told(store);
    assert_string_equal(text, expected);
}

static bool change(struct store *store, enum store_interview_state state, unsigned version, GError **error)
{
    struct store_interview interview = sample_interview("interview-1");
    interview.state = state;
    interview.version = version;
    return store_interview_update(store, &interview, "system", "ready", NOW_US, error);
}

static void each_change_of_an_interview_is_one_event(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    assert_ok(change(store, INTERVIEW_WAITING, 1, &error));
    assert_ok(store_interview_reschedule(store, "interview-1", SCHEDULED_US + MINUTE_US, "system", NOW_US, &error));
    assert_ok(change(store, INTERVIEW_RINGING, 3, &error));
    assert_ok(change(store, INTERVIEW_IN_CALL, 4, &error));
    assert_ok(change(store, INTERVIEW_ENDED, 5, &error));
    assert_told(store, "interview.scheduled scheduled,interview.waiting waiting,interview.rescheduled waiting,"
                       "interview.ringing ringing,interview.started in_call,interview.ended ended");
}

static void an_event_says_whose_it_is_and_is_recognisable(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    assert_ok(change(store, INTERVIEW_WAITING, 1, &error));
    g_autoptr(GPtrArray) events = events_after(store, 0);
    g_autoptr(GPtrArray) again = events_after(store, 1);
    const struct store_event *first = events->pdata[0], *second = events->pdata[1], *same = again->pdata[0];
    assert_int_equal(events->len, 2);
    assert_int_equal(again->len, 1);
    assert_int_equal(first->seq, 1);
    assert_int_equal(second->seq, 2);
    assert_string_equal(second->mission, "nyc");
    assert_string_equal(second->order_ref, "2026-NYC-000123");
    assert_string_equal(second->subject, "interview-1");
    assert_int_equal(second->at_us, NOW_US);
    assert_string_equal(second->data, "{\"cause\":\"ready\",\"state\":\"waiting\",\"version\":2,\"outcome\":null}");
    assert_string_equal(second->id, same->id);
    assert_string_not_equal(first->id, second->id);
}

static void a_change_that_is_refused_is_no_event(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    assert_fails(change(store, INTERVIEW_WAITING, 7, &error), STORE_ERROR_CONFLICT);
    assert_fails(store_interview_reschedule(store, "nobody", SCHEDULED_US, "system", NOW_US, &error),
                 STORE_ERROR_NOT_FOUND);
    assert_told(store, "interview.scheduled scheduled");
}

static void a_capture_is_told_when_it_is_durable(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    g_autoptr(GBytes) jpeg = g_bytes_new_static("jpeg", 4);
    struct store_capture capture = sample_capture("capture-1");
    assert_ok(store_capture_add(store, &capture, jpeg, &error));
    assert_fails(store_capture_add(store, &capture, jpeg, &error), STORE_ERROR_CONFLICT);
    g_autoptr(GPtrArray) events = events_after(store, 1);
    assert_int_equal(events->len, 1);
    const struct store_event *event = events->pdata[0];
    assert_string_equal(event->type, "interview.captured");
    assert_string_equal(event->subject, "interview-1");
    assert_string_equal(event->data,
                        "{\"capture_id\":\"capture-1\",\"party_id\":\"party-1\",\"kind\":\"face\",\"seq\":1}");
}

static void a_face_check_is_told_when_it_is_made_and_when_it_is_decided(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct store_facecheck check = sample_facecheck("check-1");
    assert_ok(store_facecheck_add(store, &check, "ticket", &error));
    check.tries = 1;
    assert_ok(store_facecheck_update(store, &check, "submitter", "try_failed", NOW_US, &error));
    check.state = FACECHECK_SKIPPED;
    check.skip_reason = (char *)"tries";
    assert_ok(store_facecheck_update(store, &check, "submitter", "skip_tries", NOW_US, &error));
    assert_told(store, "interview.scheduled scheduled,facecheck.created open,facecheck.completed skipped");
    g_autoptr(GPtrArray) events = events_after(store, 2);
    assert_string_equal(((struct store_event *)events->pdata[0])->data,
                        "{\"cause\":\"skip_tries\",\"state\":\"skipped\",\"tries\":1,\"skip_reason\":\"tries\"}");
}

static void another_mission_hears_nothing(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    g_autoptr(GPtrArray) events = NULL;
    int64_t last = -1;
    assert_ok(events = store_event_list(store, "sto", 0, 1000, &error));
    assert_int_equal(events->len, 0);
    assert_ok(store_event_last(store, "sto", &last, &error));
    assert_int_equal(last, 0);
    assert_ok(store_event_last(store, "nyc", &last, &error));
    assert_int_equal(last, 1);
}

static void an_event_holds_nothing_personal(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct store_facecheck check = sample_facecheck("check-1");
    struct store_interview interview = sample_interview("interview-1");
    interview.state = INTERVIEW_ENDED;
    interview.outcome = (char *)"not_confirmed";
    interview.reason = (char *)APPLICANT_NAME " looks different";
    assert_ok(store_facecheck_add(store, &check, "ticket", &error));
    assert_ok(store_interview_update(store, &interview, "officer-1", "end", NOW_US, &error));
    g_autoptr(GPtrArray) events = events_after(store, 0);
    assert_int_equal(events->len, 3);
    for (guint i = 0; i < events->len; i++) {
        const struct store_event *event = events->pdata[i];
        assert_null(strstr(event->data, "Zhang"));
        assert_null(strstr(event->data, "E12345678"));
        assert_null(strstr(event->data, "officer-1"));
    }
}

static void count_wake(void *context)
{
    (*(unsigned *)context)++;
}

static void who_watches_is_woken_by_a_commit_alone(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    unsigned wakes = 0;
    store_events_watch(store, count_wake, &wakes);
    assert_ok(change(store, INTERVIEW_WAITING, 1, &error));
    assert_int_equal(wakes, 1);
    assert_fails(change(store, INTERVIEW_RINGING, 1, &error), STORE_ERROR_CONFLICT);
    assert_int_equal(wakes, 1);
    store_events_unwatch(store, count_wake, &wakes);
    assert_ok(change(store, INTERVIEW_RINGING, 2, &error));
    assert_int_equal(wakes, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_with_store(each_change_of_an_interview_is_one_event),
        test_with_store(an_event_says_whose_it_is_and_is_recognisable),
        test_with_store(a_change_that_is_refused_is_no_event),
        test_with_store(a_capture_is_told_when_it_is_durable),
        test_with_store(a_face_check_is_told_when_it_is_made_and_when_it_is_decided),
        test_with_store(another_mission_hears_nothing),
        test_with_store(an_event_holds_nothing_personal),
        test_with_store(who_watches_is_woken_by_a_commit_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
