#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "signaling/methods/capture.h"
#include "signaling/session.h"
#include "tests/unit/signaling/service_fixture.h"

static struct fixture *fixture;
static struct rpc_caller page;

static int setup(void **state)
{
    (void)state;
    fixture = fixture_new();
    fixture_add_interview(fixture, "i", g_get_real_time());
    g_autofree char *hash = password_hash("correct horse");
    const struct store_officer officer = {.id = (char *)"o",
                                          .mission = (char *)"here",
                                          .login = (char *)"chen",
                                          .name = (char *)"Chen Jing",
                                          .password_hash = hash};
    assert_true(store_officer_add(fixture->service.store, &officer, NULL));
    page = fixture_connect(fixture, RPC_ANYONE, NULL, NULL);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    fixture_free(fixture);
    return 0;
}

static json_t *credentials(const char *login, const char *password)
{
    return json_pack("{s:s, s:s}", "login", login, "password", password);
}

/* The token of a reply with one; takes `params`. */
static char *token_of(const char *method, json_t *params)
{
    json_t *reply = fixture_call(fixture, &page, method, params);
    const char *token = NULL;
    assert_int_equal(json_unpack(reply, "{s:{s:s}}", "result", "token", &token), 0);
    char *copy = g_strdup(token);
    json_decref(reply);
    return copy;
}

/* Who the hub says is on the page's connection now. */
static struct rpc_caller signed_in(void)
{
    struct rpc_caller caller;
    assert_true(hub_caller(fixture->service.hub, page.connection, &caller));
    return caller;
}

static void a_wrong_login_and_a_wrong_password_are_refused_alike(void **state)
{
    (void)state;
    g_autofree char *login = fixture_code(fixture, &page, "officer.sign_in", credentials("nobody", "correct horse"));
    g_autofree char *password = fixture_code(fixture, &page, "officer.sign_in", credentials("chen", "correct horsf"));
    assert_string_equal(login, "bad_credentials");
    assert_string_equal(password, "bad_credentials");
    struct rpc_caller caller = signed_in();
    assert_int_equal(caller.role, RPC_ANYONE);
    hub_caller_clear(&caller);
}

static void signing_in_attaches_the_connection_until_the_session_ends(void **state)
{
    (void)state;
    g_autofree char *token = token_of("officer.sign_in", credentials("chen", "correct horse"));
    struct rpc_caller caller = signed_in();
    assert_int_equal(caller.role, RPC_OFFICER);
    assert_string_equal(caller.mission, "here");
    assert_in_range(caller.expires_us, g_get_real_time(),
                    g_get_real_time() + fixture->config->session.officer_hours * 60 * MINUTE_US);

    g_autofree char *ended = fixture_code(fixture, &caller, "session.end", json_object());
    assert_string_equal(ended, "ok");
    hub_caller_clear(&caller);
    caller = signed_in();
    assert_int_equal(caller.role, RPC_ANYONE);
    hub_caller_clear(&caller);
    g_autofree char *again = fixture_code(fixture, &page, "session.resume", json_pack("{s:s}", "token", token));
    assert_string_equal(again, "session_expired");
}

static void a_party_resumes_after_a_restart_from_the_store_alone(void **state)
{
    (void)state;
    g_autofree char *token = token_of("ticket.redeem", json_pack("{s:s}", "ticket", "i-ticket"));
    fixture_stop(fixture);
    fixture_start(fixture);
    page = fixture_connect(fixture, RPC_ANYONE, NULL, NULL);
    json_t *reply = fixture_call(fixture, &page, "session.resume", json_pack("{s:s}", "token", token));
    const char *party = NULL;
    assert_int_equal(json_unpack(reply, "{s:{s:{s:{s:s}}}}", "result", "interview", "you", "party_id", &party), 0);
    assert_string_equal(party, "i-a");
    json_decref(reply);
    struct rpc_caller caller = signed_in();
    assert_int_equal(caller.role, RPC_APPLICANT);
    hub_caller_clear(&caller);
}

static void a_token_of_nobody_is_an_expired_session(void **state)
{
    (void)state;
    g_autofree char *code = fixture_code(fixture, &page, "session.resume", json_pack("{s:s}", "token", "nonsense"));
    assert_string_equal(code, "session_expired");
}

static void the_other_pages_of_a_session_are_signed_out_with_it(void **state)
{
    (void)state;
    g_autofree char *token = token_of("officer.sign_in", credentials("chen", "correct horse"));
    const struct rpc_caller second = fixture_connect(fixture, RPC_ANYONE, NULL, NULL);
    json_decref(fixture_call(fixture, &second, "session.resume", json_pack("{s:s}", "token", token)));
    struct rpc_caller caller = signed_in();
    g_autofree char *ended = fixture_code(fixture, &caller, "session.end", json_object());
    assert_string_equal(ended, "ok");
    hub_caller_clear(&caller);
    assert_true(hub_caller(fixture->service.hub, second.connection, &caller));
    assert_int_equal(caller.role, RPC_ANYONE);
    hub_caller_clear(&caller);
}

static void assert_download(const char *token, const char *capture, enum rpc_error expected)
{
    g_autoptr(GError) error = NULL;
    assert_null(capture_download(&fixture->service, token, capture, &error));
    assert_string_equal(rpc_error_name((enum rpc_error)error->code), rpc_error_name(expected));
}

static void captures_are_read_by_officers_of_their_mission_only(void **state)
{
    (void)state;
    struct store *store = fixture->service.store;
    struct store_capture capture = {.id = (char *)"c",
                                    .interview = (char *)"i",
                                    .party = (char *)"i-a",
                                    .officer = (char *)"o",
                                    .kind = (char *)"face",
                                    .codec = (char *)"VP8",
                                    .room = (char *)"r",
                                    .dtls_fingerprint = (char *)"AB",
                                    .captured_us = 1,
                                    .width = 2,
                                    .height = 2};
    g_autoptr(GBytes) jpeg = g_bytes_new_static("a picture", 9);
    assert_true(store_capture_add(store, &capture, jpeg, NULL));
    const struct store_session foreign = {.id = (char *)"s", .officer = (char *)"elsewhere", .expires_us = INT64_MAX};
    const struct store_session party = {.id = (char *)"t", .party = (char *)"i-a", .expires_us = INT64_MAX};
    const struct store_session expired = {.id = (char *)"u", .officer = (char *)"o", .expires_us = 1};
    const struct store_session own = {.id = (char *)"v", .officer = (char *)"o", .expires_us = INT64_MAX};
    assert_true(store_session_add(store, &foreign, "foreign", NULL));
    assert_true(store_session_add(store, &party, "party", NULL));
    assert_true(store_session_add(store, &expired, "expired", NULL));
    assert_true(store_session_add(store, &own, "own", NULL));

    assert_download(NULL, "c", RPC_ERROR_NOT_SIGNED_IN);
    assert_download("guess", "c", RPC_ERROR_SESSION_EXPIRED);
    assert_download("expired", "c", RPC_ERROR_SESSION_EXPIRED);
    assert_download("party", "c", RPC_ERROR_FORBIDDEN);
    assert_download("foreign", "c", RPC_ERROR_NOT_FOUND);
    assert_download("own", "d", RPC_ERROR_NOT_FOUND);
    g_autoptr(GBytes) read = capture_download(&fixture->service, "own", "c", NULL);
    assert_non_null(read);
    assert_true(g_bytes_equal(read, jpeg));
}

static void a_password_is_checked_against_its_own_hash_only(void **state)
{
    (void)state;
    g_autofree char *hash = password_hash("correct horse");
    g_autofree char *other = password_hash("correct horse");
    assert_string_not_equal(hash, other); /* salted */
    assert_true(g_str_has_prefix(hash, "$argon2id$"));
    assert_true(password_verify(hash, "correct horse"));
    assert_false(password_verify(hash, "correct horse "));
    assert_false(password_verify("$argon2id$garbage", "correct horse"));
    assert_false(password_verify(NULL, "correct horse"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_wrong_login_and_a_wrong_password_are_refused_alike),
        TEST(signing_in_attaches_the_connection_until_the_session_ends),
        TEST(a_party_resumes_after_a_restart_from_the_store_alone),
        TEST(a_token_of_nobody_is_an_expired_session),
        TEST(the_other_pages_of_a_session_are_signed_out_with_it),
        TEST(captures_are_read_by_officers_of_their_mission_only),
        TEST(a_password_is_checked_against_its_own_hash_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
