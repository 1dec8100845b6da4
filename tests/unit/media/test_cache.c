#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "media/rtp/cache.h"

#define RING 8192

typedef struct rtp_cache rtp_cache;
G_DEFINE_AUTOPTR_CLEANUP_FUNC(rtp_cache, rtp_cache_free)

/* A packet whose content and length follow from its number. */
static size_t packet_of(uint64_t sequence, uint8_t bytes[1500])
{
    const size_t length = 20 + (size_t)(sequence * 379 % 1400);
    memset(bytes, (int)(sequence * 31 & 0xff), length);
    return length;
}

static void add(rtp_cache *cache, uint64_t sequence)
{
    uint8_t bytes[1500];
    const size_t length = packet_of(sequence, bytes);
    rtp_cache_add(cache, sequence, bytes, length, (int64_t)sequence * 10);
}

static bool holds(const rtp_cache *cache, uint64_t sequence)
{
    uint8_t bytes[1500];
    const size_t length = packet_of(sequence, bytes);
    struct rtp_cached found;
    if (!rtp_cache_find(cache, sequence, &found)) {
        return false;
    }
    assert_int_equal(found.length, length);
    assert_memory_equal(found.packet, bytes, length);
    assert_int_equal(found.time_us, sequence * 10);
    return true;
}

static void finds_the_latest_and_never_a_damaged_packet(void **state)
{
    (void)state;
    g_autoptr(rtp_cache) cache = rtp_cache_new(RING);
    for (uint64_t sequence = 65530; sequence < 75000; sequence++) {
        add(cache, sequence);
        assert_true(holds(cache, sequence));
        assert_true(sequence < 65532 || holds(cache, sequence - 1));
        for (uint64_t back = 2; back < 40; back++) {
            holds(cache, sequence - back); /* if it is there it is whole */
        }
    }
}

static void keeps_as_much_as_the_ring_allows(void **state)
{
    (void)state;
    g_autoptr(rtp_cache) cache = rtp_cache_new(RING);
    uint8_t bytes[1024] = {0};
    struct rtp_cached found;
    for (uint64_t sequence = 1; sequence <= 100; sequence++) {
        rtp_cache_add(cache, sequence, bytes, sizeof bytes, 0);
    }
    unsigned held = 0;
    for (uint64_t sequence = 1; sequence <= 100; sequence++) {
        held += rtp_cache_find(cache, sequence, &found);
    }
    assert_int_equal(held, RING / sizeof bytes);
}

static void takes_packets_in_any_order(void **state)
{
    (void)state;
    g_autoptr(rtp_cache) cache = rtp_cache_new(RING);
    add(cache, 70003);
    add(cache, 70001);
    add(cache, 70002);
    assert_true(holds(cache, 70001) && holds(cache, 70002) && holds(cache, 70003));
    assert_false(holds(cache, 70000));
}

static void a_number_one_index_round_away_is_another_packet(void **state)
{
    (void)state;
    g_autoptr(rtp_cache) cache = rtp_cache_new(RING);
    add(cache, 70000);
    for (uint64_t step = 1; step <= 65536; step *= 2) {
        assert_false(holds(cache, 70000 + step));
    }
}

static void refuses_what_never_fits(void **state)
{
    (void)state;
    g_autoptr(rtp_cache) cache = rtp_cache_new(0);
    g_autofree uint8_t *huge = g_malloc0(100000);
    struct rtp_cached found;
    rtp_cache_add(cache, 1, huge, 100000, 0);
    rtp_cache_add(cache, 2, huge, 0, 0);
    assert_false(rtp_cache_find(cache, 1, &found));
    assert_false(rtp_cache_find(cache, 2, &found));
    assert_false(rtp_cache_find(cache, 0, &found));
    rtp_cache_add(cache, 3, huge, 4096, 0);
    assert_true(rtp_cache_find(cache, 3, &found));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(finds_the_latest_and_never_a_damaged_packet),
        cmocka_unit_test(keeps_as_much_as_the_ring_allows),
        cmocka_unit_test(takes_packets_in_any_order),
        cmocka_unit_test(a_number_one_index_round_away_is_another_packet),
        cmocka_unit_test(refuses_what_never_fits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
