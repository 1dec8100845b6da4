#include "media/room/track.h"

#include <string.h>

#include "media/room/negotiate.h"
#include "media/room/slot.h"
#include "media/rtp/extension.h"
#include "media/rtp/keyframe.h"

void track_init(struct track *track, const struct media_config *config, const struct sdp_media *media,
                enum media_codec codec)
{
    const struct sdp_codec *offered = negotiate_offered(media, codec);
    *track = (struct track){
        .negotiated = true,
        .kind = media->kind,
        .codec = codec,
        .payload_type = (uint8_t)offered->payload_type,
        .nack = offered->nack,
        .pli = offered->nack_pli,
        .remb = offered->remb,
        .mid_id = (uint8_t)media->mid_id,
        .ssrc = media->ssrc,
        .ssrc_known = media->ssrc != 0,
        .stats.clock_rate = slot_clock_rate(media->kind),
    };
    g_strlcpy(track->mid, media->mid, sizeof track->mid);
    if (track->kind == SDP_VIDEO) {
        track->cache = rtp_cache_new(config->cache_bytes);
        pli_limiter_init(&track->keyframe, (int64_t)config->pli_interval_ms * 1000);
        remb_limit_init(&track->bitrate, config->video_bitrate_max_bps);
    }
}

void track_clear(struct track *track)
{
    tap_end(&track->tap);
    live_tap_end(track);
    g_clear_pointer(&track->cache, rtp_cache_free);
}

bool track_adopt(struct track *track, const struct rtp_packet *packet)
{
    if (!track->negotiated || track->ssrc_known || packet->payload_type != track->payload_type) {
        return false;
    }
    const uint8_t *mid;
    size_t length;
    if (rtp_extension_find(packet, track->mid_id, &mid, &length) &&
        (length != strlen(track->mid) || memcmp(mid, track->mid, length) != 0)) {
        return false;
    }
    track->ssrc = packet->ssrc;
    track->ssrc_known = true;
    return true;
}

static void restart(struct track *track)
{
    track->missing.count = 0;
    rtp_receive_stats_restart(&track->stats);
    for (unsigned i = 0; i < track->slot_count; i++) {
        slot_restart(track->slots[i]);
    }
    track_want_keyframe(track);
}

#define REPAIR_SMOOTHING 8 /* as RFC 6298 §2.3 smooths a round trip */

static void note_repair(struct track *track, int64_t took_us)
{
    if (took_us >= 0) {
        track->repair_us = track->repair_us == 0 ? MAX(took_us, 1)
                                                 : track->repair_us + (took_us - track->repair_us) / REPAIR_SMOOTHING;
    }
}

/* Notes what is missing, or that it is not any more. */
static void repair(struct track *track, uint64_t highest, uint64_t sequence, int64_t now_us)
{
    if (!track->nack || highest == 0) {
        return;
    }
    if (sequence < highest) {
        note_repair(track, nack_list_asked_for_us(&track->missing, (uint16_t)sequence, now_us));
        if (nack_list_remove(&track->missing, (uint16_t)sequence)) {
            track->stats.recovered++;
        }
    } else if (!nack_list_add(&track->missing, (uint16_t)(highest + 1), (unsigned)(sequence - highest - 1), now_us)) {
        track_want_keyframe(track);
    }
}

bool track_receive(struct track *track, const struct rtp_packet *rtp, const uint8_t *bytes, size_t length,
                   int64_t now_us, struct track_packet *packet)
{
    const uint64_t highest = track->sequence.highest;
    uint64_t sequence;
    switch (rtp_sequence_update(&track->sequence, rtp->sequence, &sequence)) {
    case RTP_SEQUENCE_REFUSED:
        return false;
    case RTP_SEQUENCE_RESTARTED:
        restart(track);
        break;
    case RTP_SEQUENCE_NEXT:
    case RTP_SEQUENCE_LATE:
        repair(track, highest, sequence, now_us);
        break;
    }
    rtp_receive_stats_packet(&track->stats, sequence, rtp->timestamp, rtp->payload_length, now_us);
    *packet = (struct track_packet){
        .rtp = *rtp,
        .bytes = bytes,
        .length = length,
        .sequence = sequence,
        .arrival_us = now_us,
        .codec = track->codec,
        .keyframe = keyframe_begins(track->codec, rtp->payload, rtp->payload_length),
    };
    if (packet->keyframe) {
        pli_limiter_satisfied(&track->keyframe);
    }
    if (track->cache) {
        rtp_cache_add(track->cache, sequence, bytes, length, now_us);
    }
    return true;
}

void track_add_slot(struct track *track, struct slot *slot)
{
    g_assert(track->slot_count < MEDIA_SLOTS_MAX);
    track->slots[track->slot_count++] = slot;
    slot->source = track;
    slot_restart(slot);
    if (slot->open) {
        track_want_keyframe(track);
    }
}

void track_remove_slot(struct track *track, struct slot *slot)
{
    for (unsigned i = 0; i < track->slot_count; i++) {
        if (track->slots[i] == slot) {
            track->slots[i] = track->slots[--track->slot_count];
            slot->source = NULL;
            slot_restart(slot);
            return;
        }
    }
}

void track_want_keyframe(struct track *track)
{
    if (track->kind == SDP_VIDEO) {
        pli_limiter_want(&track->keyframe);
    }
}
