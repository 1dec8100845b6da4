/* doctor: what on this machine would stop the service, or soon will, and what to do about it. */
#pragma once

#include "signaling/config.h"

#include <jansson.h>

enum finding_level { FINDING_OK, FINDING_WARNING, FINDING_FAILURE };

/* Everything is tried, nothing is changed; takes up to a few seconds. `config` is NULL when `config_error` says why it
 * could not be read. Returns a list of {"check","level":"ok"|"warning"|"failure","message"}; `worst` may be NULL. */
json_t *doctor_examine(const struct config *config, const GError *config_error, enum finding_level *worst);
