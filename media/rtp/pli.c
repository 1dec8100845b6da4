#include "media/rtp/pli.h"

void pli_limiter_init(struct pli_limiter *limiter, int64_t interval_us)
{
    *limiter = (struct pli_limiter){.interval_us = interval_us};
}

void pli_limiter_want(struct pli_limiter *limiter)
{
    limiter->wanted = true;
}

void pli_limiter_urge(struct pli_limiter *limiter)
{
    limiter->wanted = true;
    limiter->next_us = 0;
}

void pli_limiter_satisfied(struct pli_limiter *limiter)
{
    limiter->wanted = false;
}

bool pli_limiter_due(struct pli_limiter *limiter, int64_t now_us)
{
    if (now_us < pli_limiter_deadline_us(limiter)) {
        return false;
    }
    limiter->next_us = now_us + limiter->interval_us;
    return true;
}

int64_t pli_limiter_deadline_us(const struct pli_limiter *limiter)
{
    return limiter->wanted ? limiter->next_us : INT64_MAX;
}
