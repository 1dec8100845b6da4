/* head: what the formats say of themselves, read without decoding. Pure; for picture.c alone.
 *
 * Each checks the limits as soon as the size is known, so that a bomb is called a bomb even where its file is broken
 * further on. Fails with _DECODE, _TRUNCATED, _UNSUPPORTED, _SIZE or _TOO_SMALL; `head` is untouched then. */
#pragma once

#include "vision/image/picture.h"

/* From SOI to EOI (ITU-T T.81 annex B). What follows EOI is not looked at: phones put films and further pictures
 * there. */
bool jpeg_head(const uint8_t *bytes, size_t length, const struct picture_limits *limits, struct picture_head *head,
               GError **error);
/* From the signature to IEND (ISO/IEC 15948). */
bool png_head(const uint8_t *bytes, size_t length, const struct picture_limits *limits, struct picture_head *head,
              GError **error);

/* VISION_ERROR_SIZE or _TOO_SMALL. */
bool picture_check_size(const struct picture_limits *limits, uint32_t width, uint32_t height, GError **error);

/* 1..8 from the first image directory of Exif's TIFF part (tag 0x0112); 1 when it says nothing that makes sense. */
unsigned exif_orientation(const uint8_t *tiff, size_t length);
