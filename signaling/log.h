/* log: every message of every module as one line on stderr, for journald or a terminal.
 *
 *   <4>2026-11-21T09:30:00.123Z warning media event=dtls_failed peer=0000000000000007
 *
 * The <n> in front is the syslog priority (sd-daemon(3)) and is written only when stderr is the journal. Control
 * characters and broken UTF-8 are escaped, so that no peer can forge a line. */
#pragma once

#include <glib.h>
#include <stdbool.h>

/* Takes over GLib's structured log of this process. Debug messages are written only with G_MESSAGES_DEBUG set. */
void log_start(void);

/* A line as log_start's writer would write it, without priority; caller frees. `now_us` is UTC. */
char *log_format(GLogLevelFlags level, const char *domain, const char *message, gint64 now_us);
