/* synthetic_sink: counts the RTP of one receiving m-line, and says what is missing. */
#pragma once

#include "tests/support/synthetic_sdp.h"

#define SYNTHETIC_MISSING_MAX 64
#define SYNTHETIC_WINDOW      1024 /* sequence numbers remembered, for duplicates */

struct synthetic_sink {
    struct synthetic_line line;
    char mid[4];
    struct synthetic_received received;
    bool started;
    uint32_t base, highest; /* extended sequence numbers, RFC 3550 appendix A.1 */
    uint64_t seen[SYNTHETIC_WINDOW / 64];
    struct {
        uint16_t sequence;
        uint8_t tries;
    } missing[SYNTHETIC_MISSING_MAX];
    unsigned missing_count;
    /* The run of packets without a gap that began with a keyframe; 0: none. */
    uint32_t whole_next;
    int64_t first_frame_us; /* when the first keyframe was whole; 0: not yet */
    /* for report blocks */
    uint64_t expected_prior, received_prior;
    double jitter;
    int64_t last_transit;
    uint32_t last_sr; /* middle of its NTP time */
    int64_t last_sr_us;
};

void synthetic_sink_init(struct synthetic_sink *sink, const struct synthetic_line *line, unsigned mid);
void synthetic_sink_rtp(struct synthetic_sink *sink, const uint8_t *packet, size_t length, int64_t now_us);
/* The sequence numbers to ask for (again) now; returns how many. */
unsigned synthetic_sink_nack(struct synthetic_sink *sink, uint16_t sequences[SYNTHETIC_MISSING_MAX]);
/* Video has come, but no keyframe yet. */
bool synthetic_sink_wants_keyframe(const struct synthetic_sink *sink);
/* RFC 3550 §6.4.1 */
void synthetic_sink_report(struct synthetic_sink *sink, uint8_t block[static 24], int64_t now_us);
/* The counters, `lost` as it stands. */
struct synthetic_received synthetic_sink_stats(const struct synthetic_sink *sink);
