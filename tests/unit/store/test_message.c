/* Messages: with the change that they tell of or not at all, for their account alone, sealed; and reminders, once. */
#include "tests/unit/store/orders.h"

#define MAIL_DAY (24 * 60 * MINUTE_US)

static struct store_message *only(GPtrArray *messages)
{
    assert_int_equal(messages->len, 1);
    return g_ptr_array_index(messages, 0);
}

static GPtrArray *list(struct store *store, const char *account, int64_t before, unsigned limit)
{
    GPtrArray *messages;
    assert_ok(messages = store_message_list(store, account, before, limit, &error));
    return messages;
}

static unsigned unread_of(struct store *store, const char *account)
{
    unsigned unread;
    assert_ok(store_message_unread(store, account, &unread, &error));
    return unread;
}

static void a_change_of_an_order_is_told_to_its_holder_alone(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct store_order *order = submit_order(store, "r1", "zhang", NOW_US);
    g_autoptr(GPtrArray) messages = list(store, holder, 0, 10);
    const struct store_message *message = only(messages);
    assert_string_equal(message->order_id, "r1");
    assert_string_equal(message->order_number, "2026-r1");
    assert_string_equal(message->mission, "nyc");
    assert_string_equal(message->template, "submit");
    assert_string_equal(message->state, "submitted");
    assert_string_equal(message->args, "{}");
    assert_int_equal(message->at_us, NOW_US);
    assert_int_equal(message->read_us, 0);
    assert_int_equal(message->mail, MAIL_NONE);
    g_autoptr(GPtrArray) others = list(store, "nobody", 0, 10);
    assert_int_equal(others->len, 0);
    store_order_free(order);
}

static void a_change_that_fails_is_not_told(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct store_order *order = add_order(store, "r1");
    order->version = 7;
    assert_fails(step_order(store, order, ORDER_WITHDRAWN, "withdraw", NOW_US, &error), STORE_ERROR_CONFLICT);
    g_autoptr(GPtrArray) messages = list(store, holder, 0, 10);
    assert_int_equal(messages->len, 0);
    store_order_free(order);
}

static void they_come_newest_first_and_are_read_up_to_one(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    static const char *const ids[] = {"r1", "r2", "r3"};
    for (unsigned i = 0; i < G_N_ELEMENTS(ids); i++) {
        store_order_free(submit_order(store, ids[i], ids[i], NOW_US + i));
    }
    g_autoptr(GPtrArray) newest = list(store, holder, 0, 2);
    assert_int_equal(newest->len, 2);
    const struct store_message *last = g_ptr_array_index(newest, 1);
    assert_string_equal(last->order_id, "r2");
    g_autoptr(GPtrArray) rest = list(store, holder, last->seq, 10);
    assert_string_equal(only(rest)->order_id, "r1");
    assert_int_equal(unread_of(store, holder), 3);

    unsigned unread = 9;
    assert_ok(store_message_read(store, "nobody", last->seq, NOW_US, &unread, &error));
    assert_int_equal(unread, 0);
    assert_int_equal(unread_of(store, holder), 3);
    assert_ok(store_message_read(store, holder, last->seq, NOW_US + 9, &unread, &error));
    assert_int_equal(unread, 1);
    assert_ok(store_message_read(store, holder, last->seq, NOW_US + 99, &unread, &error));
    g_autoptr(GPtrArray) again = list(store, holder, last->seq + 1, 1);
    assert_int_equal(only(again)->read_us, NOW_US + 9); /* the first time counts */

    int64_t seq;
    assert_ok(store_message_last(store, &seq, &error));
    assert_int_equal(seq, last->seq + 1);
    g_autoptr(GPtrArray) after = NULL;
    assert_ok(after = store_message_after(store, last->seq, 10, &error));
    assert_int_equal(only(after)->seq, seq);
}

static struct store_message *due(struct store *store, int64_t now_us)
{
    g_autoptr(GError) error = NULL;
    struct store_message *message = store_message_mail_due(store, now_us, &error);
    if (message == NULL) {
        assert_error(error, STORE_ERROR_NOT_FOUND);
    }
    return message;
}

static void mail_waits_for_whoever_wants_it_until_it_is_sent(void **state)
{
    struct fixture *fixture = *state;
    store_order_free(submit_order(fixture->store, "r1", "a", NOW_US));
    assert_null(due(fixture->store, NOW_US));
    assert_ok(store_account_set(fixture->store, holder, "en", true, &error));
    store_order_free(submit_order(fixture->store, "r2", "b", NOW_US));
    store_order_free(submit_order(fixture->store, "r3", "c", NOW_US));

    struct store_message *message = due(fixture->store, NOW_US);
    assert_string_equal(message->order_id, "r2");
    assert_ok(store_message_mail_tried(fixture->store, message->seq, MAIL_WAITING, NOW_US + 50, &error));
    store_message_free(message);
    message = due(fixture->store, NOW_US);
    assert_string_equal(message->order_id, "r3"); /* one that fails does not hold up the others */
    assert_ok(store_message_mail_tried(fixture->store, message->seq, MAIL_SENT, 0, &error));
    store_message_free(message);
    assert_null(due(fixture->store, NOW_US + 49));
    reopen(fixture);
    message = due(fixture->store, NOW_US + 50);
    assert_string_equal(message->order_id, "r2");
    assert_int_equal(message->mail_tries, 1);
    assert_ok(store_message_mail_tried(fixture->store, message->seq, MAIL_GIVEN_UP, 0, &error));
    store_message_free(message);
    assert_null(due(fixture->store, NOW_US + MAIL_DAY));
}

static void what_a_message_says_is_sealed_and_erased_with_its_account(void **state)
{
    struct fixture *fixture = *state;
    struct store_order *order = submit_order(fixture->store, "r1", "a", NOW_US);
    const struct store_order_step step = {.to = ORDER_REJECTED,
                                          .actor = "officer-1",
                                          .event = "reject",
                                          .message = "rejected",
                                          .message_args = "{\"reason\": \"" APPLICANT_NAME "\"}"};
    const struct store_order_update update = {.steps = &step, .count = 1, .now_us = NOW_US};
    assert_ok(store_order_update(fixture->store, order, &update, &error));
    assert_nowhere(fixture->path, APPLICANT_NAME, strlen(APPLICANT_NAME));
    g_autoptr(GPtrArray) before = list(fixture->store, holder, 0, 1);
    assert_non_null(strstr(only(before)->args, APPLICANT_NAME));
    assert_ok(store_account_erase(fixture->store, holder, &error));
    g_autoptr(GPtrArray) after = list(fixture->store, holder, 0, 1);
    assert_null(only(after)->args);
    store_order_free(order);
}

static void an_order_of_an_erased_account_goes_on_unheard(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct store_order *order = submit_order(store, "r1", "a", NOW_US);
    assert_ok(store_account_erase(store, holder, &error));
    assert_ok(step_order(store, order, ORDER_IN_REVIEW, "take", NOW_US, &error));
    g_autoptr(GPtrArray) messages = list(store, holder, 0, 10);
    assert_int_equal(messages->len, 1);
    store_order_free(order);
}

/* ---- reminders ---- */

#define HOUR     (60 * MINUTE_US)
#define AT_US    (NOW_US + 48 * HOUR)
#define TEMPLATE "reminder_day"

static const struct store_reminder_kind day = {"day", 24 * HOUR, 10 * MINUTE_US};

/* An order whose interview "i" was booked at NOW_US for AT_US. */
static void book(struct store *store)
{
    struct store_order *order = submit_order(store, "r1", "a", NOW_US);
    struct store_interview interview = sample_interview("i");
    interview.order_ref = order->number;
    interview.scheduled_us = 0;
    interview.state = INTERVIEW_REQUIRED;
    assert_ok(store_interview_add(store, &interview, &error));
    order->interview = g_strdup("i");
    assert_ok(step_order(store, order, ORDER_INTERVIEW_SCHEDULED, "booked", NOW_US, &error));
    store_order_free(order);
    interview.state = INTERVIEW_SCHEDULED;
    interview.scheduled_us = AT_US;
    const struct store_booking booking = {.capacity = 9};
    assert_ok(store_interview_appoint(store, &interview, &booking, "a", "book", NOW_US, &error));
}

static void move(struct store *store, int64_t to_us, int64_t now_us)
{
    struct store_interview *interview;
    assert_ok(interview = store_interview_get(store, "i", &error));
    interview->scheduled_us = to_us;
    const struct store_booking booking = {.capacity = 9};
    assert_ok(store_interview_appoint(store, interview, &booking, "a", "move", now_us, &error));
    store_interview_free(interview);
}

static GPtrArray *reminders(struct store *store, int64_t now_us)
{
    GPtrArray *found;
    assert_ok(found = store_reminder_due(store, &day, now_us, 10, &error));
    return found;
}

static unsigned count_due(struct store *store, int64_t now_us)
{
    g_autoptr(GPtrArray) found = reminders(store, now_us);
    return found->len;
}

static void an_appointment_is_reminded_of_once_also_over_a_restart(void **state)
{
    struct fixture *fixture = *state;
    const struct store_reminder_words words = {TEMPLATE, "{}"};
    book(fixture->store);
    assert_int_equal(count_due(fixture->store, AT_US - 24 * HOUR - 1), 0);
    assert_int_equal(count_due(fixture->store, AT_US - 10 * MINUTE_US), 0); /* of no use any more */
    g_autoptr(GPtrArray) found = reminders(fixture->store, AT_US - 24 * HOUR);
    assert_int_equal(found->len, 1);
    const struct store_reminder *reminder = g_ptr_array_index(found, 0);
    assert_string_equal(reminder->order, "r1");
    for (unsigned i = 0; i < 2; i++) { /* as two servers that look at the same moment */
        assert_ok(store_reminder_send(fixture->store, reminder, "day", &words, NOW_US + 5, &error));
    }
    reopen(fixture);
    assert_int_equal(count_due(fixture->store, AT_US - HOUR), 0);
    g_autoptr(GPtrArray) messages = list(fixture->store, holder, 0, 1);
    assert_string_equal(only(messages)->template, TEMPLATE);
    assert_string_equal(only(messages)->state, "interview_scheduled");
    assert_int_equal(unread_of(fixture->store, holder), 3);
}

static void a_moved_appointment_is_another_and_an_old_one_is_none(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    const struct store_reminder_words words = {TEMPLATE, "{}"};
    book(store);
    g_autoptr(GPtrArray) found = reminders(store, AT_US - 24 * HOUR);
    move(store, AT_US + 24 * HOUR, AT_US - 24 * HOUR);
    assert_ok(store_reminder_send(store, g_ptr_array_index(found, 0), "day", &words, NOW_US, &error));
    assert_int_equal(unread_of(store, holder), 2); /* it came too late */
    assert_int_equal(count_due(store, AT_US - 24 * HOUR), 0);
    assert_int_equal(count_due(store, AT_US), 1);
}

static void who_has_just_booked_is_not_reminded(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    book(store);
    move(store, AT_US + HOUR, AT_US - 20 * HOUR);
    assert_int_equal(count_due(store, AT_US - 20 * HOUR), 0);
    assert_int_equal(count_due(store, AT_US), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_with_holder(a_change_of_an_order_is_told_to_its_holder_alone),
        test_with_holder(a_change_that_fails_is_not_told),
        test_with_holder(they_come_newest_first_and_are_read_up_to_one),
        test_with_holder(mail_waits_for_whoever_wants_it_until_it_is_sent),
        test_with_holder(what_a_message_says_is_sealed_and_erased_with_its_account),
        test_with_holder(an_order_of_an_erased_account_goes_on_unheard),
        test_with_holder(an_appointment_is_reminded_of_once_also_over_a_restart),
        test_with_holder(a_moved_appointment_is_another_and_an_old_one_is_none),
        test_with_holder(who_has_just_booked_is_not_reminded),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
