/* Reminders and the message center: a day and ten minutes before, each once, in words, on the pages that are open. */
#include "signaling/message_center.h"
#include "signaling/message_text.h"
#include "signaling/reminder.h"
#include "tests/unit/signaling/book_fixture.h"

#define DAY_US (24 * 60 * MINUTE_US)

static int start(void **state)
{
    struct fixture *fixture = book_fixture_new();
    fixture->service.templates = templates_load(VIVA_MODELS "/../deploy/messages", NULL, NULL);
    assert_non_null(fixture->service.templates);
    *state = fixture;
    return 0;
}

static int end(void **state)
{
    struct fixture *fixture = *state;
    message_center_free(fixture->service.messages);
    struct templates *templates = (struct templates *)fixture->service.templates;
    book_fixture_free(fixture);
    templates_free(templates);
    return 0;
}

/* An order of the holder's whose interview is booked for then. */
static struct held booked(struct fixture *fixture, const struct rpc_caller *holder, int64_t scheduled_us)
{
    struct held held;
    book_submit_renewal(fixture, holder, &held, "张伟");
    book_facecheck(fixture, &held, FACECHECK_SKIP_ACCESSIBILITY);
    book_interview(fixture, &held, (struct interview_change){.event = EVENT_BOOK, .scheduled_us = scheduled_us});
    assert_order(fixture, &held, ORDER_INTERVIEW_SCHEDULED);
    return held;
}

/* How many messages of a template the holder has had. */
static unsigned told(struct fixture *fixture, const struct rpc_caller *holder, const char *template)
{
    unsigned count = 0;
    g_autoptr(GPtrArray) messages = store_message_list(fixture->service.store, holder->holder, 0, 100, NULL);
    for (guint i = 0; i < messages->len; i++) {
        const struct store_message *message = g_ptr_array_index(messages, i);
        count += g_str_equal(message->template, template);
    }
    return count;
}

static void an_appointment_is_reminded_of_a_day_and_ten_minutes_before(void **state)
{
    struct fixture *fixture = *state;
    const struct rpc_caller holder = book_holder(fixture, "a@example.org", "Zhang Wei");
    const int64_t at_us = g_get_real_time() + 3 * DAY_US;
    struct held held = booked(fixture, &holder, at_us);
    static const struct {
        int64_t before_us;
        unsigned day, soon;
    } rows[] = {
        {DAY_US + SECOND_US, 0, 0},
        {DAY_US, 1, 0},
        {DAY_US - MINUTE_US, 1, 0},
        {10 * MINUTE_US + 1, 1, 0},
        {10 * MINUTE_US, 1, 1},
        {MINUTE_US, 1, 1},
        {0, 1, 1},
        {-60 * MINUTE_US, 1, 1},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        reminder_tick(&fixture->service, at_us - rows[i].before_us);
        assert_int_equal(told(fixture, &holder, "reminder_day"), rows[i].day);
        assert_int_equal(told(fixture, &holder, "reminder_soon"), rows[i].soon);
    }
    held_clear(&held);
}

static void a_standstill_over_the_day_is_made_up_for(void **state)
{
    struct fixture *fixture = *state;
    const struct rpc_caller holder = book_holder(fixture, "a@example.org", "Zhang Wei");
    const int64_t at_us = g_get_real_time() + 3 * DAY_US;
    struct held held = booked(fixture, &holder, at_us);
    reminder_tick(&fixture->service, at_us - 60 * MINUTE_US);
    assert_int_equal(told(fixture, &holder, "reminder_day"), 1);
    held_clear(&held);
}

static void who_is_there_already_or_gave_it_back_is_left_alone(void **state)
{
    struct fixture *fixture = *state;
    const struct rpc_caller holder = book_holder(fixture, "a@example.org", "Zhang Wei");
    const int64_t at_us = g_get_real_time() + 3 * DAY_US;
    struct held held = booked(fixture, &holder, at_us);
    book_interview(fixture, &held, (struct interview_change){.event = EVENT_UNBOOK});
    reminder_tick(&fixture->service, at_us - DAY_US);
    assert_int_equal(told(fixture, &holder, "reminder_day"), 0);
    book_interview(fixture, &held, (struct interview_change){.event = EVENT_BOOK, .scheduled_us = at_us});
    book_interview(fixture, &held, (struct interview_change){.event = EVENT_READY});
    reminder_tick(&fixture->service, at_us - MINUTE_US);
    assert_int_equal(told(fixture, &holder, "reminder_soon"), 0);
    held_clear(&held);
}

static void an_interview_of_a_foreign_order_service_is_its_own_affair(void **state)
{
    struct fixture *fixture = *state;
    int64_t before = -1, after = -1;
    const int64_t at_us = g_get_real_time() + 3 * DAY_US;
    fixture_add_interview(fixture, "foreign", at_us);
    assert_true(store_message_last(fixture->service.store, &before, NULL));
    reminder_tick(&fixture->service, at_us - DAY_US);
    reminder_tick(&fixture->service, at_us - MINUTE_US);
    assert_true(store_message_last(fixture->service.store, &after, NULL));
    assert_int_equal(before, after);
}

/* Waits for message.added of a template on a page. */
static json_t *added(struct fixture *fixture, const struct rpc_caller *page, const char *template)
{
    for (;;) {
        json_t *params = fixture_told(fixture, page, "message.added");
        const char *name = NULL;
        json_unpack(params, "{s:{s:s}}", "message", "template", &name);
        if (g_strcmp0(name, template) == 0) {
            return params;
        }
        json_decref(params);
        g_usleep(10000);
    }
}

static void open_pages_are_told_and_nobody_elses(void **state)
{
    struct fixture *fixture = *state;
    const struct rpc_caller holder = book_holder(fixture, "a@example.org", "Zhang Wei");
    const struct rpc_caller other = book_holder(fixture, "b@example.org", "Li Na");
    const int64_t at_us = g_get_real_time() + 3 * DAY_US;
    struct held held = booked(fixture, &holder, at_us);
    json_decref(fixture_told(fixture, &holder, "none"));
    assert_non_null(fixture->service.messages = message_center_new(&fixture->service, NULL));
    reminder_tick(&fixture->service, at_us - DAY_US);
    json_t *params = added(fixture, &holder, "reminder_day");
    const char *text = NULL, *number = NULL;
    int unread = 0;
    assert_int_equal(json_unpack(params, "{s:{s:s, s:s}, s:i}", "message", "text", &text, "order_number", &number,
                                 "unread", &unread),
                     0);
    assert_string_equal(number, held.number);
    assert_non_null(strstr(text, "(Europe/Stockholm, UTC"));
    assert_null(strchr(text, '{'));
    assert_true(unread > 1);
    json_decref(params);
    assert_false(fixture_was_told(fixture, &other, "message.added"));
    held_clear(&held);
}

int main(void)
{
#define test(f) cmocka_unit_test_setup_teardown(f, start, end)
    const struct CMUnitTest tests[] = {
        test(an_appointment_is_reminded_of_a_day_and_ten_minutes_before),
        test(a_standstill_over_the_day_is_made_up_for),
        test(who_is_there_already_or_gave_it_back_is_left_alone),
        test(an_interview_of_a_foreign_order_service_is_its_own_affair),
        test(open_pages_are_told_and_nobody_elses),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
