#include "vision/document/mrz_date.h"

#include <string.h>

#define CENTURY 100

static bool is_two_digits(const char *text)
{
    return g_ascii_isdigit(text[0]) && g_ascii_isdigit(text[1]);
}

static int two_digits(const char *text)
{
    return (text[0] - '0') * 10 + (text[1] - '0');
}

/* In the latest century in which the day is not after `latest`. */
static bool place_in_century(const char *text, const GDate *latest, GDate *day)
{
    const int year = two_digits(text), month = two_digits(text + 2), day_of_month = two_digits(text + 4);
    const int last = g_date_get_year(latest) / CENTURY * CENTURY;
    for (int century = last; century >= last - CENTURY; century -= CENTURY) {
        if (!g_date_valid_dmy((GDateDay)day_of_month, (GDateMonth)month, (GDateYear)(century + year))) {
            continue; /* also 29 February of a century that has none */
        }
        GDate candidate;
        g_date_clear(&candidate, 1);
        g_date_set_dmy(&candidate, (GDateDay)day_of_month, (GDateMonth)month, (GDateYear)(century + year));
        if (g_date_compare(&candidate, latest) <= 0) {
            *day = candidate;
            return true;
        }
    }
    return false;
}

/* Unknown parts are fillers, of the day, of day and month, or of all (9303-3 §4.8). */
static bool is_partly_unknown(const char *text)
{
    const bool year = is_two_digits(text), no_year = strncmp(text, "<<", 2) == 0;
    const bool month = is_two_digits(text + 2), no_month = strncmp(text + 2, "<<", 2) == 0;
    const bool no_day = strncmp(text + 4, "<<", 2) == 0;
    if (!no_day || !(year || no_year) || !(month || no_month)) {
        return false;
    }
    if (month) {
        const int number = two_digits(text + 2);
        return year && number >= 1 && number <= 12;
    }
    return true;
}

enum mrz_day mrz_date_birth(const char *text, const GDate *today, GDate *day)
{
    if (is_two_digits(text) && is_two_digits(text + 2) && is_two_digits(text + 4)) {
        return place_in_century(text, today, day) ? MRZ_DAY_EXISTS : MRZ_DAY_NONE;
    }
    return is_partly_unknown(text) ? MRZ_DAY_PARTLY_UNKNOWN : MRZ_DAY_NONE;
}

enum mrz_day mrz_date_expiry(const char *text, const GDate *today, GDate *day)
{
    if (!is_two_digits(text) || !is_two_digits(text + 2) || !is_two_digits(text + 4)) {
        return MRZ_DAY_NONE;
    }
    GDate latest = *today;
    g_date_add_years(&latest, MRZ_EXPIRY_YEARS_AHEAD);
    return place_in_century(text, &latest, day) ? MRZ_DAY_EXISTS : MRZ_DAY_NONE;
}
