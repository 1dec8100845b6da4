/* match: are two embeddings of the same person? Pure. */
#pragma once

#include "vision/face/thresholds.h"
#include "vision/vision.h"

/* Cosine of two embeddings of length 1, kept within -1..1; -1 when one holds what is no number. */
double match_cosine(const float a[VISION_EMBEDDING], const float b[VISION_EMBEDDING]);
/* What is no number decides nothing: VISION_NO_MATCH. */
enum vision_decision match_decide(const struct thresholds *thresholds, double score);
/* vision_compare_three. */
json_t *match_three(const struct thresholds *thresholds, const float *portrait, const float *page, const float *live);
