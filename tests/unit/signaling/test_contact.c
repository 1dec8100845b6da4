/* Contacts: the one normal form of an address or number, however it is typed, and nothing that only looks like one. */
#include "signaling/contact.h"

#include "signaling/rpc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

static void many_ways_to_type_it_lead_to_one_contact(void **state)
{
    (void)state;
    static const struct {
        const char *typed, *kind, *text;
    } rows[] = {
        {"Zhang.Wei@Example.ORG", "email", "zhang.wei@example.org"},
        {"  a@b.cd\n", "email", "a@b.cd"},
        {"o'neil+visa=1@mail-2.example.co.uk", "email", "o'neil+visa=1@mail-2.example.co.uk"},
        {"ｚｗ＠ｅｘａｍｐｌｅ．ｏｒｇ", "email", "zw@example.org"}, /* full width */
        {"x@xn--fiqs8s.xn--fiqz9s", "email", "x@xn--fiqs8s.xn--fiqz9s"},
        {"13800138000", "mobile", "+8613800138000"},
        {"138 0013-8000", "mobile", "+8613800138000"},
        {"+86 138 0013 8000", "mobile", "+8613800138000"},
        {"008613800138000", "mobile", "+8613800138000"},
        {"１３８００１３８０００", "mobile", "+8613800138000"},
        {"+1 (212) 555-0123", "mobile", "+12125550123"},
        {"+46 70 123 45 67", "mobile", "+46701234567"},
        {"+123456789012345", "mobile", "+123456789012345"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct contact contact;
        g_autoptr(GError) error = NULL;
        if (!contact_parse(rows[i].typed, &contact, &error)) {
            fail_msg("%s: %s", rows[i].typed, error->message);
        }
        assert_string_equal(contact.kind, rows[i].kind);
        assert_string_equal(contact.text, rows[i].text);
    }
}

static void what_is_no_contact_is_refused_and_not_repeated(void **state)
{
    (void)state;
    g_autofree char *local = g_strnfill(65, 'a'), *label = g_strnfill(64, 'a'), *huge = g_strnfill(300, 'a');
    g_autofree char *long_local = g_strconcat(local, "@example.org", NULL);
    g_autofree char *long_label = g_strconcat("a@", label, ".org", NULL);
    g_autofree char *long_all = g_strconcat("a@", huge, ".org", NULL);
    const char *const rows[] = {
        "",
        " ",
        "zhang",
        "@example.org",
        "a@",
        "a@b",
        "a@b@example.org",
        "a@localhost",
        "a@127.0.0.1",
        "a@[::1]",
        "a@example..org",
        "a@-x.example.org",
        "a@example-.org",
        "a@example.1a",
        "a@example.o",
        ".a@example.org",
        "a.@example.org",
        "a..b@example.org",
        "a b@example.org",
        "\"a b\"@example.org",
        "a@example.org\r\nBcc: b@example.org", /* a header of somebody's own */
        "a@example.org,b@example.org",
        "<a@example.org>",
        "аlice@example.org", /* a Cyrillic letter */
        "a@exаmple.org",     /* likewise */
        "张@example.org",
        "a@例え.jp",
        "12345",
        "+1234567",
        "+1234567890123456",
        "+0123456789",
        "1234567890",  /* of which country? */
        "12125550123", /* 11 digits that begin with 1 are Chinese, and no mobile number there begins so */
        "+8612800138000",
        "+86138001380001",
        "+86 1380013800O",
        "++8613800138000",
        "+",
        "0000000000000000",
        "١٣٨٠٠١٣٨٠٠٠", /* Arabic digits: no normal form of ours */
        long_local,
        long_label,
        long_all,
        "a@example.org\xff",
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct contact contact;
        g_autoptr(GError) error = NULL;
        if (contact_parse(rows[i], &contact, &error)) {
            fail_msg("%s is no contact and was read as %s", rows[i], contact.text);
        }
        assert_true(g_error_matches(error, RPC_ERROR, RPC_ERROR_INVALID_PARAMS));
        assert_true(strlen(rows[i]) < 2 || strstr(error->message, rows[i]) == NULL);
    }
}

static void a_masked_contact_tells_its_holder_and_nobody_else(void **state)
{
    (void)state;
    static const char *const rows[][2] = {
        {"zhang.wei@example.org", "z***@example.org"},
        {"+8613800138000", "+86***00"},
        {"+12345678", "+12***78"},
        {"+123", "***"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree char *masked = contact_mask(rows[i][0]);
        assert_string_equal(masked, rows[i][1]);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(many_ways_to_type_it_lead_to_one_contact),
        cmocka_unit_test(what_is_no_contact_is_refused_and_not_repeated),
        cmocka_unit_test(a_masked_contact_tells_its_holder_and_nobody_else),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
