#include "tests/support/synthetic_sdp.h"

#include <arpa/inet.h>
#include <gst/sdp/gstsdpmessage.h>
#include <string.h>

#define BASE64_ALPHABET "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"

static void random_text(char *text, size_t size)
{
    for (size_t i = 0; i + 1 < size; i++) {
        text[i] = BASE64_ALPHABET[g_random_int_range(0, 64)];
    }
    text[size - 1] = '\0';
}

void synthetic_session_new_credentials(struct synthetic_session *session)
{
    random_text(session->ufrag, sizeof session->ufrag);
    random_text(session->pwd, sizeof session->pwd);
    session->version++;
}

static void add_line(struct synthetic_session *session, bool video, bool sends, unsigned slot)
{
    session->lines[session->line_count++] =
        (struct synthetic_line){.video = video, .sends = sends, .slot = slot, .ssrc = sends ? g_random_int() | 1 : 0};
}

void synthetic_session_init(struct synthetic_session *session, const struct synthetic_config *config)
{
    synthetic_session_new_credentials(session);
    if (!config->no_audio) {
        add_line(session, false, true, 0);
    }
    if (!config->no_video) {
        add_line(session, true, true, 0);
    }
    for (unsigned slot = 0; slot < MIN(config->slots, SYNTHETIC_SLOTS_MAX); slot++) {
        add_line(session, false, false, slot);
        add_line(session, true, false, slot);
    }
}

static void write_video_codecs(GString *sdp, const struct synthetic_config *config)
{
    static const char *const feedback[] = {"goog-remb", "ccm fir", "nack", "nack pli"};
    const struct {
        bool offered;
        int payload_type;
        const char *name, *fmtp;
    } codecs[] = {
        {!config->no_vp8, SYNTHETIC_VP8_PT, "VP8", NULL},
        {!config->no_h264, SYNTHETIC_H264_PT, "H264",
         "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(codecs); i++) {
        if (!codecs[i].offered) {
            continue;
        }
        g_string_append_printf(sdp, "a=rtpmap:%d %s/90000\r\n", codecs[i].payload_type, codecs[i].name);
        for (size_t k = 0; k < G_N_ELEMENTS(feedback); k++) {
            g_string_append_printf(sdp, "a=rtcp-fb:%d %s\r\n", codecs[i].payload_type, feedback[k]);
        }
        if (codecs[i].fmtp) {
            g_string_append_printf(sdp, "a=fmtp:%d %s\r\n", codecs[i].payload_type, codecs[i].fmtp);
        }
    }
}

static void write_line(GString *sdp, const struct synthetic_session *session, const struct synthetic_config *config,
                       unsigned index)
{
    const struct synthetic_line *line = &session->lines[index];
    if (line->video) {
        g_string_append_printf(sdp, "m=video 9 UDP/TLS/RTP/SAVPF%s%s\r\n", config->no_vp8 ? "" : " 96",
                               config->no_h264 ? "" : " 102");
    } else {
        g_string_append(sdp, "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n");
    }
    g_string_append_printf(sdp,
                           "c=IN IP4 0.0.0.0\r\na=rtcp:9 IN IP4 0.0.0.0\r\n"
                           "a=ice-ufrag:%s\r\na=ice-pwd:%s\r\na=ice-options:trickle\r\n"
                           "a=fingerprint:sha-256 %s\r\na=setup:actpass\r\na=mid:%u\r\n"
                           "a=extmap:%d http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time\r\n"
                           "a=extmap:%d urn:ietf:params:rtp-hdrext:sdes:mid\r\n"
                           "a=%s\r\na=rtcp-mux\r\na=rtcp-rsize\r\n",
                           session->ufrag, session->pwd, session->fingerprint, index, SYNTHETIC_TIME_EXT,
                           SYNTHETIC_MID_EXT, line->sends ? "sendonly" : "recvonly");
    if (line->video) {
        write_video_codecs(sdp, config);
    } else {
        g_string_append(sdp, "a=rtpmap:111 opus/48000/2\r\na=fmtp:111 minptime=10;useinbandfec=1\r\n");
    }
    if (line->sends) {
        g_string_append_printf(sdp, "a=msid:synthetic %s\r\na=ssrc:%u cname:synthetic\r\n",
                               line->video ? "video" : "audio", line->ssrc);
    }
}

char *synthetic_offer_write(const struct synthetic_session *session, const struct synthetic_config *config)
{
    GString *sdp = g_string_new("v=0\r\n");
    g_string_append_printf(sdp, "o=- 4611731400430051336 %u IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE",
                           session->version);
    for (unsigned i = 0; i < session->line_count; i++) {
        g_string_append_printf(sdp, " %u", i);
    }
    g_string_append(sdp, "\r\na=msid-semantic: WMS synthetic\r\n");
    for (unsigned i = 0; i < session->line_count; i++) {
        write_line(sdp, session, config, i);
    }
    return g_string_free(sdp, FALSE);
}

/* An attribute of the m-line or, failing that, of the session. */
static const char *attribute(const GstSDPMessage *message, const GstSDPMedia *media, const char *name)
{
    const char *value = gst_sdp_media_get_attribute_val(media, name);
    return value ? value : gst_sdp_message_get_attribute_val(message, name);
}

/* "foundation component transport priority address port typ host …", RFC 8839 §5.1 */
static bool read_candidate(struct synthetic_session *session, const char *text, int family)
{
    g_auto(GStrv) word = g_strsplit(text, " ", 9);
    if (g_strv_length(word) < 8 || g_ascii_strcasecmp(word[2], "udp") != 0) {
        return false;
    }
    struct sockaddr_in v4 = {.sin_family = AF_INET};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6};
    guint64 port;
    if (!g_ascii_string_to_unsigned(word[5], 10, 1, 65535, &port, NULL)) {
        return false;
    }
    if (family != AF_INET6 && inet_pton(AF_INET, word[4], &v4.sin_addr) == 1) {
        v4.sin_port = htons((uint16_t)port);
        memcpy(&session->remote, &v4, sizeof v4);
        session->remote_length = sizeof v4;
        return true;
    }
    if (family != AF_INET && inet_pton(AF_INET6, word[4], &v6.sin6_addr) == 1) {
        v6.sin6_port = htons((uint16_t)port);
        memcpy(&session->remote, &v6, sizeof v6);
        session->remote_length = sizeof v6;
        return true;
    }
    return false;
}

static bool read_transport(struct synthetic_session *session, const GstSDPMessage *message, const GstSDPMedia *media,
                           int family, GError **error)
{
    const char *ufrag = attribute(message, media, "ice-ufrag"), *pwd = attribute(message, media, "ice-pwd");
    const char *fingerprint = attribute(message, media, "fingerprint"), *setup = attribute(message, media, "setup");
    const char *refused = NULL;
    if (!ufrag || !pwd || strlen(ufrag) > 256 || strlen(pwd) > 256) {
        refused = "no ICE credentials";
    } else if (!fingerprint || !g_str_has_prefix(fingerprint, "sha-256 ")) {
        refused = "no SHA-256 fingerprint";
    } else if (g_strcmp0(setup, "passive") != 0) {
        refused = "not a=setup:passive";
    } else if (!gst_sdp_message_get_attribute_val(message, "ice-lite")) {
        refused = "not ICE-lite";
    } else if (!gst_sdp_media_get_attribute_val(media, "rtcp-mux")) {
        refused = "no rtcp-mux";
    }
    if (!refused) {
        g_strlcpy(session->remote_ufrag, ufrag, sizeof session->remote_ufrag);
        g_strlcpy(session->remote_pwd, pwd, sizeof session->remote_pwd);
        g_strlcpy(session->remote_fingerprint, fingerprint + strlen("sha-256 "), sizeof session->remote_fingerprint);
        for (unsigned i = 0;; i++) {
            const char *candidate = gst_sdp_media_get_attribute_val_n(media, "candidate", i);
            if (!candidate) {
                break;
            }
            if (read_candidate(session, candidate, family)) {
                return true;
            }
        }
        refused = "no UDP candidate of the wanted family";
    }
    g_set_error(error, SYNTHETIC_ERROR, 0, "answer: %s", refused);
    return false;
}

static bool has_extension(const GstSDPMedia *media, const char *id)
{
    for (unsigned i = 0;; i++) {
        const char *extension = gst_sdp_media_get_attribute_val_n(media, "extmap", i);
        if (!extension) {
            return false;
        }
        if (g_str_has_prefix(extension, id)) {
            return true;
        }
    }
}

static void read_line(struct synthetic_line *line, const GstSDPMedia *media)
{
    line->accepted = gst_sdp_media_get_port(media) != 0;
    line->time_agreed = has_extension(media, G_STRINGIFY(SYNTHETIC_TIME_EXT) " ");
    line->mid_agreed = has_extension(media, G_STRINGIFY(SYNTHETIC_MID_EXT) " ");
    if (line->sends) {
        line->h264 = g_strcmp0(gst_sdp_media_get_format(media, 0), G_STRINGIFY(SYNTHETIC_H264_PT)) == 0;
        return;
    }
    const char *ssrc = gst_sdp_media_get_attribute_val(media, "ssrc");
    line->ssrc = ssrc ? (uint32_t)g_ascii_strtoull(ssrc, NULL, 10) : 0;
}

bool synthetic_answer_read(struct synthetic_session *session, const char *sdp, int family, GError **error)
{
    GstSDPMessage *message = NULL;
    bool ok = false, found_transport = false;
    if (gst_sdp_message_new_from_text(sdp, &message) != GST_SDP_OK) {
        g_set_error(error, SYNTHETIC_ERROR, 0, "answer: not SDP");
        return false;
    }
    if (gst_sdp_message_medias_len(message) != session->line_count) {
        g_set_error(error, SYNTHETIC_ERROR, 0, "answer: %u m-lines for %u offered", gst_sdp_message_medias_len(message),
                    session->line_count);
        goto out;
    }
    for (unsigned i = 0; i < session->line_count; i++) {
        const GstSDPMedia *media = gst_sdp_message_get_media(message, i);
        read_line(&session->lines[i], media);
        if (session->lines[i].accepted && !found_transport) { /* BUNDLE: the first accepted line speaks for all */
            if (!read_transport(session, message, media, family, error)) {
                goto out;
            }
            found_transport = true;
        }
    }
    ok = found_transport;
    if (!ok) {
        g_set_error(error, SYNTHETIC_ERROR, 0, "answer: every m-line was refused");
    }
out:
    gst_sdp_message_free(message);
    return ok;
}
