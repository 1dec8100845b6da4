/* decode: one keyframe from RTP packets to a JPEG, in a GStreamer pipeline of its own. */
#pragma once

#include "vision/process/op.h"

/* Starts GStreamer and loads every plugin that decoding needs. VISION_ERROR_CONFIG, naming the missing one. */
bool decode_load(GError **error);

/* Blocks until done or `deadline_us` (monotonic). The errors are those of vision_decode_keyframe. */
bool decode_keyframe(const struct op_tools *tools, const struct vision_keyframe *keyframe, int64_t deadline_us,
                     struct vision_picture *picture, GError **error);
