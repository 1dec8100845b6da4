/* remb: how much a sender of video may send (draft-alvestrand-rmcat-remb): the configured maximum, lowered at once by a
 * receiver that gets less through, raised again step by step. */
#pragma once

#include <stdint.h>

#define REMB_MIN_BPS   100000 /* below this there is no picture worth sending */
#define REMB_UNLIMITED UINT64_MAX

struct remb_limit {
    uint64_t max_bps;
    uint64_t allowed_bps;
    int64_t updated_us;
};

/* Starts at the maximum. */
void remb_limit_init(struct remb_limit *limit, uint64_t max_bps);

/* What a receiver's estimate means for one stream to it: it gets `stream_bps` of the `total_bps` that we send it now.
 * An estimator sees only what it is fed, so an estimate over the present rate is no limit. */
uint64_t remb_share(uint64_t estimate_bps, uint64_t stream_bps, uint64_t total_bps);

/* Takes the lowest share of all receivers, REMB_UNLIMITED for none; returns what to tell the sender now. */
uint64_t remb_limit_update(struct remb_limit *limit, uint64_t share_bps, int64_t now_us);
