/* The hub: texts reach whom they are for, in order, and a client that does not read costs no memory. */
#include "signaling/hub.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

static void count_wake(void *context)
{
    ++*(unsigned *)context;
}

static void assert_next(struct hub *hub, uint64_t connection, const char *expected)
{
    g_autofree char *text = NULL;
    uint16_t status;
    assert_int_equal(hub_take(hub, connection, &text, &status), expected != NULL ? HUB_TEXT : HUB_NOTHING);
    if (expected != NULL) {
        assert_string_equal(text, expected);
    }
}

static void texts_keep_their_order_and_go_before_the_close(void **state)
{
    (void)state;
    struct hub *hub = hub_new();
    const uint64_t id = hub_open(hub, "192.0.2.1");
    hub_send(hub, id, g_strdup("one"));
    hub_send(hub, id, g_strdup("two"));
    hub_close(hub, id, 1008);
    hub_close(hub, id, 1001); /* the first reason counts */
    hub_send(hub, id, g_strdup("after the close"));
    assert_next(hub, id, "one");
    assert_next(hub, id, "two");
    char *text;
    uint16_t status;
    assert_int_equal(hub_take(hub, id, &text, &status), HUB_CLOSE);
    assert_int_equal(status, 1008);
    hub_free(hub);
}

static void a_text_for_somebody_gone_is_no_error(void **state)
{
    (void)state;
    struct hub *hub = hub_new();
    const uint64_t id = hub_open(hub, "192.0.2.1");
    hub_send(hub, id, g_strdup("unread"));
    hub_forget(hub, id);
    hub_send(hub, id, g_strdup("late"));
    hub_close(hub, id, 1000);
    hub_attach(hub, id, &(const struct rpc_caller){.role = RPC_OFFICER});
    struct rpc_caller caller;
    assert_false(hub_caller(hub, id, &caller));
    assert_int_equal(hub_count(hub), 0);
    assert_int_not_equal(hub_open(hub, "192.0.2.1"), id);
    g_array_unref(hub_pending(hub));
    assert_next(hub, id, NULL);
    hub_free(hub);
}

static void texts_reach_only_whom_they_are_for(void **state)
{
    (void)state;
    struct hub *hub = hub_new();
    const struct rpc_caller identities[] = {
        {.role = RPC_APPLICANT, .party = "p1"},
        {.role = RPC_OFFICER, .officer = "o1", .mission = "nyc"},
        {.role = RPC_OFFICER, .officer = "o2", .mission = "bru"},
        {.role = RPC_ANYONE},
    };
    uint64_t ids[G_N_ELEMENTS(identities)];
    for (unsigned i = 0; i < G_N_ELEMENTS(identities); i++) {
        ids[i] = hub_open(hub, "192.0.2.1");
        hub_attach(hub, ids[i], &identities[i]);
    }
    hub_send_party(hub, "p1", "party");
    hub_send_party(hub, "p", "nobody");
    hub_send_officers(hub, "nyc", "officers");
    assert_next(hub, ids[0], "party");
    assert_next(hub, ids[1], "officers");
    hub_send_all(hub, "all");
    for (unsigned i = 0; i < G_N_ELEMENTS(ids); i++) {
        assert_next(hub, ids[i], "all");
        assert_next(hub, ids[i], NULL);
    }
    hub_free(hub);
}

/* Of one id in different roles, and of one person on several connections, who come, go, and become somebody else. */
static void news_follow_whoever_a_connection_is_now(void **state)
{
    (void)state;
    struct hub *hub = hub_new();
    uint64_t ids[4];
    for (unsigned i = 0; i < G_N_ELEMENTS(ids); i++) {
        ids[i] = hub_open(hub, "192.0.2.1");
    }
    hub_attach(hub, ids[0], &(const struct rpc_caller){.role = RPC_HOLDER, .holder = "x"});
    hub_attach(hub, ids[1], &(const struct rpc_caller){.role = RPC_HOLDER, .holder = "x"});
    hub_attach(hub, ids[2], &(const struct rpc_caller){.role = RPC_SUBMITTER, .facecheck = "x"});
    hub_attach(hub, ids[3], &(const struct rpc_caller){.role = RPC_SERVICE, .account = "x", .mission = "x"});
    hub_send_holder(hub, "x", "to both");
    hub_send_facecheck(hub, "x", "to one");
    hub_send_officers(hub, "x", "to no service");
    assert_next(hub, ids[0], "to both");
    assert_next(hub, ids[1], "to both");
    assert_next(hub, ids[2], "to one");
    hub_attach(hub, ids[0], &(const struct rpc_caller){.role = RPC_HOLDER, .holder = "y"});
    hub_attach(hub, ids[2], &(const struct rpc_caller){.role = RPC_INTERPRETER, .party = "x"});
    hub_send_holder(hub, "x", "to the other");
    hub_send_facecheck(hub, "x", "to nobody");
    hub_send_party(hub, "x", "to a party");
    assert_next(hub, ids[1], "to the other");
    assert_next(hub, ids[2], "to a party");
    hub_forget(hub, ids[1]);
    assert_false(hub_has_holder(hub, "x"));
    assert_true(hub_has_holder(hub, "y"));
    hub_detach(hub, ids[0]);
    assert_false(hub_has_holder(hub, "y"));
    hub_send_holder(hub, "x", "to nobody");
    hub_send_holder(hub, "y", "to nobody");
    for (unsigned i = 0; i < G_N_ELEMENTS(ids); i++) {
        assert_next(hub, ids[i], NULL);
    }
    hub_free(hub);
}

static void an_identity_replaces_the_earlier_one_but_keeps_id_and_address(void **state)
{
    (void)state;
    struct hub *hub = hub_new();
    struct rpc_caller caller;
    const uint64_t id = hub_open(hub, "192.0.2.1");
    hub_attach(hub, id, &(const struct rpc_caller){.role = RPC_OFFICER, .officer = "o1", .mission = "nyc"});
    hub_attach(hub, id, &(const struct rpc_caller){.connection = 99, .role = RPC_APPLICANT, .party = "p1"});
    assert_true(hub_caller(hub, id, &caller));
    assert_int_equal(caller.role, RPC_APPLICANT);
    assert_int_equal(caller.connection, id);
    assert_null(caller.mission);
    assert_string_equal(caller.party, "p1");
    assert_string_equal(caller.address, "192.0.2.1");
    hub_caller_clear(&caller);
    hub_detach(hub, id);
    assert_true(hub_caller(hub, id, &caller));
    assert_int_equal(caller.role, RPC_ANYONE);
    assert_null(caller.party);
    assert_string_equal(caller.address, "192.0.2.1");
    hub_caller_clear(&caller);
    hub_free(hub);
}

static void a_client_that_does_not_read_is_cut_off(void **state)
{
    (void)state;
    struct hub *hub = hub_new();
    const uint64_t id = hub_open(hub, "192.0.2.1");
    for (unsigned i = 0; i < 2048; i++) {
        assert_false(hub_overflowed(hub, id));
        hub_send(hub, id, g_strnfill(1024, 'x')); /* 2 MiB in all: just what may wait */
    }
    assert_false(hub_overflowed(hub, id));
    hub_send(hub, id, g_strdup("x"));
    assert_true(hub_overflowed(hub, id));
    hub_send(hub, id, g_strdup("more"));
    assert_next(hub, id, NULL);
    hub_free(hub);
}

static void the_loop_is_woken_once_for_all_that_waits(void **state)
{
    (void)state;
    unsigned wakes = 0;
    struct hub *hub = hub_new();
    hub_listen(hub, count_wake, &wakes);
    const uint64_t a = hub_open(hub, "192.0.2.1"), b = hub_open(hub, "192.0.2.2");
    hub_send(hub, a, g_strdup("1"));
    hub_send(hub, a, g_strdup("2"));
    hub_send(hub, b, g_strdup("3"));
    assert_int_equal(wakes, 1);
    GArray *pending = hub_pending(hub);
    assert_int_equal(pending->len, 2);
    g_array_unref(pending);
    pending = hub_pending(hub);
    assert_int_equal(pending->len, 0);
    g_array_unref(pending);
    hub_send(hub, a, g_strdup("4"));
    assert_int_equal(wakes, 2);
    hub_listen(hub, NULL, NULL);
    hub_send(hub, b, g_strdup("5"));
    assert_int_equal(wakes, 2);
    hub_free(hub);
}

static void an_ended_session_ends_its_connection(void **state)
{
    (void)state;
    struct hub *hub = hub_new();
    const uint64_t over = hub_open(hub, "192.0.2.1"), lives = hub_open(hub, "192.0.2.1"),
                   nobody = hub_open(hub, "192.0.2.1");
    hub_attach(hub, over, &(const struct rpc_caller){.role = RPC_OFFICER, .expires_us = 1000});
    hub_attach(hub, lives, &(const struct rpc_caller){.role = RPC_OFFICER, .expires_us = 1001});
    hub_expire(hub, 1000);
    char *text;
    uint16_t status = 0;
    assert_int_equal(hub_take(hub, over, &text, &status), HUB_CLOSE);
    assert_int_equal(status, 1008);
    assert_next(hub, lives, NULL);
    assert_next(hub, nobody, NULL);
    hub_free(hub);
}

static void send_back(const struct rpc_caller *caller, void *context)
{
    hub_send(context, caller->connection, g_strdup(caller->party)); /* the lock is not held here */
}

static void a_visit_sees_those_signed_in_and_may_send(void **state)
{
    (void)state;
    struct hub *hub = hub_new();
    const uint64_t id = hub_open(hub, "192.0.2.1"), nobody = hub_open(hub, "192.0.2.1");
    hub_attach(hub, id, &(const struct rpc_caller){.role = RPC_GUARDIAN, .party = "p2"});
    hub_each(hub, RPC_OFFICER | RPC_PARTY, send_back, hub);
    assert_next(hub, id, "p2");
    assert_next(hub, nobody, NULL);
    hub_free(hub);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(texts_keep_their_order_and_go_before_the_close),
        cmocka_unit_test(a_text_for_somebody_gone_is_no_error),
        cmocka_unit_test(texts_reach_only_whom_they_are_for),
        cmocka_unit_test(news_follow_whoever_a_connection_is_now),
        cmocka_unit_test(an_identity_replaces_the_earlier_one_but_keeps_id_and_address),
        cmocka_unit_test(a_client_that_does_not_read_is_cut_off),
        cmocka_unit_test(the_loop_is_woken_once_for_all_that_waits),
        cmocka_unit_test(an_ended_session_ends_its_connection),
        cmocka_unit_test(a_visit_sees_those_signed_in_and_may_send),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
