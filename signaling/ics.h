/* ics: an appointment as a calendar file (RFC 5545), for the applicant's own calendar. Pure.
 *
 * It names no person and holds no ticket: calendars are shared and synchronised. Its UID stays the same when the
 * appointment moves and its SEQUENCE grows, so that importing it once more moves the entry (§3.8.7.4). */
#pragma once

#include "store/store.h"

/* `page` is the address of the page, without a ticket. The interview has an appointment. Caller frees. */
char *ics_text(const struct store_interview *interview, const struct store_mission *mission, const char *page,
               int64_t now_us);
/* One content line: folded after 75 octets, never inside a character, ended by CRLF (§3.1). */
void ics_append_line(GString *text, const char *line);
/* A TEXT value: backslash, semicolon, comma and line feed escaped (§3.3.11). Caller frees. */
char *ics_escape(const char *value);
