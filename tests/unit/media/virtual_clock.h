/* virtual_clock: the time of a test, for OpenSSL too, which reads gettimeofday(3) for its DTLS timers: defining it in
 * the program takes the place of the C library's. Included by one source of a test. */
#pragma once

#include <stdint.h>
#include <sys/time.h>

static int64_t clock_us = INT64_C(1700000000000000);

int gettimeofday(struct timeval *restrict time, void *restrict zone)
{
    (void)zone;
    time->tv_sec = clock_us / 1000000;
    time->tv_usec = clock_us % 1000000;
    return 0;
}
