#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glib.h>

#include "media/rtp/pli.h"

#define INTERVAL_US 500000

static void asks_at_once_when_nobody_asked_before(void **state)
{
    (void)state;
    struct pli_limiter limiter;
    pli_limiter_init(&limiter, INTERVAL_US);
    assert_int_equal(pli_limiter_deadline_us(&limiter), INT64_MAX);
    assert_false(pli_limiter_due(&limiter, 1));
    pli_limiter_want(&limiter);
    assert_true(pli_limiter_due(&limiter, 1));
}

static void a_wish_inside_the_interval_waits_and_is_not_lost(void **state)
{
    (void)state;
    struct pli_limiter limiter;
    pli_limiter_init(&limiter, INTERVAL_US);
    pli_limiter_want(&limiter);
    assert_true(pli_limiter_due(&limiter, 1000));
    pli_limiter_satisfied(&limiter);
    pli_limiter_want(&limiter);
    assert_int_equal(pli_limiter_deadline_us(&limiter), 1000 + INTERVAL_US);
    assert_false(pli_limiter_due(&limiter, 1000 + INTERVAL_US - 1));
    assert_true(pli_limiter_due(&limiter, 1000 + INTERVAL_US));
}

static void a_hundred_wishes_cost_one_request_an_interval(void **state)
{
    (void)state;
    struct pli_limiter limiter;
    pli_limiter_init(&limiter, INTERVAL_US);
    unsigned asked = 0;
    for (int64_t now_us = 0; now_us < 10 * INTERVAL_US; now_us += 1000) {
        pli_limiter_want(&limiter);
        asked += pli_limiter_due(&limiter, now_us);
    }
    assert_int_equal(asked, 10);
}

static void asks_again_until_a_keyframe_begins(void **state)
{
    (void)state;
    struct pli_limiter limiter;
    pli_limiter_init(&limiter, INTERVAL_US);
    pli_limiter_want(&limiter);
    assert_true(pli_limiter_due(&limiter, 0));
    assert_true(pli_limiter_due(&limiter, INTERVAL_US));
    assert_true(pli_limiter_due(&limiter, 2 * INTERVAL_US));
    pli_limiter_satisfied(&limiter);
    assert_false(pli_limiter_due(&limiter, 100 * INTERVAL_US));
}

static void a_capture_does_not_wait_for_the_interval(void **state)
{
    (void)state;
    struct pli_limiter limiter;
    pli_limiter_init(&limiter, INTERVAL_US);
    pli_limiter_want(&limiter);
    assert_true(pli_limiter_due(&limiter, 1000));
    pli_limiter_urge(&limiter);
    assert_true(pli_limiter_due(&limiter, 1001));
    assert_false(pli_limiter_due(&limiter, 1002)); /* only once */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_at_once_when_nobody_asked_before),
        cmocka_unit_test(a_wish_inside_the_interval_waits_and_is_not_lost),
        cmocka_unit_test(a_hundred_wishes_cost_one_request_an_interval),
        cmocka_unit_test(asks_again_until_a_keyframe_begins),
        cmocka_unit_test(a_capture_does_not_wait_for_the_interval),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
