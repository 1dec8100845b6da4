/* Accounts of foreign order services: who has the token is let in, and may do what its scopes say and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "signaling/account.h"
#include "tests/unit/signaling/service_fixture.h"

static void add_account(struct fixture *fixture, const char *name, const char *scope, const char *token)
{
    const char *const scopes[] = {scope, NULL};
    const struct store_service_account account = {
        .id = (char *)name, .mission = (char *)"here", .name = (char *)name, .scopes = (char **)scopes};
    assert_true(store_service_account_add(fixture->service.store, &account, token, NULL));
}

static struct rpc_caller connect_stranger(struct fixture *fixture)
{
    return fixture_connect(fixture, RPC_ANYONE, NULL, NULL);
}

/* The method's data.code for whoever the connection is signed in as now. */
static void assert_code(struct fixture *fixture, const struct rpc_caller *connection, const char *method,
                        json_t *params, const char *expected)
{
    struct rpc_caller caller;
    assert_true(hub_caller(fixture->service.hub, connection->connection, &caller));
    g_autofree char *code = fixture_code(fixture, &caller, method, params);
    assert_string_equal(code, expected);
    hub_caller_clear(&caller);
}

static json_t *token(const char *text)
{
    return json_pack("{s:s}", "token", text);
}

static void a_token_signs_its_account_in_and_another_nobody(void **state)
{
    struct fixture *fixture = *state;
    add_account(fixture, "orders", ACCOUNT_SCOPE_EVENTS, "right");
    const struct rpc_caller connection = connect_stranger(fixture);
    assert_code(fixture, &connection, "service.sign_in", token("wrong"), "bad_credentials");
    struct rpc_caller caller;
    assert_true(hub_caller(fixture->service.hub, connection.connection, &caller));
    assert_int_equal(caller.role, RPC_ANYONE);
    hub_caller_clear(&caller);
    assert_code(fixture, &connection, "service.sign_in", token("right"), "ok");
    assert_true(hub_caller(fixture->service.hub, connection.connection, &caller));
    assert_int_equal(caller.role, RPC_SERVICE);
    assert_string_equal(caller.account, "orders");
    assert_string_equal(caller.mission, "here");
    assert_null(caller.officer);
    hub_caller_clear(&caller);
}

static void guessing_tokens_is_throttled(void **state)
{
    struct fixture *fixture = *state;
    const struct rpc_caller connection = connect_stranger(fixture);
    for (unsigned i = 0; i < 100; i++) { /* the fixture's burst */
        assert_code(fixture, &connection, "service.sign_in", token("guess"), "bad_credentials");
    }
    assert_code(fixture, &connection, "service.sign_in", token("guess"), "rate_limited");
}

static void a_service_calls_only_what_is_for_services(void **state)
{
    struct fixture *fixture = *state;
    add_account(fixture, "orders", ACCOUNT_SCOPE_EVENTS, "right");
    const struct rpc_caller connection = connect_stranger(fixture);
    assert_code(fixture, &connection, "service.sign_in", token("right"), "ok");
    assert_code(fixture, &connection, "interview.list", json_object(), "forbidden");
    assert_code(fixture, &connection, "session.end", json_object(), "forbidden");
    assert_code(fixture, &connection, "server.hello", json_object(), "ok");
}

static bool allowed(struct fixture *fixture, const char *account, const char *scope, enum rpc_error code)
{
    g_autoptr(GError) error = NULL;
    const struct rpc_caller caller = {.role = RPC_SERVICE, .account = account};
    if (account_check(&fixture->service, &caller, scope, &error)) {
        return true;
    }
    assert_true(g_error_matches(error, RPC_ERROR, (gint)code));
    return false;
}

static void a_scope_that_an_account_lacks_is_refused(void **state)
{
    struct fixture *fixture = *state;
    add_account(fixture, "orders", ACCOUNT_SCOPE_EVENTS, "right");
    assert_true(allowed(fixture, "orders", ACCOUNT_SCOPE_EVENTS, 0));
    assert_false(allowed(fixture, "orders", ACCOUNT_SCOPE_FACECHECK, RPC_ERROR_FORBIDDEN));
    assert_false(allowed(fixture, "orders", "event", RPC_ERROR_FORBIDDEN));
}

static void a_revoked_account_is_out_at_once(void **state)
{
    struct fixture *fixture = *state;
    add_account(fixture, "orders", ACCOUNT_SCOPE_EVENTS, "right");
    const struct rpc_caller connection = connect_stranger(fixture);
    assert_code(fixture, &connection, "service.sign_in", token("right"), "ok");
    assert_true(store_service_account_revoke(fixture->service.store, "orders", 1, NULL));
    assert_false(allowed(fixture, "orders", ACCOUNT_SCOPE_EVENTS, RPC_ERROR_SESSION_EXPIRED));
    assert_code(fixture, &connection, "service.sign_in", token("right"), "bad_credentials");
}

static void a_service_is_not_told_what_officers_are(void **state)
{
    struct fixture *fixture = *state;
    add_account(fixture, "orders", ACCOUNT_SCOPE_EVENTS, "right");
    const struct rpc_caller connection = connect_stranger(fixture);
    const struct rpc_caller officer = fixture_connect(fixture, RPC_OFFICER, "here", NULL);
    assert_code(fixture, &connection, "service.sign_in", token("right"), "ok");
    fixture_add_interview(fixture, "i1", g_get_real_time());
    const struct rpc_caller applicant = fixture_connect(fixture, RPC_APPLICANT, "i1-a", "i1");
    assert_code(fixture, &applicant, "interview.ready", json_object(), "ok");
    hub_send_officers(fixture->service.hub, "here", "{\"method\": \"for.officers\"}");
    assert_true(fixture_was_told(fixture, &officer, "interview.changed"));
    char *text = NULL;
    uint16_t status;
    assert_int_equal(hub_take(fixture->service.hub, connection.connection, &text, &status), HUB_NOTHING);
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
        cmocka_unit_test_setup_teardown(a_token_signs_its_account_in_and_another_nobody, set_up, tear_down),
        cmocka_unit_test_setup_teardown(guessing_tokens_is_throttled, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_service_calls_only_what_is_for_services, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_scope_that_an_account_lacks_is_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_revoked_account_is_out_at_once, set_up, tear_down),
        cmocka_unit_test_setup_teardown(a_service_is_not_told_what_officers_are, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
