/* Log lines: one event is one line, whatever a peer put into it. */
#include "signaling/log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

static void a_line_has_time_level_domain_and_message(void **state)
{
    (void)state;
    g_autofree char *line =
        log_format(G_LOG_LEVEL_WARNING, "media", "event=x peer=7", G_GINT64_CONSTANT(1795253400123456));
    assert_string_equal(line, "2026-11-21T09:30:00.123Z warning media event=x peer=7");
}

static void a_peer_cannot_forge_a_line(void **state)
{
    (void)state;
    static const struct {
        const char *hazard, *message, *ends;
    } cases[] = {
        {"line feed", "a\nb", " a\\u000ab"},
        {"carriage return", "a\rb", " a\\u000db"},
        {"terminal escape", "a\x1b[2Jb", " a\\u001b[2Jb"},
        {"C1 control",
         "a\xc2\x9b"
         "b",
         " a\\u009bb"},
        {"line separator",
         "a\xe2\x80\xa8"
         "b",
         " a\\u2028b"},
        {"broken UTF-8",
         "a\xff"
         "b",
         " a\xef\xbf\xbd"
         "b"},
        {"Chinese stays", "\xe4\xbd\xa0", " \xe4\xbd\xa0"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *line = log_format(G_LOG_LEVEL_INFO, "s", cases[i].message, 0);
        if (!g_str_has_suffix(line, cases[i].ends)) {
            fail_msg("%s: %s", cases[i].hazard, line);
        }
    }
}

static void a_long_message_is_cut(void **state)
{
    (void)state;
    g_autofree char *message = g_strnfill(100000, 'x');
    g_autofree char *line = log_format(G_LOG_LEVEL_INFO, "s", message, 0);
    assert_true(strlen(line) < 5000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_line_has_time_level_domain_and_message),
        cmocka_unit_test(a_peer_cannot_forge_a_line),
        cmocka_unit_test(a_long_message_is_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
