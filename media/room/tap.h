/* tap: collects the packets of one keyframe for a capture: all of one timestamp, without a gap, up to the marker. What
 * media_tap_open taps is in live_tap.h. */
#pragma once

#include "media/media.h"
#include "media/rtp/cache.h"

struct track_packet;

enum tap_verdict {
    TAP_WAITING,
    TAP_COMPLETE, /* tap_take has it */
    TAP_TOO_LARGE,
};

/* Zeroed it is idle. */
struct tap {
    bool active;
    size_t bytes_max, bytes;
    const struct rtp_cache *cache; /* borrowed: the track's */
    bool heard;                    /* any packet at all */
    uint64_t highest;              /* extended number of the latest packet heard */
    GArray *packets;               /* of struct tap_packet, ascending; the first begins a keyframe */
};

void tap_begin(struct tap *tap, size_t bytes_max, const struct rtp_cache *cache);

/* Offers a packet of the track, after the cache has it. Packets may come in any order; a keyframe's first packet that
 * comes late finds those behind it in the cache. A later keyframe takes the place of an incomplete one. */
enum tap_verdict tap_offer(struct tap *tap, const struct track_packet *packet);

/* After TAP_COMPLETE: the packets as GBytes (the caller's), and the tap is idle. */
GPtrArray *tap_take(struct tap *tap);

/* How far it is: packets in hand, and how many are known to be missing between them. */
void tap_progress(const struct tap *tap, unsigned *collected, unsigned *missing);

void tap_end(struct tap *tap);
