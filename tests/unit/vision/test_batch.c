#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glib.h>
#include <string.h>

#include "vision/cli/batch.h"

#define ITEMS 200

struct log {
    int measured[ITEMS], done[ITEMS]; /* how often */
    int inside, most_inside;          /* of `done` at a time */
    int early;                        /* told of before it was measured */
    unsigned ended, stop_after;
};

static void measure(void *data, unsigned item)
{
    struct log *log = data;
    g_atomic_int_inc(&log->measured[item]);
    g_usleep((gulong)g_random_int_range(0, 500)); /* so that they end in another order */
}

static bool done(void *data, unsigned item)
{
    struct log *log = data;
    log->inside++;
    log->most_inside = MAX(log->most_inside, log->inside);
    log->early += g_atomic_int_get(&log->measured[item]) != 1;
    log->done[item]++;
    log->ended++;
    log->inside--;
    return log->ended < log->stop_after;
}

static void test_each_item_is_measured_once_and_told_of_alone(void **state)
{
    (void)state;
    struct log log = {.stop_after = ITEMS + 1};
    const struct batch batch = {.count = ITEMS, .threads = 5, .data = &log, .measure = measure, .done = done};
    assert_true(batch_run(&batch));
    for (size_t i = 0; i < ITEMS; i++) {
        assert_int_equal(log.measured[i], 1);
        assert_int_equal(log.done[i], 1);
    }
    assert_int_equal(log.most_inside, 1);
    assert_int_equal(log.early, 0);
}

/* A closed stdout: what is under way ends, nothing more begins, nothing more is told. */
static void test_stop_stops(void **state)
{
    (void)state;
    struct log log = {.stop_after = 10};
    const struct batch batch = {.count = ITEMS, .threads = 3, .data = &log, .measure = measure, .done = done};
    assert_false(batch_run(&batch));
    assert_int_equal(log.ended, 10);
    unsigned measured = 0;
    for (size_t i = 0; i < ITEMS; i++) {
        measured += (unsigned)log.measured[i];
    }
    assert_in_range(measured, 10, 10 + 2);
}

static void test_more_threads_than_items_do_no_harm(void **state)
{
    (void)state;
    struct log log = {.stop_after = ITEMS + 1};
    const struct batch batch = {.count = 1, .threads = 16, .data = &log, .measure = measure, .done = done};
    assert_true(batch_run(&batch));
    assert_int_equal(log.measured[0], 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_each_item_is_measured_once_and_told_of_alone),
        cmocka_unit_test(test_stop_stops),
        cmocka_unit_test(test_more_threads_than_items_do_no_harm),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
