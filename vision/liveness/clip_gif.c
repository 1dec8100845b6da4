/* clip_gif: animated GIF (GIF89a), by our own hand: GStreamer's reader of it starts anew at the end, for ever. */
#include <string.h>

#include "vision/liveness/clip.h"

#define LZW_CODES 4096
#define STILL_CS  10 /* hundredths of a second that browsers show a frame for which says 0 or 1 */

struct gif {
    const uint8_t *bytes;
    size_t length, at;
    struct image *canvas;
    uint8_t global[256][3];
    /* of the next frame, from its graphic control extension */
    unsigned delay_cs, disposal;
    int transparent; /* -1: none */
    int64_t time_us;
};

struct gif_frame {
    unsigned left, top, width, height;
    bool interlaced;
    const uint8_t (*colours)[3];
    uint8_t local[256][3];
};

/* ---- bytes ---- */

static bool has(const struct gif *gif, size_t count)
{
    return gif->length - gif->at >= count;
}

static unsigned read_16(struct gif *gif)
{
    const unsigned value = gif->bytes[gif->at] | (unsigned)gif->bytes[gif->at + 1] << 8;
    gif->at += 2;
    return value;
}

static bool read_colours(struct gif *gif, unsigned flags, uint8_t colours[256][3])
{
    const size_t size = (size_t)3 << ((flags & 7) + 1);
    if (!has(gif, size)) {
        return false;
    }
    memcpy(colours, gif->bytes + gif->at, size);
    gif->at += size;
    return true;
}

/* Sub-blocks: a length, that many bytes; a length of 0 ends them. */
static bool skip_blocks(struct gif *gif)
{
    while (has(gif, 1)) {
        const unsigned size = gif->bytes[gif->at++];
        if (size == 0) {
            return true;
        }
        if (!has(gif, size)) {
            return false;
        }
        gif->at += size;
    }
    return false;
}

/* ---- LZW, variable length codes, least significant bit first ---- */

struct lzw {
    struct gif *gif;
    unsigned left; /* bytes of the sub-block */
    uint32_t bits;
    unsigned bit_count;
    bool cut, ended;
    uint16_t prefix[LZW_CODES];
    uint8_t suffix[LZW_CODES];
    uint16_t length[LZW_CODES];
};

/* -1: no more. */
static int next_byte(struct lzw *lzw)
{
    struct gif *gif = lzw->gif;
    if (lzw->left == 0 && !lzw->ended) {
        if (!has(gif, 1)) {
            lzw->cut = true;
            return -1;
        }
        lzw->left = gif->bytes[gif->at++];
        lzw->ended = lzw->left == 0;
    }
    if (lzw->ended) {
        return -1;
    }
    if (!has(gif, 1)) {
        lzw->cut = true;
        return -1;
    }
    lzw->left--;
    return gif->bytes[gif->at++];
}

static int next_code(struct lzw *lzw, unsigned size)
{
    while (lzw->bit_count < size) {
        const int byte = next_byte(lzw);
        if (byte < 0) {
            return -1;
        }
        lzw->bits |= (uint32_t)byte << lzw->bit_count;
        lzw->bit_count += 8;
    }
    const int code = (int)(lzw->bits & ((1u << size) - 1));
    lzw->bits >>= size;
    lzw->bit_count -= size;
    return code;
}

/* Writes the string of `code` at `out`, as much as fits, and returns its first colour. */
static uint8_t write_string(const struct lzw *lzw, unsigned code, uint8_t *out, size_t room)
{
    for (size_t i = lzw->length[code]; i > 0; i--) {
        if (i <= room) {
            out[i - 1] = lzw->suffix[code];
        }
        if (i > 1) {
            code = lzw->prefix[code];
        }
    }
    return lzw->suffix[code];
}

static void begin_codes(struct lzw *lzw, unsigned clear)
{
    for (unsigned i = 0; i < clear; i++) {
        lzw->suffix[i] = (uint8_t)i;
        lzw->length[i] = 1;
    }
}

/* Fills `indices`; what the data do not reach stays 0. False: the file is cut off, or the codes are damaged. */
static bool decompress(struct lzw *lzw, unsigned code_bits, uint8_t *indices, size_t count)
{
    const unsigned clear = 1u << code_bits, end = clear + 1;
    unsigned size = code_bits + 1, next = end + 1;
    int previous = -1;
    size_t at = 0;
    begin_codes(lzw, clear);
    while (at < count) {
        const int code = next_code(lzw, size);
        if (code < 0 || (unsigned)code == end) {
            return !lzw->cut;
        }
        if ((unsigned)code == clear) {
            size = code_bits + 1;
            next = end + 1;
            previous = -1;
            continue;
        }
        /* A code that is just being made is the previous string and its own first colour. */
        const bool making = previous >= 0 && (unsigned)code == next && next < LZW_CODES;
        if ((unsigned)code >= next && !making) {
            return false;
        }
        const unsigned known = making ? (unsigned)previous : (unsigned)code;
        const uint8_t first = write_string(lzw, known, indices + at, count - at);
        at += MIN(lzw->length[known], count - at);
        if (making && at < count) {
            indices[at++] = first;
        }
        if (previous >= 0 && next < LZW_CODES) {
            lzw->prefix[next] = (uint16_t)previous;
            lzw->suffix[next] = first;
            lzw->length[next] = (uint16_t)(lzw->length[previous] + 1);
            next++;
            size += next == 1u << size && size < 12;
        }
        previous = code;
    }
    return true;
}

/* ---- frames ---- */

static unsigned deinterlace(unsigned row, unsigned height)
{
    static const unsigned start[] = {0, 4, 2, 1}, step[] = {8, 8, 4, 2};
    for (unsigned pass = 0; pass < 4; pass++) {
        const unsigned rows = height > start[pass] ? (height - start[pass] + step[pass] - 1) / step[pass] : 0;
        if (row < rows) {
            return start[pass] + row * step[pass];
        }
        row -= rows;
    }
    return height - 1;
}

static void paint(const struct gif *gif, const struct gif_frame *frame, const uint8_t *indices)
{
    for (unsigned row = 0; row < frame->height; row++) {
        const unsigned y = frame->top + (frame->interlaced ? deinterlace(row, frame->height) : row);
        uint8_t *out = gif->canvas->pixels + y * gif->canvas->stride + (size_t)frame->left * 3;
        for (unsigned x = 0; x < frame->width; x++, out += 3) {
            const unsigned index = *indices++;
            if ((int)index != gif->transparent) {
                out[0] = frame->colours[index][2];
                out[1] = frame->colours[index][1];
                out[2] = frame->colours[index][0];
            }
        }
    }
}

static void clear_area(const struct gif *gif, const struct gif_frame *frame)
{
    for (unsigned y = frame->top; y < frame->top + frame->height; y++) {
        memset(gif->canvas->pixels + y * gif->canvas->stride + (size_t)frame->left * 3, 255, (size_t)frame->width * 3);
    }
}

static bool read_frame_head(struct clip_reader *reader, struct gif *gif, struct gif_frame *frame)
{
    if (!has(gif, 9)) {
        return false;
    }
    frame->left = read_16(gif);
    frame->top = read_16(gif);
    frame->width = read_16(gif);
    frame->height = read_16(gif);
    const unsigned flags = gif->bytes[gif->at++];
    frame->interlaced = (flags & 0x40) != 0;
    frame->colours = gif->global;
    if ((flags & 0x80) != 0) {
        memset(frame->local, 0, sizeof(frame->local));
        frame->colours = frame->local;
        if (!read_colours(gif, flags, frame->local)) {
            return false;
        }
    }
    if (frame->width == 0 || frame->height == 0 || frame->left + frame->width > (unsigned)gif->canvas->width ||
        frame->top + frame->height > (unsigned)gif->canvas->height) {
        return clip_reader_fail(reader, VISION_ERROR_DECODE, "frame %u of the GIF lies outside of its picture",
                                reader->frames + 1);
    }
    return true;
}

static bool decode_frame(struct clip_reader *reader, struct gif *gif, const struct gif_frame *frame)
{
    if (!has(gif, 1)) {
        return false;
    }
    const unsigned code_bits = gif->bytes[gif->at++];
    if (code_bits < 1 || code_bits > 8) {
        return clip_reader_fail(reader, VISION_ERROR_DECODE, "frame %u of the GIF has codes of %u bits",
                                reader->frames + 1, code_bits);
    }
    const size_t count = (size_t)frame->width * frame->height;
    g_autofree uint8_t *indices = g_malloc0(count);
    g_autofree struct lzw *lzw = g_new0(struct lzw, 1);
    lzw->gif = gif;
    const bool whole = decompress(lzw, code_bits, indices, count);
    if (!whole && !lzw->cut) {
        return clip_reader_fail(reader, VISION_ERROR_DECODE, "frame %u of the GIF is damaged", reader->frames + 1);
    }
    if (!whole || !has(gif, lzw->left)) {
        return false;
    }
    gif->at += lzw->left; /* what nobody needs any more */
    if (!lzw->ended && !skip_blocks(gif)) {
        return false;
    }
    paint(gif, frame, indices);
    return true;
}

/* False: the file is cut off, or `reader->error` is set. */
static bool read_frame(struct clip_reader *reader, struct gif *gif)
{
    struct gif_frame frame;
    if (!read_frame_head(reader, gif, &frame)) {
        return false;
    }
    g_autoptr(Image) before = gif->disposal == 3 ? image_copy(gif->canvas) : NULL;
    if (!decode_frame(reader, gif, &frame)) {
        return false;
    }
    if (clip_reader_wants(reader, gif->time_us) && !clip_reader_take(reader, gif->canvas)) {
        return false;
    }
    if (gif->disposal == 2) {
        clear_area(gif, &frame);
    } else if (before != NULL) {
        image_free(gif->canvas);
        gif->canvas = g_steal_pointer(&before);
    }
    gif->time_us += (int64_t)(gif->delay_cs > 1 ? gif->delay_cs : STILL_CS) * (G_USEC_PER_SEC / 100);
    gif->delay_cs = gif->disposal = 0;
    gif->transparent = -1;
    return reader->error == NULL;
}

static bool read_extension(struct gif *gif)
{
    enum { GRAPHIC_CONTROL = 0xf9 };
    if (!has(gif, 1)) {
        return false;
    }
    const unsigned label = gif->bytes[gif->at++];
    if (label == GRAPHIC_CONTROL && has(gif, 5) && gif->bytes[gif->at] == 4) {
        const uint8_t *block = gif->bytes + gif->at + 1;
        gif->disposal = block[0] >> 2 & 7;
        gif->delay_cs = block[1] | (unsigned)block[2] << 8;
        gif->transparent = (block[0] & 1) != 0 ? block[3] : -1;
    }
    return skip_blocks(gif);
}

static bool read_blocks(struct clip_reader *reader, struct gif *gif)
{
    enum { EXTENSION = 0x21, FRAME = 0x2c, TRAILER = 0x3b };
    while (has(gif, 1)) {
        switch (gif->bytes[gif->at++]) {
        case TRAILER:
            return true;
        case EXTENSION:
            if (!read_extension(gif)) {
                return false;
            }
            break;
        case FRAME:
            if (!read_frame(reader, gif)) {
                return false;
            }
            break;
        default:
            return clip_reader_fail(reader, VISION_ERROR_DECODE, "after frame %u of the GIF comes no block of a GIF",
                                    reader->frames);
        }
    }
    return false;
}

static bool read_head(struct clip_reader *reader, struct gif *gif)
{
    gif->at = 6; /* GIF89a */
    if (!has(gif, 7)) {
        return false;
    }
    const unsigned width = read_16(gif), height = read_16(gif), flags = gif->bytes[gif->at];
    gif->at += 3;
    if (width == 0 || height == 0 || (uint64_t)width * height > reader->limits->px_max) {
        return clip_reader_fail(reader, VISION_ERROR_SIZE, "a GIF of %u×%u pixels: from 1 to %u are taken", width,
                                height, reader->limits->px_max);
    }
    gif->canvas = image_new((int)width, (int)height, 3);
    return (flags & 0x80) == 0 || read_colours(gif, flags, gif->global);
}

void clip_read_gif(struct clip_reader *reader, GBytes *file)
{
    struct gif gif = {.transparent = -1};
    gif.bytes = g_bytes_get_data(file, &gif.length);
    if ((!read_head(reader, &gif) || !read_blocks(reader, &gif)) && reader->error == NULL) {
        clip_reader_fail(reader, VISION_ERROR_TRUNCATED, "the GIF ends too early, after %u whole frames",
                         reader->frames);
    }
    image_free(gif.canvas);
}
