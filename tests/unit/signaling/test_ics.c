/* The calendar file: RFC 5545's lines, folding and escapes, and nothing in it that must not travel. */
#include "signaling/appointment_rest.h"
#include "signaling/ics.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

static char *sample(enum store_interview_state state)
{
    const struct store_interview interview = {.id = (char *)"k3v7q2m5x4",
                                              .order_ref = (char *)"2026-NYC-000123",
                                              .scheduled_us = INT64_C(1793539800) * G_USEC_PER_SEC,
                                              .length_min = 20,
                                              .state = state,
                                              .version = 7};
    const struct store_mission mission = {.id = (char *)"nyc",
                                          .name_en = (char *)"Consulate; General, New York",
                                          .name_zh_hans = (char *)"驻纽约总领事馆",
                                          .time_zone = (char *)"America/New_York"};
    return ics_text(&interview, &mission, "https://viva.example", INT64_C(1793000000) * G_USEC_PER_SEC);
}

static void every_line_is_short_and_ends_as_it_must(void **state)
{
    (void)state;
    g_autofree char *text = sample(INTERVIEW_SCHEDULED);
    assert_true(g_utf8_validate(text, -1, NULL));
    g_auto(GStrv) lines = g_strsplit(text, "\r\n", -1);
    for (unsigned i = 0; lines[i] != NULL; i++) {
        assert_true(strlen(lines[i]) <= 75);
        assert_null(strchr(lines[i], '\n'));
        assert_true(g_utf8_validate(lines[i], -1, NULL));
    }
    assert_true(g_str_has_prefix(text, "BEGIN:VCALENDAR\r\nVERSION:2.0\r\n"));
    assert_true(g_str_has_suffix(text, "\r\nEND:VCALENDAR\r\n"));
}

static void it_says_when_and_which_and_moves_when_imported_again(void **state)
{
    (void)state;
    g_autofree char *text = sample(INTERVIEW_SCHEDULED);
    static const char *const expected[] = {
        "\r\nUID:k3v7q2m5x4@viva\r\n",      "\r\nSEQUENCE:7\r\n",
        "\r\nDTSTART:20261101T133000Z\r\n", "\r\nDTEND:20261101T135000Z\r\n",
        "\r\nSTATUS:CONFIRMED\r\n",         "\r\nTRIGGER:-P1D\r\n",
        "\r\nTRIGGER:-PT10M\r\n",           "Consulate\\; General\\, New York",
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(expected); i++) {
        if (strstr(text, expected[i]) == NULL) {
            fail_msg("no \"%s\" in:\n%s", expected[i], text);
        }
    }
    assert_null(strstr(text, "#t="));
    g_autofree char *over = sample(INTERVIEW_MISSED);
    assert_non_null(strstr(over, "STATUS:CANCELLED"));
}

static void folding_never_splits_a_character(void **state)
{
    (void)state;
    g_autoptr(GString) text = g_string_new(NULL);
    g_autoptr(GString) line = g_string_new("X:");
    for (unsigned i = 0; i < 60; i++) {
        g_string_append(line, "领");
    }
    ics_append_line(text, line->str);
    g_auto(GStrv) parts = g_strsplit(text->str, "\r\n ", -1);
    g_autofree char *joined = g_strjoinv("", parts);
    assert_true(g_str_has_suffix(joined, "\r\n"));
    assert_memory_equal(joined, line->str, line->len);
    assert_true(g_strv_length(parts) > 2);
    g_autofree char *escaped = ics_escape("a\\b;c,d\r\ne");
    assert_string_equal(escaped, "a\\\\b\\;c\\,d\\ne");
}

static void only_such_paths_name_an_appointment(void **state)
{
    (void)state;
    g_autofree char *id = appointment_path_parse("/v1/interviews/k3v7-1/appointment.ics");
    assert_string_equal(id, "k3v7-1");
    static const char *const others[] = {
        "/v1/interviews/",
        "/v1/interviews//appointment.ics",
        "/v1/interviews/appointment.ics",
        "/v1/interviews/a/b",
        "/v1/interviews/a/../appointment.ics",
        "/v1/interviews/A/appointment.ics",
        "/v1/interviews/a/b/appointment.ics",
        "/v1/interviews/a/appointment.icsx",
        "/v1/interviews/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa/appointment.ics",
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(others); i++) {
        assert_null(appointment_path_parse(others[i]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_line_is_short_and_ends_as_it_must),
        cmocka_unit_test(it_says_when_and_which_and_moves_when_imported_again),
        cmocka_unit_test(folding_never_splits_a_character),
        cmocka_unit_test(only_such_paths_name_an_appointment),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
