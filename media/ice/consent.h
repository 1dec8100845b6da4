/* consent: whether a peer still wants what we send (RFC 7675 §5.1), seen from a lite agent: it sends no checks of its
 * own, so everything authenticated that arrives renews consent, and silence lets it expire. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct consent {
    int64_t timeout_us;
    int64_t heard_us; /* INT64_MIN: not given yet, or expired */
};

void consent_init(struct consent *consent, unsigned timeout_ms);
/* A check has passed, or the handshake is complete: the peer agrees (again). */
void consent_give(struct consent *consent, int64_t now_us);
/* Something authenticated arrived: renews consent that is there; does not bring it back. */
void consent_renew(struct consent *consent, int64_t now_us);
bool consent_given(const struct consent *consent);
/* Expires consent whose time is over; true if it did just now. */
bool consent_tick(struct consent *consent, int64_t now_us);
int64_t consent_deadline_us(const struct consent *consent); /* INT64_MAX without consent */
