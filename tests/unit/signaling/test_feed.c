/* The feed: every event after the cursor, in order, to its own mission's services, and no more than they take. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "signaling/account.h"
#include "tests/unit/signaling/service_fixture.h"

#define PATIENCE_US (10 * SECOND_US)

/* An account of its mission that has signed in. */
static struct rpc_caller connect_service(struct fixture *fixture, const char *mission)
{
    const char *const scopes[] = {ACCOUNT_SCOPE_EVENTS, NULL};
    const struct store_service_account account = {
        .id = (char *)mission, .mission = (char *)mission, .name = (char *)mission, .scopes = (char **)scopes};
    store_service_account_add(fixture->service.store, &account, mission, NULL);
    const struct rpc_caller caller = {.connection = hub_open(fixture->service.hub, "127.0.0.1"),
                                      .role = RPC_SERVICE,
                                      .account = mission,
                                      .mission = mission};
    calls_attach(fixture->service.calls, &caller);
    return caller;
}

static void assert_ok(struct fixture *fixture, const struct rpc_caller *caller, const char *method, json_t *params)
{
    g_autofree char *code = fixture_code(fixture, caller, method, params);
    assert_string_equal(code, "ok");
}

static void subscribe(struct fixture *fixture, const struct rpc_caller *caller, int after, int window)
{
    assert_ok(fixture, caller, "events.subscribe", json_pack("{s:i, s:i}", "after", after, "window", window));
}

/* A face check for order `number`: one event. */
static void make_fact(struct fixture *fixture, unsigned number)
{
    g_autofree char *id = g_strdup_printf("check-%u", number), *order = g_strdup_printf("order-%u", number);
    fixture_add_facecheck(fixture, id, order);
}

/* The seq of the next event that arrives; 0 when none does, or the connection is to be closed. */
static int64_t next_event(struct fixture *fixture, const struct rpc_caller *caller)
{
    const int64_t until_us = g_get_monotonic_time() + PATIENCE_US;
    json_t *event = NULL;
    char *text = NULL;
    uint16_t status;
    enum hub_next next;
    while ((next = hub_take(fixture->service.hub, caller->connection, &text, &status)) == HUB_NOTHING &&
           g_get_monotonic_time() < until_us) {
        g_usleep(1000);
    }
    if (next != HUB_TEXT) {
        return 0;
    }
    json_t *message = json_loads(text, 0, NULL);
    assert_string_equal(json_string_value(json_object_get(message, "method")), "events.event");
    event = json_object_get(json_object_get(message, "params"), "event");
    const int64_t seq = json_integer_value(json_object_get(event, "seq"));
    json_decref(message);
    g_free(text);
    return seq;
}

static void assert_silent(struct fixture *fixture, const struct rpc_caller *caller)
{
    char *text = NULL;
    uint16_t status;
    assert_int_equal(hub_take(fixture->service.hub, caller->connection, &text, &status), HUB_NOTHING);
}

static void events_arrive_in_order_from_the_cursor_on(void **state)
{
    struct fixture *fixture = *state;
    const struct rpc_caller service = connect_service(fixture, "here");
    for (unsigned i = 1; i <= 3; i++) {
        make_fact(fixture, i);
    }
    subscribe(fixture, &service, 1, 100);
    assert_int_equal(next_event(fixture, &service), 2);
    assert_int_equal(next_event(fixture, &service), 3);
    make_fact(fixture, 4);
    assert_int_equal(next_event(fixture, &service), 4);
    subscribe(fixture, &service, 0, 100); /* once more from the beginning */
    for (unsigned i = 1; i <= 4; i++) {
        assert_int_equal(next_event(fixture, &service), i);
    }
}

static void more_than_a_batch_arrives_whole(void **state)
{
    struct fixture *fixture = *state;
    const struct rpc_caller service = connect_service(fixture, "here");
    for (unsigned i = 1; i <= 250; i++) {
        make_fact(fixture, i);
    }
    subscribe(fixture, &service, 0, 1000);
    for (unsigned i = 1; i <= 250; i++) {
        assert_int_equal(next_event(fixture, &service), i);
    }
}

static void a_slow_subscriber_gets_its_window_and_waits(void **state)
{
    struct fixture *fixture = *state;
    const struct rpc_caller slow = connect_service(fixture, "here");
    const struct rpc_caller quick = connect_service(fixture, "here");
    for (unsigned i = 1; i <= 5; i++) {
        make_fact(fixture, i);
    }
    subscribe(fixture, &slow, 0, 2);
    assert_int_equal(next_event(fixture, &slow), 1);
    assert_int_equal(next_event(fixture, &slow), 2);
    subscribe(fixture, &quick, 4, 2); /* whose event comes in a later round */
    assert_int_equal(next_event(fixture, &quick), 5);
    assert_silent(fixture, &slow);
    assert_ok(fixture, &slow, "events.acknowledge", json_pack("{s:i}", "seq", 1));
    assert_int_equal(next_event(fixture, &slow), 3);
    assert_ok(fixture, &slow, "events.acknowledge", json_pack("{s:i}", "seq", 3));
    assert_int_equal(next_event(fixture, &slow), 4);
    assert_int_equal(next_event(fixture, &slow), 5);
}

static void another_mission_hears_nothing(void **state)
{
    struct fixture *fixture = *state;
    const struct rpc_caller here = connect_service(fixture, "here");
    const struct rpc_caller elsewhere = connect_service(fixture, "elsewhere");
    subscribe(fixture, &elsewhere, 0, 100);
    subscribe(fixture, &here, 0, 100);
    make_fact(fixture, 1);
    make_fact(fixture, 2);
    assert_int_equal(next_event(fixture, &here), 1);
    assert_int_equal(next_event(fixture, &here), 2);
    assert_silent(fixture, &elsewhere);
    json_t *reply = fixture_call(fixture, &elsewhere, "events.list", json_object());
    json_t *result = json_object_get(reply, "result");
    assert_int_equal(json_array_size(json_object_get(result, "events")), 0);
    assert_int_equal(json_integer_value(json_object_get(result, "last")), 0);
    json_decref(reply);
}

static void a_revoked_account_hears_no_more_and_is_cut_off(void **state)
{
    struct fixture *fixture = *state;
    const struct rpc_caller service = connect_service(fixture, "here");
    const struct rpc_caller witness = connect_service(fixture, "here");
    subscribe(fixture, &service, 0, 100);
    assert_true(store_service_account_revoke(fixture->service.store, "here", 1, NULL));
    make_fact(fixture, 1);
    assert_int_equal(next_event(fixture, &service), 0); /* closed */
    g_autofree char *code = fixture_code(fixture, &witness, "events.list", json_object());
    assert_string_equal(code, "session_expired");
}

static void a_cursor_that_was_never_given_is_refused(void **state)
{
    struct fixture *fixture = *state;
    const struct rpc_caller service = connect_service(fixture, "here");
    make_fact(fixture, 1);
    g_autofree char *ahead = fixture_code(fixture, &service, "events.subscribe", json_pack("{s:i}", "after", 2));
    assert_string_equal(ahead, "conflict");
    g_autofree char *none = fixture_code(fixture, &service, "events.acknowledge", json_pack("{s:i}", "seq", 1));
    assert_string_equal(none, "wrong_state");
}

static void a_closed_connection_is_forgotten(void **state)
{
    struct fixture *fixture = *state;
    const struct rpc_caller gone = connect_service(fixture, "here");
    const struct rpc_caller service = connect_service(fixture, "here");
    subscribe(fixture, &gone, 0, 100);
    subscribe(fixture, &service, 0, 100);
    hub_forget(fixture->service.hub, gone.connection);
    feed_forget(fixture->service.feed, gone.connection);
    make_fact(fixture, 1);
    assert_int_equal(next_event(fixture, &service), 1);
    assert_false(feed_acknowledge(fixture->service.feed, gone.connection, 1));
}

static int set_up(void **state)
{
    *state = fixture_new();
    return 0;
}

static int tear_down(void **state)
{
    fixture_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(events_arrive_in_order_from_the_cursor_on, set_up, tear_down),
        cmocka_unit_test_setup_teardown(more_than_a_batch_arrives_whole, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_slow_subscriber_gets_its_window_and_waits, set_up, tear_down),
        cmocka_unit_test_setup_teardown(another_mission_hears_nothing, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_revoked_account_hears_no_more_and_is_cut_off, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_cursor_that_was_never_given_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_closed_connection_is_forgotten, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
