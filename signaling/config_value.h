/* config_value: one value of a setting, from its text into its field. Pure. */
#pragma once

#include "signaling/config_reader.h"

/* Reads `text` into `field` (of the setting's kind), freeing what was there. Otherwise false, `field` untouched, and
 * `*allowed` says what would be: "allowed is true or false"; caller frees. */
bool config_value_set(const struct config_setting *setting, const char *text, void *field, char **allowed);
/* Frees what `field` owns. */
void config_value_clear(enum config_kind kind, void *field);
