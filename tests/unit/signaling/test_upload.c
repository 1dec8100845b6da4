/* Parts of pictures: which part a request brings, and what waits for the next. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "signaling/upload.h"
#include "signaling/upload_kept.h"

#define MIB (1u << 20)

static void only_a_part_of_these_very_bytes_is_one(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        size_t length;
        bool good;
        struct upload_range range;
    } rows[] = {
        {NULL, 1000, true, {0, 1000, 1000}},
        {"bytes 0-999/1000", 1000, true, {0, 1000, 1000}},
        {"bytes 500-999/1000", 500, true, {500, 500, 1000}},
        {"bytes 0-0/5242880", 1, true, {0, 1, 5 * MIB}},
        {"bytes 0-999/1000", 999, false, {0}},
        {"bytes 0-1000/1000", 1001, false, {0}},
        {"bytes 5-4/1000", 0, false, {0}},
        {"bytes 0-9/5242881", 10, false, {0}},
        {"bytes 99999999999999999999-1/2", 1, false, {0}},
        {"bytes 18446744073709551615-0/10", 2, false, {0}},
        {"bytes 0-9/*", 10, false, {0}},
        {"bytes 0-9/10 ", 10, false, {0}},
        {"bytes -1-9/10", 10, false, {0}},
        {"bytes 0 - 9/10", 10, false, {0}},
        {"items 0-9/10", 10, false, {0}},
        {"", 10, false, {0}},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct upload_range range;
        if (upload_range_parse(rows[i].text, rows[i].length, &range) != rows[i].good) {
            fail_msg("%s of %zu bytes", rows[i].text, rows[i].length);
        }
        if (rows[i].good) {
            assert_memory_equal(&range, &rows[i].range, sizeof range);
        }
    }
}

static void put(struct upload_kept *kept, const char *place, unsigned bytes, int64_t now_us)
{
    g_autoptr(GByteArray) part = g_byte_array_new();
    g_byte_array_set_size(part, bytes);
    upload_kept_put(kept, place, part, 5 * MIB, now_us);
}

static unsigned waiting(struct upload_kept *kept, const char *place, int64_t now_us)
{
    const struct upload_part part = upload_kept_look(kept, place, now_us);
    return part.bytes != NULL ? part.bytes->len : 0;
}

static void a_part_waits_for_its_time_and_is_taken_once(void **state)
{
    (void)state;
    struct upload_kept *kept = upload_kept_new();
    put(kept, "a", 10, 0);
    put(kept, "b", 20, 0);
    put(kept, "a", 30, 0);
    assert_int_equal(waiting(kept, "a", 0), 30);
    g_autoptr(GByteArray) taken = upload_kept_take(kept, "a");
    assert_int_equal(taken->len, 30);
    assert_null(upload_kept_take(kept, "a"));
    assert_int_equal(waiting(kept, "b", UPLOAD_KEEP_S * G_USEC_PER_SEC), 20);
    assert_int_equal(waiting(kept, "b", UPLOAD_KEEP_S * G_USEC_PER_SEC + 1), 0);
    put(kept, "c", 0, 0);
    assert_null(upload_kept_take(kept, "c"));
    upload_kept_free(kept);
}

static void no_more_waits_than_there_is_room_for_and_the_oldest_goes_first(void **state)
{
    (void)state;
    struct upload_kept *kept = upload_kept_new();
    for (unsigned i = 0; i <= UPLOAD_KEPT_MAX; i++) {
        g_autofree char *place = g_strdup_printf("small %u", i);
        put(kept, place, 1, i);
    }
    assert_int_equal(waiting(kept, "small 0", 100), 0);
    assert_int_equal(waiting(kept, "small 1", 100), 1);
    upload_kept_free(kept);

    kept = upload_kept_new();
    const unsigned fit = UPLOAD_KEPT_BYTES_MAX / (4 * MIB);
    for (unsigned i = 0; i <= fit; i++) {
        g_autofree char *place = g_strdup_printf("large %u", i);
        put(kept, place, 4 * MIB, i);
    }
    assert_int_equal(waiting(kept, "large 0", 100), 0);
    assert_int_equal(waiting(kept, "large 1", 100), 4 * MIB);
    upload_kept_free(kept);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_a_part_of_these_very_bytes_is_one),
        cmocka_unit_test(a_part_waits_for_its_time_and_is_taken_once),
        cmocka_unit_test(no_more_waits_than_there_is_room_for_and_the_oldest_goes_first),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
