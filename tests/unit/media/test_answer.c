#include "media/sdp/answer.h"

#include <gst/sdp/gstsdpmessage.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static const struct media_address addresses[] = {
    {.bind = (char *)"10.0.0.5", .announce = (char *)"203.0.113.9"},
    {.bind = (char *)"2001:db8::5"},
};

/* A client that sends both and has a slot of each, and a data channel that nobody asked for. */
static struct sdp_offer some_offer(void)
{
    const struct sdp_codec opus = {.payload_type = 111, .fmtp = "minptime=10;useinbandfec=1"};
    const struct sdp_codec vp8 = {.payload_type = 96, .nack = true, .nack_pli = true, .fir = true, .remb = true};
    const struct sdp_codec h264 = {.payload_type = 108, .nack_pli = true, .fmtp = "packetization-mode=1"};
    const struct sdp_codec none = {.payload_type = -1};
    const struct sdp_media audio = {.kind = SDP_AUDIO,
                                    .type = "audio",
                                    .protocol = "UDP/TLS/RTP/SAVPF",
                                    .format = "111",
                                    .opus = opus,
                                    .vp8 = none,
                                    .h264 = none,
                                    .mid_id = 4};
    const struct sdp_media video = {.kind = SDP_VIDEO,
                                    .type = "video",
                                    .protocol = "UDP/TLS/RTP/SAVPF",
                                    .format = "96",
                                    .opus = none,
                                    .vp8 = vp8,
                                    .h264 = h264,
                                    .abs_send_time_id = 2,
                                    .mid_id = 4};
    struct sdp_offer offer = {.media_count = 5, .media = {audio, video, audio, video, {.kind = SDP_OTHER}}};
    for (unsigned i = 0; i < offer.media_count; i++) {
        offer.media[i].mid[0] = (char)('0' + i);
    }
    g_strlcpy(offer.media[4].type, "application", sizeof offer.media[4].type);
    g_strlcpy(offer.media[4].protocol, "UDP/DTLS/SCTP", sizeof offer.media[4].protocol);
    g_strlcpy(offer.media[4].format, "webrtc-datachannel", sizeof offer.media[4].format);
    return offer;
}

static struct sdp_answer some_answer(void)
{
    const struct sdp_answer_media slot = {
        .accepted = true, .we_send = true, .ssrc = 77, .cname = "cname", .msid = "slot0"};
    struct sdp_answer answer = {
        .ice_ufrag = "ourufrag",
        .ice_pwd = "ourpasswordourpassword00",
        .fingerprint = "AB:CD",
        .addresses = addresses,
        .address_count = 2,
        .port = 5004,
        .media_count = 5,
        .media = {{.accepted = true, .we_receive = true, .codecs = {MEDIA_CODEC_OPUS}},
                  {.accepted = true, .we_receive = true, .codecs = {MEDIA_CODEC_H264}},
                  slot,
                  slot},
    };
    answer.media[2].codecs[0] = MEDIA_CODEC_OPUS;
    answer.media[3].codecs[0] = MEDIA_CODEC_VP8;
    answer.media[3].codecs[1] = MEDIA_CODEC_H264;
    answer.media[3].ssrc = 78;
    return answer;
}

struct written {
    char *text;
    GstSDPMessage *message;
};

static struct written write_answer(const struct sdp_offer *offer, const struct sdp_answer *answer)
{
    struct written written = {.text = sdp_answer_write(offer, answer)};
    assert_int_equal(gst_sdp_message_new_from_text(written.text, &written.message), GST_SDP_OK);
    return written;
}

static void written_free(struct written *written)
{
    gst_sdp_message_free(written->message);
    g_free(written->text);
}

static bool has(const GstSDPMedia *media, const char *key, const char *value)
{
    const char *found;
    for (unsigned i = 0; (found = gst_sdp_media_get_attribute_val_n(media, key, i)); i++) {
        if (strcmp(found, value) == 0) {
            return true;
        }
    }
    return false;
}

static void the_answer_is_of_a_lite_passive_bundling_server(void **state)
{
    (void)state;
    struct sdp_offer offer = some_offer();
    struct sdp_answer answer = some_answer();
    struct written written = write_answer(&offer, &answer);
    assert_non_null(gst_sdp_message_get_attribute_val(written.message, "ice-lite"));
    assert_string_equal(gst_sdp_message_get_attribute_val(written.message, "group"), "BUNDLE 0 1 2 3");
    assert_int_equal(gst_sdp_message_medias_len(written.message), 5);
    for (unsigned i = 0; i < 4; i++) {
        const GstSDPMedia *media = gst_sdp_message_get_media(written.message, i);
        assert_int_equal(gst_sdp_media_get_port(media), 5004);
        assert_true(has(media, "ice-ufrag", "ourufrag") && has(media, "ice-pwd", "ourpasswordourpassword00"));
        assert_true(has(media, "fingerprint", "sha-256 AB:CD") && has(media, "setup", "passive"));
        assert_non_null(gst_sdp_media_get_attribute_val(media, "rtcp-mux"));
    }
    written_free(&written);
}

static void candidates_stand_once_announced_and_of_both_families(void **state)
{
    (void)state;
    struct sdp_offer offer = some_offer();
    struct sdp_answer answer = some_answer();
    answer.media[0].accepted = false; /* so the second is the first of the bundle */
    struct written written = write_answer(&offer, &answer);
    const GstSDPMedia *first = gst_sdp_message_get_media(written.message, 1);
    assert_true(has(first, "candidate", "1 1 udp 2130706431 203.0.113.9 5004 typ host"));
    assert_true(has(first, "candidate", "2 1 udp 2130706175 2001:db8::5 5004 typ host"));
    assert_non_null(gst_sdp_media_get_attribute_val(first, "end-of-candidates"));
    assert_string_equal(gst_sdp_media_get_connection(first, 0)->address, "203.0.113.9");
    assert_null(strstr(written.text, "10.0.0.5")); /* the inside of the NAT is nobody's business */
    for (unsigned i = 2; i < 4; i++) {
        assert_null(gst_sdp_media_get_attribute_val(gst_sdp_message_get_media(written.message, i), "candidate"));
    }
    assert_string_equal(gst_sdp_message_get_attribute_val(written.message, "group"), "BUNDLE 1 2 3");
    written_free(&written);
}

static void an_ipv6_server_says_ip6(void **state)
{
    (void)state;
    struct sdp_offer offer = some_offer();
    struct sdp_answer answer = some_answer();
    answer.addresses = &addresses[1];
    answer.address_count = 1;
    struct written written = write_answer(&offer, &answer);
    assert_string_equal(gst_sdp_message_get_origin(written.message)->addrtype, "IP6");
    assert_string_equal(gst_sdp_media_get_connection(gst_sdp_message_get_media(written.message, 0), 0)->addrtype,
                        "IP6");
    written_free(&written);
}

static void codecs_are_answered_as_they_were_offered_and_no_more(void **state)
{
    (void)state;
    struct sdp_offer offer = some_offer();
    struct sdp_answer answer = some_answer();
    struct written written = write_answer(&offer, &answer);
    const GstSDPMedia *track = gst_sdp_message_get_media(written.message, 1);
    assert_int_equal(gst_sdp_media_formats_len(track), 1);
    assert_true(has(track, "rtpmap", "108 H264/90000") && has(track, "fmtp", "108 packetization-mode=1"));
    assert_true(has(track, "rtcp-fb", "108 nack pli"));
    assert_false(has(track, "rtcp-fb", "108 nack") || has(track, "rtcp-fb", "108 goog-remb"));

    const GstSDPMedia *slot = gst_sdp_message_get_media(written.message, 3);
    assert_int_equal(gst_sdp_media_formats_len(slot), 2);
    assert_string_equal(gst_sdp_media_get_format(slot, 0), "96");
    assert_true(has(slot, "rtpmap", "96 VP8/90000") && has(slot, "rtpmap", "108 H264/90000"));
    assert_true(has(slot, "rtcp-fb", "96 nack") && has(slot, "rtcp-fb", "96 nack pli"));
    assert_true(has(slot, "rtcp-fb", "96 ccm fir") && has(slot, "rtcp-fb", "96 goog-remb"));

    const GstSDPMedia *audio = gst_sdp_message_get_media(written.message, 0);
    assert_true(has(audio, "rtpmap", "111 opus/48000/2") && has(audio, "fmtp", "111 minptime=10;useinbandfec=1"));
    assert_null(gst_sdp_media_get_attribute_val(audio, "rtcp-fb"));
    written_free(&written);
}

static void a_microphone_is_told_its_limit_and_a_slot_is_not(void **state)
{
    (void)state;
    struct sdp_offer offer = some_offer();
    struct sdp_answer answer = some_answer();
    answer.audio_bitrate_max_bps = 64000;
    offer.media[2].opus.fmtp[0] = '\0';
    struct written written = write_answer(&offer, &answer);
    const GstSDPMedia *track = gst_sdp_message_get_media(written.message, 0);
    const GstSDPMedia *slot = gst_sdp_message_get_media(written.message, 2);
    const GstSDPMedia *video = gst_sdp_message_get_media(written.message, 1);
    assert_true(has(track, "fmtp", "111 minptime=10;useinbandfec=1;maxaveragebitrate=64000"));
    assert_null(gst_sdp_media_get_attribute_val(slot, "fmtp"));
    assert_true(has(video, "fmtp", "108 packetization-mode=1"));
    written_free(&written);
}

static void extensions_are_only_those_offered(void **state)
{
    (void)state;
    struct sdp_offer offer = some_offer();
    struct sdp_answer answer = some_answer();
    offer.media[3].mid_id = 0;
    struct written written = write_answer(&offer, &answer);
    const GstSDPMedia *audio = gst_sdp_message_get_media(written.message, 0);
    const GstSDPMedia *track = gst_sdp_message_get_media(written.message, 1);
    const GstSDPMedia *slot = gst_sdp_message_get_media(written.message, 3);
    assert_true(has(audio, "extmap", "4 " SDP_MID_URI));
    assert_false(has(audio, "extmap", "2 " SDP_ABS_SEND_TIME_URI));
    assert_true(has(track, "extmap", "4 " SDP_MID_URI) && has(track, "extmap", "2 " SDP_ABS_SEND_TIME_URI));
    assert_false(has(slot, "extmap", "4 " SDP_MID_URI));
    written_free(&written);
}

static void directions_are_ours_and_slots_name_their_source(void **state)
{
    (void)state;
    const struct {
        bool we_send, we_receive;
        const char *direction;
    } cases[] = {
        {false, true, "recvonly"}, {true, false, "sendonly"}, {true, true, "sendrecv"}, {false, false, "inactive"}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct sdp_offer offer = some_offer();
        struct sdp_answer answer = some_answer();
        answer.media[3].we_send = cases[i].we_send;
        answer.media[3].we_receive = cases[i].we_receive;
        struct written written = write_answer(&offer, &answer);
        const GstSDPMedia *media = gst_sdp_message_get_media(written.message, 3);
        assert_non_null(gst_sdp_media_get_attribute_val(media, cases[i].direction));
        assert_int_equal(has(media, "ssrc", "78 cname:cname"), cases[i].we_send);
        assert_int_equal(has(media, "msid", "slot0 slot0-video"), cases[i].we_send);
        written_free(&written);
    }
}

static void a_refused_line_is_echoed_with_port_0(void **state)
{
    (void)state;
    struct sdp_offer offer = some_offer();
    struct sdp_answer answer = some_answer();
    struct written written = write_answer(&offer, &answer);
    const GstSDPMedia *data = gst_sdp_message_get_media(written.message, 4);
    assert_int_equal(gst_sdp_media_get_port(data), 0);
    assert_string_equal(gst_sdp_media_get_media(data), "application");
    assert_string_equal(gst_sdp_media_get_proto(data), "UDP/DTLS/SCTP");
    assert_string_equal(gst_sdp_media_get_format(data, 0), "webrtc-datachannel");
    assert_true(has(data, "mid", "4"));
    assert_null(gst_sdp_media_get_attribute_val(data, "ice-ufrag"));
    written_free(&written);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_answer_is_of_a_lite_passive_bundling_server),
        cmocka_unit_test(candidates_stand_once_announced_and_of_both_families),
        cmocka_unit_test(an_ipv6_server_says_ip6),
        cmocka_unit_test(codecs_are_answered_as_they_were_offered_and_no_more),
        cmocka_unit_test(a_microphone_is_told_its_limit_and_a_slot_is_not),
        cmocka_unit_test(extensions_are_only_those_offered),
        cmocka_unit_test(directions_are_ours_and_slots_name_their_source),
        cmocka_unit_test(a_refused_line_is_echoed_with_port_0),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
