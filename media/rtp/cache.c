#include "media/rtp/cache.h"

#include <glib.h>
#include <string.h>

#define BYTES_MIN       4096
#define BYTES_PER_ENTRY 512 /* video packets are mostly larger; of smaller ones fewer bytes are kept */

struct entry {
    uint64_t sequence;
    uint64_t position; /* bytes ever written before it; modulo the ring's size it is where the packet lies */
    int64_t time_us;
    uint16_t length; /* 0: unused */
};

struct rtp_cache {
    size_t bytes;
    size_t index_mask;
    uint64_t written;
    uint8_t *ring;
    struct entry index[];
};

struct rtp_cache *rtp_cache_new(size_t bytes)
{
    bytes = MAX(bytes, BYTES_MIN);
    const size_t entries = (size_t)1 << g_bit_storage(bytes / BYTES_PER_ENTRY - 1);
    struct rtp_cache *cache = g_malloc0(sizeof *cache + entries * sizeof cache->index[0]);
    cache->bytes = bytes;
    cache->index_mask = entries - 1;
    cache->ring = g_malloc(bytes);
    return cache;
}

void rtp_cache_free(struct rtp_cache *cache)
{
    if (cache) {
        g_free(cache->ring);
        g_free(cache);
    }
}

void rtp_cache_add(struct rtp_cache *cache, uint64_t sequence, const uint8_t *packet, size_t length, int64_t time_us)
{
    if (length == 0 || length > MIN(cache->bytes, UINT16_MAX)) {
        return;
    }
    size_t at = cache->written % cache->bytes;
    if (length > cache->bytes - at) { /* a packet lies in one piece: leave the rest of this round unused */
        cache->written += cache->bytes - at;
        at = 0;
    }
    cache->index[sequence & cache->index_mask] = (struct entry){
        .sequence = sequence,
        .position = cache->written,
        .time_us = time_us,
        .length = (uint16_t)length,
    };
    memcpy(cache->ring + at, packet, length);
    cache->written += length;
}

bool rtp_cache_find(const struct rtp_cache *cache, uint64_t sequence, struct rtp_cached *found)
{
    const struct entry *entry = &cache->index[sequence & cache->index_mask];
    if (entry->length == 0 || entry->sequence != sequence || cache->written - entry->position > cache->bytes) {
        return false;
    }
    *found = (struct rtp_cached){
        .packet = cache->ring + entry->position % cache->bytes,
        .length = entry->length,
        .time_us = entry->time_us,
    };
    return true;
}
