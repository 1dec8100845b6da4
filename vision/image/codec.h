/* codec: libjpeg-turbo and libpng, for pictures whose head has been examined. Turning by EXIF is the caller's. */
#pragma once

#include "vision/image/picture.h"

/* BGR, as stored. The decoder must see the size that `head` says. VISION_ERROR_TRUNCATED, _DECODE. */
struct image *jpeg_decode(const uint8_t *bytes, size_t length, const struct picture_head *head, GError **error);
struct image *png_decode(const uint8_t *bytes, size_t length, const struct picture_head *head, GError **error);
