#include "media/rtp/sequence.h"

#define CYCLE        UINT64_C(65536)
#define NONE         UINT32_MAX
#define DROPOUT_MAX  3000 /* RFC 3550 appendix A.1 */
#define MISORDER_MAX 1000 /* more than its 100: retransmissions come a round trip late */

static enum rtp_sequence_verdict begin(struct rtp_sequence *sequence, uint64_t cycle, uint16_t number,
                                       uint64_t *extended)
{
    sequence->highest = cycle * CYCLE + number;
    sequence->bad = NONE;
    *extended = sequence->highest;
    return RTP_SEQUENCE_RESTARTED;
}

enum rtp_sequence_verdict rtp_sequence_update(struct rtp_sequence *sequence, uint16_t number, uint64_t *extended)
{
    const uint64_t highest = sequence->highest;
    if (highest == 0) {
        begin(sequence, 1, number, extended); /* cycle 1 leaves room for packets that left before this one */
        return RTP_SEQUENCE_NEXT;
    }
    const uint16_t ahead = (uint16_t)(number - (uint16_t)highest);
    if (ahead == 0) {
        return RTP_SEQUENCE_REFUSED;
    }
    if (ahead < DROPOUT_MAX) {
        sequence->highest = highest + ahead;
        sequence->bad = NONE;
        *extended = sequence->highest;
        return RTP_SEQUENCE_NEXT;
    }
    if (ahead > CYCLE - MISORDER_MAX) {
        *extended = highest - (CYCLE - ahead);
        return RTP_SEQUENCE_LATE;
    }
    if (number == sequence->bad) {
        return begin(sequence, highest / CYCLE + 2, number, extended); /* a whole cycle on: no number is used twice */
    }
    sequence->bad = (uint16_t)(number + 1);
    return RTP_SEQUENCE_REFUSED;
}
