#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glib.h>

#include "media/rtp/sequence.h"

#define NEXT      RTP_SEQUENCE_NEXT
#define LATE      RTP_SEQUENCE_LATE
#define RESTARTED RTP_SEQUENCE_RESTARTED
#define REFUSED   RTP_SEQUENCE_REFUSED
#define CYCLE     65536

/* Each row feeds up to four numbers to a fresh source; the last one's verdict and extended number are judged. */
static const struct {
    const char *hazard;
    int numbers[4]; /* -1 ends */
    enum rtp_sequence_verdict verdict;
    uint64_t extended;
} rows[] = {
    {"the first", {5, -1}, NEXT, CYCLE + 5},
    {"the first is 0", {0, -1}, NEXT, CYCLE},
    {"in order", {5, 6, -1}, NEXT, CYCLE + 6},
    {"a gap", {5, 10, -1}, NEXT, CYCLE + 10},
    {"a wrap", {65535, 0, -1}, NEXT, 2 * CYCLE},
    {"a gap over a wrap", {65530, 3, -1}, NEXT, 2 * CYCLE + 3},
    {"late", {10, 8, -1}, LATE, CYCLE + 8},
    {"late from before the first", {10, 9, -1}, LATE, CYCLE + 9},
    {"late from before a wrap", {65535, 1, 0, -1}, LATE, 2 * CYCLE},
    {"late from the cycle before", {2, 65534, -1}, LATE, CYCLE - 2},
    {"the highest again", {5, 6, 6, -1}, REFUSED, 0},
    {"the largest gap that is believed", {0, 2999, -1}, NEXT, CYCLE + 2999},
    {"a jump too far forwards", {0, 3000, -1}, REFUSED, 0},
    {"a jump too far back", {2000, 1000, -1}, REFUSED, 0},
    {"two in a row after a jump are a new start", {0, 30000, 30001, -1}, RESTARTED, 3 * CYCLE + 30001},
    {"a lone jump is forgotten", {0, 30000, 1, 30001}, REFUSED, 0},
    {"a restart just over a wrap of its own", {40000, 65535, 0, -1}, RESTARTED, 3 * CYCLE},
};

static void counts_on_as_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct rtp_sequence sequence = {0};
        enum rtp_sequence_verdict verdict = REFUSED;
        uint64_t extended = 0;
        for (size_t n = 0; n < G_N_ELEMENTS(rows[i].numbers) && rows[i].numbers[n] >= 0; n++) {
            extended = 0;
            verdict = rtp_sequence_update(&sequence, (uint16_t)rows[i].numbers[n], &extended);
        }
        if (verdict != rows[i].verdict || extended != rows[i].extended) {
            fail_msg("%s: verdict %d, extended %lu", rows[i].hazard, (int)verdict, extended);
        }
    }
}

static void never_gives_one_number_to_two_packets(void **state)
{
    (void)state;
    struct rtp_sequence sequence = {0};
    uint64_t last = 0;
    for (unsigned restart = 0; restart < 20; restart++) {
        const uint16_t base = (uint16_t)(restart * 20000);
        for (unsigned i = 0; i < 5; i++) {
            uint64_t extended;
            if (rtp_sequence_update(&sequence, (uint16_t)(base + i), &extended) != REFUSED) {
                assert_true(extended > last);
                last = extended;
            }
        }
    }
}

static void follows_a_long_stream_with_small_gaps(void **state)
{
    (void)state;
    struct rtp_sequence sequence = {0};
    for (uint64_t i = 0; i < 10 * CYCLE; i += 7) {
        uint64_t extended;
        assert_int_equal(rtp_sequence_update(&sequence, (uint16_t)i, &extended), NEXT);
        assert_int_equal(extended, CYCLE + i);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_on_as_the_table_says),
        cmocka_unit_test(never_gives_one_number_to_two_packets),
        cmocka_unit_test(follows_a_long_stream_with_small_gaps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
