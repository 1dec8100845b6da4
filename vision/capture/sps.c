#include "vision/capture/sps.h"

#include <string.h>

#define SPS_BYTES_MAX     1024 /* real ones have 10 to 50; with all scaling lists some hundred */
#define MACROBLOCKS_MAX   1024 /* on a side: 16,384 pixels; the largest level has 8,192 */
#define CYCLE_MAX         255  /* num_ref_frames_in_pic_order_cnt_cycle, §7.4.2.1.1 */
#define CHROMA_420        1
#define CHROMA_444        3
#define SCALING_LISTS     8
#define SCALING_LISTS_444 12

struct bits {
    const uint8_t *bytes;
    size_t bit, bit_count;
    bool failed; /* read past the end, or a number out of range: all that is read from here on is 0 */
};

static unsigned read_bit(struct bits *bits)
{
    if (bits->failed || bits->bit >= bits->bit_count) {
        bits->failed = true;
        return 0;
    }
    const unsigned value = (unsigned)bits->bytes[bits->bit / 8] >> (7 - bits->bit % 8) & 1;
    bits->bit++;
    return value;
}

static unsigned read_bits(struct bits *bits, unsigned count)
{
    unsigned value = 0;
    while (count-- > 0) {
        value = value << 1 | read_bit(bits);
    }
    return value;
}

/* ue(v), §9.1: as many bits after the first 1 as there were zeros before it. */
static unsigned read_ue(struct bits *bits)
{
    unsigned zeros = 0;
    while (!bits->failed && read_bit(bits) == 0) {
        zeros++;
    }
    if (bits->failed || zeros > 31) {
        bits->failed = true;
        return 0;
    }
    return (1u << zeros) - 1 + read_bits(bits, zeros);
}

/* se(v), §9.1.1: 0, 1, -1, 2, -2, … */
static int read_se(struct bits *bits)
{
    const unsigned code = read_ue(bits);
    const int half = (int)(code / 2);
    return code % 2 == 1 ? half + 1 : -half;
}

/* Takes out the 03 of every 00 00 03, §7.4.1. Returns the length. */
static size_t unescape(const uint8_t *nal, size_t size, uint8_t rbsp[SPS_BYTES_MAX])
{
    size_t length = 0;
    unsigned zeros = 0;
    for (size_t i = 0; i < size && length < SPS_BYTES_MAX; i++) {
        if (zeros >= 2 && nal[i] == 3) {
            zeros = 0;
            continue;
        }
        zeros = nal[i] == 0 ? zeros + 1 : 0;
        rbsp[length++] = nal[i];
    }
    return length;
}

/* §7.3.2.1.1.1: the values are of no interest here, their length is. */
static void skip_scaling_list(struct bits *bits, unsigned entries)
{
    int last = 8, next = 8;
    for (unsigned i = 0; i < entries && next != 0; i++) {
        next = (last + read_se(bits) % 256 + 256) % 256;
        last = next == 0 ? last : next;
    }
}

static bool has_chroma_format(unsigned profile)
{
    static const uint8_t profiles[] = {100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135};
    return memchr(profiles, (int)profile, sizeof(profiles)) != NULL;
}

static unsigned read_chroma_format(struct bits *bits)
{
    const unsigned format = read_ue(bits);
    if (format == CHROMA_444) {
        read_bit(bits); /* separate_colour_plane_flag */
    }
    read_ue(bits);  /* bit_depth_luma_minus8 */
    read_ue(bits);  /* bit_depth_chroma_minus8 */
    read_bit(bits); /* qpprime_y_zero_transform_bypass_flag */
    if (read_bit(bits)) {
        const unsigned lists = format == CHROMA_444 ? SCALING_LISTS_444 : SCALING_LISTS;
        for (unsigned i = 0; i < lists; i++) {
            if (read_bit(bits)) {
                skip_scaling_list(bits, i < 6 ? 16 : 64);
            }
        }
    }
    bits->failed = bits->failed || format > CHROMA_444;
    return format;
}

static void skip_picture_order(struct bits *bits)
{
    const unsigned type = read_ue(bits);
    if (type == 0) {
        read_ue(bits); /* log2_max_pic_order_cnt_lsb_minus4 */
    } else if (type == 1) {
        read_bit(bits); /* delta_pic_order_always_zero_flag */
        read_se(bits);  /* offset_for_non_ref_pic */
        read_se(bits);  /* offset_for_top_to_bottom_field */
        const unsigned cycle = read_ue(bits);
        bits->failed = bits->failed || cycle > CYCLE_MAX;
        for (unsigned i = 0; i < cycle && !bits->failed; i++) {
            read_se(bits);
        }
    }
}

/* The two sides of a dimension: `units` of 1, 2 or 4 pixels are cut off at either end. */
static bool crop(struct bits *bits, unsigned unit, unsigned spare, unsigned *pixels)
{
    const unsigned first = read_ue(bits), second = read_ue(bits);
    if (bits->failed || first >= spare || second >= spare || (first + second) * unit >= spare) {
        return false;
    }
    *pixels -= (first + second) * unit;
    return true;
}

bool sps_picture_size(const uint8_t *nal, size_t size, unsigned *width, unsigned *height)
{
    uint8_t rbsp[SPS_BYTES_MAX];
    struct bits bits = {.bytes = rbsp, .bit_count = 8 * unescape(nal, size, rbsp)};
    read_bits(&bits, 8); /* NAL unit header */
    const unsigned profile = read_bits(&bits, 8);
    read_bits(&bits, 16); /* constraint flags, level_idc */
    read_ue(&bits);       /* seq_parameter_set_id */
    const unsigned chroma = has_chroma_format(profile) ? read_chroma_format(&bits) : CHROMA_420;
    read_ue(&bits); /* log2_max_frame_num_minus4 */
    skip_picture_order(&bits);
    read_ue(&bits);  /* max_num_ref_frames */
    read_bit(&bits); /* gaps_in_frame_num_value_allowed_flag */
    const unsigned columns = read_ue(&bits), rows = read_ue(&bits);
    const unsigned fields = read_bit(&bits) ? 1 : 2; /* frame_mbs_only_flag: 0 allows fields of half the height */
    if (fields == 2) {
        read_bit(&bits); /* mb_adaptive_frame_field_flag */
    }
    read_bit(&bits); /* direct_8x8_inference_flag */
    if (bits.failed || columns >= MACROBLOCKS_MAX || rows >= MACROBLOCKS_MAX) {
        return false;
    }
    unsigned pixels_wide = (columns + 1) * 16, pixels_high = (rows + 1) * 16 * fields;
    if (read_bit(&bits)) { /* frame_cropping_flag; units: table 6-1 and §7.4.2.1.1 */
        const unsigned across = chroma == CHROMA_420 || chroma == 2 ? 2 : 1;
        const unsigned down = (chroma == CHROMA_420 ? 2 : 1) * fields;
        if (!crop(&bits, across, 16, &pixels_wide) || !crop(&bits, down, 16 * fields, &pixels_high)) {
            return false;
        }
    }
    if (bits.failed) {
        return false;
    }
    *width = pixels_wide;
    *height = pixels_high;
    return true;
}
