#include "media/rtp/remb.h"

#include <glib.h>

/* Raised by a quarter each second: from the minimum to 2.5 Mbit/s in 15 s, slow enough for an estimator to follow. */
#define RAISE_DIVISOR 4
#define SECOND_US     INT64_C(1000000)

void remb_limit_init(struct remb_limit *limit, uint64_t max_bps)
{
    *limit = (struct remb_limit){.max_bps = max_bps, .allowed_bps = max_bps};
}

uint64_t remb_share(uint64_t estimate_bps, uint64_t stream_bps, uint64_t total_bps)
{
    if (estimate_bps >= total_bps) {
        return REMB_UNLIMITED;
    }
    return (uint64_t)((double)estimate_bps * (double)stream_bps / (double)total_bps);
}

uint64_t remb_limit_update(struct remb_limit *limit, uint64_t share_bps, int64_t now_us)
{
    const int64_t elapsed_us = CLAMP(now_us - limit->updated_us, 0, SECOND_US);
    const uint64_t raise_bps = limit->allowed_bps / RAISE_DIVISOR * (uint64_t)elapsed_us / SECOND_US;
    const uint64_t raised_bps = MIN(limit->allowed_bps + raise_bps, limit->max_bps);
    const uint64_t floor_bps = MIN(REMB_MIN_BPS, limit->max_bps);
    limit->allowed_bps = MAX(MIN(raised_bps, share_bps), floor_bps);
    limit->updated_us = now_us;
    return limit->allowed_bps;
}
