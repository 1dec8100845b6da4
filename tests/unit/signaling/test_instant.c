#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "signaling/instant.h"
#include "signaling/rpc.h"

#define SECOND_US INT64_C(1000000)
#define HOUR_US   (3600 * SECOND_US)

static void instants_are_rfc_3339_in_utc_with_milliseconds(void **state)
{
    (void)state;
    const struct {
        int64_t us;
        const char *text;
    } cases[] = {
        {INT64_C(1795253400000000), "2026-11-21T09:30:00.000Z"},
        {INT64_C(1795253400007999), "2026-11-21T09:30:00.007Z"},
        {1, "1970-01-01T00:00:00.000Z"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = instant_format(cases[i].us);
        assert_string_equal(text, cases[i].text);
    }
    assert_true(json_is_null(instant_json(0)));
}

static void a_day_is_the_missions_also_when_clocks_change(void **state)
{
    (void)state;
    const struct {
        const char *hazard, *zone, *day;
        int64_t from_s;
        int hours;
    } cases[] = {
        {"an ordinary day", "America/New_York", "2026-11-21", 1795237200, 24},
        {"clocks go forward", "America/New_York", "2026-03-08", 1772946000, 23},
        {"clocks go back", "America/New_York", "2026-11-01", 1793505600, 25},
        {"east of Greenwich it begins before UTC's", "Europe/Stockholm", "2026-11-21", 1795215600, 24},
        {"a leap day", "Europe/Stockholm", "2028-02-29", 1835391600, 24},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct instant_day day;
        g_autoptr(GError) error = NULL;
        assert_true(instant_day(cases[i].zone, cases[i].day, 0, &day, &error));
        if (day.from_us != cases[i].from_s * SECOND_US || day.to_us - day.from_us != cases[i].hours * HOUR_US) {
            fail_msg("%s: from %" G_GINT64_FORMAT ", %" G_GINT64_FORMAT " h", cases[i].hazard, day.from_us / SECOND_US,
                     (day.to_us - day.from_us) / HOUR_US);
        }
        assert_string_equal(day.text, cases[i].day);
    }
}

static void today_is_told_by_the_missions_clock(void **state)
{
    (void)state;
    const int64_t late_us = INT64_C(1795226400) * SECOND_US; /* 2026-11-21T02:00Z: the evening before in New York */
    struct instant_day day;
    assert_true(instant_day("America/New_York", NULL, late_us, &day, NULL));
    assert_string_equal(day.text, "2026-11-20");
    assert_true(instant_day("Europe/Stockholm", NULL, late_us, &day, NULL));
    assert_string_equal(day.text, "2026-11-21");
}

static void days_that_do_not_exist_are_refused(void **state)
{
    (void)state;
    static const char *const days[] = {"2026-02-30", "2026-13-01", "2026-00-10", "2026-1-001", "20261-1-21",
                                       "yesterday!", "2026-11-2x", "",           "0000-01-01"};
    for (size_t i = 0; i < G_N_ELEMENTS(days); i++) {
        struct instant_day day;
        g_autoptr(GError) error = NULL;
        assert_false(instant_day("America/New_York", days[i], 0, &day, &error));
        assert_true(g_error_matches(error, RPC_ERROR, RPC_ERROR_INVALID_PARAMS));
    }
}

static void an_unknown_time_zone_is_not_silently_utc(void **state)
{
    (void)state;
    struct instant_day day;
    g_autoptr(GError) error = NULL;
    assert_false(instant_day("Mars/Olympus", NULL, SECOND_US, &day, &error));
    assert_true(g_error_matches(error, RPC_ERROR, RPC_ERROR_INTERNAL));
}

static void an_instant_is_read_in_its_zone_and_nothing_else_is_taken_for_one(void **state)
{
    (void)state;
    static const char *const same[] = {"2026-11-21T09:30:00Z", "2026-11-21T09:30:00.000Z", "2026-11-21T10:30:00+01:00",
                                       "2026-11-21T04:30:00-05:00"};
    static const char *const none[] = {"",
                                       "2026-11-21",
                                       "2026-11-21T09:30:00", /* no zone: whose clock? */
                                       "20261121T093000Z",
                                       "2026-W47-6T09:30:00Z",
                                       "2026-02-30T09:30:00Z",
                                       "2026-11-21T24:30:00Z",
                                       "2026-11-21T09:30:00Z and more"};
    for (size_t i = 0; i < G_N_ELEMENTS(same); i++) {
        int64_t us = 0;
        assert_true(instant_parse(same[i], &us));
        g_autofree char *text = instant_format(us);
        assert_string_equal(text, "2026-11-21T09:30:00.000Z");
    }
    for (size_t i = 0; i < G_N_ELEMENTS(none); i++) {
        int64_t us = 7;
        assert_false(instant_parse(none[i], &us));
        assert_int_equal(us, 7);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instants_are_rfc_3339_in_utc_with_milliseconds),
        cmocka_unit_test(a_day_is_the_missions_also_when_clocks_change),
        cmocka_unit_test(today_is_told_by_the_missions_clock),
        cmocka_unit_test(days_that_do_not_exist_are_refused),
        cmocka_unit_test(an_unknown_time_zone_is_not_silently_utc),
        cmocka_unit_test(an_instant_is_read_in_its_zone_and_nothing_else_is_taken_for_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
