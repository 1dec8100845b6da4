#include "tests/unit/store/disk.h"

static bool change(struct store *store, unsigned version, GError **error)
{
    struct store_interview interview = sample_interview("interview-1");
    interview.state = INTERVIEW_WAITING;
    interview.version = version;
    return store_interview_update(store, &interview, "system", "ready", NOW_US, error);
}

static struct store_webhook where(struct store *store, const char *target)
{
    struct store_webhook webhook = {0};
    assert_ok(store_webhook_get(store, target, &webhook, &error));
    return webhook;
}

static unsigned dead_letters(struct store *store, const char *mission)
{
    g_autoptr(GPtrArray) letters = NULL;
    assert_ok(letters = store_dead_letter_list(store, mission, 100, &error));
    return letters->len;
}

static void a_new_target_begins_now_and_an_old_one_where_it_was(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    assert_ok(store_webhook_open(store, "orders", "nyc", &error));
    assert_int_equal(where(store, "orders").cursor, 1); /* the fixture's own interview is past */
    assert_ok(change(store, 1, &error));
    const struct store_webhook failed = {.cursor = 1, .tries = 3, .next_try_us = NOW_US};
    assert_ok(store_webhook_set(store, "orders", &failed, &error));
    assert_ok(store_webhook_open(store, "orders", "nyc", &error)); /* the next start */
    const struct store_webhook found = where(store, "orders");
    assert_int_equal(found.cursor, 1);
    assert_int_equal(found.tries, 3);
    assert_int_equal(found.next_try_us, NOW_US);
}

static void a_dead_letter_lets_the_next_event_pass(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    assert_ok(store_webhook_open(store, "orders", "nyc", &error));
    assert_ok(change(store, 1, &error));
    assert_ok(store_dead_letter_add(store, "orders", 2, "it answered 500", NOW_US, &error));
    assert_int_equal(where(store, "orders").cursor, 2);
    assert_int_equal(where(store, "orders").tries, 0);
    g_autoptr(GPtrArray) letters = NULL;
    assert_ok(letters = store_dead_letter_list(store, "nyc", 100, &error));
    assert_int_equal(letters->len, 1);
    const struct store_dead_letter *letter = letters->pdata[0];
    assert_string_equal(letter->target, "orders");
    assert_string_equal(letter->reason, "it answered 500");
    assert_int_equal(letter->dead_us, NOW_US);
    assert_int_equal(letter->event->seq, 2);
    assert_string_equal(letter->event->type, "interview.waiting");
    assert_false(letter->resend);
    assert_int_equal(dead_letters(store, "sto"), 0);
}

static void a_dead_letter_is_sent_once_more_only_when_it_is_asked_for(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    assert_ok(store_webhook_open(store, "orders", "nyc", &error));
    assert_ok(store_dead_letter_add(store, "orders", 1, "no answer", NOW_US, &error));
    assert_fails(store_dead_letter_next(store, "orders", &error), STORE_ERROR_NOT_FOUND);
    assert_fails(store_dead_letter_resend(store, "sto", "orders", 1, &error), STORE_ERROR_NOT_FOUND);
    assert_fails(store_dead_letter_resend(store, "nyc", "orders", 2, &error), STORE_ERROR_NOT_FOUND);
    assert_ok(store_dead_letter_resend(store, "nyc", "orders", 1, &error));
    struct store_event *event;
    assert_ok(event = store_dead_letter_next(store, "orders", &error));
    assert_int_equal(event->seq, 1);
    store_event_free(event);
    assert_ok(store_dead_letter_settle(store, "orders", 1, "still no answer", &error));
    assert_fails(store_dead_letter_next(store, "orders", &error), STORE_ERROR_NOT_FOUND);
    assert_int_equal(dead_letters(store, "nyc"), 1);
    assert_ok(store_dead_letter_settle(store, "orders", 1, NULL, &error));
    assert_int_equal(dead_letters(store, "nyc"), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_with_store(a_new_target_begins_now_and_an_old_one_where_it_was),
        test_with_store(a_dead_letter_lets_the_next_event_pass),
        test_with_store(a_dead_letter_is_sent_once_more_only_when_it_is_asked_for),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
