#include "media/room/negotiate.h"

const struct sdp_codec *negotiate_offered(const struct sdp_media *media, enum media_codec codec)
{
    const struct sdp_codec *offered = NULL;
    switch (codec) {
    case MEDIA_CODEC_OPUS:
        offered = &media->opus;
        break;
    case MEDIA_CODEC_VP8:
        offered = &media->vp8;
        break;
    case MEDIA_CODEC_H264:
        offered = &media->h264;
        break;
    case MEDIA_CODEC_NONE:
        break;
    }
    return offered && offered->payload_type >= 0 ? offered : NULL;
}

unsigned negotiate_shared(const struct media_config *config, const struct sdp_media *media, enum media_codec codecs[2])
{
    static const enum media_codec audio[2] = {MEDIA_CODEC_OPUS, MEDIA_CODEC_NONE};
    const enum media_codec *ours = media->kind == SDP_AUDIO ? audio : config->video_codecs;
    unsigned count = 0;
    codecs[0] = codecs[1] = MEDIA_CODEC_NONE;
    for (unsigned i = 0; i < 2 && ours[i] != MEDIA_CODEC_NONE; i++) {
        if (negotiate_offered(media, ours[i])) {
            codecs[count++] = ours[i];
        }
    }
    return count;
}

static bool negotiate_line(const struct media_config *config, const struct sdp_media *media, unsigned line,
                           struct negotiation *negotiation, GError **error)
{
    const bool track = media->sends && negotiation->track[media->kind] < 0;
    const bool slot = media->receives && negotiation->slot_count[media->kind] < MEDIA_SLOTS_MAX;
    if (!track && !slot) {
        return true; /* more than a party sends or a room can show: answered with port 0 */
    }
    enum media_codec codecs[2];
    if (negotiate_shared(config, media, codecs) == 0) {
        g_set_error(error, MEDIA_ERROR, MEDIA_ERROR_SDP, "m-line %u (%s) offers no codec that this server takes (%s)",
                    line, media->kind == SDP_AUDIO ? "audio" : "video",
                    media->kind == SDP_AUDIO ? "opus" : "VP8, or H264 baseline with packetization-mode 1");
        return false;
    }
    if (track) {
        negotiation->track[media->kind] = (int)line;
        negotiation->codec[media->kind] = codecs[0];
    }
    if (slot) {
        negotiation->slot[media->kind][negotiation->slot_count[media->kind]++] = line;
    }
    return true;
}

bool negotiate(const struct media_config *config, const struct sdp_offer *offer, struct negotiation *negotiation,
               GError **error)
{
    struct negotiation result = {.track = {-1, -1}};
    for (unsigned line = 0; line < offer->media_count; line++) {
        const struct sdp_media *media = &offer->media[line];
        if (media->kind != SDP_OTHER && !negotiate_line(config, media, line, &result, error)) {
            return false;
        }
    }
    if (result.track[SDP_AUDIO] < 0 && result.track[SDP_VIDEO] < 0 && result.slot_count[SDP_AUDIO] == 0 &&
        result.slot_count[SDP_VIDEO] == 0) {
        g_set_error(error, MEDIA_ERROR, MEDIA_ERROR_SDP,
                    "the offer has no audio or video m-line that sends or receives");
        return false;
    }
    *negotiation = result;
    return true;
}
