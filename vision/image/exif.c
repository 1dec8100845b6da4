#include <string.h>

#include "vision/image/head.h"

#define TAG_ORIENTATION 0x0112
#define TYPE_SHORT      3
#define ENTRY_BYTES     12

struct tiff {
    const uint8_t *bytes;
    size_t length;
    bool big_endian;
};

static unsigned get16(const struct tiff *tiff, size_t at)
{
    const uint8_t *b = tiff->bytes + at;
    return tiff->big_endian ? (unsigned)(b[0] << 8 | b[1]) : (unsigned)(b[1] << 8 | b[0]);
}

static size_t get32(const struct tiff *tiff, size_t at)
{
    const size_t first = get16(tiff, at), second = get16(tiff, at + 2);
    return tiff->big_endian ? first << 16 | second : second << 16 | first;
}

/*  0      2      4            8
 * | II/MM | 42   | directory  | …      the directory: count, then entries of tag, type, count, value */
unsigned exif_orientation(const uint8_t *bytes, size_t length)
{
    if (length < 8 || (memcmp(bytes, "II*\0", 4) != 0 && memcmp(bytes, "MM\0*", 4) != 0)) {
        return 1;
    }
    const struct tiff tiff = {bytes, length, bytes[0] == 'M'};
    const size_t directory = get32(&tiff, 4);
    if (directory > length - 2) {
        return 1;
    }
    const size_t count = MIN(get16(&tiff, directory), (length - directory - 2) / ENTRY_BYTES);
    for (size_t i = 0; i < count; i++) {
        const size_t entry = directory + 2 + i * ENTRY_BYTES;
        if (get16(&tiff, entry) == TAG_ORIENTATION) {
            const unsigned value = get16(&tiff, entry + 8);
            const bool sound = get16(&tiff, entry + 2) == TYPE_SHORT && get32(&tiff, entry + 4) == 1;
            return sound && value >= 1 && value <= 8 ? value : 1;
        }
    }
    return 1;
}
