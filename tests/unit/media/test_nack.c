#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glib.h>

#include "media/rtp/nack.h"

#define RETRY_US 50000

static unsigned due(struct nack_list *list, int64_t now_us, uint16_t out[NACK_LIST_MAX])
{
    bool given_up;
    return nack_list_due(list, now_us, RETRY_US, out, &given_up);
}

static void waits_for_a_packet_that_was_only_overtaken(void **state)
{
    (void)state;
    struct nack_list list = {0};
    uint16_t out[NACK_LIST_MAX];
    assert_true(nack_list_add(&list, 7, 1, 0));
    assert_int_equal(due(&list, 5000, out), 0);
    assert_false(nack_list_remove(&list, 7)); /* came by itself: nothing was recovered */
    assert_int_equal(nack_list_deadline_us(&list), INT64_MAX);
    assert_int_equal(due(&list, 1000000, out), 0);
}

static void asks_at_its_deadline_and_again_after_the_retry_time(void **state)
{
    (void)state;
    struct nack_list list = {0};
    uint16_t out[NACK_LIST_MAX];
    assert_true(nack_list_add(&list, 65535, 3, 1000));
    const int64_t first_us = nack_list_deadline_us(&list);
    assert_int_equal(due(&list, first_us - 1, out), 0);
    assert_int_equal(due(&list, first_us, out), 3);
    assert_int_equal(out[0], 65535);
    assert_int_equal(out[1], 0);
    assert_int_equal(out[2], 1);
    assert_int_equal(due(&list, first_us, out), 0);
    assert_true(nack_list_remove(&list, 0));
    assert_int_equal(nack_list_deadline_us(&list), first_us + RETRY_US);
    assert_int_equal(due(&list, first_us + RETRY_US, out), 2);
    assert_int_equal(out[1], 1);
}

static void gives_up_after_its_tries_and_says_so(void **state)
{
    (void)state;
    struct nack_list list = {0};
    uint16_t out[NACK_LIST_MAX];
    bool given_up = false;
    assert_true(nack_list_add(&list, 1, 1, 0));
    unsigned asked = 0;
    for (int64_t now_us = 0; now_us < 10000000 && !given_up; now_us += RETRY_US) {
        asked += nack_list_due(&list, now_us, RETRY_US, out, &given_up);
    }
    assert_true(given_up);
    assert_int_equal(asked, NACK_TRIES_MAX);
    assert_int_equal(nack_list_deadline_us(&list), INT64_MAX);
}

static void a_list_that_overflows_is_emptied(void **state)
{
    (void)state;
    struct nack_list list = {0};
    assert_true(nack_list_add(&list, 0, NACK_LIST_MAX - 1, 0));
    assert_true(nack_list_add(&list, 1000, 1, 0));
    assert_false(nack_list_add(&list, 2000, 1, 0));
    assert_int_equal(nack_list_deadline_us(&list), INT64_MAX);
    assert_false(nack_list_add(&list, 0, 70000, 0)); /* and does not wrap */
    assert_true(nack_list_add(&list, 0, NACK_LIST_MAX, 0));
}

static void a_packet_nobody_missed_is_no_recovery(void **state)
{
    (void)state;
    struct nack_list list = {0};
    uint16_t out[NACK_LIST_MAX];
    assert_false(nack_list_remove(&list, 3));
    assert_true(nack_list_add(&list, 4, 1, 0));
    due(&list, 1000000, out);
    assert_false(nack_list_remove(&list, 3));
    assert_true(nack_list_remove(&list, 4));
    assert_false(nack_list_remove(&list, 4));
}

static void only_a_packet_asked_for_once_tells_the_round_trip(void **state)
{
    (void)state;
    struct nack_list list = {0};
    uint16_t out[NACK_LIST_MAX];
    assert_true(nack_list_add(&list, 1, 1, 0));
    assert_true(nack_list_asked_for_us(&list, 1, 1000) < 0);
    assert_int_equal(due(&list, 1000000, out), 1);
    assert_int_equal(nack_list_asked_for_us(&list, 1, 1030000), 30000);
    assert_true(nack_list_asked_for_us(&list, 2, 1030000) < 0);
    assert_int_equal(due(&list, 1000000 + RETRY_US, out), 1);
    assert_true(nack_list_asked_for_us(&list, 1, 1060000) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(waits_for_a_packet_that_was_only_overtaken),
        cmocka_unit_test(asks_at_its_deadline_and_again_after_the_retry_time),
        cmocka_unit_test(gives_up_after_its_tries_and_says_so),
        cmocka_unit_test(a_list_that_overflows_is_emptied),
        cmocka_unit_test(a_packet_nobody_missed_is_no_recovery),
        cmocka_unit_test(only_a_packet_asked_for_once_tells_the_round_trip),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
