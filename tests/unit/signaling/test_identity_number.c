/* Numbers of identity cards and passports: their check character, dates that do not exist, forms that are none. */
#include "signaling/identity_number.h"

#include "signaling/rpc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#define TODAY "2026-11-27"

static void numbers_are_read_however_they_are_typed(void **state)
{
    (void)state;
    static const struct {
        const char *kind, *typed, *text;
    } rows[] = {
        {"id_card", "11010519491231002X", "11010519491231002X"}, /* the example of GB 11643 */
        {"id_card", "11010519491231002x", "11010519491231002X"},
        {"id_card", "440524188001010014", "440524188001010014"}, /* likewise */
        {"id_card", "110105 19491231 002X", "11010519491231002X"},
        {"id_card", "１１０１０５１９４９１２３１００２Ｘ", "11010519491231002X"},
        {"passport", "E12345678", "E12345678"},
        {"passport", "e 1234 5678", "E12345678"},
        {"passport", "EA0000001", "EA0000001"},
        {"passport", "EZ9999999", "EZ9999999"},
        {"passport", "G12345678", "G12345678"},
        {"passport", "D12345678", "D12345678"},
        {"passport", "P12345678", "P12345678"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct identity_number number;
        g_autoptr(GError) error = NULL;
        if (!identity_number_parse(rows[i].kind, rows[i].typed, TODAY, &number, &error)) {
            fail_msg("%s: %s", rows[i].typed, error->message);
        }
        assert_string_equal(number.text, rows[i].text);
    }
}

/* Seventeen digits with the check character that fits them, so that nothing else is wrong. */
static char *with_check(const char *digits)
{
    return g_strdup_printf("%s%c", digits, identity_number_check(digits));
}

static void what_is_no_number_is_refused_and_not_repeated(void **state)
{
    (void)state;
    static const struct {
        const char *hazard, *kind, *typed; /* 17 characters: the check character is added */
    } rows[] = {
        {"a digit too few", "id_card", "1101051949123100"},
        {"fifteen digits, as until 1999", "id_card", "110105491231002"},
        {"a wrong check character", "id_card", "110105194912310021"},
        {"two digits changed places", "id_card", "11010519491213002X"},
        {"X within", "id_card", "1101051949123X0021"},
        {"no such month", "id_card", "11010519491331002"},
        {"no such day", "id_card", "11010519490230002"},
        {"no leap year", "id_card", "11010519000229002"},
        {"before anybody alive", "id_card", "11010518791231002"},
        {"born today", "id_card", "11010520261127002"},
        {"born in the future", "id_card", "11010520990101002"},
        {"year 0", "id_card", "11010500000101002"},
        {"no such province", "id_card", "99010519491231002"},
        {"letters", "id_card", "ABCDEFGHIJKLMNOPQR"},
        {"a passport's", "id_card", "E12345678"},
        {"much too long", "id_card", "1101051949123100211010519491231002"},
        {"signs", "id_card", "110105-19491231-002X"},
        {"an identity number", "passport", "11010519491231002X"},
        {"a digit too few", "passport", "E1234567"},
        {"a digit too many", "passport", "E123456789"},
        {"a letter that looks like 1", "passport", "EI1234567"},
        {"a letter that looks like 0", "passport", "EO1234567"},
        {"an official one (D-60)", "passport", "SE1234567"},
        {"letters in the digits", "passport", "E1234567A"},
        {"another country's", "passport", "C01234567"},
        {"nothing", "passport", "   "},
        {"other digits", "passport", "E१२३४५६७८"},
        {"no UTF-8", "passport", "E1234567\xff"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct identity_number number = {"untouched"};
        g_autoptr(GError) error = NULL;
        g_autofree char *typed = strlen(rows[i].typed) == 17 ? with_check(rows[i].typed) : g_strdup(rows[i].typed);
        if (identity_number_parse(rows[i].kind, typed, TODAY, &number, &error)) {
            fail_msg("%s was taken: %s", rows[i].hazard, typed);
        }
        assert_true(g_error_matches(error, RPC_ERROR, RPC_ERROR_INVALID_PARAMS));
        assert_null(strstr(error->message, typed));
        assert_string_equal(number.text, "untouched");
    }
}

/* ISO 7064 MOD 11-2 sees every single wrong digit and every two that changed places. */
static void one_wrong_digit_is_always_seen(void **state)
{
    (void)state;
    static const char right[] = "11010519491231002X";
    for (unsigned i = 0; i < 17; i++) {
        for (unsigned digit = 0; digit < 10; digit++) {
            char typed[sizeof right];
            memcpy(typed, right, sizeof right);
            typed[i] = "0123456789"[digit];
            assert_int_equal(identity_number_check(typed) == right[17], typed[i] == right[i]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_read_however_they_are_typed),
        cmocka_unit_test(what_is_no_number_is_refused_and_not_repeated),
        cmocka_unit_test(one_wrong_digit_is_always_seen),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
