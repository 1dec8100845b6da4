/* raster: what a GStreamer decoder gives, as a picture of ours. */
#pragma once

#include <gst/video/video.h>

#include "vision/image/image.h"

/* BGR, turned by `degrees` (a multiple of 90) clockwise. VISION_ERROR_UNSUPPORTED for a format that no camera sends,
 * VISION_ERROR_SIZE beyond `px_max`. Our own arithmetic rather than videoconvert's, which would write machine code at
 * run time, and the sandbox refuses that. */
struct image *raster_convert(GstBuffer *buffer, const GstVideoInfo *info, int degrees, uint32_t px_max, GError **error);
