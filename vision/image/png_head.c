#include <string.h>

#include "vision/image/head.h"
#include "vision/vision.h"

#define SIGNATURE_BYTES 8
#define LENGTH_MAX      0x7fffffff

struct reader {
    const uint8_t *bytes;
    size_t length, at;
    struct picture_head head;
    unsigned colour;
    bool palette, data;
};

struct chunk {
    uint32_t name; /* four letters */
    const uint8_t *bytes;
    uint32_t length;
};

#define NAME(a, b, c, d) ((uint32_t)(a) << 24 | (uint32_t)(b) << 16 | (uint32_t)(c) << 8 | (uint32_t)(d))

static bool fail(GError **error, enum vision_error code, const char *why)
{
    g_set_error(error, VISION_ERROR, (int)code, "this PNG %s", why);
    return false;
}

static uint32_t get32(const uint8_t *b)
{
    return NAME(b[0], b[1], b[2], b[3]);
}

/* Length, name, data, CRC (which the decoder checks where it counts). */
static bool next_chunk(struct reader *reader, struct chunk *chunk, GError **error)
{
    const size_t left = reader->length - MIN(reader->at, reader->length);
    if (left >= 8 && get32(reader->bytes + reader->at) > LENGTH_MAX) {
        return fail(error, VISION_ERROR_DECODE, "is damaged: a chunk has an impossible length");
    }
    if (left < 12 || get32(reader->bytes + reader->at) > left - 12) {
        return fail(error, VISION_ERROR_TRUNCATED, "ends too early: the file is not complete");
    }
    chunk->length = get32(reader->bytes + reader->at);
    chunk->name = get32(reader->bytes + reader->at + 4);
    chunk->bytes = reader->bytes + reader->at + 8;
    reader->at += 12 + (size_t)chunk->length;
    return true;
}

/* Bit depths that a colour type may have (table 11.1), as a mask of 1 << depth. */
static bool depth_fits(unsigned colour, unsigned bits)
{
    static const uint32_t depths[] = {
        [0] = 1U << 1 | 1U << 2 | 1U << 4 | 1U << 8 | 1U << 16, /* gray */
        [2] = 1U << 8 | 1U << 16,                               /* colours */
        [3] = 1U << 1 | 1U << 2 | 1U << 4 | 1U << 8,            /* a palette */
        [4] = 1U << 8 | 1U << 16,                               /* gray and alpha */
        [6] = 1U << 8 | 1U << 16,                               /* colours and alpha */
    };
    return colour < G_N_ELEMENTS(depths) && bits <= 16 && (depths[colour] >> bits & 1) != 0;
}

static bool read_header(struct reader *reader, const struct picture_limits *limits, GError **error)
{
    static const unsigned channels[] = {1, 0, 3, 3, 2, 0, 4};
    struct chunk chunk;
    if (!next_chunk(reader, &chunk, error)) {
        return false;
    }
    const uint8_t *b = chunk.bytes;
    if (chunk.name != NAME('I', 'H', 'D', 'R') || chunk.length != 13 || !depth_fits(b[9], b[8]) || b[10] != 0 ||
        b[11] != 0 || b[12] > 1) {
        return fail(error, VISION_ERROR_DECODE, "is damaged: its header makes no sense");
    }
    struct picture_head *head = &reader->head;
    head->width = get32(b);
    head->height = get32(b + 4);
    head->bits = b[8];
    head->channels = channels[b[9]];
    reader->colour = b[9];
    if (head->width == 0 || head->height == 0) {
        return fail(error, VISION_ERROR_DECODE, "is damaged: it has no size");
    }
    return picture_check_size(limits, head->width, head->height, error);
}

static void read_chunk(struct reader *reader, const struct chunk *chunk)
{
    switch (chunk->name) {
    case NAME('P', 'L', 'T', 'E'):
        reader->palette = true;
        break;
    case NAME('I', 'D', 'A', 'T'):
        reader->data = true;
        break;
    case NAME('e', 'X', 'I', 'f'):
        reader->head.orientation = exif_orientation(chunk->bytes, chunk->length);
        break;
    default:
        break;
    }
}

bool png_head(const uint8_t *bytes, size_t length, const struct picture_limits *limits, struct picture_head *head,
              GError **error)
{
    struct reader reader = {.bytes = bytes, .length = length, .at = SIGNATURE_BYTES};
    reader.head.type = PICTURE_PNG;
    reader.head.orientation = 1;
    reader.head.scans = 1;
    if (!read_header(&reader, limits, error)) {
        return false;
    }
    struct chunk chunk = {0};
    while (chunk.name != NAME('I', 'E', 'N', 'D')) {
        if (!next_chunk(&reader, &chunk, error)) {
            return false;
        }
        read_chunk(&reader, &chunk);
    }
    if (!reader.data || (reader.colour == 3 && !reader.palette)) {
        return fail(error, VISION_ERROR_DECODE, "is damaged: there is no picture in it");
    }
    *head = reader.head;
    return true;
}
