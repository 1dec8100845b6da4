#include "media/room/peer.h"

static void sent_stats(const struct track *track, int64_t now_us, struct media_track_stats *stats)
{
    const struct rtp_receive_stats *counted = &track->stats;
    *stats = (struct media_track_stats){
        .sent = true,
        .codec = track->codec,
        .ssrc = track->ssrc,
        .packets = counted->packets,
        .bytes = counted->bytes,
        .packets_lost = rtp_receive_stats_lost(counted),
        .retransmitted = counted->recovered,
        .loss_fraction = counted->fraction_lost / 256.0,
        .jitter_ms = rtp_jitter_ms(counted->jitter_16 >> 4, counted->clock_rate),
        .bitrate_bps = rtp_rate_bps(&counted->rate, now_us),
    };
}

static void slot_stats(const struct slot *slot, unsigned index, int64_t now_us, struct media_track_stats *stats)
{
    const struct rtp_send_stats *counted = &slot->stats;
    *stats = (struct media_track_stats){
        .slot = index,
        .codec = slot->source->codec,
        .ssrc = slot->ssrc,
        .packets = counted->packets,
        .bytes = counted->bytes,
        .packets_lost = (uint64_t)MAX(counted->reported.packets_lost, 0),
        .retransmitted = counted->retransmitted,
        .undelivered = slot->undelivered,
        .loss_fraction = counted->reported.fraction_lost / 256.0,
        .jitter_ms = rtp_jitter_ms(counted->reported.jitter, slot->clock_rate),
        .bitrate_bps = rtp_rate_bps(&counted->rate, now_us),
    };
}

void peer_stats(const struct peer *peer, int64_t now_us, struct media_peer_stats *stats)
{
    *stats = (struct media_peer_stats){
        .peer = peer->id,
        .state = transport_state(peer->transport),
        .round_trip_ms = peer->round_trip_us < 0 ? -1 : (double)peer->round_trip_us / 1000,
        .dropped = peer->dropped,
    };
    for (unsigned kind = 0; kind < MEDIA_KINDS; kind++) {
        if (peer->tracks[kind].negotiated) {
            sent_stats(&peer->tracks[kind], now_us, &stats->tracks[stats->track_count++]);
        }
    }
    for (unsigned kind = 0; kind < MEDIA_KINDS; kind++) {
        for (unsigned i = 0; i < MEDIA_SLOTS_MAX; i++) {
            if (peer->slots[kind][i].source) {
                slot_stats(&peer->slots[kind][i], i, now_us, &stats->tracks[stats->track_count++]);
            }
        }
    }
}
