/* SDP intake: any text may be an offer; what is accepted is within its bounds and can be answered. */
#include "media/sdp/answer.h"

#include <gst/sdp/gstsdpmessage.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static void check_media(const struct sdp_media *media)
{
    must(memchr(media->mid, '\0', sizeof media->mid) != NULL);
    must(media->abs_send_time_id >= 0 && media->abs_send_time_id <= 255);
    must(media->mid_id >= 0 && media->mid_id <= 255);
    const struct sdp_codec *const codecs[] = {&media->opus, &media->vp8, &media->h264};
    for (size_t i = 0; i < G_N_ELEMENTS(codecs); i++) {
        must(codecs[i]->payload_type <= 127);
        must(memchr(codecs[i]->fmtp, '\0', sizeof codecs[i]->fmtp) != NULL);
        must(strpbrk(codecs[i]->fmtp, "\r\n") == NULL);
    }
}

/* Takes every line that can be taken, so that each of the client's values finds its way into an answer. */
static void answer(const struct sdp_offer *offer)
{
    const struct media_address address = {.bind = (char *)"127.0.0.1"};
    struct sdp_answer answer = {.ice_ufrag = "ufragufr",
                                .ice_pwd = "pwdpwdpwdpwdpwdpwdpwdpwd",
                                .fingerprint = offer->fingerprint,
                                .addresses = &address,
                                .address_count = 1,
                                .port = 5000,
                                .media_count = offer->media_count};
    for (unsigned i = 0; i < offer->media_count; i++) {
        const struct sdp_media *media = &offer->media[i];
        struct sdp_answer_media *line = &answer.media[i];
        const enum media_codec codec = media->kind == SDP_AUDIO && media->opus.payload_type >= 0   ? MEDIA_CODEC_OPUS
                                       : media->kind == SDP_VIDEO && media->vp8.payload_type >= 0  ? MEDIA_CODEC_VP8
                                       : media->kind == SDP_VIDEO && media->h264.payload_type >= 0 ? MEDIA_CODEC_H264
                                                                                                   : MEDIA_CODEC_NONE;
        if (codec == MEDIA_CODEC_NONE) {
            continue;
        }
        *line = (struct sdp_answer_media){.accepted = true,
                                          .we_receive = media->sends,
                                          .we_send = media->receives,
                                          .codecs = {codec, MEDIA_CODEC_NONE},
                                          .ssrc = 1,
                                          .cname = "cname",
                                          .msid = "slot0"};
    }
    g_autofree char *sdp = sdp_answer_write(offer, &answer);
    GstSDPMessage *message = NULL;
    must(gst_sdp_message_new_from_text(sdp, &message) == GST_SDP_OK);
    must(gst_sdp_message_medias_len(message) == offer->media_count);
    gst_sdp_message_free(message);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    g_autofree char *text = g_strndup((const char *)data, size);
    g_autoptr(GError) error = NULL;
    struct sdp_offer offer;
    if (!sdp_offer_parse(text, &offer, &error)) {
        must(error != NULL && error->domain == MEDIA_ERROR && error->code == MEDIA_ERROR_SDP);
        must(g_utf8_validate(error->message, -1, NULL));
        return 0;
    }
    must(error == NULL && offer.media_count >= 1 && offer.media_count <= SDP_MEDIA_MAX);
    must(strlen(offer.fingerprint) == MEDIA_FINGERPRINT_LENGTH);
    for (unsigned i = 0; i < offer.media_count; i++) {
        check_media(&offer.media[i]);
    }
    answer(&offer);
    return 0;
}
