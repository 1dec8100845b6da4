/* The command line: what is asked for, and that a slip is a usage error, not a guess. */
#include "signaling/options.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

static bool parse(const char *line, struct options *options, char ***arguments, GError **error)
{
    *arguments = g_strsplit(line, " ", -1);
    return options_parse((int)g_strv_length(*arguments), *arguments, options, error);
}

static void commands_are_understood(void **state)
{
    (void)state;
    static const struct {
        const char *line;
        const char *config;
        enum command command;
        bool demo;
    } cases[] = {
        {"viva serve", NULL, COMMAND_SERVE, false},
        {"viva serve --demo --config a.conf", "a.conf", COMMAND_SERVE, true},
        {"viva serve --config=a.conf", "a.conf", COMMAND_SERVE, false},
        {"viva serve --help", NULL, COMMAND_HELP, false},
        {"viva doctor --config a.conf", "a.conf", COMMAND_DOCTOR, false},
        {"viva face compare a.jpg b.jpg", NULL, COMMAND_VISION, false},
        {"viva document read --help", NULL, COMMAND_VISION, false},
        {"viva liveness check a.webm", NULL, COMMAND_VISION, false},
        {"viva vision-worker", NULL, COMMAND_VISION_WORKER, false},
        {"viva help", NULL, COMMAND_HELP, false},
        {"viva --help", NULL, COMMAND_HELP, false},
        {"viva --version", NULL, COMMAND_VERSION, false},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct options options = {0};
        g_auto(GStrv) arguments = NULL;
        g_autoptr(GError) error = NULL;
        if (!parse(cases[i].line, &options, &arguments, &error) || options.command != cases[i].command ||
            options.demo != cases[i].demo || g_strcmp0(options.config, cases[i].config) != 0) {
            fail_msg("%s: %s", cases[i].line, error != NULL ? error->message : "understood wrongly");
        }
        options_clear(&options);
    }
}

static void slips_are_usage_errors(void **state)
{
    (void)state;
    static const char *const lines[] = {
        "viva",
        "viva server",
        "viva serve a.conf",
        "viva serve --confg a.conf",
        "viva serve --config",
        "viva doctor --demo",
        "viva --demo serve",
        "viva ",
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(lines); i++) {
        struct options options = {0};
        g_auto(GStrv) arguments = NULL;
        g_autoptr(GError) error = NULL;
        if (parse(lines[i], &options, &arguments, &error) || error == NULL) {
            fail_msg("%s: was understood", lines[i]);
        }
    }
}

static void officer_gets_its_own_arguments(void **state)
{
    (void)state;
    struct options options = {0};
    g_auto(GStrv) arguments = NULL;
    assert_true(parse("viva officer add liu --name Liu", &options, &arguments, NULL));
    assert_int_equal(options.command, COMMAND_OFFICER);
    assert_int_equal(options.rest_count, 5);
    assert_string_equal(options.rest[0], "officer");
    assert_null(options.rest[5]);
    options_clear(&options);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(commands_are_understood),
        cmocka_unit_test(slips_are_usage_errors),
        cmocka_unit_test(officer_gets_its_own_arguments),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
