#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "media/rtp/rtcp.h"

#define SSRC  0, 0, 0, 1
#define MEDIA 0, 0, 0, 2
#define BLOCK 0, 0, 0, 9, 64, 0xff, 0xff, 0xff, 0, 1, 0, 5, 0, 0, 0, 7, 0x11, 0x22, 0x33, 0x44, 0, 1, 0, 0

static const struct {
    const char *hazard;
    uint8_t bytes[64];
    size_t length;
    bool sound;
    unsigned messages;
} rows[] = {
    {"nothing", {0}, 0, false, 0},
    {"receiver report without blocks", {0x80, 201, 0, 1, SSRC}, 8, true, 1},
    {"receiver report with one block", {0x81, 201, 0, 7, SSRC, BLOCK}, 32, true, 1},
    {"more blocks promised than there are", {0x82, 201, 0, 7, SSRC, BLOCK}, 32, false, 0},
    {"receiver report without its sender", {0x80, 201, 0, 0}, 4, false, 0},
    {"sender report without sender info", {0x80, 200, 0, 1, SSRC}, 8, false, 0},
    {"sender report", {0x80, 200, 0, 6, SSRC, 0, 0, 0, 1}, 28, true, 1},
    {"version 0", {0x00, 201, 0, 1, SSRC}, 8, false, 0},
    {"length over the end", {0x80, 201, 0, 2, SSRC}, 8, false, 0},
    {"length at its largest", {0x80, 201, 0xff, 0xff, SSRC}, 8, false, 0},
    {"three bytes at the end", {0x80, 201, 0, 1, SSRC, 0x80, 201, 0}, 11, false, 0},
    {"compound of two", {0x80, 201, 0, 1, SSRC, 0x81, 206, 0, 2, SSRC, MEDIA}, 20, true, 2},
    {"broken second packet spoils the first", {0x80, 201, 0, 1, SSRC, 0x41, 206, 0, 2, SSRC, MEDIA}, 20, false, 0},
    {"padding in the last packet", {0xa0, 201, 0, 2, SSRC, 0, 0, 0, 4}, 12, true, 1},
    {"padding before the last packet", {0xa0, 201, 0, 2, SSRC, 0, 0, 0, 4, 0x80, 201, 0, 1, SSRC}, 20, false, 0},
    {"padding of zero", {0xa0, 201, 0, 2, SSRC, 0, 0, 0, 0}, 12, false, 0},
    {"padding that is no multiple of four", {0xa0, 201, 0, 2, SSRC, 0, 0, 0, 3}, 12, false, 0},
    {"padding over the header", {0xa0, 201, 0, 1, 0, 0, 0, 8}, 8, false, 0},
    {"padding eats the sender", {0xa0, 201, 0, 1, 0, 0, 0, 4}, 8, false, 0},
    {"picture loss alone", {0x81, 206, 0, 2, SSRC, MEDIA}, 12, true, 1},
    {"picture loss without a media source", {0x81, 206, 0, 1, SSRC}, 8, false, 0},
    {"NACK", {0x81, 205, 0, 3, SSRC, MEDIA, 0, 5, 0, 3}, 16, true, 1},
    {"NACK of nothing", {0x81, 205, 0, 2, SSRC, MEDIA}, 12, false, 0},
    {"FIR", {0x84, 206, 0, 4, SSRC, MEDIA, 0, 0, 0, 9, 1, 0, 0, 0}, 20, true, 1},
    {"half a FIR entry", {0x84, 206, 0, 3, SSRC, MEDIA, 0, 0, 0, 9}, 16, false, 0},
    {"REMB", {0x8f, 206, 0, 5, SSRC, MEDIA, 'R', 'E', 'M', 'B', 1, 0, 0, 1, 0, 0, 0, 9}, 24, true, 1},
    {"REMB with more sources than bytes", {0x8f, 206, 0, 4, SSRC, MEDIA, 'R', 'E', 'M', 'B', 9, 0, 0, 1}, 20, false, 0},
    {"REMB of more bits than there are",
     {0x8f, 206, 0, 4, SSRC, MEDIA, 'R', 'E', 'M', 'B', 0, 0xff, 0xff, 0xff},
     20,
     false,
     0},
    {"REMB cut after its name", {0x8f, 206, 0, 3, SSRC, MEDIA, 'R', 'E', 'M', 'B'}, 16, true, 1},
    {"BYE", {0x81, 203, 0, 1, SSRC}, 8, true, 1},
    {"unknown type", {0x80, 209, 0, 1, SSRC}, 8, true, 1},
};

static void takes_a_compound_whole_or_not_at_all(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autofree uint8_t *exact = g_memdup2(rows[i].bytes, MAX(rows[i].length, 1));
        const bool sound = rtcp_validate(exact, rows[i].length);
        unsigned messages = 0;
        size_t offset = 0;
        struct rtcp_message message;
        while (sound && rtcp_next(exact, rows[i].length, &offset, &message)) {
            messages++;
        }
        if (sound != rows[i].sound || messages != rows[i].messages) {
            fail_msg("%s: sound %d, %u messages", rows[i].hazard, sound, messages);
        }
    }
}

static struct rtcp_message only_message(const struct rtcp_writer *writer)
{
    struct rtcp_message message;
    size_t offset = 0;
    assert_true(rtcp_validate(writer->data, writer->length));
    assert_true(rtcp_next(writer->data, writer->length, &offset, &message));
    assert_int_equal(offset, writer->length);
    return message;
}

static void reads_back_a_sender_report(void **state)
{
    (void)state;
    uint8_t bytes[64];
    struct rtcp_writer writer = {bytes, sizeof bytes, 0};
    const struct rtcp_sender_info info = {UINT64_C(0x1122334455667788), 0x99aabbcc, 7, 8};
    assert_true(rtcp_write_sender_report(&writer, 5, &info));
    const struct rtcp_message message = only_message(&writer);
    assert_int_equal(message.kind, RTCP_SENDER_REPORT);
    assert_int_equal(message.sender_ssrc, 5);
    assert_int_equal(message.sender.ntp, info.ntp);
    assert_int_equal(message.sender.rtp_timestamp, info.rtp_timestamp);
    assert_int_equal(message.sender.packets, info.packets);
    assert_int_equal(message.sender.bytes, info.bytes);
    assert_int_equal(message.count, 0);
}

static void reads_back_report_blocks_with_a_negative_loss(void **state)
{
    (void)state;
    uint8_t bytes[64];
    struct rtcp_writer writer = {bytes, sizeof bytes, 0};
    const struct rtcp_report_block blocks[2] = {{9, 255, -1, 65541, 7, 0x11223344, 65536},
                                                {8, 0, 0x7fffff, 1, 2, 3, 4}};
    assert_true(rtcp_write_receiver_report(&writer, 5, blocks, 2));
    const struct rtcp_message message = only_message(&writer);
    assert_int_equal(message.kind, RTCP_RECEIVER_REPORT);
    assert_int_equal(message.count, 2);
    for (unsigned i = 0; i < 2; i++) {
        struct rtcp_report_block block;
        rtcp_report_block_read(&message, i, &block);
        assert_int_equal(block.ssrc, blocks[i].ssrc);
        assert_int_equal(block.fraction_lost, blocks[i].fraction_lost);
        assert_int_equal(block.packets_lost, blocks[i].packets_lost);
        assert_int_equal(block.highest_sequence, blocks[i].highest_sequence);
        assert_int_equal(block.jitter, blocks[i].jitter);
        assert_int_equal(block.last_sr, blocks[i].last_sr);
        assert_int_equal(block.delay_since_last_sr, blocks[i].delay_since_last_sr);
    }
}

static const struct {
    const char *hazard;
    uint16_t sequences[20];
    unsigned count, pairs;
} nacks[] = {
    {"one", {5}, 1, 1},
    {"the last that fits into the first pair", {5, 21}, 2, 1},
    {"one too far for it", {5, 22}, 2, 2},
    {"over the wrap", {65530, 65535, 0, 10}, 4, 1},
    {"seventeen in a row", {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}, 17, 1},
    {"eighteen in a row", {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17}, 18, 2},
};

/* The numbers that a NACK names, in its order. */
static unsigned read_nack(const struct rtcp_message *message, uint16_t *numbers)
{
    unsigned count = 0;
    for (unsigned pair = 0; pair < message->count; pair++) {
        uint16_t following;
        rtcp_nack_read(message, pair, &numbers[count], &following);
        const uint16_t first = numbers[count++];
        for (unsigned bit = 0; bit < 16; bit++) {
            if (following & 1u << bit) {
                numbers[count++] = (uint16_t)(first + bit + 1);
            }
        }
    }
    return count;
}

static void nack_pairs_name_exactly_what_is_missing(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(nacks); i++) {
        uint8_t bytes[128];
        uint16_t numbers[64];
        struct rtcp_writer writer = {bytes, sizeof bytes, 0};
        assert_true(rtcp_write_nack(&writer, 1, 2, nacks[i].sequences, nacks[i].count));
        const struct rtcp_message message = only_message(&writer);
        assert_int_equal(message.kind, RTCP_NACK);
        assert_int_equal(message.media_ssrc, 2);
        if (message.count != nacks[i].pairs) {
            fail_msg("%s: %u pairs", nacks[i].hazard, message.count);
        }
        assert_int_equal(read_nack(&message, numbers), nacks[i].count);
        assert_memory_equal(numbers, nacks[i].sequences, nacks[i].count * sizeof numbers[0]);
    }
}

static void reads_back_bitrates_to_18_bits(void **state)
{
    (void)state;
    static const uint64_t rates[] = {0, 1, 0x3ffff, 0x40000, 2500000, UINT64_C(1) << 40};
    for (size_t i = 0; i < G_N_ELEMENTS(rates); i++) {
        uint8_t bytes[64];
        struct rtcp_writer writer = {bytes, sizeof bytes, 0};
        assert_true(rtcp_write_remb(&writer, 1, 2, rates[i]));
        const struct rtcp_message message = only_message(&writer);
        assert_int_equal(message.kind, RTCP_REMB);
        assert_true(message.bitrate_bps <= rates[i] && message.bitrate_bps >= rates[i] - (rates[i] >> 17));
    }
}

static void reads_each_fir_entry(void **state)
{
    (void)state;
    static const uint8_t bytes[] = {0x84, 206, 0, 6, SSRC, MEDIA, 0, 0, 0, 9, 1, 0, 0, 0, 0, 0, 1, 0, 2, 0, 0, 0};
    struct rtcp_writer writer = {(uint8_t *)bytes, 0, sizeof bytes};
    const struct rtcp_message message = only_message(&writer);
    assert_int_equal(message.kind, RTCP_FIR);
    assert_int_equal(message.count, 2);
    assert_int_equal(rtcp_fir_read_ssrc(&message, 0), 9);
    assert_int_equal(rtcp_fir_read_ssrc(&message, 1), 256);
}

static void names_end_with_a_zero_byte_whatever_their_length(void **state)
{
    (void)state;
    static const char *const names[] = {"", "a", "ab", "abc", "abcd", "0123456789abcdef"};
    for (size_t i = 0; i < G_N_ELEMENTS(names); i++) {
        uint8_t bytes[64];
        struct rtcp_writer writer = {bytes, sizeof bytes, 0};
        assert_true(rtcp_write_cname(&writer, 1, names[i]));
        assert_true(rtcp_validate(bytes, writer.length));
        assert_int_equal(bytes[9], strlen(names[i]));
        assert_int_equal(bytes[10 + strlen(names[i])], 0);
        assert_int_equal(bytes[writer.length - 1], 0);
    }
}

static void a_writer_that_is_full_leaves_out_what_does_not_fit(void **state)
{
    (void)state;
    const struct rtcp_sender_info info = {0};
    const struct rtcp_report_block block = {0};
    static const uint16_t sequences[] = {1, 100};
    for (size_t capacity = 0; capacity < 8; capacity++) {
        g_autofree uint8_t *bytes = g_malloc(MAX(capacity, 1));
        struct rtcp_writer writer = {bytes, capacity, 0};
        assert_false(rtcp_write_sender_report(&writer, 1, &info));
        assert_false(rtcp_write_receiver_report(&writer, 1, &block, 1));
        assert_false(rtcp_write_cname(&writer, 1, "name"));
        assert_false(rtcp_write_nack(&writer, 1, 2, sequences, 2));
        assert_false(rtcp_write_pli(&writer, 1, 2));
        assert_false(rtcp_write_remb(&writer, 1, 2, 3));
        assert_int_equal(writer.length, 0);
    }
}

static void appends_packets_to_one_compound(void **state)
{
    (void)state;
    uint8_t bytes[128];
    struct rtcp_writer writer = {bytes, sizeof bytes, 0};
    static const enum rtcp_kind kinds[] = {RTCP_RECEIVER_REPORT, RTCP_OTHER, RTCP_PLI, RTCP_REMB};
    assert_true(rtcp_write_receiver_report(&writer, 1, NULL, 0) && rtcp_write_cname(&writer, 1, "name") &&
                rtcp_write_pli(&writer, 1, 2) && rtcp_write_remb(&writer, 1, 2, 3));
    assert_true(rtcp_validate(bytes, writer.length));
    size_t offset = 0;
    struct rtcp_message message;
    for (size_t i = 0; i < G_N_ELEMENTS(kinds); i++) {
        assert_true(rtcp_next(bytes, writer.length, &offset, &message));
        assert_int_equal(message.kind, kinds[i]);
    }
    assert_false(rtcp_next(bytes, writer.length, &offset, &message));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_a_compound_whole_or_not_at_all),
        cmocka_unit_test(reads_back_a_sender_report),
        cmocka_unit_test(reads_back_report_blocks_with_a_negative_loss),
        cmocka_unit_test(nack_pairs_name_exactly_what_is_missing),
        cmocka_unit_test(reads_back_bitrates_to_18_bits),
        cmocka_unit_test(reads_each_fir_entry),
        cmocka_unit_test(names_end_with_a_zero_byte_whatever_their_length),
        cmocka_unit_test(a_writer_that_is_full_leaves_out_what_does_not_fit),
        cmocka_unit_test(appends_packets_to_one_compound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
