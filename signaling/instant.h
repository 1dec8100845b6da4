/* instant: points in time as the API writes them (RFC 3339, UTC, milliseconds), and a mission's days. */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* "2026-11-21T09:30:00.000Z". Caller frees. */
char *instant_format(int64_t us);
/* The same as JSON, null for 0 ("not yet"). New reference. */
json_t *instant_json(int64_t us);

/* Reads an instant of RFC 3339, from 1970 to 9999, with its zone, with or without fractions of a second. False for
 * anything else. */
bool instant_parse(const char *text, int64_t *us);

/* Whether `text` is a day that exists, written YYYY-MM-DD. */
bool instant_is_day(const char *text);

/* A calendar day of a time zone, as the instants [from_us, to_us): 23 or 25 hours long when clocks change. */
struct instant_day {
    char text[11]; /* "2026-11-21" */
    int64_t from_us, to_us;
};
/* `day` is YYYY-MM-DD, or NULL for the one that `now_us` is in. Fails with RPC_ERROR_INVALID_PARAMS for a day that does
 * not exist, RPC_ERROR_INTERNAL for a time zone that this machine does not know. */
bool instant_day(const char *time_zone, const char *day, int64_t now_us, struct instant_day *out, GError **error);
