/* live_tap: hands the packets of a peer's video to a reader on another thread (media_tap_open), in the order of their
 * sequence. Captures for evidence collect theirs in tap.h.
 *
 * What came out of order lies in the track's cache until its turn. A packet that is missing is waited for, since NACK
 * asks for it; then it is left out. A reader who does not keep up gets nothing until the next keyframe: what is between
 * could not be decoded. Runs on the worker's thread; allocates nothing after live_tap_begin. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

#include "media/packet_ring.h"

#define LIVE_TAP_WAIT_US INT64_C(150000) /* for a retransmission */
#define LIVE_TAP_WINDOW  512 /* packets between one that is missing and the latest; more is not waited for */

struct track;
struct track_packet;

enum live_tap_state {
    LIVE_TAP_FLOWING,
    LIVE_TAP_BEGINNING, /* waits for a keyframe: the first */
    LIVE_TAP_OVERFLOWN, /* waits for a keyframe: the ring was full */
};

/* Zeroed it is idle. */
struct live_tap {
    struct packet_ring *ring; /* as its writer; NULL: idle */
    enum live_tap_state state;
    uint64_t next;       /* extended number of the packet whose turn it is; 0: the first that comes */
    uint64_t highest;    /* of the latest heard */
    int64_t deadline_us; /* when `next` is not waited for any more; INT64_MAX: it is not missing */
};

/* Takes the writer's reference of `ring` over. The tap of the track is idle before. */
void live_tap_begin(struct track *track, struct packet_ring *ring);
/* A packet of the track, after the cache has it. */
void live_tap_packet(struct track *track, const struct track_packet *packet);
int64_t live_tap_deadline_us(const struct track *track);
void live_tap_tick(struct track *track, int64_t now_us);
/* Hands over what is still held back, and ends the ring. An idle one is no error. */
void live_tap_end(struct track *track);
