/* rtcp: compound RTCP packets read and written (RFC 3550 §6, RFC 4585 §6, RFC 5104 §4.3.1,
 * draft-alvestrand-rmcat-remb-03). Reduced-size packets (RFC 5506) are read as well. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RTCP_REPORTS_MAX 31

enum rtcp_kind {
    RTCP_SENDER_REPORT,
    RTCP_RECEIVER_REPORT,
    RTCP_NACK,
    RTCP_PLI,
    RTCP_FIR,
    RTCP_REMB,
    RTCP_OTHER, /* SDES, BYE, XR, …: well-formed, of no use to us */
};

struct rtcp_sender_info {
    uint64_t ntp; /* 32.32 fixed point */
    uint32_t rtp_timestamp;
    uint32_t packets, bytes;
};

struct rtcp_report_block {
    uint32_t ssrc;
    uint8_t fraction_lost; /* in 1/256 */
    int32_t packets_lost;  /* 24 bits, signed */
    uint32_t highest_sequence;
    uint32_t jitter; /* timestamp units */
    uint32_t last_sr;
    uint32_t delay_since_last_sr; /* in 1/65536 s */
};

/* One packet of a compound; pointers are borrowed from it. */
struct rtcp_message {
    enum rtcp_kind kind;
    uint32_t sender_ssrc;
    uint32_t media_ssrc;            /* NACK, PLI */
    struct rtcp_sender_info sender; /* sender report */
    uint64_t bitrate_bps;           /* REMB, for all streams together */
    unsigned count;                 /* report blocks, NACK pairs, FIR entries */
    const uint8_t *entries;         /* read them with the functions below */
};

/* Whether all of `data` is well-formed: versions, lengths that add up, padding only at the end, and each kind we read
 * long enough for what it says it holds. Anything less is refused as a whole. */
bool rtcp_validate(const uint8_t *data, size_t length);
/* Reads the packet at `*offset` (0 at first) of valid data and moves it on; false at the end. */
bool rtcp_next(const uint8_t *data, size_t length, size_t *offset, struct rtcp_message *message);

/* `index` < message->count */
void rtcp_report_block_read(const struct rtcp_message *message, unsigned index, struct rtcp_report_block *block);
/* Bit i of `*following` stands for packet `*sequence` + i + 1. */
void rtcp_nack_read(const struct rtcp_message *message, unsigned index, uint16_t *sequence, uint16_t *following);
uint32_t rtcp_fir_read_ssrc(const struct rtcp_message *message, unsigned index);

/* Writers append. What does not fit is left out, and they return false. */
struct rtcp_writer {
    uint8_t *data;
    size_t capacity, length;
};
bool rtcp_write_sender_report(struct rtcp_writer *writer, uint32_t ssrc, const struct rtcp_sender_info *info);
bool rtcp_write_receiver_report(struct rtcp_writer *writer, uint32_t ssrc, const struct rtcp_report_block *blocks,
                                unsigned count);
/* `cname` has at most 255 bytes. */
bool rtcp_write_cname(struct rtcp_writer *writer, uint32_t ssrc, const char *cname);
/* `sequences` is in order. */
bool rtcp_write_nack(struct rtcp_writer *writer, uint32_t ssrc, uint32_t media_ssrc, const uint16_t *sequences,
                     unsigned count);
bool rtcp_write_pli(struct rtcp_writer *writer, uint32_t ssrc, uint32_t media_ssrc);
bool rtcp_write_remb(struct rtcp_writer *writer, uint32_t ssrc, uint32_t media_ssrc, uint64_t bitrate_bps);
