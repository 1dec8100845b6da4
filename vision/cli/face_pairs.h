/* face_pairs: `viva face compare --pairs`: a table of pairs, each distinct file measured once. */
#pragma once

#include "vision/cli/session.h"

/* Prints a line for each pair, in the order of the table. Returns the exit code. */
int face_pairs(const struct cli_options *options);

/* One picture measured for a comparison. */
bool face_measure(struct vision_pool *pool, GBytes *bytes, enum vision_drawing drawing, struct vision_face *face,
                  GError **error);
/* decision, score, thresholds; `faces` is taken over. New reference. */
json_t *face_verdict(const struct vision_pool *pool, const float a[VISION_EMBEDDING], const float b[VISION_EMBEDDING],
                     json_t *faces);
