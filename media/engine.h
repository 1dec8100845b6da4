/* engine: the functions of media.h that have a worker carry something out; here the little that they need beyond it. */
#pragma once

#include "media/media.h"

/* Whether `config` can be run: fails with MEDIA_ERROR_CONFIG, naming the setting and what is allowed. */
bool media_config_check(const struct media_config *config, GError **error);
