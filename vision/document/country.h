/* country: the three-letter codes of states, organisations and persons without a state that a document may bear (ICAO
 * 9303-3 §5: ISO 3166-1 alpha-3 and ICAO's own additions). */
#pragma once

#include <stdbool.h>

/* `code` without fillers: "CHN", "D", "UTO". */
bool country_is_known(const char *code);
