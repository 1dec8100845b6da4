#include "media/net/rate.h"

#define SECOND_US INT64_C(1000000)

void rate_init(struct rate *rate, unsigned per_s, int64_t now_us)
{
    rate->tokens_us = per_s * SECOND_US;
    rate->last_us = now_us;
}

bool rate_take(struct rate *rate, unsigned per_s, int64_t now_us)
{
    int64_t elapsed_us = now_us - rate->last_us;
    if (elapsed_us > 0) {
        rate->last_us = now_us;
        rate->tokens_us += (elapsed_us < SECOND_US ? elapsed_us : SECOND_US) * per_s;
        if (rate->tokens_us > per_s * SECOND_US) {
            rate->tokens_us = per_s * SECOND_US;
        }
    }
    if (rate->tokens_us < SECOND_US) {
        return false;
    }
    rate->tokens_us -= SECOND_US;
    return true;
}
