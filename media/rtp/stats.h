/* stats: what is known of one RTP stream: counts, loss and jitter (RFC 3550 §6.4.1), bitrate, round trip. */
#pragma once

#include "media/rtp/rtcp.h"

/* Bits a second over the last whole second, in steps of a tenth. */
#define RTP_RATE_STEPS 10
struct rtp_rate {
    int64_t step;                       /* number of the current tenth of a second */
    uint32_t bytes[RTP_RATE_STEPS + 1]; /* by step modulo its size; the current one is not complete yet */
};
void rtp_rate_add(struct rtp_rate *rate, size_t bytes, int64_t now_us);
unsigned rtp_rate_bps(const struct rtp_rate *rate, int64_t now_us);

/* A stream that we receive. Zeroed but for clock_rate it is ready. */
struct rtp_receive_stats {
    uint32_t clock_rate; /* of the codec, Hz */
    uint64_t packets, bytes, recovered;
    struct rtp_rate rate;

    /* The present run of sequence numbers (RFC 3550 appendix A.1, A.3). */
    uint64_t base, highest; /* extended; 0: nothing yet */
    uint64_t received;
    uint64_t lost_before; /* in runs before this one */
    uint64_t expected_prior, received_prior;
    uint8_t fraction_lost; /* of the last reporting interval, in 1/256 */

    uint32_t transit;
    uint32_t jitter_16; /* 16 times the jitter, in timestamp units (RFC 3550 appendix A.8) */

    uint32_t last_sr; /* middle 32 bits of its NTP time */
    int64_t last_sr_us;
};

/* A packet of extended sequence number `sequence` arrived; `bytes` is its payload. */
void rtp_receive_stats_packet(struct rtp_receive_stats *stats, uint64_t sequence, uint32_t timestamp, size_t bytes,
                              int64_t now_us);
/* The source counts anew from the next packet on. */
void rtp_receive_stats_restart(struct rtp_receive_stats *stats);
void rtp_receive_stats_sender_report(struct rtp_receive_stats *stats, uint64_t ntp, int64_t now_us);
/* Fills the block of the next receiver report and begins a new reporting interval. */
void rtp_receive_stats_report(struct rtp_receive_stats *stats, uint32_t ssrc, int64_t now_us,
                              struct rtcp_report_block *block);
uint64_t rtp_receive_stats_lost(const struct rtp_receive_stats *stats);
double rtp_jitter_ms(uint32_t jitter, uint32_t clock_rate);

/* A stream that we send, and what its receiver reports about it. */
struct rtp_send_stats {
    uint64_t packets, bytes, retransmitted;
    struct rtp_rate rate;
    struct rtcp_report_block reported; /* the latest; zero before */
    uint32_t last_sr;                  /* middle 32 bits of the NTP time of our last sender report */
    int64_t last_sr_us;                /* when we sent it; 0: not yet */
};
/* Takes a report. Returns the round trip, < 0 when it does not answer our last sender report (RFC 3550 §6.4.1). */
int64_t rtp_send_stats_report(struct rtp_send_stats *stats, const struct rtcp_report_block *block, int64_t now_us);
