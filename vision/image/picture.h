/* picture: a file that claims to be a picture, from its first bytes to pixels.
 *
 * The head is read by our own bounded code first (type by content, size, depth, components, scans, where the data
 * ends), so that no decoder ever starts on a bomb. Runs in a worker; picture_examine is pure and fuzzed. */
#pragma once

#include "vision/image/image.h"

enum picture_type { PICTURE_UNKNOWN, PICTURE_JPEG, PICTURE_PNG };

struct picture_limits {
    size_t bytes_max;
    uint32_t px_max;    /* width × height */
    uint32_t side_max;  /* px */
    uint32_t side_min;  /* px; less is VISION_ERROR_TOO_SMALL */
    unsigned scans_max; /* of a progressive JPEG */
    bool jpeg_only;
};

/* What every op takes from outside; `px_max` is the pool's. `jpeg_only`: a submission (D-11). */
struct picture_limits picture_limits(uint32_t px_max, bool jpeg_only);

struct picture_head {
    enum picture_type type;
    uint32_t width, height; /* as stored, before EXIF turns it */
    unsigned channels, bits;
    bool progressive;
    unsigned scans;
    unsigned orientation; /* EXIF 1..8 */
};

/* What the file says of itself. Fails with VISION_ERROR_EMPTY, _FILE_TOO_LARGE, _WRONG_TYPE (naming what it is: a PDF,
 * an HTML page, a GIF, …), _TRUNCATED, _SIZE, _TOO_SMALL, _UNSUPPORTED or _DECODE. */
bool picture_examine(const uint8_t *bytes, size_t length, const struct picture_limits *limits,
                     struct picture_head *head, GError **error);
/* Examines, then decodes to BGR, upright. */
struct image *picture_decode(GBytes *bytes, const struct picture_limits *limits, struct picture_head *head,
                             GError **error);
