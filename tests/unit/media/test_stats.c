#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glib.h>

#include "media/rtp/stats.h"

#define SECOND_US INT64_C(1000000)
#define START_US  (1000 * SECOND_US)
#define BASE      65536

static struct rtcp_report_block report(struct rtp_receive_stats *stats)
{
    struct rtcp_report_block block;
    rtp_receive_stats_report(stats, 1, SECOND_US, &block);
    return block;
}

static void receive(struct rtp_receive_stats *stats, unsigned from, unsigned to)
{
    for (unsigned i = from; i <= to; i++) {
        rtp_receive_stats_packet(stats, BASE + i, 0, 100, 0);
    }
}

static void a_report_before_any_packet_is_all_zero(void **state)
{
    (void)state;
    struct rtp_receive_stats stats = {.clock_rate = 90000};
    const struct rtcp_report_block block = report(&stats);
    assert_int_equal(block.fraction_lost, 0);
    assert_int_equal(block.packets_lost, 0);
    assert_int_equal(block.last_sr, 0);
}

static void counts_loss_by_interval_and_in_all(void **state)
{
    (void)state;
    struct rtp_receive_stats stats = {.clock_rate = 90000};
    receive(&stats, 1, 10);
    assert_int_equal(report(&stats).fraction_lost, 0);
    receive(&stats, 16, 20); /* 5 of 10 lost */
    struct rtcp_report_block block = report(&stats);
    assert_int_equal(block.fraction_lost, 128);
    assert_int_equal(block.packets_lost, 5);
    assert_int_equal(block.highest_sequence, BASE + 20);
    receive(&stats, 21, 30);
    block = report(&stats);
    assert_int_equal(block.fraction_lost, 0);
    assert_int_equal(block.packets_lost, 5);
}

static void a_packet_that_comes_late_was_not_lost(void **state)
{
    (void)state;
    struct rtp_receive_stats stats = {.clock_rate = 90000};
    receive(&stats, 1, 10);
    receive(&stats, 12, 20);
    assert_int_equal(report(&stats).packets_lost, 1);
    receive(&stats, 11, 11);
    assert_int_equal(report(&stats).packets_lost, 0);
    assert_int_equal(report(&stats).fraction_lost, 0);
}

static void a_first_packet_that_was_overtaken_is_no_loss(void **state)
{
    (void)state;
    struct rtp_receive_stats stats = {.clock_rate = 90000};
    receive(&stats, 5, 5);
    receive(&stats, 3, 4);
    assert_int_equal(report(&stats).packets_lost, 0);
    receive(&stats, 8, 8); /* and hides none that follows */
    assert_int_equal(report(&stats).packets_lost, 2);
}

static void an_interval_of_nothing_but_loss_is_255(void **state)
{
    (void)state;
    struct rtp_receive_stats stats = {.clock_rate = 90000};
    receive(&stats, 1, 1);
    report(&stats);
    receive(&stats, 2000, 2000);
    assert_int_equal(report(&stats).fraction_lost, 255);
}

static void a_restart_keeps_the_losses_and_adds_none(void **state)
{
    (void)state;
    struct rtp_receive_stats stats = {.clock_rate = 90000};
    receive(&stats, 1, 1);
    receive(&stats, 4, 4);
    rtp_receive_stats_restart(&stats);
    receive(&stats, 50000, 50009);
    assert_int_equal(rtp_receive_stats_lost(&stats), 2);
    assert_int_equal(report(&stats).fraction_lost, 0);
}

/* Timestamps exactly as late as the packets, then each second packet 10 ms late: 900 units of 90 kHz from one to the
 * next, which the mean of appendix A.8 comes near. */
static void measures_jitter_in_units_of_the_timestamp(void **state)
{
    (void)state;
    struct rtp_receive_stats stats = {.clock_rate = 90000};
    uint64_t sequence = BASE;
    for (unsigned i = 0; i < 100; i++) {
        rtp_receive_stats_packet(&stats, sequence++, 0xfffff000 + i * 3000, 1, START_US + i * SECOND_US / 30);
    }
    assert_in_range(report(&stats).jitter, 0, 1);
    for (unsigned i = 100; i < 300; i++) {
        rtp_receive_stats_packet(&stats, sequence++, 0xfffff000 + i * 3000, 1,
                                 START_US + i * SECOND_US / 30 + i % 2 * 10000);
    }
    assert_in_range(report(&stats).jitter, 880, 900);
    assert_in_range((unsigned)(rtp_jitter_ms(900, 90000) * 1000), 9999, 10000);
}

static void echoes_the_senders_report_and_its_age(void **state)
{
    (void)state;
    struct rtp_receive_stats stats = {.clock_rate = 90000};
    struct rtcp_report_block block;
    rtp_receive_stats_sender_report(&stats, UINT64_C(0x1122334455667788), 5 * SECOND_US);
    rtp_receive_stats_report(&stats, 1, 5 * SECOND_US + SECOND_US / 2, &block);
    assert_int_equal(block.last_sr, 0x33445566);
    assert_int_equal(block.delay_since_last_sr, 32768);
}

static const struct {
    const char *hazard;
    uint32_t last_sr, delay;
    int64_t now_us, round_trip_us;
} trips[] = {
    {"80 ms there and back, half a second held", 0x33445566, 32768, 580000, 80000},
    {"not yet any sender report seen", 0, 0, 580000, -1},
    {"an older sender report", 0x33445565, 32768, 580000, -1},
    {"held for longer than it was gone", 0x33445566, 65536, 580000, 0},
    {"held for 18 hours", 0x33445566, UINT32_MAX, 580000, 0},
    {"a reply from long ago", 0x33445566, 0, 100 * SECOND_US, -1},
};

static void round_trip_as_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(trips); i++) {
        struct rtp_send_stats stats = {.last_sr = 0x33445566, .last_sr_us = 1};
        const struct rtcp_report_block block = {.last_sr = trips[i].last_sr, .delay_since_last_sr = trips[i].delay};
        const int64_t round_trip_us = rtp_send_stats_report(&stats, &block, trips[i].now_us + 1);
        if (round_trip_us != trips[i].round_trip_us) {
            fail_msg("%s: %ld us", trips[i].hazard, round_trip_us);
        }
    }
}

static void bitrate_is_of_the_last_second_only(void **state)
{
    (void)state;
    struct rtp_rate rate = {0};
    const int64_t start_us = 12345 * SECOND_US;
    assert_int_equal(rtp_rate_bps(&rate, start_us), 0);
    for (unsigned ms = 0; ms < 3000; ms += 10) {
        rtp_rate_add(&rate, 1250, start_us + ms * 1000); /* 1 Mbit/s */
        if (ms >= 1100) {
            assert_int_equal(rtp_rate_bps(&rate, start_us + ms * 1000), 1000000);
        }
    }
    assert_in_range(rtp_rate_bps(&rate, start_us + 3500000), 400000, 600000);
    assert_int_equal(rtp_rate_bps(&rate, start_us + 4100000), 0);
    rtp_rate_add(&rate, 125, start_us + 3600 * SECOND_US); /* after an hour of nothing */
    assert_int_equal(rtp_rate_bps(&rate, start_us + 3600 * SECOND_US + 100000), 1000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_report_before_any_packet_is_all_zero),
        cmocka_unit_test(counts_loss_by_interval_and_in_all),
        cmocka_unit_test(a_packet_that_comes_late_was_not_lost),
        cmocka_unit_test(a_first_packet_that_was_overtaken_is_no_loss),
        cmocka_unit_test(an_interval_of_nothing_but_loss_is_255),
        cmocka_unit_test(a_restart_keeps_the_losses_and_adds_none),
        cmocka_unit_test(measures_jitter_in_units_of_the_timestamp),
        cmocka_unit_test(echoes_the_senders_report_and_its_age),
        cmocka_unit_test(round_trip_as_the_table_says),
        cmocka_unit_test(bitrate_is_of_the_last_second_only),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
