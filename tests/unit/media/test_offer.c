#include "media/sdp/offer.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define FINGERPRINT "81:9E:2A:E0:93:D8:AA:FE:05:44:09:38:FD:10:3A:CA:AE:DC:30:96:FC:3E:B1:CA:28:98:86:F8:59:CB:18:F7"

/* As short as an offer can be; the tests change it. */
static const char small_offer[] = "v=0\r\n"
                                  "o=- 1 2 IN IP4 127.0.0.1\r\n"
                                  "s=-\r\n"
                                  "t=0 0\r\n"
                                  "a=group:BUNDLE a v\r\n"
                                  "a=ice-ufrag:oL9S\r\n"
                                  "a=ice-pwd:SzWlelvSOdPFOcpdm12RJQi9\r\n"
                                  "a=fingerprint:sha-256 " FINGERPRINT "\r\n"
                                  "a=setup:actpass\r\n"
                                  "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
                                  "c=IN IP4 0.0.0.0\r\n"
                                  "a=mid:a\r\n"
                                  "a=sendrecv\r\n"
                                  "a=rtcp-mux\r\n"
                                  "a=rtpmap:111 opus/48000/2\r\n"
                                  "a=fmtp:111 minptime=10\r\n"
                                  "m=video 9 UDP/TLS/RTP/SAVPF 96 102\r\n"
                                  "c=IN IP4 0.0.0.0\r\n"
                                  "a=mid:v\r\n"
                                  "a=sendonly\r\n"
                                  "a=rtcp-mux\r\n"
                                  "a=extmap:2 " SDP_ABS_SEND_TIME_URI "\r\n"
                                  "a=rtpmap:96 VP8/90000\r\n"
                                  "a=rtpmap:102 H264/90000\r\n"
                                  "a=fmtp:102 packetization-mode=1;profile-level-id=42e01f\r\n"
                                  "a=ssrc:7 cname:x\r\n";

/* The small offer with each `from` replaced by `to`. */
static char *changed(const char *from, const char *to)
{
    GString *text = g_string_new(small_offer);
    assert_int_not_equal(g_string_replace(text, from, to, 0), 0);
    return g_string_free(text, FALSE);
}

static struct sdp_offer parsed(const char *text)
{
    struct sdp_offer offer;
    g_autoptr(GError) error = NULL;
    if (!sdp_offer_parse(text, &offer, &error)) {
        fail_msg("refused: %s", error->message);
    }
    assert_null(error);
    return offer;
}

static struct sdp_offer parsed_change(const char *from, const char *to)
{
    g_autofree char *text = changed(from, to);
    return parsed(text);
}

static void expect_refused(const char *text, const char *why)
{
    struct sdp_offer offer, before;
    memset(&offer, 0x55, sizeof offer);
    before = offer;
    g_autoptr(GError) error = NULL;
    assert_false(sdp_offer_parse(text, &offer, &error));
    assert_true(g_error_matches(error, MEDIA_ERROR, MEDIA_ERROR_SDP));
    if (!strstr(error->message, why)) {
        fail_msg("\"%s\" does not say \"%s\"", error->message, why);
    }
    assert_memory_equal(&offer, &before, sizeof offer);
}

static char *read_corpus(const char *name)
{
    g_autofree char *folder = g_path_get_dirname(__FILE__);
    g_autofree char *path = g_build_filename(folder, "../../fuzz/corpus/sdp_offer", name, NULL);
    char *text = NULL;
    assert_true(g_file_get_contents(path, &text, NULL, NULL));
    return text;
}

static void a_chromium_offer_of_four_parties_is_understood(void **state)
{
    (void)state;
    g_autofree char *text = read_corpus("chromium-three.sdp");
    struct sdp_offer offer = parsed(text);
    assert_string_equal(offer.ice_ufrag, "oL9S");
    assert_string_equal(offer.ice_pwd, "SzWlelvSOdPFOcpdm12RJQi9");
    assert_string_equal(offer.fingerprint, FINGERPRINT);
    assert_int_equal(offer.media_count, 8);
    for (unsigned i = 0; i < offer.media_count; i++) {
        const struct sdp_media *media = &offer.media[i];
        assert_int_equal(media->kind, i % 2 == 0 ? SDP_AUDIO : SDP_VIDEO);
        assert_int_equal(media->sends, i < 2);
        assert_int_equal(media->receives, i >= 2);
        assert_int_equal(media->mid[0], '0' + (char)i);
        assert_int_equal(media->abs_send_time_id, 2);
        assert_int_equal(media->mid_id, 4);
    }
    const struct sdp_media *audio = &offer.media[0], *video = &offer.media[1];
    assert_int_equal(audio->ssrc, 83961073);
    assert_int_equal(audio->opus.payload_type, 111);
    assert_string_equal(audio->opus.fmtp, "minptime=10;useinbandfec=1");
    assert_false(audio->opus.nack);
    assert_int_equal(audio->vp8.payload_type, -1);
    assert_int_equal(video->vp8.payload_type, 96);
    assert_true(video->vp8.nack && video->vp8.nack_pli && video->vp8.fir && video->vp8.remb);
    assert_int_equal(video->opus.payload_type, -1);
    assert_int_equal(video->h264.payload_type, 108); /* constrained baseline rather than 102, plain baseline */
    assert_non_null(strstr(video->h264.fmtp, "profile-level-id=42e01f"));
    assert_true(video->h264.nack && video->h264.remb);
}

/* Directions of header extensions, a default direction of the session, bundle-only lines, no H.264, identifiers of its
 * own. */
static void a_firefox_offer_of_four_parties_is_understood(void **state)
{
    (void)state;
    g_autofree char *text = read_corpus("firefox-three.sdp");
    struct sdp_offer offer = parsed(text);
    assert_string_equal(offer.ice_ufrag, "01234567");
    assert_string_equal(offer.fingerprint, FINGERPRINT);
    assert_int_equal(offer.media_count, 8);
    for (unsigned i = 0; i < offer.media_count; i++) {
        const struct sdp_media *media = &offer.media[i];
        const bool video = i == 1 || i >= 5;
        assert_int_equal(media->kind, video ? SDP_VIDEO : SDP_AUDIO);
        assert_int_equal(media->sends, i < 2);
        assert_int_equal(media->receives, i >= 2);
        assert_int_equal(media->mid_id, 3);
        assert_int_equal(media->abs_send_time_id, video ? 4 : 0);
        assert_int_equal(media->opus.payload_type, video ? -1 : 109);
        assert_int_equal(media->vp8.payload_type, video ? 120 : -1);
        assert_int_equal(media->h264.payload_type, -1);
    }
    const struct sdp_media *audio = &offer.media[0], *video = &offer.media[1];
    assert_string_equal(audio->opus.fmtp, "maxplaybackrate=48000;stereo=1;useinbandfec=1");
    assert_string_equal(video->vp8.fmtp, "max-fs=12288;max-fr=60");
    assert_true(video->vp8.nack && video->vp8.nack_pli && video->vp8.fir && video->vp8.remb);
    assert_int_not_equal(audio->ssrc, 0);
    assert_int_not_equal(video->ssrc, 0);
}

static void every_collected_offer_is_understood(void **state)
{
    (void)state;
    const struct {
        const char *name;
        unsigned sending, receiving, other;
    } offers[] = {
        {"chromium-sendrecv.sdp", 2, 6, 0}, {"chromium-data.sdp", 2, 2, 1},      {"chromium-none.sdp", 2, 0, 0},
        {"chromium-balanced.sdp", 2, 2, 0}, {"chromium-simulcast.sdp", 2, 2, 0}, {"synthetic.sdp", 2, 6, 0},
        {"video-only.sdp", 1, 0, 0},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(offers); i++) {
        g_autofree char *text = read_corpus(offers[i].name);
        struct sdp_offer offer = parsed(text);
        unsigned sending = 0, receiving = 0, other = 0;
        for (unsigned m = 0; m < offer.media_count; m++) {
            sending += offer.media[m].sends;
            receiving += offer.media[m].receives;
            other += offer.media[m].kind == SDP_OTHER;
        }
        assert_int_equal(sending, offers[i].sending);
        assert_int_equal(receiving, offers[i].receiving);
        assert_int_equal(other, offers[i].other);
    }
}

static void the_first_ssrc_of_a_flow_is_the_medium_and_not_its_repair(void **state)
{
    (void)state;
    assert_int_equal(parsed(small_offer).media[1].ssrc, 7);
    assert_int_equal(parsed_change("a=ssrc:7 cname:x", "a=ssrc:8 cname:x\r\na=ssrc-group:FID 7 8").media[1].ssrc, 7);
    assert_int_equal(parsed_change("a=ssrc:7 cname:x\r\n", "").media[1].ssrc, 0);
    assert_int_equal(parsed_change("a=ssrc:7", "a=ssrc:99999999999").media[1].ssrc, 0);
}

static void directions_are_those_of_the_client(void **state)
{
    (void)state;
    const struct {
        const char *line;
        bool sends, receives;
    } cases[] = {{"a=sendonly\r\n", true, false},
                 {"a=recvonly\r\n", false, true},
                 {"a=inactive\r\n", false, false},
                 {"a=sendrecv\r\n", true, true},
                 {"", true, true}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct sdp_offer offer = parsed_change("a=sendonly\r\n", cases[i].line);
        assert_int_equal(offer.media[1].sends, cases[i].sends);
        assert_int_equal(offer.media[1].receives, cases[i].receives);
    }
    g_autofree char *text = changed("a=sendonly\r\n", "");
    GString *session = g_string_new(text);
    g_string_replace(session, "a=setup", "a=recvonly\r\na=setup", 1);
    assert_false(parsed(session->str).media[1].sends);
    assert_true(parsed(session->str).media[0].sends); /* its own a=sendrecv counts more */
    g_string_free(session, TRUE);
}

static void a_line_with_port_0_is_not_in_use_unless_it_is_bundle_only(void **state)
{
    (void)state;
    struct sdp_offer offer = parsed_change("m=video 9", "m=video 0");
    assert_false(offer.media[1].sends || offer.media[1].receives);
    g_autofree char *text = changed("m=video 9", "m=video 0");
    GString *bundle_only = g_string_new(text);
    g_string_replace(bundle_only, "a=sendonly", "a=bundle-only\r\na=sendonly", 1);
    assert_true(parsed(bundle_only->str).media[1].sends);
    g_string_free(bundle_only, TRUE);
}

static void h264_is_taken_only_as_every_browser_decodes_it(void **state)
{
    (void)state;
    const struct {
        const char *fmtp;
        int payload_type;
    } cases[] = {
        {"packetization-mode=1;profile-level-id=42e01f", 102},
        {"profile-level-id=42001f;packetization-mode=1", 102},
        {"packetization-mode=0;profile-level-id=42e01f", -1},
        {"packetization-mode=1;profile-level-id=640c1f", -1},
        {"packetization-mode=1;profile-level-id=42", -1},
        {"packetization-mode=1", -1},
        {"profile-level-id=42e01f", -1},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct sdp_offer offer = parsed_change("packetization-mode=1;profile-level-id=42e01f", cases[i].fmtp);
        assert_int_equal(offer.media[1].h264.payload_type, cases[i].payload_type);
    }
}

static void what_cannot_be_answered_as_offered_is_left_out(void **state)
{
    (void)state;
    char text[200] = "a=fmtp:111 minptime=10;";
    memset(text + strlen(text), 'x', 150);
    assert_int_equal(parsed_change("a=fmtp:111 minptime=10", text).media[0].opus.payload_type, -1);
    assert_int_equal(parsed_change("minptime=10", "minptime=\xc3\xa9").media[0].opus.payload_type, -1);
    assert_int_equal(parsed_change("rtpmap:111 ", "rtpmap:112 ").media[0].opus.payload_type,
                     -1); /* not on the m-line */
    assert_int_equal(parsed_change("rtpmap:96 ", "rtpmap:4294967392 ").media[1].vp8.payload_type, -1);
    assert_int_equal(parsed_change("extmap:2 ", "extmap:15 ").media[1].abs_send_time_id, 0);
    assert_int_equal(parsed_change("extmap:2 ", "extmap:2/sendonly ").media[1].abs_send_time_id, 2);
}

static void feedback_for_all_payload_types_counts_for_each(void **state)
{
    (void)state;
    struct sdp_offer offer = parsed_change("a=ssrc:7", "a=rtcp-fb:* nack pli\r\na=rtcp-fb:96 nack\r\na=ssrc:7");
    assert_true(offer.media[1].vp8.nack_pli && offer.media[1].vp8.nack);
    assert_true(offer.media[1].h264.nack_pli && !offer.media[1].h264.nack);
    assert_false(offer.media[0].opus.nack_pli);
}

static void a_line_that_is_neither_audio_nor_video_is_kept_to_be_refused(void **state)
{
    (void)state;
    g_autofree char *text = g_strconcat(small_offer, "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\na=mid:d\r\n",
                                        "m=audio 9 RTP/AVP 0\r\n", NULL);
    struct sdp_offer offer = parsed(text);
    assert_int_equal(offer.media_count, 4);
    assert_int_equal(offer.media[2].kind, SDP_OTHER);
    assert_string_equal(offer.media[2].type, "application");
    assert_string_equal(offer.media[2].protocol, "UDP/DTLS/SCTP");
    assert_string_equal(offer.media[2].format, "webrtc-datachannel");
    assert_string_equal(offer.media[2].mid, "d");
    assert_int_equal(offer.media[3].kind, SDP_OTHER); /* not protected */
}

static void credentials_may_stand_on_the_first_line_in_use(void **state)
{
    (void)state;
    g_autofree char *stripped = changed("a=ice-ufrag:oL9S\r\n", "");
    GString *text = g_string_new(stripped);
    g_string_replace(text, "a=mid:a\r\n", "a=mid:a\r\na=ice-ufrag:first\r\n", 1);
    g_string_replace(text, "a=mid:v\r\n", "a=mid:v\r\na=ice-ufrag:second\r\n", 1);
    assert_string_equal(parsed(text->str).ice_ufrag, "first");
    g_string_replace(text, "m=audio 9", "m=audio 0", 1);
    assert_string_equal(parsed(text->str).ice_ufrag, "second");
    g_string_free(text, TRUE);
}

static void the_sha_256_fingerprint_is_found_among_others(void **state)
{
    (void)state;
    g_autofree char *lower = g_ascii_strdown(FINGERPRINT, -1);
    g_autofree char *two = g_strconcat("a=fingerprint:sha-1 00:11\r\na=fingerprint:SHA-256 ", lower, NULL);
    assert_string_equal(parsed_change("a=fingerprint:sha-256 " FINGERPRINT, two).fingerprint, FINGERPRINT);
}

static void offers_that_cannot_be_served_are_refused_with_the_reason(void **state)
{
    (void)state;
    const struct {
        const char *from, *to, *why;
    } cases[] = {
        {"v=0", "w=0", "no SDP"},
        {"a=group:BUNDLE a v\r\n", "", "BUNDLE"},
        {"a=group:BUNDLE a v", "a=group:BUNDLE a", "m-line 1 (mid \"v\")"},
        {"a=group:BUNDLE a v", "a=group:LS a v", "BUNDLE"},
        {"a=mid:v\r\n", "", "m-line 1"},
        {"a=mid:v", "a=mid:a", "same a=mid"},
        {"a=mid:v", "a=mid:v v", "a=mid of m-line 1"},
        {"a=mid:v", "a=mid:123456789012345678901234567890123", "a=mid of m-line 1"},
        {"a=rtcp-mux\r\na=ext", "a=ext", "m-line 1 is without a=rtcp-mux"},
        {"a=setup:actpass", "a=setup:passive", "a=setup:passive"},
        {"a=setup:actpass", "a=setup:\"\xff\x01", "control character"},
        {"a=setup:actpass", "a=setup:\xe2\x80\xae", "a=setup"},
        {"a=setup:actpass", "a=setup:actpass\r\na=ice-lite", "ice-lite"},
        {"a=fingerprint:sha-256 ", "a=fingerprint:sha-1 ", "fingerprint"},
        {"a=fingerprint:sha-256 " FINGERPRINT "\r\n", "", "fingerprint"},
        {FINGERPRINT, FINGERPRINT ":00", "fingerprint"},
        {"81:9E", "819EX", "fingerprint"},
        {"81:9E", "81-9E", "fingerprint"},
        {"81:9E", "8G:9E", "fingerprint"},
        {"a=ice-ufrag:oL9S", "a=ice-ufrag:oL9", "ice-ufrag"},
        {"a=ice-ufrag:oL9S", "a=ice-ufrag:oL:9S", "ice-ufrag"},
        {"a=ice-ufrag:oL9S\r\n", "", "ice-ufrag"},
        {"a=ice-pwd:SzWlelvSOdPFOcpdm12RJQi9", "a=ice-pwd:short", "ice-pwd"},
        {"m=video 9 UDP/TLS/RTP/SAVPF 96 102", "m=video 9 UDP/TLS/RTP/SAVPF", "m-line 1 is malformed"},
        {" 9 UDP/TLS/RTP/SAVPF", " 0 UDP/TLS/RTP/SAVPF", "no audio or video"},
        {" 9 UDP/TLS/RTP/SAVPF", " 9 RTP/AVP", "no audio or video"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *text = changed(cases[i].from, cases[i].to);
        expect_refused(text, cases[i].why);
    }
    expect_refused("", "no SDP");
    expect_refused("v=0\r\n", "BUNDLE");
    expect_refused("\x7f"
                   "ELF",
                   "no SDP");
}

static GString *with_lines(const char *line, unsigned count)
{
    GString *text = g_string_new(small_offer);
    for (unsigned i = 0; i < count; i++) {
        g_string_append(text, line);
    }
    return text;
}

static void too_much_of_anything_is_refused_before_it_is_parsed(void **state)
{
    (void)state;
    const char *line = "m=audio 9 UDP/TLS/RTP/SAVPF 111\r\n";
    GString *text = with_lines(line, 10000);
    expect_refused(text->str, "longer than 65536 bytes");
    g_string_free(text, TRUE);
    text = with_lines("m=a\n", 10000);
    expect_refused(text->str, "more than 16 m-lines");
    g_string_free(text, TRUE);
    text = with_lines("m=x 0 y z\r\n", SDP_MEDIA_MAX - 2);
    assert_int_equal(parsed(text->str).media_count, SDP_MEDIA_MAX);
    g_string_append(text, "m=x 0 y z\r\n");
    expect_refused(text->str, "more than 16 m-lines");
    g_string_free(text, TRUE);

    g_autofree char *wide = g_strnfill(SDP_LINE_BYTES_MAX - 3, 'x');
    g_autofree char *longest = g_strdup_printf("a=%s\r\n", wide), *longer = g_strdup_printf("a=xx%s\r\n", wide);
    text = with_lines(longest, 1);
    parsed(text->str);
    g_string_append(text, longer);
    expect_refused(text->str, "longer than 2048 bytes");
    g_string_free(text, TRUE);
}

static void many_attributes_take_no_more_than_one_look_each(void **state)
{
    (void)state;
    GString *text = with_lines("a=x\n", (SDP_OFFER_BYTES_MAX - sizeof small_offer) / 4);
    assert_int_equal(parsed(text->str).media_count, 2);
    g_string_free(text, TRUE);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chromium_offer_of_four_parties_is_understood),
        cmocka_unit_test(a_firefox_offer_of_four_parties_is_understood),
        cmocka_unit_test(every_collected_offer_is_understood),
        cmocka_unit_test(the_first_ssrc_of_a_flow_is_the_medium_and_not_its_repair),
        cmocka_unit_test(directions_are_those_of_the_client),
        cmocka_unit_test(a_line_with_port_0_is_not_in_use_unless_it_is_bundle_only),
        cmocka_unit_test(h264_is_taken_only_as_every_browser_decodes_it),
        cmocka_unit_test(what_cannot_be_answered_as_offered_is_left_out),
        cmocka_unit_test(feedback_for_all_payload_types_counts_for_each),
        cmocka_unit_test(a_line_that_is_neither_audio_nor_video_is_kept_to_be_refused),
        cmocka_unit_test(credentials_may_stand_on_the_first_line_in_use),
        cmocka_unit_test(the_sha_256_fingerprint_is_found_among_others),
        cmocka_unit_test(offers_that_cannot_be_served_are_refused_with_the_reason),
        cmocka_unit_test(too_much_of_anything_is_refused_before_it_is_parsed),
        cmocka_unit_test(many_attributes_take_no_more_than_one_look_each),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
