/* clock_walk: appointment times once more, found without any arithmetic: by asking GDateTime minute by minute what the
 * mission's clock shows. With policies made up at random, and places whose clocks change. */
#pragma once

#include "signaling/slots.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

#ifndef MINUTE_US
#define SECOND_US INT64_C(1000000)
#define MINUTE_US (60 * SECOND_US)
#endif
#define HOUR_US (60 * MINUTE_US)
#define DAY_US  (24 * HOUR_US)

static inline struct policy *policy_of(const char *text)
{
    g_autoptr(GError) error = NULL;
    struct policy *policy = policy_parse(text, strlen(text), "test", &error);
    if (policy == NULL) {
        fail_msg("%s", error->message);
    }
    return policy;
}

static inline int64_t utc_us(const char *text)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autoptr(GDateTime) at = g_date_time_new_from_iso8601(text, utc);
    assert_non_null(at);
    return g_date_time_to_unix(at) * SECOND_US;
}

static inline void append_hours(GString *text, GRand *random, const char *day)
{
    g_string_append_printf(text, "%s=", day);
    unsigned at_min = (unsigned)g_rand_int_range(random, 0, 8) * 15;
    for (int spans = g_rand_int_range(random, 0, 4); spans > 0 && at_min < 24 * 60; spans--) {
        const unsigned to_min = MIN(at_min + (unsigned)g_rand_int_range(random, 1, 30) * 10, 24 * 60);
        g_string_append_printf(text, "%02u:%02u-%02u:%02u%s", at_min / 60, at_min % 60, to_min / 60, to_min % 60,
                               spans > 1 && to_min + 5 < 24 * 60 ? "," : "");
        at_min = to_min + (unsigned)g_rand_int_range(random, 1, 20) * 5;
        if (at_min >= 24 * 60) {
            break;
        }
    }
    if (text->str[text->len - 1] == ',') {
        g_string_truncate(text, text->len - 1);
    }
    g_string_append_c(text, '\n');
}

static inline struct policy *random_policy(GRand *random, const char *holiday)
{
    static const char *const days[] = {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
    g_autoptr(GString) text = g_string_new("[hours]\n");
    for (unsigned i = 0; i < G_N_ELEMENTS(days); i++) {
        append_hours(text, random, days[i]);
    }
    g_string_append_printf(text, "holidays=%s\n[appointment]\nlength_min=%d\ncapacity=%d\n", holiday,
                           5 * g_rand_int_range(random, 1, 20), g_rand_int_range(random, 1, 5));
    return policy_of(text->str);
}

/* Which of the day's spans the mission's clock is in, with the day: 0 when closed. */
static inline unsigned open_in(const struct policy *policy, GTimeZone *zone, int64_t at_us)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(at_us / SECOND_US);
    g_autoptr(GDateTime) local = g_date_time_to_timezone(utc, zone);
    g_autofree char *day = g_date_time_format(local, "%Y-%m-%d");
    const GArray *spans = policy_hours(policy, (unsigned)g_date_time_get_day_of_week(local));
    const unsigned minute = (unsigned)(g_date_time_get_hour(local) * 60 + g_date_time_get_minute(local));
    for (guint i = 0; i < spans->len && !policy_is_holiday(policy, day); i++) {
        const struct config_span *span = &g_array_index(spans, struct config_span, i);
        if (minute >= span->from_min && minute < span->to_min) {
            return (unsigned)g_date_time_get_day_of_month(local) * 100 + i + 1;
        }
    }
    return 0;
}

/* The same list, found by walking through the minutes. */
static inline GArray *walk(const struct policy *policy, GTimeZone *zone, int64_t from_us, int64_t to_us)
{
    GArray *slots = g_array_new(FALSE, FALSE, sizeof(struct slot));
    const int64_t length_us = policy->appointment.length_min * MINUTE_US;
    unsigned span = 0;
    int64_t opened_us = 0;
    for (int64_t at_us = from_us - DAY_US; at_us < to_us + DAY_US; at_us += MINUTE_US) {
        const unsigned now = open_in(policy, zone, at_us);
        if (now != span) {
            span = now;
            opened_us = at_us;
        }
        const int64_t begun_us = at_us + MINUTE_US - length_us;
        if (span != 0 && begun_us >= opened_us && (begun_us - opened_us) % length_us == 0 && begun_us >= from_us &&
            begun_us < to_us) {
            const struct slot slot = {begun_us, begun_us + length_us, policy->appointment.capacity};
            g_array_append_val(slots, slot);
        }
    }
    return slots;
}

static const struct {
    const char *zone, *around; /* a change of clocks, or New Year */
} walk_places[] = {
    {"America/New_York", "2026-03-08T00:00:00Z"},    {"America/New_York", "2026-11-01T00:00:00Z"},
    {"Europe/Stockholm", "2026-03-29T00:00:00Z"},    {"Europe/Stockholm", "2026-10-25T00:00:00Z"},
    {"Australia/Sydney", "2026-04-04T12:00:00Z"},    {"Australia/Sydney", "2026-10-03T12:00:00Z"},
    {"America/Santiago", "2026-04-05T00:00:00Z"},    {"America/Santiago", "2026-09-06T00:00:00Z"},
    {"Australia/Lord_Howe", "2026-04-04T12:00:00Z"}, {"Australia/Lord_Howe", "2026-10-03T12:00:00Z"},
    {"Pacific/Kiritimati", "2026-12-31T12:00:00Z"},  {"Pacific/Pago_Pago", "2026-12-31T12:00:00Z"},
    {"Pacific/Auckland", "2026-04-04T12:00:00Z"},    {"Pacific/Auckland", "2026-09-26T12:00:00Z"},
    {"Asia/Shanghai", "2026-02-16T12:00:00Z"},
};
