/* mrz_date: the YYMMDD of a machine readable zone, and its century. */
#pragma once

#include <glib.h>
#include <stdbool.h>

enum mrz_day { MRZ_DAY_EXISTS, MRZ_DAY_PARTLY_UNKNOWN, MRZ_DAY_NONE };

/* `text`: six characters. A birth is at most as late as today (9303-3 §4.8 leaves the century to the reader); parts of
 * it may be unknown, as fillers: then `day` stays untouched. */
enum mrz_day mrz_date_birth(const char *text, const GDate *today, GDate *day);
/* At most MRZ_EXPIRY_YEARS_AHEAD ahead of today; all of it must be known. */
enum mrz_day mrz_date_expiry(const char *text, const GDate *today, GDate *day);
#define MRZ_EXPIRY_YEARS_AHEAD 20
