#include "media/room/capture.h"

#include "media/room/peer.h"

static void end(struct peer *peer, struct media_keyframe *keyframe, const GError *error)
{
    tap_end(&peer->tracks[SDP_VIDEO].tap);
    peer->capture.active = false;
    peer->output->captured(peer->output->context, peer, keyframe, error);
}

static void fail(struct peer *peer, enum media_error code, const char *format, ...) G_GNUC_PRINTF(3, 4);
static void fail(struct peer *peer, enum media_error code, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autoptr(GError) error = g_error_new_valist(MEDIA_ERROR, (gint)code, format, arguments);
    va_end(arguments);
    end(peer, NULL, error);
}

bool capture_begin(struct peer *peer, int64_t deadline_us, int64_t wall_offset_us, int64_t now_us, GError **error)
{
    struct track *track = &peer->tracks[SDP_VIDEO];
    if (!track->negotiated || transport_state(peer->transport) != MEDIA_PEER_CONNECTED) {
        g_set_error(error, MEDIA_ERROR, MEDIA_ERROR_NO_VIDEO, "this peer %s",
                    track->negotiated ? "is not connected" : "sends no video");
        return false;
    }
    if (peer->capture.active) {
        g_set_error(error, MEDIA_ERROR, MEDIA_ERROR_BUSY, "a capture of this peer is already running");
        return false;
    }
    peer->capture = (struct capture){true, now_us, deadline_us, wall_offset_us};
    tap_begin(&track->tap, peer->config->media->keyframe_bytes_max, track->cache);
    pli_limiter_urge(&track->keyframe);
    return true;
}

static void complete(struct peer *peer, const struct track_packet *packet)
{
    struct media_keyframe keyframe = {
        .codec = packet->codec,
        .payload_type = packet->rtp.payload_type,
        .ssrc = packet->rtp.ssrc,
        .rtp_timestamp = packet->rtp.timestamp,
        .wall_us = packet->arrival_us + peer->capture.wall_offset_us,
        .packets = tap_take(&peer->tracks[SDP_VIDEO].tap),
    };
    g_strlcpy(keyframe.fingerprint, peer->fingerprint, sizeof keyframe.fingerprint);
    end(peer, &keyframe, NULL);
}

void capture_packet(struct peer *peer, const struct track_packet *packet)
{
    struct tap *tap = &peer->tracks[SDP_VIDEO].tap;
    if (!peer->capture.active) {
        return;
    }
    switch (tap_offer(tap, packet)) {
    case TAP_WAITING:
        break;
    case TAP_COMPLETE:
        complete(peer, packet);
        break;
    case TAP_TOO_LARGE:
        fail(peer, MEDIA_ERROR_NO_KEYFRAME, "the keyframe is larger than the %zu bytes that are allowed",
             tap->bytes_max);
        break;
    }
}

void capture_tick(struct peer *peer, int64_t now_us)
{
    if (!peer->capture.active || now_us < peer->capture.deadline_us) {
        return;
    }
    const struct tap *tap = &peer->tracks[SDP_VIDEO].tap;
    const gint64 waited_ms = (now_us - peer->capture.begun_us) / 1000;
    unsigned collected, missing;
    tap_progress(tap, &collected, &missing);
    if (!tap->heard) {
        fail(peer, MEDIA_ERROR_NO_VIDEO, "no video has arrived from this peer for %" G_GINT64_FORMAT " ms", waited_ms);
    } else if (collected == 0) {
        fail(peer, MEDIA_ERROR_NO_KEYFRAME, "video arrives, but no keyframe has begun within %" G_GINT64_FORMAT " ms",
             waited_ms);
    } else {
        fail(peer, MEDIA_ERROR_NO_KEYFRAME,
             "a keyframe is incomplete after %" G_GINT64_FORMAT " ms: %u packets are here, %u known to be missing",
             waited_ms, collected, missing);
    }
}

void capture_abandon(struct peer *peer)
{
    if (peer->capture.active) {
        fail(peer, MEDIA_ERROR_GONE, "the peer has left");
    }
}
