/* pli: when a sender may be asked for a keyframe (RFC 4585 §6.3.1), so that many who want one cost it only one.
 *
 * A wish is never lost: it waits for the interval, and is repeated each interval until a keyframe begins. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct pli_limiter {
    int64_t interval_us;
    int64_t next_us; /* not before */
    bool wanted;
};

void pli_limiter_init(struct pli_limiter *limiter, int64_t interval_us);
void pli_limiter_want(struct pli_limiter *limiter);
/* Wanted at once, whatever the interval says. */
void pli_limiter_urge(struct pli_limiter *limiter);
/* A keyframe has begun to arrive. */
void pli_limiter_satisfied(struct pli_limiter *limiter);
/* True: send a PLI now. */
bool pli_limiter_due(struct pli_limiter *limiter, int64_t now_us);
/* When pli_limiter_due is true; INT64_MAX: never. */
int64_t pli_limiter_deadline_us(const struct pli_limiter *limiter);
