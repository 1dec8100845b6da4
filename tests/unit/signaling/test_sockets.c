/* Connections: limits for all and for one address, and a count that always comes back to zero. */
#include "signaling/sockets.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static const char names[8]; /* their addresses stand for sockets */

static void one_address_cannot_take_all(void **state)
{
    (void)state;
    struct sockets *sockets = sockets_new(4, 2);
    sockets_add(sockets, &names[0], "192.0.2.1");
    assert_true(sockets_admit(sockets, "192.0.2.1"));
    sockets_add(sockets, &names[1], "192.0.2.1");
    assert_false(sockets_admit(sockets, "192.0.2.1"));
    assert_true(sockets_admit(sockets, "192.0.2.2"));
    sockets_remove(sockets, &names[0]);
    assert_true(sockets_admit(sockets, "192.0.2.1"));
    sockets_free(sockets);
}

static void all_together_stay_within_the_limit(void **state)
{
    (void)state;
    struct sockets *sockets = sockets_new(2, 2);
    sockets_add(sockets, &names[0], "192.0.2.1");
    sockets_add(sockets, &names[1], "192.0.2.2");
    assert_false(sockets_admit(sockets, "192.0.2.3"));
    sockets_remove(sockets, &names[1]);
    assert_true(sockets_admit(sockets, "192.0.2.3"));
    sockets_free(sockets);
}

static void telling_twice_counts_once(void **state)
{
    (void)state;
    struct sockets *sockets = sockets_new(8, 2);
    sockets_add(sockets, &names[0], "192.0.2.1");
    sockets_add(sockets, &names[0], "192.0.2.1");
    assert_int_equal(sockets_count(sockets), 1);
    sockets_remove(sockets, &names[1]);
    sockets_remove(sockets, &names[0]);
    sockets_remove(sockets, &names[0]);
    assert_int_equal(sockets_count(sockets), 0);
    assert_true(sockets_admit(sockets, "192.0.2.1"));
    sockets_free(sockets);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(one_address_cannot_take_all),
        cmocka_unit_test(all_together_stay_within_the_limit),
        cmocka_unit_test(telling_twice_counts_once),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
