#include "signaling/ics.h"

#include "signaling/interview.h"

#include <string.h>

#define LINE_OCTETS_MAX 75
#define MINUTE_US       INT64_C(60000000)

/* ---- lines ---- */

void ics_append_line(GString *text, const char *line)
{
    size_t used = 0;
    for (const char *at = line; *at != '\0'; at = g_utf8_next_char(at)) {
        const size_t octets = (size_t)(g_utf8_next_char(at) - at);
        if (used + octets > LINE_OCTETS_MAX) {
            g_string_append(text, "\r\n ");
            used = 1;
        }
        g_string_append_len(text, at, (gssize)octets);
        used += octets;
    }
    g_string_append(text, "\r\n");
}

char *ics_escape(const char *value)
{
    GString *text = g_string_new(NULL);
    for (const char *at = value; *at != '\0'; at++) {
        if (*at == '\n') {
            g_string_append(text, "\\n");
        } else if (*at != '\r') {
            g_string_append_printf(text, "%s%c", strchr("\\;,", *at) != NULL ? "\\" : "", *at);
        }
    }
    return g_string_free(text, FALSE);
}

static void append(GString *text, const char *format, ...) G_GNUC_PRINTF(2, 3);

static void append(GString *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *line = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    ics_append_line(text, line);
}

/* DATE-TIME in UTC (§3.3.5): every calendar shows it in its own zone, and no VTIMEZONE can be wrong. */
static void append_time(GString *text, const char *name, int64_t at_us)
{
    g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(at_us / G_USEC_PER_SEC);
    g_autofree char *value = g_date_time_format(at, "%Y%m%dT%H%M%SZ");
    append(text, "%s:%s", name, value);
}

/* ---- the file ---- */

static void append_alarm(GString *text, const char *before, const char *summary)
{
    append(text, "BEGIN:VALARM");
    append(text, "ACTION:DISPLAY");
    append(text, "TRIGGER:-%s", before);
    append(text, "DESCRIPTION:%s", summary);
    append(text, "END:VALARM");
}

static char *local_time(const struct store_interview *interview, const struct store_mission *mission)
{
    g_autoptr(GTimeZone) zone = g_time_zone_new_identifier(mission->time_zone);
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(interview->scheduled_us / G_USEC_PER_SEC);
    g_autoptr(GDateTime) local = zone != NULL ? g_date_time_to_timezone(utc, zone) : g_date_time_ref(utc);
    return g_date_time_format(local, "%Y-%m-%d %H:%M");
}

char *ics_text(const struct store_interview *interview, const struct store_mission *mission, const char *page,
               int64_t now_us)
{
    GString *text = g_string_new(NULL);
    g_autofree char *name_en = ics_escape(mission->name_en), *name_zh = ics_escape(mission->name_zh_hans);
    g_autofree char *local = local_time(interview, mission);
    g_autofree char *plain = g_strdup_printf(
        "Order %s\n%s (%s)\nOpen your order, or the link that was sent to you, in time.\n"
        "请准时打开您的订单，或发送给您的链接。\nThe mission never asks for payment by telephone or video. "
        "领事馆绝不会通过电话或视频要求付款。",
        interview->order_ref, local, mission->time_zone);
    g_autofree char *description = ics_escape(plain);
    g_autofree char *summary = g_strdup_printf("Video interview\\, %s · 视频面谈\\, %s", name_en, name_zh);
    append(text, "BEGIN:VCALENDAR");
    append(text, "VERSION:2.0");
    append(text, "PRODID:-//viva//interview//EN");
    append(text, "BEGIN:VEVENT");
    append(text, "UID:%s@viva", interview->id);
    append(text, "SEQUENCE:%u", interview->version);
    append_time(text, "DTSTAMP", now_us);
    append_time(text, "DTSTART", interview->scheduled_us);
    append_time(text, "DTEND", interview->scheduled_us + interview->length_min * MINUTE_US);
    append(text, "SUMMARY:%s", summary);
    append(text, "DESCRIPTION:%s", description);
    append(text, "URL:%s", page);
    append(text, "STATUS:%s", interview_is_over(interview->state) ? "CANCELLED" : "CONFIRMED");
    append(text, "CLASS:PRIVATE");
    append_alarm(text, "P1D", summary);
    append_alarm(text, "PT10M", summary);
    append(text, "END:VEVENT");
    append(text, "END:VCALENDAR");
    return g_string_free(text, FALSE);
}
