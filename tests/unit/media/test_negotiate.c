#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glib.h>

#include "media/room/negotiate.h"

static const struct media_config vp8_first = {.video_codecs = {MEDIA_CODEC_VP8, MEDIA_CODEC_H264}};
static const struct media_config h264_first = {.video_codecs = {MEDIA_CODEC_H264, MEDIA_CODEC_VP8}};
static const struct media_config vp8_only = {.video_codecs = {MEDIA_CODEC_VP8, MEDIA_CODEC_NONE}};

/* One m-line is three letters: kind (a, v, o), direction (s, r, b both, i inactive), codecs (o opus, v VP8, h H.264,
 * b both, n none). */
static void offer_of(const char *lines, struct sdp_offer *offer)
{
    *offer = (struct sdp_offer){0};
    for (const char *at = lines; *at; at += at[3] ? 4 : 3) {
        struct sdp_media *media = &offer->media[offer->media_count++];
        media->kind = at[0] == 'a' ? SDP_AUDIO : at[0] == 'v' ? SDP_VIDEO : SDP_OTHER;
        media->sends = at[1] == 's' || at[1] == 'b';
        media->receives = at[1] == 'r' || at[1] == 'b';
        media->opus.payload_type = at[2] == 'o' ? 111 : -1;
        media->vp8.payload_type = at[2] == 'v' || at[2] == 'b' ? 96 : -1;
        media->h264.payload_type = at[2] == 'h' || at[2] == 'b' ? 102 : -1;
    }
}

static const struct {
    const char *hazard;
    const struct media_config *config;
    const char *lines;
    bool accepted;
    int audio, video; /* m-lines of the tracks */
    enum media_codec codec;
    unsigned audio_slots, video_slots;
    unsigned last_video_slot; /* its m-line */
} rows[] = {
    {"sends both, receives two", &vp8_first, "aso vsb aro vrb aro vrb", true, 0, 1, MEDIA_CODEC_VP8, 2, 2, 5},
    {"the server's preference decides", &h264_first, "aso vsb", true, 0, 1, MEDIA_CODEC_H264, 0, 0, 0},
    {"the client has only the second choice", &vp8_first, "aso vsh", true, 0, 1, MEDIA_CODEC_H264, 0, 0, 0},
    {"a line both ways is track and slot 0", &vp8_first, "abo vbb vrb", true, 0, 1, MEDIA_CODEC_VP8, 1, 2, 2},
    {"a second camera is not taken", &vp8_first, "vsb vsb", true, -1, 0, MEDIA_CODEC_VP8, 0, 0, 0},
    {"of a second camera's codecs nothing is asked", &vp8_first, "vsb vsn", true, -1, 0, MEDIA_CODEC_VP8, 0, 0, 0},
    {"more slots than others in a room", &vp8_first, "vrb vrb vrb vrb vrb", true, -1, -1, 0, 0, 3, 2},
    {"a data channel beside it", &vp8_first, "oso aso", true, 1, -1, 0, 0, 0, 0},
    {"only watches", &vp8_first, "aro vrv", true, -1, -1, 0, 1, 1, 1},
    {"no codec of ours to send", &vp8_only, "aso vsh", false, 0, 0, 0, 0, 0, 0},
    {"no codec of ours to receive", &vp8_first, "aso vrn", false, 0, 0, 0, 0, 0, 0},
    {"audio without Opus", &vp8_first, "asn", false, 0, 0, 0, 0, 0, 0},
    {"nothing but a data channel", &vp8_first, "oso", false, 0, 0, 0, 0, 0, 0},
    {"all inactive", &vp8_first, "aio vib", false, 0, 0, 0, 0, 0, 0},
    {"no m-line at all", &vp8_first, "", false, 0, 0, 0, 0, 0, 0},
};

static void chooses_lines_and_codecs(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct sdp_offer offer;
        struct negotiation result;
        g_autoptr(GError) error = NULL;
        offer_of(rows[i].lines, &offer);
        const bool accepted = negotiate(rows[i].config, &offer, &result, &error);
        if (accepted != rows[i].accepted) {
            fail_msg("%s: %s", rows[i].hazard, error ? error->message : "accepted");
        }
        if (!accepted) {
            assert_true(g_error_matches(error, MEDIA_ERROR, MEDIA_ERROR_SDP));
            continue;
        }
        if (result.track[SDP_AUDIO] != rows[i].audio || result.track[SDP_VIDEO] != rows[i].video ||
            result.codec[SDP_VIDEO] != rows[i].codec || result.slot_count[SDP_AUDIO] != rows[i].audio_slots ||
            result.slot_count[SDP_VIDEO] != rows[i].video_slots ||
            (rows[i].video_slots > 0 && result.slot[SDP_VIDEO][rows[i].video_slots - 1] != rows[i].last_video_slot)) {
            fail_msg("%s: audio %d, video %d (%s), %u and %u slots", rows[i].hazard, result.track[SDP_AUDIO],
                     result.track[SDP_VIDEO], media_codec_name(result.codec[SDP_VIDEO]), result.slot_count[SDP_AUDIO],
                     result.slot_count[SDP_VIDEO]);
        }
    }
}

static void a_slot_takes_all_that_both_know_in_our_order(void **state)
{
    (void)state;
    struct sdp_offer offer;
    enum media_codec codecs[2];
    offer_of("vrb vrv aro", &offer);
    assert_int_equal(negotiate_shared(&h264_first, &offer.media[0], codecs), 2);
    assert_int_equal(codecs[0], MEDIA_CODEC_H264);
    assert_int_equal(codecs[1], MEDIA_CODEC_VP8);
    assert_int_equal(negotiate_shared(&h264_first, &offer.media[1], codecs), 1);
    assert_int_equal(codecs[0], MEDIA_CODEC_VP8);
    assert_int_equal(codecs[1], MEDIA_CODEC_NONE);
    assert_int_equal(negotiate_shared(&h264_first, &offer.media[2], codecs), 1);
    assert_int_equal(codecs[0], MEDIA_CODEC_OPUS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(chooses_lines_and_codecs),
        cmocka_unit_test(a_slot_takes_all_that_both_know_in_our_order),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
