#include "media/ice/consent.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define TIMEOUT_US INT64_C(30000000)

static void without_consent_there_is_nothing_to_expire(void **state)
{
    (void)state;
    struct consent consent;
    consent_init(&consent, 30000);
    assert_false(consent_given(&consent));
    assert_int_equal(consent_deadline_us(&consent), INT64_MAX);
    assert_false(consent_tick(&consent, INT64_MAX - 1));
}

static void silence_expires_it_exactly_once_and_not_a_moment_early(void **state)
{
    (void)state;
    struct consent consent;
    consent_init(&consent, 30000);
    consent_give(&consent, 1000);
    assert_int_equal(consent_deadline_us(&consent), 1000 + TIMEOUT_US);
    assert_false(consent_tick(&consent, 1000 + TIMEOUT_US - 1));
    assert_true(consent_given(&consent));
    assert_true(consent_tick(&consent, 1000 + TIMEOUT_US));
    assert_false(consent_given(&consent));
    assert_false(consent_tick(&consent, 1000 + 2 * TIMEOUT_US));
}

static void whatever_is_heard_renews_it_but_does_not_bring_it_back(void **state)
{
    (void)state;
    struct consent consent;
    consent_init(&consent, 30000);
    consent_renew(&consent, 5);
    assert_false(consent_given(&consent));
    consent_give(&consent, 0);
    consent_renew(&consent, TIMEOUT_US - 1);
    assert_false(consent_tick(&consent, TIMEOUT_US));
    assert_true(consent_tick(&consent, 2 * TIMEOUT_US));
    consent_renew(&consent, 2 * TIMEOUT_US);
    assert_false(consent_given(&consent));
    consent_give(&consent, 2 * TIMEOUT_US);
    assert_true(consent_given(&consent));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(without_consent_there_is_nothing_to_expire),
        cmocka_unit_test(silence_expires_it_exactly_once_and_not_a_moment_early),
        cmocka_unit_test(whatever_is_heard_renews_it_but_does_not_bring_it_back),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
