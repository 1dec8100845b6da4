/* pinyin: how Chinese characters are read, as passports spell it. ICU knows the readings (CLDR's Han-Latin, and its
 * variant for names); a small list adds what surnames and given names are read as besides.
 *
 * Threads: any. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define PINYIN_CHARACTERS_MAX 16 /* of a name */

/* The Chinese characters of a text, without anything else; "" when there are none. Caller frees. */
char *pinyin_characters(const char *text);
/* The same, simplified, so that a name can be compared with itself in the other script. Caller frees. */
char *pinyin_simplified(const char *characters);

/* Whether `characters` can be read as `letters` (A–Z alone): each character in any of its readings, ü as U, V, YU or
 * UE. `prefix`: `letters` may end before the reading does (a name that was cut off). False too beyond
 * PINYIN_CHARACTERS_MAX. */
bool pinyin_reads(const char *characters, const char *letters, bool prefix);
