#include "media/sdp/answer.h"

#include <string.h>

static const char *announced(const struct media_address *address)
{
    return address->announce ? address->announce : address->bind;
}

static const char *address_type(const char *address)
{
    return strchr(address, ':') ? "IP6" : "IP4";
}

static const struct sdp_codec *offered_codec(const struct sdp_media *media, enum media_codec codec)
{
    switch (codec) {
    case MEDIA_CODEC_OPUS:
        return &media->opus;
    case MEDIA_CODEC_VP8:
        return &media->vp8;
    case MEDIA_CODEC_H264:
        return &media->h264;
    case MEDIA_CODEC_NONE:
        break;
    }
    return NULL;
}

/* The n-th codec that was decided for the line, NULL behind the last. */
static const struct sdp_codec *answered_codec(const struct sdp_media *offered, const struct sdp_answer_media *media,
                                              unsigned n)
{
    return n < G_N_ELEMENTS(media->codecs) ? offered_codec(offered, media->codecs[n]) : NULL;
}

static void write_session(GString *sdp, const struct sdp_offer *offer, const struct sdp_answer *answer)
{
    const char *address = announced(&answer->addresses[0]);
    /* Each answer is a session of its own, so its number never needs to grow: the ICE credentials are new each time. */
    g_string_append_printf(sdp, "v=0\r\no=viva %u 1 IN %s %s\r\ns=-\r\nt=0 0\r\na=ice-lite\r\n",
                           g_str_hash(answer->ice_ufrag), address_type(address), address);
    g_string_append(sdp, "a=group:BUNDLE");
    for (unsigned i = 0; i < answer->media_count; i++) {
        if (answer->media[i].accepted) {
            g_string_append_printf(sdp, " %s", offer->media[i].mid);
        }
    }
    g_string_append(sdp, "\r\na=msid-semantic: WMS *\r\n");
}

static void write_refused(GString *sdp, const struct sdp_media *offered)
{
    g_string_append_printf(sdp, "m=%s 0 %s %s\r\nc=IN IP4 0.0.0.0\r\na=inactive\r\n", offered->type, offered->protocol,
                           offered->format);
    if (offered->mid[0] != '\0') {
        g_string_append_printf(sdp, "a=mid:%s\r\n", offered->mid);
    }
}

static void write_media_line(GString *sdp, const struct sdp_media *offered, const struct sdp_answer *answer,
                             const struct sdp_answer_media *media)
{
    const char *address = announced(&answer->addresses[0]);
    const struct sdp_codec *codec;
    g_string_append_printf(sdp, "m=%s %u %s", offered->type, answer->port, offered->protocol);
    for (unsigned n = 0; (codec = answered_codec(offered, media, n)); n++) {
        g_string_append_printf(sdp, " %d", codec->payload_type);
    }
    g_string_append_printf(sdp, "\r\nc=IN %s %s\r\n", address_type(address), address);
}

static const char *direction(const struct sdp_answer_media *media)
{
    if (media->we_send) {
        return media->we_receive ? "sendrecv" : "sendonly";
    }
    return media->we_receive ? "recvonly" : "inactive";
}

static void write_transport(GString *sdp, const struct sdp_answer *answer)
{
    g_string_append_printf(sdp, "a=rtcp-mux\r\na=ice-ufrag:%s\r\na=ice-pwd:%s\r\n", answer->ice_ufrag, answer->ice_pwd);
    g_string_append_printf(sdp, "a=fingerprint:sha-256 %s\r\na=setup:passive\r\n", answer->fingerprint);
}

/* Host candidates (RFC 8839 §5.1), the first address preferred: (2^24)·126 + (2^8)·preference + 255 (RFC 8445 §5.1.2).
 */
static void write_candidates(GString *sdp, const struct sdp_answer *answer)
{
    for (unsigned i = 0; i < answer->address_count; i++) {
        unsigned priority = 126U << 24 | (65535U - i) << 8 | 255U;
        g_string_append_printf(sdp, "a=candidate:%u 1 udp %u %s %u typ host\r\n", i + 1, priority,
                               announced(&answer->addresses[i]), answer->port);
    }
    g_string_append(sdp, "a=end-of-candidates\r\n");
}

/* Says for a track what the client may send, and echoes for a slot what it can receive. */
static void write_format(GString *sdp, enum media_codec which, const struct sdp_codec *codec, unsigned opus_max_bps)
{
    g_autoptr(GString) format = g_string_new(codec->fmtp);
    if (which == MEDIA_CODEC_OPUS && opus_max_bps > 0) {
        g_string_append_printf(format, "%smaxaveragebitrate=%u", format->len > 0 ? ";" : "", opus_max_bps);
    }
    if (format->len > 0) {
        g_string_append_printf(sdp, "a=fmtp:%d %s\r\n", codec->payload_type, format->str);
    }
}

static void write_codec(GString *sdp, enum media_codec which, const struct sdp_codec *codec, unsigned opus_max_bps)
{
    int payload_type = codec->payload_type;
    g_string_append_printf(sdp, "a=rtpmap:%d %s/%s\r\n", payload_type, media_codec_name(which),
                           which == MEDIA_CODEC_OPUS ? "48000/2" : "90000");
    write_format(sdp, which, codec, opus_max_bps);
    if (codec->nack) {
        g_string_append_printf(sdp, "a=rtcp-fb:%d nack\r\n", payload_type);
    }
    if (codec->nack_pli) {
        g_string_append_printf(sdp, "a=rtcp-fb:%d nack pli\r\n", payload_type);
    }
    if (codec->fir) {
        g_string_append_printf(sdp, "a=rtcp-fb:%d ccm fir\r\n", payload_type);
    }
    if (codec->remb) {
        g_string_append_printf(sdp, "a=rtcp-fb:%d goog-remb\r\n", payload_type);
    }
}

static void write_extensions(GString *sdp, const struct sdp_media *offered)
{
    if (offered->abs_send_time_id) {
        g_string_append_printf(sdp, "a=extmap:%d " SDP_ABS_SEND_TIME_URI "\r\n", offered->abs_send_time_id);
    }
    if (offered->mid_id) {
        g_string_append_printf(sdp, "a=extmap:%d " SDP_MID_URI "\r\n", offered->mid_id);
    }
}

static void write_slot(GString *sdp, const struct sdp_media *offered, const struct sdp_answer_media *media)
{
    g_string_append_printf(sdp, "a=msid:%s %s-%s\r\n", media->msid, media->msid, offered->type);
    g_string_append_printf(sdp, "a=ssrc:%u cname:%s\r\n", media->ssrc, media->cname);
}

static void write_accepted(GString *sdp, const struct sdp_media *offered, const struct sdp_answer *answer,
                           const struct sdp_answer_media *media, bool first)
{
    const struct sdp_codec *codec;
    write_media_line(sdp, offered, answer, media);
    g_string_append_printf(sdp, "a=mid:%s\r\na=%s\r\n", offered->mid, direction(media));
    write_transport(sdp, answer);
    if (first) { /* candidates belong to the first line of the bundle alone (RFC 9143 §7.1.3) */
        write_candidates(sdp, answer);
    }
    for (unsigned n = 0; (codec = answered_codec(offered, media, n)); n++) {
        write_codec(sdp, media->codecs[n], codec, media->we_receive ? answer->audio_bitrate_max_bps : 0);
    }
    write_extensions(sdp, offered);
    if (media->we_send) {
        write_slot(sdp, offered, media);
    }
}

char *sdp_answer_write(const struct sdp_offer *offer, const struct sdp_answer *answer)
{
    GString *sdp = g_string_sized_new(4096);
    bool first = true;
    write_session(sdp, offer, answer);
    for (unsigned i = 0; i < answer->media_count; i++) {
        if (answer->media[i].accepted) {
            write_accepted(sdp, &offer->media[i], answer, &answer->media[i], first);
            first = false;
        } else {
            write_refused(sdp, &offer->media[i]);
        }
    }
    return g_string_free(sdp, FALSE);
}
