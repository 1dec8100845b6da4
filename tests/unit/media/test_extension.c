#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "media/rtp/extension.h"

#define ONE 0xbede
#define TWO 0x1000

static const struct {
    const char *hazard;
    uint16_t profile;
    uint8_t id;
    uint8_t bytes[12];
    size_t length;
    int found; /* the first byte of the element, -1: none */
} rows[] = {
    {"one-byte form, the first", ONE, 1, {0x10, 0xaa, 0x21, 0xbb}, 4, 0xaa},
    {"one-byte form, the second", ONE, 2, {0x10, 0xaa, 0x21, 0xbb, 0xcc, 0, 0, 0}, 8, 0xbb},
    {"one-byte form, behind padding", ONE, 3, {0, 0, 0x30, 0xdd}, 4, 0xdd},
    {"one-byte form, the reserved 15 ends it", ONE, 2, {0xf0, 0xaa, 0x20, 0xbb}, 4, -1},
    {"one-byte form, element longer than what is left", ONE, 1, {0x13, 0xaa, 0xbb, 0xcc}, 4, -1},
    {"one-byte form, a broken one before it", ONE, 2, {0x1f, 0, 0x20, 0xbb}, 4, -1},
    {"one-byte form, not there", ONE, 7, {0x10, 0xaa, 0x20, 0xbb}, 4, -1},
    {"two-byte form", TWO, 200, {200, 2, 0xaa, 0xbb}, 4, 0xaa},
    {"two-byte form with application bits", TWO | 5, 3, {0, 3, 1, 0xcc}, 4, 0xcc},
    {"two-byte form, element of no bytes before it", TWO, 2, {1, 0, 2, 1, 0xdd, 0, 0, 0}, 8, 0xdd},
    {"two-byte form, no room for the length", TWO, 9, {0, 0, 0, 9}, 4, -1},
    {"two-byte form, length over the end", TWO, 9, {9, 3, 1, 1}, 4, -1},
    {"unknown profile", 0xabcd, 1, {0x10, 0xaa, 0, 0}, 4, -1},
    {"id 0 is padding, never an element", ONE, 0, {0x00, 0xaa, 0, 0}, 4, -1},
    {"no extension", 0, 1, {0}, 0, -1},
};

static void finds_elements_and_survives_broken_ones(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree uint8_t *exact = g_memdup2(rows[i].bytes, MAX(rows[i].length, 1));
        const struct rtp_packet packet = {
            .extension_profile = rows[i].profile, .extension = exact, .extension_length = rows[i].length};
        const uint8_t *data = NULL;
        size_t length = 0;
        const bool found = rtp_extension_find(&packet, rows[i].id, &data, &length);
        const int first = found && length > 0 ? data[0] : -1;
        if (first != rows[i].found) {
            fail_msg("%s: found %d", rows[i].hazard, first);
        }
    }
}

/* 24 bits of 6.18 fixed point seconds. */
static const struct {
    int64_t time_us;
    uint32_t expected;
} times[] = {
    {0, 0},
    {1000000, 1 << 18},
    {500000, 1 << 17},
    {63999999, 0xffffff},
    {64000000, 0},
    {INT64_C(64000000) * 3600 * 24 * 365 + 1000000, 1 << 18},
};

static void writes_the_send_time_in_either_form(void **state)
{
    (void)state;
    static const uint8_t ids[] = {1, 14, 15, 255};
    for (size_t i = 0; i < G_N_ELEMENTS(times); i++) {
        for (size_t k = 0; k < G_N_ELEMENTS(ids); k++) {
            struct rtp_packet packet = {0};
            uint8_t storage[RTP_EXTENSION_BYTES_MAX];
            const uint8_t *data;
            size_t length;
            rtp_extension_set_send_time(&packet, ids[k], times[i].time_us, storage);
            assert_int_equal(packet.extension_length % 4, 0);
            assert_true(rtp_extension_find(&packet, ids[k], &data, &length));
            assert_int_equal(length, 3);
            assert_int_equal(data[0] << 16 | data[1] << 8 | data[2], times[i].expected);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_elements_and_survives_broken_ones),
        cmocka_unit_test(writes_the_send_time_in_either_form),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
