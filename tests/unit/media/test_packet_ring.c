#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "media/packet_ring.h"

#define RING_BYTES 16384 /* the least */

static GPtrArray *packets_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
}

/* A packet that tells by every byte which it is. */
static size_t fill(uint8_t *bytes, uint32_t number)
{
    const size_t length = 4 + number * 37 % 1400;
    memset(bytes, (int)(number & 0xff), length);
    memcpy(bytes, &number, sizeof number);
    return length;
}

static bool put(struct packet_ring *ring, uint32_t number)
{
    uint8_t bytes[1500];
    return packet_ring_put(ring, bytes, fill(bytes, number));
}

static bool is_number(GBytes *packet, uint32_t number)
{
    uint8_t expected[1500];
    gsize length;
    const void *bytes = g_bytes_get_data(packet, &length);
    return length == fill(expected, number) && memcmp(bytes, expected, length) == 0;
}

static void packets_come_out_whole_and_in_order_round_and_round(void **state)
{
    (void)state;
    struct packet_ring *ring = packet_ring_new(RING_BYTES);
    uint32_t written = 0, read = 0;
    for (unsigned round = 0; round < 300; round++) { /* many times the ring's size: every place of a seam */
        for (unsigned i = 0; i < 1 + round % 9; i++) {
            assert_true(put(ring, written++));
        }
        g_autoptr(GPtrArray) packets = packets_new();
        assert_true(packet_ring_read(ring, 0, packets));
        for (unsigned i = 0; i < packets->len; i++) {
            assert_true(is_number(packets->pdata[i], read++));
        }
        assert_int_equal(read, written);
    }
    assert_int_equal(packet_ring_dropped(ring), 0);
    packet_ring_end(ring);
    packet_ring_close(ring);
}

static void a_full_ring_refuses_and_counts_and_has_room_again(void **state)
{
    (void)state;
    struct packet_ring *ring = packet_ring_new(1); /* less than the least is the least */
    uint8_t bytes[1022] = {0};
    for (unsigned i = 0; i < RING_BYTES / 1024; i++) { /* with its length, 1024 bytes: to the last byte */
        assert_true(packet_ring_put(ring, bytes, sizeof bytes));
    }
    assert_false(packet_ring_put(ring, bytes, 0));
    assert_false(packet_ring_put(ring, bytes, sizeof bytes));
    packet_ring_count_dropped(ring);
    assert_int_equal(packet_ring_dropped(ring), 3);
    g_autoptr(GPtrArray) packets = packets_new();
    assert_true(packet_ring_read(ring, 0, packets));
    assert_int_equal(packets->len, RING_BYTES / 1024);
    assert_true(packet_ring_put(ring, bytes, 0)); /* nothing at all is a packet too */
    assert_true(packet_ring_read(ring, 0, packets));
    assert_int_equal(g_bytes_get_size(packets->pdata[packets->len - 1]), 0);
    packet_ring_end(ring);
    packet_ring_close(ring);
}

static void the_end_comes_after_the_last_packet(void **state)
{
    (void)state;
    struct packet_ring *ring = packet_ring_new(RING_BYTES);
    g_autoptr(GPtrArray) packets = packets_new();
    assert_true(packet_ring_read(ring, 0, packets));
    assert_true(packet_ring_read(ring, 1, packets));
    put(ring, 7);
    assert_false(packet_ring_ended(ring));
    packet_ring_end(ring);
    assert_true(packet_ring_ended(ring));
    assert_true(packet_ring_read(ring, 1000000, packets));
    assert_int_equal(packets->len, 1);
    assert_false(packet_ring_read(ring, 1000000, packets)); /* does not wait */
    assert_false(packet_ring_read(ring, 0, packets));
    assert_int_equal(packets->len, 1);
    packet_ring_close(ring);
}

static void whoever_lets_go_last_frees_it(void **state)
{
    (void)state;
    struct packet_ring *ring = packet_ring_new(RING_BYTES);
    packet_ring_close(ring);
    assert_true(put(ring, 1)); /* nobody will read it */
    packet_ring_end(ring);
}

#define TURNS      2000
#define GIVE_UP_MS 60000 /* only so that a hang ends */

struct table {
    struct packet_ring *there, *back;
};

/* Returns one packet for each that comes, until there comes none any more. */
static void *play_back(void *context)
{
    struct table *table = context;
    for (bool open = true; open;) {
        g_autoptr(GPtrArray) packets = packets_new();
        open = packet_ring_read(table->there, GIVE_UP_MS, packets);
        if (open) {
            put(table->back, packets->len);
        }
    }
    packet_ring_end(table->back);
    return NULL;
}

/* Each side sleeps until the other has something for it. */
static void a_reader_that_sleeps_is_woken_by_each_packet_and_by_the_end(void **state)
{
    (void)state;
    struct table table = {packet_ring_new(RING_BYTES), packet_ring_new(RING_BYTES)};
    GThread *other = g_thread_new("other", play_back, &table);
    for (uint32_t turn = 0; turn < TURNS; turn++) {
        g_autoptr(GPtrArray) packets = packets_new();
        assert_true(put(table.there, turn));
        assert_true(packet_ring_read(table.back, GIVE_UP_MS, packets));
        assert_int_equal(packets->len, 1);
        assert_true(is_number(packets->pdata[0], 1)); /* 0: it gave up waiting */
    }
    const int64_t give_up_us = g_get_monotonic_time() + GIVE_UP_MS * INT64_C(1000) / 2;
    g_usleep(1000); /* so that it sleeps */
    packet_ring_end(table.there);
    g_thread_join(other);
    assert_true(g_get_monotonic_time() < give_up_us);
    packet_ring_close(table.there);
    packet_ring_close(table.back);
}

#define NUMBERS 200000

static void *write_numbers(void *context)
{
    struct packet_ring *ring = context;
    for (uint32_t number = 0; number < NUMBERS; number++) {
        put(ring, number);
        if (number % 64 == 0) {
            g_thread_yield(); /* else the reader hardly ever sleeps */
        }
    }
    packet_ring_end(ring);
    return NULL;
}

/* Nothing is torn, nothing comes twice, and everything is read or counted. */
static void a_writer_and_a_reader_on_two_threads(void **state)
{
    (void)state;
    struct packet_ring *ring = packet_ring_new(RING_BYTES);
    GThread *writer = g_thread_new("writer", write_numbers, ring);
    uint32_t next = 0, read = 0;
    for (bool open = true; open;) {
        g_autoptr(GPtrArray) packets = packets_new();
        open = packet_ring_read(ring, GIVE_UP_MS, packets);
        assert_true(packets->len > 0 || !open);
        for (unsigned i = 0; i < packets->len; i++, read++) {
            uint32_t number;
            memcpy(&number, g_bytes_get_data(packets->pdata[i], NULL), sizeof number);
            assert_true(number >= next);
            assert_true(is_number(packets->pdata[i], number));
            next = number + 1;
        }
    }
    g_thread_join(writer);
    assert_true(read > 0);
    assert_int_equal(read + packet_ring_dropped(ring), NUMBERS);
    packet_ring_close(ring);
}

static void a_reader_may_go_while_the_writer_writes(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 5; i++) {
        struct packet_ring *ring = packet_ring_new(RING_BYTES);
        GThread *writer = g_thread_new("writer", write_numbers, ring);
        g_autoptr(GPtrArray) packets = packets_new();
        packet_ring_read(ring, GIVE_UP_MS, packets);
        packet_ring_close(ring);
        g_thread_join(writer);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(packets_come_out_whole_and_in_order_round_and_round),
        cmocka_unit_test(a_full_ring_refuses_and_counts_and_has_room_again),
        cmocka_unit_test(the_end_comes_after_the_last_packet),
        cmocka_unit_test(whoever_lets_go_last_frees_it),
        cmocka_unit_test(a_reader_that_sleeps_is_woken_by_each_packet_and_by_the_end),
        cmocka_unit_test(a_writer_and_a_reader_on_two_threads),
        cmocka_unit_test(a_reader_may_go_while_the_writer_writes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
