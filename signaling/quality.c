#include "signaling/quality.h"

static const struct {
    const char *level;
    double loss, jitter_ms, round_trip_ms;
} levels[] = {
    {"poor", 0.10, 100, 600},
    {"fair", 0.03, 40, 300},
};

/* The tracks of one kind and direction, put together: rates add up, of faults the worst counts. */
struct flow {
    bool any;
    unsigned bitrate_bps;
    double loss, jitter_ms;
};

static struct flow flow_of(const struct media_peer_stats *stats, bool sent, bool audio)
{
    struct flow flow = {0};
    for (unsigned i = 0; i < stats->track_count; i++) {
        const struct media_track_stats *track = &stats->tracks[i];
        if (track->sent != sent || (track->codec == MEDIA_CODEC_OPUS) != audio || track->codec == MEDIA_CODEC_NONE) {
            continue;
        }
        flow.any = true;
        flow.bitrate_bps += track->bitrate_bps;
        flow.loss = MAX(flow.loss, track->loss_fraction);
        flow.jitter_ms = MAX(flow.jitter_ms, track->jitter_ms);
    }
    return flow;
}

/* Not negative, and no more digits than anybody reads. */
static json_t *rounded(double value, int64_t steps)
{
    return json_real((double)(int64_t)(value * (double)steps + 0.5) / (double)steps);
}

static json_t *flow_json(const struct flow *flow)
{
    if (!flow->any) {
        return json_null();
    }
    return json_pack("{s:I, s:o, s:o}", "bitrate_bps", (json_int_t)flow->bitrate_bps, "loss", rounded(flow->loss, 1000),
                     "jitter_ms", rounded(flow->jitter_ms, 10));
}

static const char *level_of(const struct media_peer_stats *stats, const struct flow *flows, size_t count)
{
    if (stats->state != MEDIA_PEER_CONNECTED) {
        return "lost";
    }
    double loss = 0, jitter_ms = 0;
    for (size_t i = 0; i < count; i++) {
        loss = MAX(loss, flows[i].loss);
        jitter_ms = MAX(jitter_ms, flows[i].jitter_ms);
    }
    for (size_t i = 0; i < G_N_ELEMENTS(levels); i++) {
        if (loss >= levels[i].loss || jitter_ms >= levels[i].jitter_ms ||
            stats->round_trip_ms >= levels[i].round_trip_ms) {
            return levels[i].level;
        }
    }
    return "good";
}

json_t *quality_json(const char *party, const struct media_peer_stats *stats)
{
    static const struct media_peer_stats none = {.state = MEDIA_PEER_CLOSED, .round_trip_ms = -1};
    stats = stats != NULL ? stats : &none;
    const struct flow flows[] = {flow_of(stats, true, false), flow_of(stats, true, true), flow_of(stats, false, false),
                                 flow_of(stats, false, true)};
    return json_pack("{s:s, s:o, s:{s:o, s:o}, s:{s:o, s:o}, s:s}", "party_id", party, "round_trip_ms",
                     stats->round_trip_ms < 0 ? json_null() : rounded(stats->round_trip_ms, 10), "sent", "video",
                     flow_json(&flows[0]), "audio", flow_json(&flows[1]), "received", "video", flow_json(&flows[2]),
                     "audio", flow_json(&flows[3]), "level", level_of(stats, flows, G_N_ELEMENTS(flows)));
}
