#include "media/sdp/offer.h"

#include <gst/sdp/gstsdpmessage.h>
#include <stdarg.h>
#include <string.h>

#define PAYLOAD_TYPES     128
#define EXTENSION_ID_MAX  14 /* RFC 8285 §4.2: what a one-byte header can carry */
#define ALPHANUMERIC      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
#define ICE_CHARACTERS    ALPHANUMERIC "+/"                /* RFC 8839 §5.1 */
#define TOKEN_CHARACTERS  ALPHANUMERIC "!#$%&'*+-.^_`{|}~" /* RFC 8866 §9 */
#define QUOTED_LENGTH_MAX 40

G_GNUC_PRINTF(2, 3) static bool refuse(GError **error, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *message = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_set_error_literal(error, MEDIA_ERROR, MEDIA_ERROR_SDP, message);
    return false;
}

/* What a peer wrote, fit for an error message. */
static char *quote(const char *text)
{
    g_autofree char *head = g_strndup(text ? text : "", QUOTED_LENGTH_MAX);
    return g_strescape(head, NULL);
}

static bool is_of(const char *text, const char *characters, size_t min, size_t max)
{
    size_t length = text ? strlen(text) : 0;
    return length >= min && length <= max && strspn(text, characters) == length;
}

/* The limits that hold before any parser sees the text. */
static bool check_text(const char *text, GError **error)
{
    size_t length = strnlen(text, SDP_OFFER_BYTES_MAX + 1);
    if (length > SDP_OFFER_BYTES_MAX) {
        return refuse(error, "the offer is longer than %d bytes", SDP_OFFER_BYTES_MAX);
    }
    if (!g_str_has_prefix(text, "v=0")) {
        return refuse(error, "the offer is no SDP: it does not begin with \"v=0\"");
    }

    unsigned media = 0;
    for (const char *line = text; *line;) {
        size_t line_length = strcspn(line, "\r\n");
        if (line_length > SDP_LINE_BYTES_MAX) {
            return refuse(error, "a line of the offer is longer than %d bytes", SDP_LINE_BYTES_MAX);
        }
        for (size_t i = 0; i < line_length; i++) {
            if (g_ascii_iscntrl(line[i]) && line[i] != '\t') {
                return refuse(error, "the offer holds the control character 0x%02x", line[i]);
            }
        }
        if (g_str_has_prefix(line, "m=") && ++media > SDP_MEDIA_MAX) {
            return refuse(error, "the offer has more than %d m-lines", SDP_MEDIA_MAX);
        }
        line += line_length;
        line += strspn(line, "\r\n");
    }
    return true;
}

/* "<payload type> <rest>": the rest, or NULL when there is no payload type. */
static const char *split_payload_type(const char *value, unsigned *payload_type)
{
    char *end;
    if (!value || !g_ascii_isdigit(value[0])) {
        return NULL;
    }
    guint64 number = g_ascii_strtoull(value, &end, 10);
    if (number >= PAYLOAD_TYPES || *end != ' ') {
        return NULL;
    }
    *payload_type = (unsigned)number;
    return end + 1;
}

/* What the attributes of an m-line say about each payload type, before it is known which we want. */
struct payloads {
    struct payload {
        enum media_codec codec;
        const char *fmtp;
        struct feedback {
            bool nack, nack_pli, fir, remb;
        } feedback;
    } of[PAYLOAD_TYPES];
    struct feedback wildcard; /* a=rtcp-fb:* */
};

static void read_rtpmap(struct payloads *payloads, const char *value)
{
    static const struct {
        const char *encoding;
        enum media_codec codec;
    } known[] = {{"opus/48000/2", MEDIA_CODEC_OPUS}, {"VP8/90000", MEDIA_CODEC_VP8}, {"H264/90000", MEDIA_CODEC_H264}};

    unsigned payload_type;
    const char *encoding = split_payload_type(value, &payload_type);
    for (unsigned i = 0; encoding && i < G_N_ELEMENTS(known); i++) {
        if (g_ascii_strcasecmp(encoding, known[i].encoding) == 0) {
            payloads->of[payload_type].codec = known[i].codec;
        }
    }
}

static void read_fmtp(struct payloads *payloads, const char *value)
{
    unsigned payload_type;
    const char *fmtp = split_payload_type(value, &payload_type);
    if (fmtp) {
        payloads->of[payload_type].fmtp = fmtp;
    }
}

static void read_feedback(struct payloads *payloads, const char *value)
{
    unsigned payload_type;
    struct feedback *feedback;
    const char *kind = split_payload_type(value, &payload_type);
    if (kind) {
        feedback = &payloads->of[payload_type].feedback;
    } else if (value && g_str_has_prefix(value, "* ")) {
        feedback = &payloads->wildcard;
        kind = value + 2;
    } else {
        return;
    }
    feedback->nack |= strcmp(kind, "nack") == 0;
    feedback->nack_pli |= strcmp(kind, "nack pli") == 0;
    feedback->fir |= strcmp(kind, "ccm fir") == 0;
    feedback->remb |= strcmp(kind, "goog-remb") == 0;
}

/* "<id>[/<direction>] <URI> …" (RFC 8285 §8) */
static void read_extmap(struct sdp_media *media, const char *value)
{
    char *end;
    guint64 id = g_ascii_strtoull(value ? value : "", &end, 10);
    const char *uri = strchr(end, ' ');
    if (id < 1 || id > EXTENSION_ID_MAX || !uri) {
        return;
    }
    if (strcmp(uri + 1, SDP_ABS_SEND_TIME_URI) == 0) {
        media->abs_send_time_id = (int)id;
    } else if (strcmp(uri + 1, SDP_MID_URI) == 0) {
        media->mid_id = (int)id;
    }
}

static uint32_t read_ssrc(const char *value)
{
    guint64 ssrc = g_ascii_strtoull(value ? value : "", NULL, 10);
    return ssrc <= UINT32_MAX ? (uint32_t)ssrc : 0;
}

/* A direction counts for the lines below the session or m-line that it stands in (RFC 8866 §6.7). */
static void read_direction(const char *key, bool *sends, bool *receives)
{
    static const struct {
        const char *key;
        bool sends, receives;
    } directions[] = {
        {"sendrecv", true, true}, {"sendonly", true, false}, {"recvonly", false, true}, {"inactive", false, false}};
    for (unsigned i = 0; i < G_N_ELEMENTS(directions); i++) {
        if (strcmp(key, directions[i].key) == 0) {
            *sends = directions[i].sends;
            *receives = directions[i].receives;
        }
    }
}

struct media_facts {
    struct payloads payloads;
    bool rtcp_mux, bundle_only;
};

static void read_attributes(const GstSDPMedia *gst, struct sdp_media *media, struct media_facts *facts)
{
    uint32_t first_ssrc = 0;
    for (unsigned i = 0; i < gst_sdp_media_attributes_len(gst); i++) {
        const GstSDPAttribute *attribute = gst_sdp_media_get_attribute(gst, i);
        const char *key = attribute->key, *value = attribute->value;
        if (strcmp(key, "rtpmap") == 0) {
            read_rtpmap(&facts->payloads, value);
        } else if (strcmp(key, "fmtp") == 0) {
            read_fmtp(&facts->payloads, value);
        } else if (strcmp(key, "rtcp-fb") == 0) {
            read_feedback(&facts->payloads, value);
        } else if (strcmp(key, "extmap") == 0) {
            read_extmap(media, value);
        } else if (strcmp(key, "ssrc") == 0 && first_ssrc == 0) {
            first_ssrc = read_ssrc(value);
        } else if (strcmp(key, "ssrc-group") == 0 && value && g_str_has_prefix(value, "FID ") && media->ssrc == 0) {
            media->ssrc = read_ssrc(value + strlen("FID "));
        } else if (strcmp(key, "rtcp-mux") == 0 || strcmp(key, "rtcp-mux-only") == 0) {
            facts->rtcp_mux = true;
        } else if (strcmp(key, "bundle-only") == 0) {
            facts->bundle_only = true;
        } else {
            read_direction(key, &media->sends, &media->receives);
        }
    }
    if (media->ssrc == 0) {
        media->ssrc = first_ssrc;
    }
}

/* H.264 that every browser decodes: fragmentation units (RFC 6184 §6.3) and profile_idc 66. 2: constrained baseline
 * (constraint_set1_flag), 1: baseline, 0: neither. */
static unsigned rank_h264(const char *fmtp)
{
    const char *profile = fmtp ? strstr(fmtp, "profile-level-id=") : NULL;
    if (!profile || !strstr(fmtp, "packetization-mode=1") || !g_str_has_prefix(profile, "profile-level-id=42")) {
        return 0;
    }
    int constraints = g_ascii_xdigit_value(profile[strlen("profile-level-id=42")]);
    return constraints < 0 ? 0 : constraints & 4 ? 2 : 1;
}

/* A format is worth answering if we can answer it as it was offered. */
static bool is_answerable(const struct payload *payload)
{
    return !payload->fmtp ||
           (strlen(payload->fmtp) < sizeof((struct sdp_codec *)0)->fmtp && g_str_is_ascii(payload->fmtp));
}

static void set_codec(struct sdp_codec *codec, unsigned payload_type, const struct payloads *payloads)
{
    const struct payload *payload = &payloads->of[payload_type];
    codec->payload_type = (int)payload_type;
    codec->nack = payload->feedback.nack || payloads->wildcard.nack;
    codec->nack_pli = payload->feedback.nack_pli || payloads->wildcard.nack_pli;
    codec->fir = payload->feedback.fir || payloads->wildcard.fir;
    codec->remb = payload->feedback.remb || payloads->wildcard.remb;
    g_strlcpy(codec->fmtp, payload->fmtp ? payload->fmtp : "", sizeof codec->fmtp);
}

/* Of each codec the first payload type in the client's order, of H.264 the first of the best rank. */
static void pick_codecs(const GstSDPMedia *gst, const struct payloads *payloads, struct sdp_media *media)
{
    unsigned h264_rank = 0;
    for (unsigned i = 0; i < gst_sdp_media_formats_len(gst); i++) {
        guint64 payload_type;
        if (!g_ascii_string_to_unsigned(gst_sdp_media_get_format(gst, i), 10, 0, PAYLOAD_TYPES - 1, &payload_type,
                                        NULL)) {
            continue;
        }
        const struct payload *payload = &payloads->of[payload_type];
        if (!is_answerable(payload)) {
            continue;
        }
        if (payload->codec == MEDIA_CODEC_OPUS && media->kind == SDP_AUDIO && media->opus.payload_type < 0) {
            set_codec(&media->opus, (unsigned)payload_type, payloads);
        }
        if (payload->codec == MEDIA_CODEC_VP8 && media->kind == SDP_VIDEO && media->vp8.payload_type < 0) {
            set_codec(&media->vp8, (unsigned)payload_type, payloads);
        }
        if (payload->codec == MEDIA_CODEC_H264 && media->kind == SDP_VIDEO && rank_h264(payload->fmtp) > h264_rank) {
            set_codec(&media->h264, (unsigned)payload_type, payloads);
            h264_rank = rank_h264(payload->fmtp);
        }
    }
}

static enum sdp_kind kind_of(const struct sdp_media *media)
{
    if (!g_str_has_suffix(media->protocol, "RTP/SAVPF")) {
        return SDP_OTHER;
    }
    return strcmp(media->type, "audio") == 0 ? SDP_AUDIO : strcmp(media->type, "video") == 0 ? SDP_VIDEO : SDP_OTHER;
}

/* The m-line itself: what has to be repeated even if it is refused. */
static bool read_media_line(const GstSDPMedia *gst, unsigned index, struct sdp_media *media, GError **error)
{
    const char *type = gst_sdp_media_get_media(gst), *protocol = gst_sdp_media_get_proto(gst);
    const char *format = gst_sdp_media_formats_len(gst) > 0 ? gst_sdp_media_get_format(gst, 0) : NULL;
    const char *mid = gst_sdp_media_get_attribute_val(gst, "mid");
    if (!is_of(type, TOKEN_CHARACTERS, 1, sizeof media->type - 1) ||
        !is_of(protocol, TOKEN_CHARACTERS "/", 1, sizeof media->protocol - 1) ||
        !is_of(format, TOKEN_CHARACTERS, 1, sizeof media->format - 1)) {
        return refuse(error, "m-line %u is malformed", index);
    }
    if (mid && !is_of(mid, TOKEN_CHARACTERS, 1, SDP_MID_LENGTH)) {
        return refuse(error, "a=mid of m-line %u is not a token of at most %d characters", index, SDP_MID_LENGTH);
    }
    g_strlcpy(media->type, type, sizeof media->type);
    g_strlcpy(media->protocol, protocol, sizeof media->protocol);
    g_strlcpy(media->format, format, sizeof media->format);
    g_strlcpy(media->mid, mid ? mid : "", sizeof media->mid);
    media->kind = kind_of(media);
    return true;
}

/* "BUNDLE a b c" names `mid` */
static bool is_bundled(const char *group, const char *mid)
{
    g_auto(GStrv) mids = g_strsplit(group, " ", -1);
    return mid[0] != '\0' && g_strv_contains((const char *const *)mids + 1, mid);
}

static const char *find_bundle(const GstSDPMessage *message)
{
    const char *group;
    for (unsigned i = 0; (group = gst_sdp_message_get_attribute_val_n(message, "group", i)); i++) {
        if (g_str_has_prefix(group, "BUNDLE ")) {
            return group;
        }
    }
    return NULL;
}

static bool read_media(const GstSDPMessage *message, unsigned index, const char *bundle, struct sdp_media *media,
                       GError **error)
{
    const GstSDPMedia *gst = gst_sdp_message_get_media(message, index);
    media->opus.payload_type = media->vp8.payload_type = media->h264.payload_type = -1;
    if (!read_media_line(gst, index, media, error)) {
        return false;
    }
    if (media->kind == SDP_OTHER) {
        return true;
    }

    struct media_facts facts = {0};
    media->sends = media->receives = true;
    for (unsigned i = 0; i < gst_sdp_message_attributes_len(message); i++) {
        read_direction(gst_sdp_message_get_attribute(message, i)->key, &media->sends, &media->receives);
    }
    read_attributes(gst, media, &facts);
    if (gst_sdp_media_get_port(gst) == 0 && !facts.bundle_only) { /* not used any more (RFC 8829 §5.2.2) */
        media->sends = media->receives = false;
        return true;
    }
    if (!is_bundled(bundle, media->mid)) {
        g_autofree char *mid = quote(media->mid);
        return refuse(error, "m-line %u (mid \"%s\") is not in the BUNDLE group: offer with max-bundle", index, mid);
    }
    if (!facts.rtcp_mux) {
        return refuse(error, "m-line %u is without a=rtcp-mux", index);
    }
    pick_codecs(gst, &facts.payloads, media);
    return true;
}

/* An attribute that all bundled lines share: of the m-line, else of the session. `n`: the n-th of its name. */
static const char *shared_attribute(const GstSDPMessage *message, const GstSDPMedia *gst, const char *key, unsigned n)
{
    return gst_sdp_media_get_attribute_val(gst, key) ? gst_sdp_media_get_attribute_val_n(gst, key, n)
                                                     : gst_sdp_message_get_attribute_val_n(message, key, n);
}

/* "sha-256 AB:CD:…" in any case to upper case. */
static bool parse_fingerprint(const char *value, char fingerprint[MEDIA_FINGERPRINT_LENGTH + 1])
{
    static const char hash[] = "sha-256 ";
    if (g_ascii_strncasecmp(value, hash, strlen(hash)) != 0) {
        return false;
    }
    value += strlen(hash);
    if (strlen(value) != MEDIA_FINGERPRINT_LENGTH) {
        return false;
    }
    for (unsigned i = 0; i < MEDIA_FINGERPRINT_LENGTH; i++) {
        if (i % 3 == 2 ? value[i] != ':' : !g_ascii_isxdigit(value[i])) {
            return false;
        }
        fingerprint[i] = g_ascii_toupper(value[i]);
    }
    fingerprint[MEDIA_FINGERPRINT_LENGTH] = '\0';
    return true;
}

/* ICE and DTLS of the whole bundle, as its first line in use says (RFC 9143 §7.1). */
static bool read_transport(const GstSDPMessage *message, const GstSDPMedia *gst, struct sdp_offer *offer,
                           GError **error)
{
    const char *ufrag = shared_attribute(message, gst, "ice-ufrag", 0);
    const char *pwd = shared_attribute(message, gst, "ice-pwd", 0);
    if (!is_of(ufrag, ICE_CHARACTERS, 4, sizeof offer->ice_ufrag - 1) ||
        !is_of(pwd, ICE_CHARACTERS, 22, sizeof offer->ice_pwd - 1)) {
        return refuse(error, "a=ice-ufrag or a=ice-pwd is missing or malformed (RFC 8839 §5.4)");
    }
    g_strlcpy(offer->ice_ufrag, ufrag, sizeof offer->ice_ufrag);
    g_strlcpy(offer->ice_pwd, pwd, sizeof offer->ice_pwd);

    const char *setup = shared_attribute(message, gst, "setup", 0);
    if (setup && strcmp(setup, "actpass") != 0 && strcmp(setup, "active") != 0) {
        g_autofree char *quoted = quote(setup);
        return refuse(error, "a=setup:%s: this server is passive, so the client has to be actpass or active", quoted);
    }

    const char *fingerprint;
    for (unsigned i = 0; (fingerprint = shared_attribute(message, gst, "fingerprint", i)); i++) {
        if (parse_fingerprint(fingerprint, offer->fingerprint)) {
            return true;
        }
    }
    return refuse(error, "there is no well-formed a=fingerprint:sha-256");
}

static bool read_offer(const GstSDPMessage *message, struct sdp_offer *offer, GError **error)
{
    const char *bundle = find_bundle(message);
    if (!bundle) {
        return refuse(error, "there is no a=group:BUNDLE: offer with max-bundle");
    }
    if (gst_sdp_message_get_attribute_val(message, "ice-lite")) {
        return refuse(error, "a=ice-lite: this server is ICE-lite, so the client has to be a full agent");
    }

    const GstSDPMedia *first = NULL;
    offer->media_count = gst_sdp_message_medias_len(message);
    if (offer->media_count > SDP_MEDIA_MAX) {
        return refuse(error, "the offer has more than %d m-lines", SDP_MEDIA_MAX);
    }
    for (unsigned i = 0; i < offer->media_count; i++) {
        struct sdp_media *media = &offer->media[i];
        if (!read_media(message, i, bundle, media, error)) {
            return false;
        }
        for (unsigned j = 0; j < i; j++) {
            if (media->mid[0] != '\0' && strcmp(media->mid, offer->media[j].mid) == 0) {
                return refuse(error, "m-lines %u and %u have the same a=mid", j, i);
            }
        }
        if (!first && (media->sends || media->receives)) {
            first = gst_sdp_message_get_media(message, i);
        }
    }
    if (!first) {
        return refuse(error, "there is no audio or video m-line in use");
    }
    return read_transport(message, first, offer, error);
}

bool sdp_offer_parse(const char *text, struct sdp_offer *offer, GError **error)
{
    if (!check_text(text, error)) {
        return false;
    }
    g_autoptr(GstSDPMessage) message = NULL;
    gst_sdp_message_new(&message);
    if (gst_sdp_message_parse_buffer((const guint8 *)text, (guint)strlen(text), message) != GST_SDP_OK) {
        return refuse(error, "the offer is no SDP");
    }

    struct sdp_offer parsed = {0};
    if (!read_offer(message, &parsed, error)) {
        return false;
    }
    *offer = parsed;
    return true;
}
