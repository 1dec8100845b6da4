#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glib.h>

#include "media/rtp/remb.h"

#define MAX_BPS   2500000
#define SECOND_US 1000000

static const struct {
    const char *hazard;
    uint64_t estimate_bps, stream_bps, total_bps, share_bps;
} shares[] = {
    {"an estimate over what flows is no limit", 400000, 300000, 300000, REMB_UNLIMITED},
    {"an estimate of exactly what flows is none", 300000, 300000, 300000, REMB_UNLIMITED},
    {"nothing flows, nothing is limited", 0, 0, 0, REMB_UNLIMITED},
    {"the only stream takes it all", 200000, 300000, 300000, 200000},
    {"two streams share by what they send", 200000, 100000, 400000, 50000},
    {"a stream that is silent gets no share", 200000, 0, 400000, 0},
    {"large numbers do not overflow", UINT64_C(1) << 40, UINT64_C(1) << 41, UINT64_C(1) << 41, UINT64_C(1) << 40},
};

static void a_receiver_limits_only_what_reaches_it(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(shares); i++) {
        const uint64_t share_bps = remb_share(shares[i].estimate_bps, shares[i].stream_bps, shares[i].total_bps);
        if (share_bps != shares[i].share_bps) {
            fail_msg("%s: %lu", shares[i].hazard, share_bps);
        }
    }
}

static void the_first_word_is_the_maximum(void **state)
{
    (void)state;
    struct remb_limit limit;
    remb_limit_init(&limit, MAX_BPS);
    assert_int_equal(remb_limit_update(&limit, REMB_UNLIMITED, INT64_C(1) << 50), MAX_BPS);
}

static void falls_at_once_and_rises_slowly_to_the_maximum(void **state)
{
    (void)state;
    struct remb_limit limit;
    remb_limit_init(&limit, MAX_BPS);
    int64_t now_us = SECOND_US;
    assert_int_equal(remb_limit_update(&limit, 500000, now_us), 500000);
    uint64_t last = 500000;
    for (unsigned half = 0; half < 60; half++) {
        now_us += SECOND_US / 2;
        const uint64_t allowed = remb_limit_update(&limit, REMB_UNLIMITED, now_us);
        assert_true(allowed >= last && allowed <= last + last / 8 + 1 && allowed <= MAX_BPS);
        last = allowed;
    }
    assert_int_equal(last, MAX_BPS);
}

static void never_starves_a_sender(void **state)
{
    (void)state;
    struct remb_limit limit;
    remb_limit_init(&limit, MAX_BPS);
    assert_int_equal(remb_limit_update(&limit, 0, SECOND_US), REMB_MIN_BPS);
    remb_limit_init(&limit, REMB_MIN_BPS / 2); /* unless the configuration does */
    assert_int_equal(remb_limit_update(&limit, 0, SECOND_US), REMB_MIN_BPS / 2);
}

static void a_long_silence_is_no_licence_to_jump(void **state)
{
    (void)state;
    struct remb_limit limit;
    remb_limit_init(&limit, MAX_BPS);
    remb_limit_update(&limit, 400000, SECOND_US);
    assert_int_equal(remb_limit_update(&limit, REMB_UNLIMITED, 3600 * (int64_t)SECOND_US), 500000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_receiver_limits_only_what_reaches_it),
        cmocka_unit_test(the_first_word_is_the_maximum),
        cmocka_unit_test(falls_at_once_and_rises_slowly_to_the_maximum),
        cmocka_unit_test(never_starves_a_sender),
        cmocka_unit_test(a_long_silence_is_no_licence_to_jump),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
