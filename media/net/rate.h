/* rate: a token bucket, a second deep: bounds how many packets one peer may make us work on. Zeroed it is empty. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

struct rate {
    int64_t tokens_us; /* a packet costs a second's worth of microseconds, each microsecond earns `per_s` */
    int64_t last_us;
};

void rate_init(struct rate *rate, unsigned per_s, int64_t now_us); /* full */
/* Whether one more packet is within `per_s`; takes it if so. Time that goes backwards earns nothing. */
bool rate_take(struct rate *rate, unsigned per_s, int64_t now_us);
