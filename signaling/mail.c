#include "signaling/mail.h"

#include <string.h>

#define LINE_MAX_OCTETS    76 /* RFC 2045 §6.8 */
#define WORD_OCTETS        42 /* in base64 56: "Subject: " and an encoded word fit into 78 characters (RFC 2047 §2) */
#define SUBJECT_OCTETS_MAX 900

/* "Fri, 27 Nov 2026 10:51:11 +0000" (RFC 5322 §3.3): English whatever the locale. */
static char *format_date(int64_t us)
{
    static const char days[][4] = {"Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"};
    static const char months[][4] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    g_autoptr(GDateTime) at = g_date_time_new_from_unix_utc(us / G_USEC_PER_SEC);
    g_autofree char *time = g_date_time_format(at, "%H:%M:%S");
    return g_strdup_printf("%s, %d %s %d %s +0000", days[g_date_time_get_day_of_week(at) - 1],
                           g_date_time_get_day_of_month(at), months[g_date_time_get_month(at) - 1],
                           g_date_time_get_year(at), time);
}

/* Encoded words, each of whole characters, folded (RFC 2047 §5). */
static void append_subject(GString *text, const char *subject)
{
    const char *end = subject + strnlen(subject, SUBJECT_OCTETS_MAX);
    for (const char *from = subject; from < end;) {
        const char *to = from;
        while (to < end && g_utf8_next_char(to) - from <= WORD_OCTETS) {
            to = g_utf8_next_char(to);
        }
        g_autofree char *word = g_base64_encode((const unsigned char *)from, (size_t)(to - from));
        g_string_append_printf(text, "%s=?UTF-8?B?%s?=", from > subject ? "\r\n " : "", word);
        from = to;
    }
}

static void append_body(GString *text, const char *body)
{
    g_auto(GStrv) lines = g_strsplit(body, "\n", -1);
    g_autofree char *whole = g_strjoinv("\r\n", lines);
    g_autofree char *encoded = g_base64_encode((const unsigned char *)whole, strlen(whole));
    for (const char *line = encoded; *line != '\0'; line += MIN(strlen(line), LINE_MAX_OCTETS)) {
        g_string_append_printf(text, "%.*s\r\n", LINE_MAX_OCTETS, line);
    }
}

char *mail_compose(const struct mail *mail)
{
    g_autofree char *date = format_date(mail->date_us);
    GString *text = g_string_new(NULL);
    g_string_append_printf(text, "Date: %s\r\nFrom: <%s>\r\nTo: <%s>\r\nMessage-ID: <%s%s>\r\nSubject: ", date,
                           mail->from, mail->to, mail->id, strchr(mail->from, '@'));
    append_subject(text, mail->subject);
    g_string_append(text, "\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\n"
                          "Content-Transfer-Encoding: base64\r\n"
                          "Auto-Submitted: auto-generated\r\n\r\n"); /* RFC 3834: no answering machine answers */
    append_body(text, mail->text);
    return g_string_free(text, FALSE);
}
