/* facecheck_view: a face check as JSON, as its receiver may see it. */
#pragma once

#include "signaling/facecheck_turn.h"

/* New reference. To the applicant nothing of what the order or the pictures say is shown, and no report. */
json_t *facecheck_view(const struct facecheck_turn *turn, enum facecheck_view view, uint64_t version);

/* What is stored of a try: {"reasons", "hints", "report"}, all as the API has them. Takes all three. Caller frees. */
char *facecheck_try_text(json_t *reasons, json_t *hints, json_t *report);
