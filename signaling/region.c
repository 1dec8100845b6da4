#include "signaling/region.h"

#include <glib.h>
#include <string.h>

#define COUNTRY_LENGTH 2
#define PART_MAX       3

static bool begins_with_country(const char *text)
{
    return g_ascii_isupper(text[0]) && g_ascii_isupper(text[1]);
}

bool region_is_country(const char *text)
{
    return begins_with_country(text) && text[COUNTRY_LENGTH] == '\0';
}

bool region_is_code(const char *text)
{
    if (region_is_country(text)) {
        return true;
    }
    if (!begins_with_country(text) || text[COUNTRY_LENGTH] != '-') {
        return false;
    }
    const char *part = text + COUNTRY_LENGTH + 1;
    const size_t length = strlen(part);
    return length >= 1 && length <= PART_MAX && strspn(part, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == length;
}

bool region_is_within(const char *region, char **list)
{
    g_autofree char *country = g_strndup(region, COUNTRY_LENGTH);
    return g_strv_contains((const char *const *)list, region) || g_strv_contains((const char *const *)list, country);
}
