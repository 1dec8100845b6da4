/* cache: the latest packets of a video track, kept for retransmission (RFC 4585 §6.2.1) in a ring of bytes.
 *
 * Memory is fixed when it is made; adding a packet overwrites the oldest and allocates nothing. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rtp_cache;

/* `bytes` is at least 4 KiB; less is taken as that. */
struct rtp_cache *rtp_cache_new(size_t bytes);
void rtp_cache_free(struct rtp_cache *cache);

/* Copies a packet in. `sequence` is the extended number of its source, each given once. */
void rtp_cache_add(struct rtp_cache *cache, uint64_t sequence, const uint8_t *packet, size_t length, int64_t time_us);

struct rtp_cached {
    const uint8_t *packet; /* borrowed until the next add */
    size_t length;
    int64_t time_us; /* as given with it */
};
/* False when the packet is overwritten or never was here; `found` is then untouched. */
bool rtp_cache_find(const struct rtp_cache *cache, uint64_t sequence, struct rtp_cached *found);
