/* sequence: 16-bit sequence numbers of one source counted on without wrapping (RFC 3550 appendix A.1).
 *
 * There is no probation: packets come authenticated. An extended number is unique for the life of the source, also
 * across a restart of its numbering. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct rtp_sequence {
    uint64_t highest; /* extended; 0: nothing received yet */
    uint32_t bad;     /* the number after a refused jump; over 16 bits: none */
};

enum rtp_sequence_verdict {
    RTP_SEQUENCE_NEXT,      /* the new highest: everything between is missing */
    RTP_SEQUENCE_LATE,      /* behind the highest: reordered or retransmitted */
    RTP_SEQUENCE_RESTARTED, /* the source has begun to count anew; it is the first of the new run */
    RTP_SEQUENCE_REFUSED,   /* a duplicate of the highest, or a jump too far; `extended` is not written */
};

enum rtp_sequence_verdict rtp_sequence_update(struct rtp_sequence *sequence, uint16_t number, uint64_t *extended);
