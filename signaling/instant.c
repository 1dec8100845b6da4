#include "signaling/instant.h"

#include <string.h>

#include "signaling/rpc.h"

char *instant_format(int64_t us)
{
    const int64_t seconds = us / G_USEC_PER_SEC;
    g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(seconds);
    g_autofree char *whole = g_date_time_format(at, "%Y-%m-%dT%H:%M:%S");
    return g_strdup_printf("%s.%03dZ", whole, (int)(us % G_USEC_PER_SEC / 1000));
}

json_t *instant_json(int64_t us)
{
    if (us == 0) {
        return json_null();
    }
    g_autofree char *text = instant_format(us);
    return json_string(text);
}

static bool has_form(const char *text, const char *form, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (form[i] == '0' ? !g_ascii_isdigit(text[i]) : text[i] != form[i]) {
            return false;
        }
    }
    return true;
}

bool instant_is_day(const char *text)
{
    static const char form[] = "0000-00-00";
    return has_form(text, form, sizeof form) &&
           g_date_valid_dmy((GDateDay)atoi(text + 8), (GDateMonth)atoi(text + 5), (GDateYear)atoi(text));
}

bool instant_parse(const char *text, int64_t *us)
{
    /* GLib reads more of ISO 8601 than RFC 3339 has: weeks, days of the year, times without separators. */
    static const char form[] = "0000-00-00T00:00:00";
    if (!has_form(text, form, sizeof form - 1)) {
        return false;
    }
    g_autoptr(GDateTime) at = g_date_time_new_from_iso8601(text, NULL);
    if (at == NULL || g_date_time_to_unix(at) < 0) {
        return false;
    }
    *us = g_date_time_to_unix(at) * G_USEC_PER_SEC + g_date_time_get_microsecond(at);
    return true;
}

static int64_t unix_us(GDateTime *at)
{
    return g_date_time_to_unix(at) * G_USEC_PER_SEC;
}

/* Midnight of `day`, or of the day of `now_us`; NULL when there is no such day. */
static GDateTime *midnight(GTimeZone *zone, const char *day, int64_t now_us)
{
    int year, month, date;
    if (day != NULL) {
        int length = 0;
        if (sscanf(day, "%4d-%2d-%2d%n", &year, &month, &date, &length) != 3 || length != 10 || day[10] != '\0') {
            return NULL;
        }
    } else {
        g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(now_us / G_USEC_PER_SEC);
        g_autoptr(GDateTime) local = g_date_time_to_timezone(utc, zone);
        g_date_time_get_ymd(local, &year, &month, &date);
    }
    return g_date_time_new(zone, year, month, date, 0, 0, 0);
}

bool instant_day(const char *time_zone, const char *day, int64_t now_us, struct instant_day *out, GError **error)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(time_zone);
    if (zone == NULL) {
        rpc_set_error(error, RPC_ERROR_INTERNAL, NULL, "time zone %s is unknown here: install tzdata", time_zone);
        return false;
    }
    g_autoptr(GDateTime) from = midnight(zone, day, now_us);
    g_autoptr(GDateTime) to = from != NULL ? g_date_time_add_days(from, 1) : NULL;
    if (to == NULL) {
        rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, NULL, "day must be an existing day, written YYYY-MM-DD");
        return false;
    }
    g_autofree char *text = g_date_time_format(from, "%Y-%m-%d");
    g_strlcpy(out->text, text, sizeof out->text);
    out->from_us = unix_us(from);
    out->to_us = unix_us(to);
    return true;
}
