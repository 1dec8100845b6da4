#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glib.h>
#include <string.h>

#include "vision/capture/sps.h"

/* A writer of the same grammar, so that a row says what is in it. */
struct writer {
    uint8_t bytes[512];
    size_t bit;
};

static void put_bits(struct writer *writer, unsigned count, unsigned value)
{
    while (count-- > 0) {
        if (value >> count & 1) {
            writer->bytes[writer->bit / 8] |= (uint8_t)(0x80 >> writer->bit % 8);
        }
        writer->bit++;
    }
}

static void put_ue(struct writer *writer, unsigned value)
{
    unsigned length = 0;
    while ((value + UINT64_C(1)) >> (length + 1) != 0) {
        length++;
    }
    put_bits(writer, length, 0);
    put_bits(writer, length + 1, value + 1);
}

struct sps {
    const char *hazard;
    unsigned profile, chroma;
    bool scaling;
    unsigned order_type;
    unsigned columns, rows; /* macroblocks */
    bool fields;
    bool cropped;
    unsigned crop[4];       /* left, right, top, bottom */
    unsigned width, height; /* expected; 0: refused */
};

/* The first ends at once (its next scale is 0), every second one is absent, the rest are whole. */
static void put_scaling_list(struct writer *writer, unsigned number)
{
    put_bits(writer, 1, number % 2 == 0);
    if (number == 0) {
        put_ue(writer, 16); /* -8 */
    } else if (number % 2 == 0) {
        for (unsigned i = 0; i < (number < 6 ? 16 : 64); i++) {
            put_ue(writer, i % 2 + 1); /* 1, -1, … */
        }
    }
}

static void put_profile(struct writer *writer, const struct sps *sps)
{
    put_bits(writer, 8, 0x67);
    put_bits(writer, 8, sps->profile);
    put_bits(writer, 16, 0xc01f);
    put_ue(writer, 0);
    if (sps->profile < 100) {
        return;
    }
    put_ue(writer, sps->chroma);
    if (sps->chroma == 3) {
        put_bits(writer, 1, 0);
    }
    put_ue(writer, 0);
    put_ue(writer, 0);
    put_bits(writer, 2, sps->scaling ? 1 : 0);
    for (unsigned i = 0; sps->scaling && i < (sps->chroma == 3 ? 12 : 8); i++) {
        put_scaling_list(writer, i);
    }
}

static void put_sps(struct writer *writer, const struct sps *sps)
{
    put_profile(writer, sps);
    put_ue(writer, 0);
    put_ue(writer, sps->order_type);
    if (sps->order_type == 0) {
        put_ue(writer, 2);
    } else if (sps->order_type == 1) {
        put_bits(writer, 1, 0);
        put_ue(writer, 1);
        put_ue(writer, 2);
        put_ue(writer, 3);
        for (unsigned i = 0; i < 3; i++) {
            put_ue(writer, 4);
        }
    }
    put_ue(writer, 1);
    put_bits(writer, 1, 0);
    put_ue(writer, sps->columns - 1);
    put_ue(writer, sps->rows - 1);
    put_bits(writer, 1, !sps->fields);
    if (sps->fields) {
        put_bits(writer, 1, 0);
    }
    put_bits(writer, 1, 1);
    put_bits(writer, 1, sps->cropped);
    for (unsigned i = 0; sps->cropped && i < 4; i++) {
        put_ue(writer, sps->crop[i]);
    }
    put_bits(writer, 2, 1); /* no VUI, stop bit */
}

static const struct sps rows[] = {
    {"whole macroblocks", 66, 1, false, 2, 40, 30, false, false, {0}, 640, 480},
    {"1080 lines are cropped", 66, 1, false, 0, 120, 68, false, true, {0, 0, 0, 4}, 1920, 1080},
    {"all four sides", 77, 1, false, 1, 2, 2, false, true, {1, 2, 3, 4}, 26, 18},
    {"fields count double", 77, 1, false, 0, 120, 34, true, true, {0, 0, 0, 2}, 1920, 1080},
    {"fields may crop a pair of macroblocks", 77, 1, false, 0, 120, 34, true, true, {0, 0, 0, 7}, 1920, 1060},
    {"scaling lists are skipped", 100, 1, true, 0, 20, 15, false, false, {0}, 320, 240},
    {"4:4:4 crops by single pixels", 244, 3, true, 0, 20, 15, false, true, {0, 3, 0, 5}, 317, 235},
    {"4:2:2 crops by pairs across", 122, 2, false, 0, 20, 15, false, true, {0, 3, 0, 5}, 314, 235},
    {"the largest side", 66, 1, false, 2, 1024, 1, false, false, {0}, 16384, 16},
    {"a side beyond any level", 66, 1, false, 2, 1025, 1, false, false, {0}, 0, 0},
    {"a bomb that crops itself small", 66, 1, false, 2, 512, 512, false, true, {0, 4088, 0, 4088}, 0, 0},
    {"crops that overflow", 66, 1, false, 2, 40, 30, false, true, {0x7fffffff, 0x7fffffff, 0, 0}, 0, 0},
    {"an unknown chroma format", 100, 4, false, 0, 20, 15, false, false, {0}, 0, 0},
};

static void sizes_are_read_as_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct writer writer = {.bit = 0};
        put_sps(&writer, &rows[i]);
        unsigned width = 0, height = 0;
        const bool read = sps_picture_size(writer.bytes, (writer.bit + 7) / 8, &width, &height);
        if (read != (rows[i].width != 0) || width != rows[i].width || height != rows[i].height) {
            fail_msg("%s: %s, %u×%u", rows[i].hazard, read ? "read" : "refused", width, height);
        }
    }
}

static void a_shortened_one_is_refused_at_every_length(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct writer writer = {.bit = 0};
        put_sps(&writer, &rows[i]);
        for (size_t size = 0; size + 1 < (writer.bit + 7) / 8; size++) {
            g_autofree uint8_t *exact = g_memdup2(writer.bytes, size); /* so that a sanitizer sees a read beyond */
            unsigned width, height;
            assert_false(sps_picture_size(exact, size, &width, &height));
        }
    }
}

static void escaped_zeros_are_no_content(void **state)
{
    (void)state;
    static const uint8_t plain[] = {0x67, 0x42, 0x00, 0x00, 0xf4, 0x0a, 0x0f, 0xc8};
    static const uint8_t escaped[] = {0x67, 0x42, 0x00, 0x00, 0x03, 0xf4, 0x0a, 0x0f, 0xc8};
    unsigned width[2] = {0}, height[2] = {0};
    assert_true(sps_picture_size(plain, sizeof(plain), &width[0], &height[0]));
    assert_true(sps_picture_size(escaped, sizeof(escaped), &width[1], &height[1]));
    assert_int_equal(width[0], width[1]);
    assert_int_equal(height[0], height[1]);
}

static void noise_never_reads_beyond_its_end(void **state)
{
    (void)state;
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    for (unsigned i = 0; i < 20000; i++) {
        const size_t size = (size_t)g_rand_int_range(random, 0, 64);
        g_autofree uint8_t *noise = g_malloc(size);
        for (size_t at = 0; at < size; at++) {
            noise[at] = (uint8_t)g_rand_int_range(random, 0, 256);
        }
        unsigned width = 1, height = 1;
        if (sps_picture_size(noise, size, &width, &height)) {
            assert_in_range(width, 1, 16384);
            assert_in_range(height, 1, 32768);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(sizes_are_read_as_the_table_says),
        cmocka_unit_test(a_shortened_one_is_refused_at_every_length),
        cmocka_unit_test(escaped_zeros_are_no_content),
        cmocka_unit_test(noise_never_reads_beyond_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
