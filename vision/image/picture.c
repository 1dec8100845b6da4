#include "vision/image/picture.h"

#include <string.h>

#include "vision/image/codec.h"
#include "vision/image/head.h"
#include "vision/vision.h"

#define SIDE_MAX  16384
#define SIDE_MIN  64 /* a face alone needs 40 */
#define SCANS_MAX 100

struct picture_limits picture_limits(uint32_t px_max, bool jpeg_only)
{
    return (struct picture_limits){.bytes_max = jpeg_only ? VISION_JPEG_BYTES_MAX : VISION_FILE_BYTES_MAX,
                                   .px_max = px_max,
                                   .side_max = SIDE_MAX,
                                   .side_min = SIDE_MIN,
                                   .scans_max = SCANS_MAX,
                                   .jpeg_only = jpeg_only};
}

/* ---- what it is ---- */

struct kind {
    const char *name;
    size_t at;
    const char *bytes;
    size_t length;
};
#define KIND(name, at, bytes)                                                                                          \
    {                                                                                                                  \
        name, at, bytes, sizeof(bytes) - 1                                                                             \
    }

/* Only to tell people what they have sent; the first that fits. */
static const struct kind others[] = {
    KIND("a GIF", 0, "GIF8"),
    KIND("a WebP picture", 8, "WEBP"),
    KIND("a HEIC picture", 4, "ftyphei"),
    KIND("a HEIC picture", 4, "ftyphev"),
    KIND("a HEIC picture", 4, "ftypmif1"),
    KIND("a HEIC picture", 4, "ftypmsf1"),
    KIND("an AVIF picture", 4, "ftypavi"),
    KIND("an MP4 video", 4, "ftyp"),
    KIND("a WebM or Matroska video", 0, "\x1a\x45\xdf\xa3"),
    KIND("a RIFF file (audio or video)", 0, "RIFF"),
    KIND("a PDF document", 0, "%PDF"),
    KIND("a ZIP archive or Office document", 0, "PK\x03\x04"),
    KIND("a TIFF picture", 0, "II*\0"),
    KIND("a TIFF picture", 0, "MM\0*"),
    KIND("a BMP picture", 0, "BM"),
    KIND("a JPEG 2000 picture", 4, "jP  "),
    KIND("a JPEG 2000 picture", 0, "\xff\x4f\xff\x51"),
    KIND("a JPEG XL picture", 4, "JXL "),
    KIND("a JPEG XL picture", 0, "\xff\x0a"),
    KIND("a Photoshop picture", 0, "8BPS"),
    KIND("a gzip archive", 0, "\x1f\x8b"),
    KIND("a program", 0,
         "\x7f"
         "ELF"),
    KIND("a program", 0, "MZ"),
};
static const char *const markups[][2] = {
    {"<!doctype html", "an HTML page"}, {"<html", "an HTML page"},  {"<head", "an HTML page"},
    {"<script", "an HTML page"},        {"<svg", "an SVG drawing"}, {"<?xml", "an XML document"},
};

static const char png_signature[8] = "\x89PNG\r\n\x1a\n";

static bool has(const uint8_t *bytes, size_t length, const struct kind *kind)
{
    return length >= kind->at + kind->length && memcmp(bytes + kind->at, kind->bytes, kind->length) == 0;
}

static const char *name_markup(const uint8_t *bytes, size_t length)
{
    char start[64] = "";
    size_t skip = length >= 3 && memcmp(bytes, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;
    while (skip < length && g_ascii_isspace((char)bytes[skip])) {
        skip++;
    }
    memcpy(start, bytes + skip, MIN(length - skip, sizeof(start) - 1));
    for (size_t i = 0; i < G_N_ELEMENTS(markups); i++) {
        if (g_ascii_strncasecmp(start, markups[i][0], strlen(markups[i][0])) == 0) {
            return markups[i][1];
        }
    }
    return NULL;
}

static const char *name_other(const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        if (has(bytes, length, &others[i])) {
            return others[i].name;
        }
    }
    const char *markup = name_markup(bytes, length);
    return markup != NULL ? markup : "not a picture";
}

/* A file cut short within its signature is still of its type. */
static enum picture_type type_of(const uint8_t *bytes, size_t length)
{
    if (length >= 2 && memcmp(bytes, "\xff\xd8\xff", MIN(length, 3)) == 0) {
        return PICTURE_JPEG;
    }
    if (length >= 4 && memcmp(bytes, png_signature, MIN(length, sizeof(png_signature))) == 0) {
        return PICTURE_PNG;
    }
    return PICTURE_UNKNOWN;
}

/* ---- examining ---- */

bool picture_check_size(const struct picture_limits *limits, uint32_t width, uint32_t height, GError **error)
{
    if (width > limits->side_max || height > limits->side_max || (uint64_t)width * height > limits->px_max) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_SIZE,
                    "the picture is too large: %u × %u pixels, at most %.1f megapixels and %u a side", width, height,
                    limits->px_max / 1e6, limits->side_max);
        return false;
    }
    if (width < limits->side_min || height < limits->side_min) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_TOO_SMALL,
                    "the picture is too small: %u × %u pixels, at least %u a side", width, height, limits->side_min);
        return false;
    }
    return true;
}

bool picture_examine(const uint8_t *bytes, size_t length, const struct picture_limits *limits,
                     struct picture_head *head, GError **error)
{
    if (length == 0) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_EMPTY, "the file is empty");
        return false;
    }
    if (length > limits->bytes_max) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_FILE_TOO_LARGE, "the file is too large: %.1f MB, at most %.1f MB",
                    (double)length / (1 << 20), (double)limits->bytes_max / (1 << 20));
        return false;
    }
    const enum picture_type type = type_of(bytes, length);
    if (type == PICTURE_UNKNOWN || (type == PICTURE_PNG && limits->jpeg_only)) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_WRONG_TYPE, "this is %s; it must be a JPEG%s",
                    type == PICTURE_PNG ? "a PNG picture" : name_other(bytes, length),
                    limits->jpeg_only ? "" : " or PNG picture");
        return false;
    }
    return type == PICTURE_JPEG ? jpeg_head(bytes, length, limits, head, error)
                                : png_head(bytes, length, limits, head, error);
}

/* ---- decoding ---- */

static struct image *decode(const uint8_t *bytes, size_t length, const struct picture_head *head, GError **error)
{
    struct image *stored =
        head->type == PICTURE_JPEG ? jpeg_decode(bytes, length, head, error) : png_decode(bytes, length, head, error);
    if (stored == NULL || head->orientation == 1) {
        return stored;
    }
    struct image *upright = image_upright(stored, head->orientation);
    image_free(stored);
    return upright;
}

struct image *picture_decode(GBytes *bytes, const struct picture_limits *limits, struct picture_head *head,
                             GError **error)
{
    size_t length;
    const uint8_t *data = g_bytes_get_data(bytes, &length);
    struct picture_head examined;
    if (!picture_examine(data, length, limits, &examined, error)) {
        return NULL;
    }
    struct image *image = decode(data, length, &examined, error);
    if (image != NULL) {
        *head = examined;
    }
    return image;
}

struct image *image_decode(const uint8_t *bytes, size_t length, int channels)
{
    static const struct picture_limits any = {
        .bytes_max = G_MAXUINT32, .px_max = 100000000, .side_max = 65535, .side_min = 1, .scans_max = SCANS_MAX};
    struct picture_head head;
    if (!picture_examine(bytes, length, &any, &head, NULL)) {
        return NULL;
    }
    struct image *image = decode(bytes, length, &head, NULL);
    if (image == NULL || channels == 3) {
        return image;
    }
    struct image *gray = image_gray(image);
    image_free(image);
    return gray;
}
