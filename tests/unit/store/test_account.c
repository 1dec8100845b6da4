/* Account holders: codes that are guessed at, used twice or old, accounts that are found again, verified, erased. */
#include "tests/unit/store/disk.h"

#define MAIL  "zhang.jingyi@example.org"
#define OTHER "+8613800138000"
#define DAY   (24 * 60 * MINUTE_US)

static const struct store_contact mail = {"email", MAIL}, mobile = {"mobile", OTHER};

static int64_t put(struct store *store, const char *contact, const char *text, int64_t now_us)
{
    const struct store_code code = {contact, text, "zh-Hant", now_us, now_us + 10 * MINUTE_US, 3};
    int64_t retry_us = -1;
    assert_ok(store_code_put(store, &code, &retry_us, &error));
    return retry_us;
}

/* The account's id, NULL when the code is not taken. */
static char *redeem(struct store *store, struct store_contact contact, const char *code, int64_t now_us)
{
    g_autoptr(GError) error = NULL;
    struct store_account *account = store_code_redeem(store, &contact, code, now_us, &error);
    char *id = account != NULL ? g_strdup(account->id) : NULL;
    if (account == NULL) {
        assert_error(error, STORE_ERROR_NOT_FOUND);
    }
    store_account_free(account);
    return id;
}

static bool opens(struct store *store, struct store_contact contact, const char *code, int64_t now_us)
{
    g_autofree char *id = redeem(store, contact, code, now_us);
    return id != NULL;
}

static char *make(struct store *store, struct store_contact contact)
{
    put(store, contact.text, "111111", NOW_US);
    char *id = redeem(store, contact, "111111", NOW_US);
    assert_non_null(id);
    return id;
}

static void a_code_makes_an_account_and_the_next_one_finds_it(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    put(store, MAIL, "123456", NOW_US);
    g_autofree char *first = redeem(store, mail, "123456", NOW_US + 1);
    struct store_account *account;
    assert_ok(account = store_account_get(store, first, &error));
    assert_string_equal(account->contact, MAIL);
    assert_string_equal(account->contact_kind, "email");
    assert_string_equal(account->language, "zh-Hant");
    assert_int_equal(account->verified_us, 0);
    assert_false(account->mail_messages);
    store_account_free(account);
    put(store, MAIL, "654321", NOW_US + 2);
    g_autofree char *again = redeem(store, mail, "654321", NOW_US + 3);
    assert_string_equal(first, again);
    g_autofree char *other = make(store, mobile);
    assert_string_not_equal(first, other);
}

static void a_code_is_used_once_and_not_after_its_time_and_for_its_contact_alone(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    put(store, MAIL, "123456", NOW_US);
    assert_false(opens(store, mobile, "123456", NOW_US));
    assert_false(opens(store, mail, "123456", NOW_US + 10 * MINUTE_US));
    assert_true(opens(store, mail, "123456", NOW_US + 10 * MINUTE_US - 1));
    assert_false(opens(store, mail, "123456", NOW_US + 1));
    put(store, MAIL, "222222", NOW_US);
    put(store, MAIL, "333333", NOW_US);
    assert_false(opens(store, mail, "222222", NOW_US)); /* replaced */
    assert_true(opens(store, mail, "333333", NOW_US));
}

static void a_code_dies_of_wrong_tries_also_over_a_restart(void **state)
{
    struct fixture *fixture = *state;
    put(fixture->store, MAIL, "123456", NOW_US);
    for (unsigned i = 0; i < STORE_CODE_WRONG_MAX - 1; i++) {
        assert_false(opens(fixture->store, mail, "000000", NOW_US));
    }
    reopen(fixture);
    assert_false(opens(fixture->store, mail, "", NOW_US));
    assert_false(opens(fixture->store, mail, "123456", NOW_US));

    put(fixture->store, MAIL, "123456", NOW_US);
    for (unsigned i = 0; i < STORE_CODE_WRONG_MAX - 1; i++) {
        assert_false(opens(fixture->store, mail, "000000", NOW_US));
    }
    assert_true(opens(fixture->store, mail, "123456", NOW_US)); /* the last try is still one */
}

static void a_contact_gets_so_many_codes_a_day(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    assert_int_equal(put(store, MAIL, "111111", NOW_US), 0);
    assert_int_equal(put(store, MAIL, "222222", NOW_US + 1), 0);
    assert_true(opens(store, mail, "222222", NOW_US + 1)); /* does not give it back */
    assert_int_equal(put(store, MAIL, "333333", NOW_US + 2), 0);
    assert_int_equal(put(store, MAIL, "444444", NOW_US + 3), NOW_US + DAY);
    assert_true(opens(store, mail, "333333", NOW_US + 3)); /* the last one stands */
    assert_int_equal(put(store, OTHER, "555555", NOW_US + 3), 0);
    assert_int_equal(put(store, MAIL, "666666", NOW_US + DAY), 0);
}

static bool verify(struct store *store, const char *id, const char *number, const char *name, GError **error)
{
    const struct store_identity identity = {"id_card", number, name};
    return store_account_verify(store, id, &identity, NOW_US + 5, error);
}

static void a_document_verifies_one_account_and_stays(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    g_autofree char *one = make(store, mail), *two = make(store, mobile);
    assert_ok(verify(store, one, "11010519491231002X", "张静怡", &error));
    assert_fails(verify(store, two, "11010519491231002X", "张静怡", &error), STORE_ERROR_CONFLICT);
    assert_fails(verify(store, one, "440524188001010014", "张静怡", &error), STORE_ERROR_CONFLICT);
    assert_ok(verify(store, one, "11010519491231002X", "张靜怡", &error));
    assert_fails(verify(store, "nobody", "440524188001010014", "x", &error), STORE_ERROR_NOT_FOUND);
    struct store_account *account;
    assert_ok(account = store_account_get(store, one, &error));
    assert_string_equal(account->name, "张靜怡");
    assert_string_equal(account->id_kind, "id_card");
    assert_string_equal(account->id_number, "11010519491231002X");
    assert_int_equal(account->verified_us, NOW_US + 5);
    store_account_free(account);
    assert_ok(account = store_account_get(store, two, &error));
    assert_int_equal(account->verified_us, 0);
    assert_null(account->name); /* the failed try left nothing */
    store_account_free(account);
}

static void settings_are_kept(void **state)
{
    struct fixture *fixture = *state;
    g_autofree char *id = make(fixture->store, mail);
    assert_ok(store_account_set(fixture->store, id, "en", true, &error));
    reopen(fixture);
    struct store_account *account;
    assert_ok(account = store_account_get(fixture->store, id, &error));
    assert_string_equal(account->language, "en");
    assert_true(account->mail_messages);
    store_account_free(account);
    assert_fails(store_account_set(fixture->store, "nobody", "en", true, &error), STORE_ERROR_NOT_FOUND);
    assert_fails(store_account_set(fixture->store, id, "tlh", true, &error), STORE_ERROR_CONFLICT);
}

static void nothing_personal_and_no_code_lies_on_the_disk(void **state)
{
    struct fixture *fixture = *state;
    g_autofree char *id = make(fixture->store, mail);
    put(fixture->store, MAIL, "908172", NOW_US);
    assert_ok(verify(fixture->store, id, "11010519491231002X", APPLICANT_NAME, &error));
    static const char *const secrets[] = {MAIL, "908172", "11010519491231002X", APPLICANT_NAME};
    for (unsigned i = 0; i < G_N_ELEMENTS(secrets); i++) {
        assert_nowhere(fixture->path, secrets[i], strlen(secrets[i]));
    }
}

static void an_erased_account_is_nobody_and_its_contact_may_register_anew(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    g_autofree char *id = make(store, mail);
    assert_ok(verify(store, id, "11010519491231002X", "张静怡", &error));
    const struct store_session session = {.id = (char *)"s", .account = id, .expires_us = EXPIRES_US};
    assert_ok(store_session_add(store, &session, "token", &error));
    put(store, MAIL, "123456", NOW_US);
    assert_ok(store_account_erase(store, id, &error));
    assert_fails(store_session_find(store, "token", NOW_US, &error), STORE_ERROR_NOT_FOUND);
    assert_false(opens(store, mail, "123456", NOW_US)); /* the code that was under way */
    struct store_account *account;
    assert_ok(account = store_account_get(store, id, &error));
    assert_null(account->contact);
    assert_null(account->name);
    assert_null(account->id_number);
    store_account_free(account);
    assert_fails(verify(store, id, "11010519491231002X", "张静怡", &error), STORE_ERROR_NOT_FOUND);
    g_autofree char *anew = make(store, mail);
    assert_string_not_equal(anew, id);
    assert_ok(verify(store, anew, "11010519491231002X", "张静怡", &error));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_with_store(a_code_makes_an_account_and_the_next_one_finds_it),
        test_with_store(a_code_is_used_once_and_not_after_its_time_and_for_its_contact_alone),
        test_with_store(a_code_dies_of_wrong_tries_also_over_a_restart),
        test_with_store(a_contact_gets_so_many_codes_a_day),
        test_with_store(a_document_verifies_one_account_and_stays),
        test_with_store(settings_are_kept),
        test_with_store(nothing_personal_and_no_code_lies_on_the_disk),
        test_with_store(an_erased_account_is_nobody_and_its_contact_may_register_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
