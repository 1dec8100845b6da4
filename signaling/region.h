/* region: where somebody lives, as a code: a country (ISO 3166-1 alpha-2, "SE") or a part of one (ISO 3166-2, "US-NY").
 * Pure. */
#pragma once

#include <stdbool.h>

/* By its form alone: capital letters, and after a hyphen one to three letters or digits. */
bool region_is_code(const char *text);
bool region_is_country(const char *text);
/* Whether `region` is one of `list` (NULL-terminated) or a part of a country in it. */
bool region_is_within(const char *region, char **list);
