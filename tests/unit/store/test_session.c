#include "tests/unit/store/fixture.h"

static void add(struct store *store, const char *id, const char *token, int64_t expires_us)
{
    const struct store_session session = {.id = (char *)id, .officer = (char *)"officer-1", .expires_us = expires_us};
    assert_ok(store_session_add(store, &session, token, &error));
}

static void a_session_is_found_by_its_token_until_it_ends(void **state)
{
    struct fixture *fixture = *state;
    char *token = store_secret_new();
    add(fixture->store, "s1", token, NOW_US + MINUTE_US);
    reopen(fixture);
    struct store_session *session;
    assert_ok(session = store_session_find(fixture->store, token, NOW_US, &error));
    assert_string_equal(session->id, "s1");
    assert_string_equal(session->officer, "officer-1");
    assert_null(session->party);
    store_session_free(session);

    assert_fails(store_session_find(fixture->store, "guessed", NOW_US, &error), STORE_ERROR_NOT_FOUND);
    assert_fails(store_session_find(fixture->store, token, NOW_US + MINUTE_US, &error), STORE_ERROR_EXPIRED);
    assert_ok(store_session_end(fixture->store, "s1", &error));
    assert_fails(store_session_find(fixture->store, token, NOW_US, &error), STORE_ERROR_NOT_FOUND);
    store_secret_free(token);
}

static void the_sweep_takes_only_what_has_expired(void **state)
{
    struct fixture *fixture = *state;
    add(fixture->store, "s1", "one", NOW_US - 1);
    add(fixture->store, "s2", "two", NOW_US);
    add(fixture->store, "s3", "three", NOW_US + 1);
    assert_int_equal(store_session_sweep(fixture->store, NOW_US), 2);
    assert_int_equal(store_session_sweep(fixture->store, NOW_US), 0);
    struct store_session *session;
    assert_ok(session = store_session_find(fixture->store, "three", NOW_US, &error));
    store_session_free(session);
}

static void a_face_checks_session_is_found_as_such(void **state)
{
    struct fixture *fixture = *state;
    const struct store_facecheck facecheck = sample_facecheck("check-1");
    assert_ok(store_facecheck_add(fixture->store, &facecheck, "ticket", &error));
    const struct store_session session = {.id = (char *)"s1", .facecheck = (char *)"check-1", .expires_us = EXPIRES_US};
    assert_ok(store_session_add(fixture->store, &session, "token", &error));
    struct store_session *found;
    assert_ok(found = store_session_find(fixture->store, "token", NOW_US, &error));
    assert_string_equal(found->facecheck, "check-1");
    assert_null(found->officer);
    assert_null(found->party);
    assert_true(found->expires_us == EXPIRES_US);
    store_session_free(found);
}

static void a_session_belongs_to_exactly_one(void **state)
{
    struct fixture *fixture = *state;
    const struct store_session nobody = {.id = (char *)"s1", .expires_us = EXPIRES_US};
    const struct store_session both = {
        .id = (char *)"s1", .officer = (char *)"officer-1", .party = (char *)"party-1", .expires_us = EXPIRES_US};
    struct store_session all = both;
    all.facecheck = (char *)"check-1";
    const struct store_facecheck facecheck = sample_facecheck("check-1");
    assert_ok(store_facecheck_add(fixture->store, &facecheck, "ticket", &error));
    const struct store_session stranger = {.id = (char *)"s1", .party = (char *)"party-9", .expires_us = EXPIRES_US};
    assert_fails(store_session_add(fixture->store, &nobody, "t", &error), STORE_ERROR_CONFLICT);
    assert_fails(store_session_add(fixture->store, &both, "t", &error), STORE_ERROR_CONFLICT);
    assert_fails(store_session_add(fixture->store, &all, "t", &error), STORE_ERROR_CONFLICT);
    all.officer = NULL;
    assert_fails(store_session_add(fixture->store, &all, "t", &error), STORE_ERROR_CONFLICT);
    assert_fails(store_session_add(fixture->store, &stranger, "t", &error), STORE_ERROR_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_with_store(a_session_is_found_by_its_token_until_it_ends),
        test_with_store(the_sweep_takes_only_what_has_expired),
        test_with_store(a_face_checks_session_is_found_as_such),
        test_with_store(a_session_belongs_to_exactly_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
