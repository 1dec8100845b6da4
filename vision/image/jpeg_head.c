#include <string.h>

#include "vision/image/head.h"
#include "vision/vision.h"

/* Markers, second byte (T.81 table B.1). */
enum {
    TEM = 0x01,
    SOF0 = 0xc0,
    SOF2 = 0xc2,
    DHT = 0xc4,
    JPG = 0xc8,
    DAC = 0xcc,
    SOF15 = 0xcf,
    RST0 = 0xd0,
    RST7 = 0xd7,
    SOI = 0xd8,
    EOI = 0xd9,
    SOS = 0xda,
    APP1 = 0xe1,
    JPEG_LS = 0xf7,
};

#define WORK_PICTURES 16 /* scans × pixels at most, in pictures of the largest size taken */

struct reader {
    const uint8_t *bytes;
    size_t length, at;
    const struct picture_limits *limits;
    struct picture_head head;
    bool exif;
};

struct segment {
    const uint8_t *bytes;
    size_t length;
};

static bool fail(GError **error, enum vision_error code, const char *why)
{
    g_set_error(error, VISION_ERROR, (int)code, "this JPEG %s", why);
    return false;
}

static bool truncated(GError **error)
{
    return fail(error, VISION_ERROR_TRUNCATED, "ends too early: the file is not complete");
}

/* 0xFF, as often as one likes, then the marker. */
static bool next_marker(struct reader *reader, unsigned *marker, GError **error)
{
    if (reader->at < reader->length && reader->bytes[reader->at] != 0xff) {
        return fail(error, VISION_ERROR_DECODE, "is damaged: there is no marker where one must be");
    }
    while (reader->at < reader->length && reader->bytes[reader->at] == 0xff) {
        reader->at++;
    }
    if (reader->at == reader->length) {
        return truncated(error);
    }
    *marker = reader->bytes[reader->at++];
    return true;
}

static bool next_segment(struct reader *reader, struct segment *segment, GError **error)
{
    if (reader->length - reader->at < 2) {
        return truncated(error);
    }
    const size_t length = (size_t)reader->bytes[reader->at] << 8 | reader->bytes[reader->at + 1];
    if (length < 2) {
        return fail(error, VISION_ERROR_DECODE, "is damaged: a segment has no length");
    }
    if (length > reader->length - reader->at) {
        return truncated(error);
    }
    segment->bytes = reader->bytes + reader->at + 2;
    segment->length = length - 2;
    reader->at += length;
    return true;
}

/* Entropy-coded data goes on until a marker that is neither a stuffed zero nor a restart. */
static void skip_entropy(struct reader *reader)
{
    while (reader->at < reader->length) {
        const uint8_t *ff = memchr(reader->bytes + reader->at, 0xff, reader->length - reader->at);
        reader->at = ff != NULL ? (size_t)(ff - reader->bytes) : reader->length;
        if (reader->length - reader->at < 2) {
            reader->at = reader->length;
            return;
        }
        const unsigned marker = ff[1];
        if (marker == 0xff) {
            reader->at++;
        } else if (marker == 0 || (marker >= RST0 && marker <= RST7)) {
            reader->at += 2;
        } else {
            return;
        }
    }
}

/* Precision, height, width, components, each with its sampling (B.2.2). */
static bool read_frame(struct reader *reader, unsigned marker, const struct segment *segment, GError **error)
{
    const uint8_t *b = segment->bytes;
    if (marker > SOF2) {
        const bool arithmetic = marker > JPG && marker <= SOF15;
        return fail(error, VISION_ERROR_UNSUPPORTED,
                    marker == JPEG_LS ? "is a JPEG-LS picture, which is not taken"
                    : arithmetic      ? "is coded arithmetically, which is not taken: save it as baseline"
                                      : "is lossless or hierarchical, which is not taken: save it as baseline");
    }
    if (reader->head.width != 0 || segment->length < 6 || segment->length != 6 + 3 * (size_t)b[5]) {
        return fail(error, VISION_ERROR_DECODE, "is damaged: its frame header makes no sense");
    }
    struct picture_head *head = &reader->head;
    head->bits = b[0];
    head->height = (uint32_t)(b[1] << 8 | b[2]);
    head->width = (uint32_t)(b[3] << 8 | b[4]);
    head->channels = b[5];
    head->progressive = marker == SOF2;
    if (head->bits != 8) {
        return fail(error, VISION_ERROR_UNSUPPORTED, "does not have 8 bits a channel: save it as an ordinary one");
    }
    if (head->width == 0) {
        return fail(error, VISION_ERROR_DECODE, "is damaged: it has no width");
    }
    if (head->height == 0) {
        return fail(error, VISION_ERROR_UNSUPPORTED, "tells its height only at its end, which is not taken");
    }
    if (head->channels != 1 && head->channels != 3 && head->channels != 4) {
        return fail(error, VISION_ERROR_UNSUPPORTED, "has neither one nor three nor four channels");
    }
    return picture_check_size(reader->limits, head->width, head->height, error);
}

static bool begin_scan(struct reader *reader, GError **error)
{
    const struct picture_head *head = &reader->head;
    if (head->width == 0) {
        return fail(error, VISION_ERROR_DECODE, "is damaged: its data come before its frame header");
    }
    reader->head.scans++;
    const uint64_t work = (uint64_t)head->scans * head->width * head->height;
    if (head->scans > reader->limits->scans_max || work > (uint64_t)WORK_PICTURES * reader->limits->px_max) {
        return fail(error, VISION_ERROR_UNSUPPORTED, "has more scans than are taken: save it as baseline");
    }
    skip_entropy(reader);
    return true;
}

static void read_app1(struct reader *reader, const struct segment *segment)
{
    if (!reader->exif && segment->length >= 6 && memcmp(segment->bytes, "Exif\0\0", 6) == 0) {
        reader->exif = true;
        reader->head.orientation = exif_orientation(segment->bytes + 6, segment->length - 6);
    }
}

static bool is_frame(unsigned marker)
{
    return (marker >= SOF0 && marker <= SOF15 && marker != DHT && marker != JPG && marker != DAC) || marker == JPEG_LS;
}

static bool stands_alone(unsigned marker)
{
    return marker == TEM || (marker >= RST0 && marker <= RST7);
}

static bool read_segment(struct reader *reader, unsigned marker, GError **error)
{
    struct segment segment;
    if (marker == 0 || marker == SOI) {
        return fail(error, VISION_ERROR_DECODE, "is damaged: a marker is where it cannot be");
    }
    if (stands_alone(marker)) {
        return true;
    }
    if (!next_segment(reader, &segment, error)) {
        return false;
    }
    if (is_frame(marker)) {
        return read_frame(reader, marker, &segment, error);
    }
    if (marker == APP1) {
        read_app1(reader, &segment);
    }
    return marker != SOS || begin_scan(reader, error);
}

bool jpeg_head(const uint8_t *bytes, size_t length, const struct picture_limits *limits, struct picture_head *head,
               GError **error)
{
    struct reader reader = {.bytes = bytes, .length = length, .at = 2, .limits = limits};
    reader.head.type = PICTURE_JPEG;
    reader.head.orientation = 1;
    unsigned marker = 0;
    while (marker != EOI) {
        if (!next_marker(&reader, &marker, error) || (marker != EOI && !read_segment(&reader, marker, error))) {
            return false;
        }
    }
    if (reader.head.scans == 0) {
        return fail(error, VISION_ERROR_DECODE, "is damaged: there is no picture in it");
    }
    *head = reader.head;
    return true;
}
