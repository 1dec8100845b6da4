/* clip_type: what a file is by its content, and whether it ends where it says. */
#include <string.h>

#include "vision/liveness/clip.h"

static bool begins(const uint8_t *bytes, size_t length, const char *magic, size_t size)
{
    return length >= size && memcmp(bytes, magic, size) == 0;
}

static bool refuse(GError **error, enum vision_error code, const char *message)
{
    g_set_error_literal(error, VISION_ERROR, (int)code, message);
    return false;
}

static bool truncated(GError **error, uint64_t claimed, size_t length)
{
    g_set_error(error, VISION_ERROR, VISION_ERROR_TRUNCATED,
                "the file ends too early: it says that it has %" G_GUINT64_FORMAT " bytes, and has %zu", claimed,
                length);
    return false;
}

/* ---- Matroska and WebM: RFC 8794 ---- */

#define UNKNOWN_SIZE UINT64_MAX

/* A variable-size integer (RFC 8794 §4); `keep` keeps the length marker, as in an element's id. False: cut off. */
static bool read_vint(const uint8_t *bytes, size_t length, size_t *at, bool keep, uint64_t *value)
{
    if (*at >= length || bytes[*at] == 0) {
        return false;
    }
    const unsigned size = (unsigned)__builtin_clz(bytes[*at]) - 24 + 1; /* 1..8 */
    if (length - *at < size) {
        return false;
    }
    uint64_t read = keep ? bytes[*at] : bytes[*at] & (0xffu >> size);
    bool ones = (bytes[*at] | (0xff00u >> size & 0xff)) == 0xff;
    for (unsigned i = 1; i < size; i++) {
        read = read << 8 | bytes[*at + i];
        ones = ones && bytes[*at + i] == 0xff;
    }
    *at += size;
    *value = ones && !keep ? UNKNOWN_SIZE : read;
    return true;
}

/* EBML head, then the segment; a recorder that could not go back leaves its size unknown. */
static bool check_matroska(const uint8_t *bytes, size_t length, GError **error)
{
    enum { EBML = 0x1a45dfa3, SEGMENT = 0x18538067 };
    size_t at = 0;
    while (at < length) {
        uint64_t id, size;
        if (!read_vint(bytes, length, &at, true, &id) || !read_vint(bytes, length, &at, false, &size)) {
            return refuse(error, VISION_ERROR_TRUNCATED, "the Matroska file ends within its head");
        }
        if (size == UNKNOWN_SIZE) {
            return true;
        }
        if (size > length - at) {
            return truncated(error, at + size, length);
        }
        if (id == SEGMENT) {
            return true;
        }
        at += (size_t)size;
    }
    return refuse(error, VISION_ERROR_TRUNCATED, "the Matroska file ends after its head");
}

/* ---- MP4: ISO/IEC 14496-12 ---- */

static uint64_t read_be(const uint8_t *at, unsigned size)
{
    uint64_t value = 0;
    for (unsigned i = 0; i < size; i++) {
        value = value << 8 | at[i];
    }
    return value;
}

static bool check_mp4(const uint8_t *bytes, size_t length, GError **error)
{
    size_t at = 0;
    bool movie = false;
    while (at < length) {
        if (length - at < 8) {
            return refuse(error, VISION_ERROR_TRUNCATED, "the MP4 file ends within the head of a box");
        }
        uint64_t size = read_be(bytes + at, 4);
        const bool large = size == 1;
        if (large && length - at < 16) {
            return refuse(error, VISION_ERROR_TRUNCATED, "the MP4 file ends within the head of a box");
        }
        size = large ? read_be(bytes + at + 8, 8) : size == 0 ? length - at : size; /* 0: to the end */
        if (size < (large ? 16 : 8)) {
            return refuse(error, VISION_ERROR_DECODE, "a box of the MP4 file is smaller than its head");
        }
        if (size > length - at) {
            return truncated(error, size > UINT64_MAX - at ? UINT64_MAX : at + size, length);
        }
        movie = movie || memcmp(bytes + at + 4, "moov", 4) == 0;
        at += (size_t)size;
    }
    return movie || refuse(error, VISION_ERROR_TRUNCATED, "the MP4 file has no \"moov\" box: its end is missing");
}

/* ---- AVI ---- */

static bool check_avi(const uint8_t *bytes, size_t length, GError **error)
{
    const uint64_t size =
        8 + ((uint64_t)bytes[4] | (uint64_t)bytes[5] << 8 | (uint64_t)bytes[6] << 16 | (uint64_t)bytes[7] << 24);
    /* 0: written by something that could not go back. */
    return size <= length || size == 8 || truncated(error, size, length);
}

/* ---- what is no video ---- */

static const struct {
    const char *magic;
    size_t offset, size;
    const char *name;
} strangers[] = {
    {"\x89PNG", 0, 4, "a PNG picture"},
    {"%PDF", 0, 4, "a PDF document"},
    {"PK\3\4", 0, 4, "a ZIP archive"},
    {"\x1f\x8b", 0, 2, "a gzip archive"},
    {"OggS", 0, 4, "an Ogg file"},
    {"FLV\1", 0, 4, "a Flash video"},
    {"ID3", 0, 3, "an MP3 file"},
    {"BM", 0, 2, "a BMP picture"},
    {"II*\0", 0, 4, "a TIFF picture"},
    {"MM\0*", 0, 4, "a TIFF picture"},
    {"WEBP", 8, 4, "a WebP picture"},
    {"WAVE", 8, 4, "a WAVE file"},
    {"\0\0\1\xba", 0, 4, "MPEG video"},
    {"\0\0\1\xb3", 0, 4, "MPEG video"},
    {"\x7f"
     "ELF",
     0, 4, "a program"},
    {"MZ", 0, 2, "a program"},
    {"#!", 0, 2, "a script"},
    {"{\\rtf", 0, 5, "an RTF document"},
};

static const char *name_stranger(const uint8_t *bytes, size_t length)
{
    for (size_t i = 0; i < G_N_ELEMENTS(strangers); i++) {
        if (length > strangers[i].offset &&
            begins(bytes + strangers[i].offset, length - strangers[i].offset, strangers[i].magic, strangers[i].size)) {
            return strangers[i].name;
        }
    }
    if (length >= 189 && bytes[0] == 0x47 && bytes[188] == 0x47) {
        return "an MPEG transport stream";
    }
    const size_t head = MIN(length, 512);
    for (size_t i = 0; i < head; i++) {
        if (bytes[i] == '<') {
            return "text, perhaps a web page";
        }
        if (!g_ascii_isspace(bytes[i])) {
            break;
        }
    }
    return g_utf8_validate((const char *)bytes, (gssize)head, NULL) ? "text" : "nothing known";
}

static bool is_mp4(const uint8_t *bytes, size_t length)
{
    static const char *const kinds[] = {"ftyp", "moov", "mdat", "free", "skip", "wide"};
    for (size_t i = 0; length >= 12 && i < G_N_ELEMENTS(kinds); i++) {
        if (memcmp(bytes + 4, kinds[i], 4) == 0) {
            return true;
        }
    }
    return false;
}

/* Pictures that use MP4's boxes. */
static bool is_still(const uint8_t *bytes, size_t length)
{
    static const char *const brands[] = {"heic", "heix", "mif1", "avif"};
    for (size_t i = 0; length >= 12 && memcmp(bytes + 4, "ftyp", 4) == 0 && i < G_N_ELEMENTS(brands); i++) {
        if (memcmp(bytes + 8, brands[i], 4) == 0) {
            return true;
        }
    }
    return false;
}

bool clip_examine(const uint8_t *bytes, size_t length, enum clip_type *type, GError **error)
{
    if (length == 0) {
        return refuse(error, VISION_ERROR_EMPTY, "the file is empty");
    }
    if (begins(bytes, length, "\x1a\x45\xdf\xa3", 4)) {
        *type = CLIP_MATROSKA;
        return check_matroska(bytes, length, error);
    }
    if (is_mp4(bytes, length) && !is_still(bytes, length)) {
        *type = CLIP_MP4;
        return check_mp4(bytes, length, error);
    }
    if (length >= 12 && begins(bytes, length, "RIFF", 4) && memcmp(bytes + 8, "AVI ", 4) == 0) {
        *type = CLIP_AVI;
        return check_avi(bytes, length, error);
    }
    if (begins(bytes, length, "GIF87a", 6) || begins(bytes, length, "GIF89a", 6)) {
        *type = CLIP_GIF;
        return true;
    }
    if (begins(bytes, length, "\xff\xd8\xff", 3)) {
        *type = CLIP_MJPEG;
        return true;
    }
    g_set_error(error, VISION_ERROR, VISION_ERROR_WRONG_TYPE,
                "the file is %s: a video must be WebM, Matroska, MP4, GIF or MJPEG",
                is_still(bytes, length) ? "an HEIF picture" : name_stranger(bytes, length));
    return false;
}
