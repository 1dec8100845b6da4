/* findings: what vision finds in captures of a face or a document, against the order's newest face check, in the
 * background, seconds after the capture. Findings are stored sealed with their interview; a capture that has none (the
 * server was restarted) is looked at when it is listed. */
#pragma once

#include "signaling/service.h"

struct findings *findings_new(struct service *service);
/* What waits is left for another time. */
void findings_free(struct findings *findings);

/* Sets "analysis" ("running", "done", "none") and "findings" of a capture's view, and has it looked at where that is
 * due. Any thread; does not wait for vision. */
void findings_view(struct findings *findings, const struct store_capture *capture, json_t *view);
