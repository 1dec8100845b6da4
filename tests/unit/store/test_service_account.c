#include "tests/unit/store/disk.h"

static bool add(struct store *store, const char *id, const char *name, const char *token, GError **error)
{
    const char *const scopes[] = {"facecheck", "events", NULL};
    const struct store_service_account account = {
        .id = (char *)id,
        .mission = (char *)"nyc",
        .name = (char *)name,
        .scopes = (char **)scopes,
        .created_us = NOW_US,
    };
    return store_service_account_add(store, &account, token, error);
}

static bool opens(struct store *store, const char *token, int64_t now_us)
{
    g_autoptr(GError) error = NULL;
    struct store_service_account *account = store_service_account_find(store, token, now_us, &error);
    if (account == NULL) {
        assert_error(error, STORE_ERROR_NOT_FOUND);
    }
    const bool found = account != NULL;
    store_service_account_free(account);
    return found;
}

static void an_account_is_found_by_its_token(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    assert_ok(add(store, "account-1", "orders", "token-1", &error));
    struct store_service_account *account;
    assert_ok(account = store_service_account_find(store, "token-1", NOW_US, &error));
    assert_string_equal(account->id, "account-1");
    assert_string_equal(account->mission, "nyc");
    assert_string_equal(account->scopes[0], "facecheck");
    assert_string_equal(account->scopes[1], "events");
    assert_null(account->scopes[2]);
    store_service_account_free(account);
    assert_false(opens(store, "token-2", NOW_US));
    assert_false(opens(store, "", NOW_US));
}

static void a_token_lies_nowhere_on_the_disk(void **state)
{
    struct fixture *fixture = *state;
    char *first = store_secret_new(), *second = store_secret_new();
    assert_ok(add(fixture->store, "account-1", "orders", first, &error));
    assert_ok(store_service_account_rotate(fixture->store, "orders", second, NOW_US + 1, &error));
    assert_nowhere(fixture->path, first, strlen(first));
    assert_nowhere(fixture->path, second, strlen(second));
    store_secret_free(first);
    store_secret_free(second);
}

static void two_tokens_work_while_one_is_replaced_and_one_afterwards(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    assert_ok(add(store, "account-1", "orders", "token-1", &error));
    assert_ok(store_service_account_rotate(store, "orders", "token-2", NOW_US + 10, &error));
    assert_true(opens(store, "token-1", NOW_US + 9));
    assert_true(opens(store, "token-2", NOW_US + 9));
    assert_false(opens(store, "token-1", NOW_US + 10));
    assert_true(opens(store, "token-2", NOW_US + 10));
    assert_ok(store_service_account_rotate(store, "orders", "token-3", NOW_US + 20, &error));
    assert_false(opens(store, "token-1", NOW_US));
    assert_true(opens(store, "token-2", NOW_US + 11));
}

static void a_revoked_account_is_out_for_good(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    assert_ok(add(store, "account-1", "orders", "token-1", &error));
    assert_ok(store_service_account_rotate(store, "orders", "token-2", NOW_US + 10, &error));
    assert_ok(store_service_account_revoke(store, "orders", NOW_US, &error));
    assert_false(opens(store, "token-1", NOW_US));
    assert_false(opens(store, "token-2", NOW_US));
    assert_fails(store_service_account_rotate(store, "orders", "token-3", NOW_US, &error), STORE_ERROR_NOT_FOUND);
    assert_fails(store_service_account_revoke(store, "orders", NOW_US, &error), STORE_ERROR_NOT_FOUND);
    struct store_service_account *account;
    assert_ok(account = store_service_account_get(store, "account-1", &error));
    assert_int_equal(account->revoked_us, NOW_US);
    store_service_account_free(account);
}

static void a_name_is_given_once_and_a_mission_must_be_there(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    assert_ok(add(store, "account-1", "orders", "token-1", &error));
    assert_fails(add(store, "account-2", "orders", "token-2", &error), STORE_ERROR_CONFLICT);
    assert_false(opens(store, "token-2", NOW_US));
    assert_fails(store_service_account_rotate(store, "others", "token-3", NOW_US, &error), STORE_ERROR_NOT_FOUND);
    const char *const scopes[] = {"events", NULL};
    const struct store_service_account lost = {
        .id = (char *)"account-3", .mission = (char *)"sto", .name = (char *)"lost", .scopes = (char **)scopes};
    assert_fails(store_service_account_add(store, &lost, "token-4", &error), STORE_ERROR_NOT_FOUND);
    g_autoptr(GPtrArray) accounts = NULL;
    assert_ok(accounts = store_service_account_list(store, &error));
    assert_int_equal(accounts->len, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_with_store(an_account_is_found_by_its_token),
        test_with_store(a_token_lies_nowhere_on_the_disk),
        test_with_store(two_tokens_work_while_one_is_replaced_and_one_afterwards),
        test_with_store(a_revoked_account_is_out_for_good),
        test_with_store(a_name_is_given_once_and_a_mission_must_be_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
