/* synthetic_rtcp: what a synthetic peer reports and asks for, and what it is asked (RFC 3550 §6, RFC 4585). */
#pragma once

#include "tests/support/synthetic_sink.h"
#include "tests/support/synthetic_source.h"

struct synthetic_tracks {
    unsigned source_count, sink_count;
    struct synthetic_source sources[2];
    struct synthetic_sink sinks[2 * SYNTHETIC_SLOTS_MAX];
    uint64_t remb_bps; /* what the server told us */
};

/* SR or RR with blocks for all that is received, SDES, and REMB. Returns the length. */
size_t synthetic_rtcp_report(struct synthetic_tracks *tracks, uint8_t *packet, uint64_t remb_bps, int64_t now_us);
/* NACKs for what is missing and PLIs for video that came without a keyframe; 0: nothing to ask. */
size_t synthetic_rtcp_ask(struct synthetic_tracks *tracks, uint8_t *packet);
/* Carries out what a compound packet asks. False when it is malformed. */
bool synthetic_rtcp_input(struct synthetic_tracks *tracks, const uint8_t *packet, size_t length, int64_t now_us);
