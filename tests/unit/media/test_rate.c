#include "media/net/rate.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define SECOND INT64_C(1000000)

static unsigned take_all(struct rate *rate, unsigned per_s, int64_t now_us)
{
    unsigned taken = 0;
    while (taken < 100000 && rate_take(rate, per_s, now_us)) {
        taken++;
    }
    return taken;
}

static void a_burst_is_one_second_deep_and_no_deeper(void **state)
{
    (void)state;
    struct rate rate;
    rate_init(&rate, 500, 0);
    assert_int_equal(take_all(&rate, 500, 0), 500);
    assert_int_equal(take_all(&rate, 500, SECOND / 2), 250);
    assert_int_equal(take_all(&rate, 500, 3600 * SECOND), 500);
}

static void a_steady_sender_at_the_limit_loses_nothing(void **state)
{
    (void)state;
    struct rate rate;
    rate_init(&rate, 300, 0);
    take_all(&rate, 300, 0);
    for (int64_t i = 1; i <= 3000; i++) {
        assert_true(rate_take(&rate, 300, (i * SECOND + 299) / 300)); /* rounded up: never early */
    }
}

static void a_clock_that_goes_back_earns_nothing_and_costs_nothing(void **state)
{
    (void)state;
    struct rate rate;
    rate_init(&rate, 10, 5 * SECOND);
    take_all(&rate, 10, 5 * SECOND);
    assert_int_equal(take_all(&rate, 10, SECOND), 0);
    assert_int_equal(take_all(&rate, 10, 5 * SECOND), 0);
    assert_int_equal(take_all(&rate, 10, 6 * SECOND), 10);
}

static void the_extremes_of_time_and_rate_do_not_overflow(void **state)
{
    (void)state;
    struct rate rate;
    rate_init(&rate, UINT32_MAX, 0);
    assert_true(rate_take(&rate, UINT32_MAX, INT64_MAX));
    assert_true(rate_take(&rate, UINT32_MAX, INT64_MAX));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_burst_is_one_second_deep_and_no_deeper),
        cmocka_unit_test(a_steady_sender_at_the_limit_loses_nothing),
        cmocka_unit_test(a_clock_that_goes_back_earns_nothing_and_costs_nothing),
        cmocka_unit_test(the_extremes_of_time_and_rate_do_not_overflow),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
