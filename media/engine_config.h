/* engine_config: the settings of an engine. */
#pragma once

#include "media/media.h"

/* Fails with MEDIA_ERROR_CONFIG, naming the setting and what is allowed. */
bool engine_config_check(const struct media_config *config, GError **error);
/* With copies of its addresses. */
void engine_config_copy(struct media_config *copy, const struct media_config *config);
void engine_config_clear(struct media_config *copy);
