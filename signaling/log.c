#include "signaling/log.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define MESSAGE_BYTES_MAX 4096

static const char *level_name(GLogLevelFlags level)
{
    switch (level & G_LOG_LEVEL_MASK) {
    case G_LOG_LEVEL_ERROR:
    case G_LOG_LEVEL_CRITICAL:
        return "error";
    case G_LOG_LEVEL_WARNING:
        return "warning";
    case G_LOG_LEVEL_MESSAGE:
        return "notice";
    case G_LOG_LEVEL_INFO:
        return "info";
    default:
        return "debug";
    }
}

/* Syslog's numbers (RFC 5424 §6.2.1). */
static int level_priority(GLogLevelFlags level)
{
    switch (level & G_LOG_LEVEL_MASK) {
    case G_LOG_LEVEL_ERROR:
    case G_LOG_LEVEL_CRITICAL:
        return 3;
    case G_LOG_LEVEL_WARNING:
        return 4;
    case G_LOG_LEVEL_MESSAGE:
        return 5;
    case G_LOG_LEVEL_INFO:
        return 6;
    default:
        return 7;
    }
}

static void append_escaped(GString *line, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, (gssize)strnlen(text, MESSAGE_BYTES_MAX));
    for (const char *at = valid; *at != '\0'; at = g_utf8_next_char(at)) {
        const gunichar c = g_utf8_get_char(at);
        if (g_unichar_iscntrl(c) || c == 0x2028 || c == 0x2029) {
            g_string_append_printf(line, "\\u%04x", c);
        } else {
            g_string_append_unichar(line, c);
        }
    }
}

char *log_format(GLogLevelFlags level, const char *domain, const char *message, gint64 now_us)
{
    g_autoptr(GDateTime) second = g_date_time_new_from_unix_utc(now_us / G_USEC_PER_SEC);
    g_autofree char *time = g_date_time_format(second, "%Y-%m-%dT%H:%M:%S");
    GString *line = g_string_new(NULL);
    g_string_printf(line, "%s.%03uZ %s %s ", time, (unsigned)(now_us % G_USEC_PER_SEC / 1000), level_name(level),
                    domain);
    append_escaped(line, message);
    return g_string_free(line, FALSE);
}

static const char *field_text(const GLogField *fields, gsize count, const char *key)
{
    for (gsize i = 0; i < count; i++) {
        if (strcmp(fields[i].key, key) == 0 && fields[i].length < 0) {
            return fields[i].value;
        }
    }
    return NULL;
}

static GLogWriterOutput write_line(GLogLevelFlags level, const GLogField *fields, gsize count, gpointer to_journal)
{
    const char *domain = field_text(fields, count, "GLIB_DOMAIN");
    const char *message = field_text(fields, count, "MESSAGE");
    /* Info is our everyday level and always written; GLib's own default would hide it like debug. */
    if ((level & G_LOG_LEVEL_MASK) == G_LOG_LEVEL_DEBUG && g_log_writer_default_would_drop(level, domain)) {
        return G_LOG_WRITER_HANDLED;
    }
    g_autofree char *line =
        log_format(level, domain != NULL ? domain : "-", message != NULL ? message : "", g_get_real_time());
    if (GPOINTER_TO_INT(to_journal)) {
        fprintf(stderr, "<%d>%s\n", level_priority(level), line);
    } else {
        fprintf(stderr, "%s\n", line);
    }
    return G_LOG_WRITER_HANDLED;
}

void log_start(void)
{
    const bool to_journal = g_log_writer_is_journald(STDERR_FILENO);
    g_log_set_writer_func(write_line, GINT_TO_POINTER(to_journal), NULL);
}
