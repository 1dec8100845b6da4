/* appointment_rest: an interview's appointment over REST (api/openapi.yaml).
 *
 *   /v1/interviews/{id}/appointment.ics */
#pragma once

#include "signaling/answer.h"
#include "signaling/service.h"

#define INTERVIEWS_PATH "/v1/interviews/"

/* The id in such a path, or NULL for any other path. Pure; caller frees. */
char *appointment_path_parse(const char *text);
/* The calendar file, for the interview's parties, the holder of its order in the book, and officers of its
 * mission. Blocks. `token` is of the session.
 * Refused as not_found where there is no appointment. */
struct answer *appointment_rest_get(struct service *service, const char *token, const char *interview);
