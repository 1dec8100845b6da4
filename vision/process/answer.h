/* answer: what the caller's side looks at in a worker's answer before it believes it: a worker has seen hostile bytes,
 * and may be anybody's by now. Pure. */
#pragma once

#include "vision/vision.h"

/* Fails with VISION_ERROR_DECODE: the answer is no `what`. Returns false. */
bool answer_refuse(const char *what, GError **error);

/* [{"code", "message"}], short texts, and nothing else. */
bool answer_is_reasons(const json_t *reasons);
/* An array of `count` finite numbers. */
bool answer_is_numbers(const json_t *array, size_t count);
/* An array of `count` points. */
bool answer_is_points(const json_t *array, size_t count);
/* Finite numbers, booleans, short texts and reasons, as members of one object: what `quality` is. */
bool answer_is_quality(const json_t *quality);
/* Bytes of an embedding of length 1. */
bool answer_take_embedding(GBytes *bytes, float embedding[VISION_EMBEDDING]);
bool answer_is_jpeg(GBytes *bytes);
bool answer_is_png(GBytes *bytes);
