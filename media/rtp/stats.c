#include "media/rtp/stats.h"

#include <glib.h>
#include <string.h>

#define SECOND_US      INT64_C(1000000)
#define STEP_US        (SECOND_US / RTP_RATE_STEPS)
#define RATE_BUCKETS   (RTP_RATE_STEPS + 1)
#define LOST_MAX       0x7fffff /* 24 bits, signed (RFC 3550 §6.4.1) */
#define ROUND_TRIP_MAX (60 * SECOND_US)

void rtp_rate_add(struct rtp_rate *rate, size_t bytes, int64_t now_us)
{
    const int64_t step = now_us / STEP_US;
    if (step - rate->step >= RATE_BUCKETS) {
        memset(rate->bytes, 0, sizeof rate->bytes);
        rate->step = step;
    }
    while (rate->step < step) {
        rate->step++;
        rate->bytes[rate->step % RATE_BUCKETS] = 0;
    }
    rate->bytes[step % RATE_BUCKETS] += (uint32_t)bytes;
}

unsigned rtp_rate_bps(const struct rtp_rate *rate, int64_t now_us)
{
    const int64_t now_step = now_us / STEP_US;
    uint64_t bytes = 0;
    for (int64_t step = MAX(now_step - RTP_RATE_STEPS, 0); step < now_step; step++) {
        if (step <= rate->step) { /* later ones hold what is eleven steps older */
            bytes += rate->bytes[step % RATE_BUCKETS];
        }
    }
    return (unsigned)MIN(bytes * 8, UINT_MAX);
}

/* RFC 3550 appendix A.8. Packets out of order say more about repair than about the path, and are left out. */
static void measure_jitter(struct rtp_receive_stats *stats, uint32_t timestamp, int64_t now_us)
{
    const uint32_t arrival = (uint32_t)((uint64_t)now_us * stats->clock_rate / SECOND_US);
    const uint32_t transit = arrival - timestamp;
    if (stats->highest != 0) {
        const int32_t difference = (int32_t)(transit - stats->transit);
        const uint32_t distance = difference < 0 ? 0 - (uint32_t)difference : (uint32_t)difference;
        stats->jitter_16 += distance - ((stats->jitter_16 + 8) >> 4);
    }
    stats->transit = transit;
}

void rtp_receive_stats_packet(struct rtp_receive_stats *stats, uint64_t sequence, uint32_t timestamp, size_t bytes,
                              int64_t now_us)
{
    stats->packets++;
    stats->bytes += bytes;
    rtp_rate_add(&stats->rate, bytes, now_us);
    stats->received++;
    if (sequence > stats->highest) {
        measure_jitter(stats, timestamp, now_us);
        stats->highest = sequence;
    }
    if (stats->base == 0 || sequence < stats->base) {
        stats->base = sequence;
    }
}

static uint64_t expected(const struct rtp_receive_stats *stats)
{
    return stats->base == 0 ? 0 : stats->highest - stats->base + 1;
}

static uint64_t missing(uint64_t wanted, uint64_t received)
{
    return wanted > received ? wanted - received : 0;
}

uint64_t rtp_receive_stats_lost(const struct rtp_receive_stats *stats)
{
    return stats->lost_before + missing(expected(stats), stats->received);
}

void rtp_receive_stats_restart(struct rtp_receive_stats *stats)
{
    stats->lost_before = rtp_receive_stats_lost(stats);
    stats->base = stats->highest = stats->received = 0;
    stats->expected_prior = stats->received_prior = 0;
}

void rtp_receive_stats_sender_report(struct rtp_receive_stats *stats, uint64_t ntp, int64_t now_us)
{
    stats->last_sr = (uint32_t)(ntp >> 16);
    stats->last_sr_us = now_us;
}

void rtp_receive_stats_report(struct rtp_receive_stats *stats, uint32_t ssrc, int64_t now_us,
                              struct rtcp_report_block *block)
{
    const uint64_t expected_interval = expected(stats) - stats->expected_prior;
    const uint64_t lost_interval = missing(expected_interval, stats->received - stats->received_prior);
    stats->expected_prior = expected(stats);
    stats->received_prior = stats->received;
    stats->fraction_lost = (uint8_t)(lost_interval == 0 ? 0 : MIN(lost_interval * 256 / expected_interval, 255));
    *block = (struct rtcp_report_block){
        .ssrc = ssrc,
        .fraction_lost = stats->fraction_lost,
        .packets_lost = (int32_t)MIN(rtp_receive_stats_lost(stats), LOST_MAX),
        .highest_sequence = (uint32_t)stats->highest,
        .jitter = stats->jitter_16 >> 4,
    };
    if (stats->last_sr_us != 0) {
        block->last_sr = stats->last_sr;
        block->delay_since_last_sr = (uint32_t)((uint64_t)(now_us - stats->last_sr_us) * 65536 / SECOND_US);
    }
}

double rtp_jitter_ms(uint32_t jitter, uint32_t clock_rate)
{
    return clock_rate == 0 ? 0 : jitter * 1000.0 / clock_rate;
}

int64_t rtp_send_stats_report(struct rtp_send_stats *stats, const struct rtcp_report_block *block, int64_t now_us)
{
    stats->reported = *block;
    if (stats->last_sr_us == 0 || block->last_sr == 0 || block->last_sr != stats->last_sr) {
        return -1;
    }
    const int64_t delay_us = (int64_t)block->delay_since_last_sr * SECOND_US / 65536;
    const int64_t round_trip_us = now_us - stats->last_sr_us - delay_us;
    return round_trip_us > ROUND_TRIP_MAX ? -1 : MAX(round_trip_us, 0);
}
