#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "signaling/presence.h"

#define GRACE_US 30

static struct presence *presence;
static GArray *replaced;

static int setup(void **state)
{
    (void)state;
    presence = presence_new(GRACE_US);
    replaced = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    presence_free(presence);
    g_array_unref(replaced);
    return 0;
}

/* How many were lost for good at `now_us`. */
static unsigned lost_at(int64_t now_us)
{
    g_autoptr(GPtrArray) lost = presence_expire(presence, now_us);
    return lost->len;
}

static void a_reload_within_the_grace_is_no_absence(void **state)
{
    (void)state;
    assert_true(presence_attach(presence, "p", 1, true, 100, replaced));
    presence_detach(presence, 1, 200);
    assert_int_equal(lost_at(200 + GRACE_US - 1), 0);
    assert_true(presence_is(presence, "p"));
    assert_false(presence_attach(presence, "p", 2, true, 200 + GRACE_US - 1, replaced));
    assert_int_equal(lost_at(10000), 0);
    assert_int_equal(presence_since_us(presence, "p"), 100);
}

static void lost_for_good_is_told_once_and_exactly_when_the_grace_is_over(void **state)
{
    (void)state;
    presence_attach(presence, "p", 1, true, 100, replaced);
    presence_detach(presence, 1, 200);
    assert_int_equal(lost_at(200 + GRACE_US), 1);
    assert_int_equal(lost_at(200 + GRACE_US), 0);
    assert_false(presence_is(presence, "p"));
    assert_true(presence_attach(presence, "p", 2, true, 300, replaced));
}

static void the_newest_page_of_a_party_takes_over(void **state)
{
    (void)state;
    presence_attach(presence, "p", 1, true, 100, replaced);
    presence_attach(presence, "p", 2, true, 110, replaced);
    assert_int_equal(replaced->len, 1);
    assert_int_equal(g_array_index(replaced, uint64_t, 0), 1);
    presence_detach(presence, 1, 120); /* the old page's socket closes: nobody is lost */
    assert_int_equal(lost_at(10000), 0);
    assert_null(presence_subject(presence, 1));
    assert_string_equal(presence_subject(presence, 2), "p");
}

static void resuming_on_the_same_connection_replaces_nothing(void **state)
{
    (void)state;
    presence_attach(presence, "p", 1, true, 100, replaced);
    assert_false(presence_attach(presence, "p", 1, true, 110, replaced));
    assert_int_equal(replaced->len, 0);
    assert_int_equal(presence_connections(presence, "p")->len, 1);
}

static void an_officer_is_there_until_the_last_connection_goes(void **state)
{
    (void)state;
    presence_attach(presence, "o", 1, false, 100, replaced);
    presence_attach(presence, "o", 2, false, 100, replaced);
    assert_int_equal(replaced->len, 0);
    presence_detach(presence, 1, 200);
    assert_int_equal(lost_at(10000), 0);
    presence_detach(presence, 2, 10000);
    assert_int_equal(lost_at(10000), 0);
    assert_int_equal(lost_at(10000 + GRACE_US), 1);
}

static void signing_out_has_no_grace(void **state)
{
    (void)state;
    presence_attach(presence, "o", 1, false, 100, replaced);
    presence_leave(presence, 1, 200);
    assert_int_equal(lost_at(200), 1);
}

static void a_connection_that_signs_in_as_another_leaves_the_first(void **state)
{
    (void)state;
    presence_attach(presence, "a", 1, true, 100, replaced);
    presence_attach(presence, "b", 1, true, 200, replaced);
    assert_null(presence_connections(presence, "a"));
    assert_int_equal(lost_at(200 + GRACE_US), 1);
    assert_true(presence_is(presence, "b"));
}

static void who_is_expected_after_a_restart_has_one_grace(void **state)
{
    (void)state;
    presence_expect(presence, "p", 100);
    presence_expect(presence, "p", 110); /* an officer in two calls: still one */
    assert_int_equal(lost_at(100 + GRACE_US - 1), 0);
    assert_int_equal(lost_at(100 + GRACE_US), 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_reload_within_the_grace_is_no_absence, setup, teardown),
        cmocka_unit_test_setup_teardown(lost_for_good_is_told_once_and_exactly_when_the_grace_is_over, setup, teardown),
        cmocka_unit_test_setup_teardown(the_newest_page_of_a_party_takes_over, setup, teardown),
        cmocka_unit_test_setup_teardown(resuming_on_the_same_connection_replaces_nothing, setup, teardown),
        cmocka_unit_test_setup_teardown(an_officer_is_there_until_the_last_connection_goes, setup, teardown),
        cmocka_unit_test_setup_teardown(signing_out_has_no_grace, setup, teardown),
        cmocka_unit_test_setup_teardown(a_connection_that_signs_in_as_another_leaves_the_first, setup, teardown),
        cmocka_unit_test_setup_teardown(who_is_expected_after_a_restart_has_one_grace, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
