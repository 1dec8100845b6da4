#include "media/room/live_tap.h"

#include "media/room/track.h"
#include "media/rtp/keyframe.h"

void live_tap_begin(struct track *track, struct packet_ring *ring)
{
    g_assert(!track->live_tap.ring);
    track->live_tap = (struct live_tap){
        .ring = ring,
        .state = LIVE_TAP_BEGINNING,
        .next = track->sequence.highest == 0 ? 0 : track->sequence.highest + 1,
        .highest = track->sequence.highest,
        .deadline_us = INT64_MAX,
    };
    track_want_keyframe(track);
}

static bool begins_keyframe(const struct track *track, const uint8_t *bytes, size_t length)
{
    struct rtp_packet rtp;
    return rtp_packet_parse(bytes, length, &rtp) && keyframe_begins(track->codec, rtp.payload, rtp.payload_length);
}

static void hand_over(struct track *track, const uint8_t *bytes, size_t length)
{
    struct live_tap *tap = &track->live_tap;
    if (tap->state != LIVE_TAP_FLOWING && !begins_keyframe(track, bytes, length)) {
        if (tap->state == LIVE_TAP_OVERFLOWN) {
            packet_ring_count_dropped(tap->ring);
        }
        return;
    }
    if (packet_ring_put(tap->ring, bytes, length)) {
        tap->state = LIVE_TAP_FLOWING;
    } else {
        tap->state = LIVE_TAP_OVERFLOWN;
        track_want_keyframe(track);
    }
}

/* Hands `next` over if it is here. */
static bool hand_over_next(struct track *track)
{
    struct live_tap *tap = &track->live_tap;
    struct rtp_cached cached;
    if (!rtp_cache_find(track->cache, tap->next, &cached)) {
        return false;
    }
    hand_over(track, cached.packet, cached.length);
    tap->next++;
    return true;
}

/* Since when it is known that `next` is missing: the arrival of the first packet behind it. */
static int64_t missing_since_us(const struct track *track)
{
    const struct live_tap *tap = &track->live_tap;
    int64_t since_us = INT64_MAX;
    for (uint64_t sequence = tap->next + 1; sequence <= tap->highest; sequence++) {
        struct rtp_cached cached;
        if (rtp_cache_find(track->cache, sequence, &cached)) {
            since_us = MIN(since_us, cached.time_us);
        }
    }
    return since_us;
}

/* Hands over whatever is here without a gap, and notes until when the next one is waited for. */
static void proceed(struct track *track)
{
    struct live_tap *tap = &track->live_tap;
    bool moved = tap->deadline_us == INT64_MAX;
    while (tap->next <= tap->highest && hand_over_next(track)) {
        moved = true;
    }
    if (tap->next > tap->highest) {
        tap->deadline_us = INT64_MAX;
    } else if (moved) {
        const int64_t since_us = missing_since_us(track);
        tap->deadline_us = since_us == INT64_MAX ? 0 : since_us + LIVE_TAP_WAIT_US; /* 0: nothing is left behind it */
    }
}

/* Nothing before `sequence` is waited for any more. */
static void leave_out_until(struct track *track, uint64_t sequence)
{
    struct live_tap *tap = &track->live_tap;
    while (tap->next < sequence && tap->next <= tap->highest) {
        if (!hand_over_next(track)) {
            tap->next++;
        }
    }
    tap->next = MAX(tap->next, sequence);
    tap->deadline_us = INT64_MAX;
    track_want_keyframe(track);
}

void live_tap_packet(struct track *track, const struct track_packet *packet)
{
    struct live_tap *tap = &track->live_tap;
    if (!tap->ring) {
        return;
    }
    if (tap->next == 0) {
        tap->next = packet->sequence;
    }
    if (packet->sequence < tap->next) { /* too late */
        if (packet->keyframe && tap->state != LIVE_TAP_FLOWING) {
            track_want_keyframe(track);
        }
        return;
    }
    if (packet->sequence - tap->next >= LIVE_TAP_WINDOW) {
        leave_out_until(track, packet->sequence);
    }
    tap->highest = MAX(tap->highest, packet->sequence);
    if (packet->sequence == tap->next) { /* at hand, even where the cache could not keep it */
        hand_over(track, packet->bytes, packet->length);
        tap->next++;
        tap->deadline_us = INT64_MAX;
    }
    proceed(track);
}

int64_t live_tap_deadline_us(const struct track *track)
{
    return track->live_tap.ring ? track->live_tap.deadline_us : INT64_MAX;
}

void live_tap_tick(struct track *track, int64_t now_us)
{
    struct live_tap *tap = &track->live_tap;
    while (live_tap_deadline_us(track) <= now_us) {
        leave_out_until(track, tap->next + 1);
        proceed(track);
    }
}

void live_tap_end(struct track *track)
{
    struct live_tap *tap = &track->live_tap;
    if (!tap->ring) {
        return;
    }
    while (tap->next != 0 && tap->next <= tap->highest) {
        if (!hand_over_next(track)) {
            tap->next++;
        }
    }
    packet_ring_end(g_steal_pointer(&tap->ring));
}
