#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/media/fake_transport.h"

/* "+A2": A joins with two slots; "-A": A leaves. Then who is shown where, party by party; "" is a party that is gone.
 */
static const struct {
    const char *hazard;
    const char *script;
    const char *shown[4];
} rows[] = {
    {"alone", "+A3", {"..."}},
    {"two", "+A1 +B1", {"B", "A"}},
    {"the newcomer sees the others in the order in which they came", "+A3 +B3 +C3", {"BC.", "AC.", "AB."}},
    {"a full room", "+A3 +B3 +C3 +D3", {"BCD", "ACD", "ABD", "ABC"}},
    {"one who leaves empties a slot and moves nobody", "+A3 +B3 +C3 -A", {"", ".C.", ".B."}},
    {"one who comes back finds the old slot", "+A3 +B3 +C3 -A +A3", {"BC.", "AC.", "AB."}},
    {"another takes the free slot", "+A3 +B3 +C3 -A +D3", {"", "DC.", "DB.", "BC."}},
    {"fewer slots than others", "+A1 +B3 +C3", {"B", "AC.", "AB."}},
    {"a slot that becomes free shows who was not seen yet", "+A1 +B3 +C3 -B", {"C", "", "A.."}},
    {"one without slots", "+A0 +B1", {"", "A"}},
    {"all leave", "+A1 +B1 -A -B", {"", ""}},
};

static void act(struct world *world, const char *script)
{
    g_auto(GStrv) steps = g_strsplit(script, " ", -1);
    for (char **step = steps; *step; step++) {
        const unsigned index = (unsigned)((*step)[1] - 'A');
        if ((*step)[0] == '+') {
            assert_non_null(world_join(world, index + 1, (unsigned)((*step)[2] - '0')));
        } else {
            room_leave(world->room, world->parties[index].peer, world->now_us);
            world->parties[index].shown[0] = '\0';
        }
    }
}

static void assert_shown(const struct world *world, unsigned row)
{
    for (unsigned party = 0; party < G_N_ELEMENTS(rows[row].shown); party++) {
        const char *expected = rows[row].shown[party] ? rows[row].shown[party] : "";
        const char *shown = world->parties[party].shown;
        const bool never_told = shown[0] == '\0' && strspn(expected, ".") == strlen(expected);
        if (!never_told && !g_str_equal(shown, expected)) {
            fail_msg("%s: %c sees \"%s\", expected \"%s\"", rows[row].hazard, 'A' + (int)party, shown, expected);
        }
    }
}

static void shows_everybody_where_the_table_says(void **state)
{
    (void)state;
    for (unsigned row = 0; row < G_N_ELEMENTS(rows); row++) {
        struct world world;
        world_open(&world);
        act(&world, rows[row].script);
        assert_shown(&world, row);
        world_close(&world);
        assert_int_equal(fake_alive, 0);
    }
}

static void tells_only_those_whose_slots_changed(void **state)
{
    (void)state;
    struct world world;
    world_open(&world);
    struct party *a = world_join(&world, 1, 1);
    assert_int_equal(a->told, 0);
    struct party *b = world_join(&world, 2, 1);
    assert_int_equal(a->told, 1);
    assert_int_equal(b->told, 1);
    struct party *c = world_join(&world, 3, 1); /* there is no slot left for it */
    assert_int_equal(a->told, 1);
    assert_int_equal(b->told, 1);
    assert_int_equal(c->told, 1);
    room_leave(world.room, c->peer, world.now_us);
    assert_int_equal(a->told, 1);
    world_close(&world);
}

static void a_fifth_party_is_refused_and_changes_nothing(void **state)
{
    (void)state;
    struct world world;
    world_open(&world);
    for (media_peer_id id = 1; id <= 4; id++) {
        assert_non_null(world_join(&world, id, 3));
    }
    const unsigned told = world.parties[0].told;
    struct sdp_offer offer;
    g_autoptr(GError) error = NULL;
    world_offer(&offer, 3);
    assert_null(world_join_with(&world, 5, &offer, &error));
    assert_true(g_error_matches(error, MEDIA_ERROR, MEDIA_ERROR_LIMIT));
    assert_int_equal(room_peer_count(world.room), 4);
    assert_int_equal(world.parties[0].told, told);
    world_close(&world);
}

static void an_offer_without_our_codecs_is_refused_and_changes_nothing(void **state)
{
    (void)state;
    struct world world;
    world_open(&world);
    struct party *a = world_join(&world, 1, 1);
    struct sdp_offer offer;
    g_autoptr(GError) error = NULL;
    world_offer(&offer, 1);
    offer.media[1].vp8.payload_type = offer.media[1].h264.payload_type = -1;
    assert_null(world_join_with(&world, 2, &offer, &error));
    assert_true(g_error_matches(error, MEDIA_ERROR, MEDIA_ERROR_SDP));
    assert_int_equal(room_peer_count(world.room), 1);
    assert_int_equal(a->told, 0);
    world_close(&world);
}

static void each_slot_has_its_own_ssrc(void **state)
{
    (void)state;
    struct world world;
    world_open(&world);
    struct party *a = world_join(&world, 1, 3);
    uint32_t ssrcs[16];
    assert_int_equal(world_answer_ssrcs(a->answer, ssrcs), 6);
    for (unsigned i = 0; i < 6; i++) {
        for (unsigned k = 0; k < i; k++) {
            assert_int_not_equal(ssrcs[i], ssrcs[k]);
        }
    }
    world_close(&world);
}

static void forwards_to_everybody_but_the_sender(void **state)
{
    (void)state;
    struct world world;
    world_open(&world);
    struct party *a = world_join_connected(&world, 1, 3);
    struct party *b = world_join_connected(&world, 2, 3);
    struct party *c = world_join_connected(&world, 3, 3);
    struct party *d = world_join(&world, 4, 3); /* not connected yet */
    const struct sending opus = {.payload_type = OPUS_PT, .ssrc = AUDIO_SSRC, .sequence = 1};
    world_send_packet(&world, a, &opus);
    world_send_video(&world, a, 1, true);
    assert_int_equal(a->transport->rtp_count, 0);
    assert_int_equal(b->transport->rtp_count, 2);
    assert_int_equal(c->transport->rtp_count, 2);
    assert_int_equal(d->transport->rtp_count, 0);
    assert_int_equal(room_forwarded(world.room), 4);
    room_leave(world.room, a->peer, world.now_us);
    assert_int_equal(room_forwarded(world.room), 4);
    world_close(&world);
}

static void each_receiver_gets_its_own_payload_type(void **state)
{
    (void)state;
    struct world world;
    world_open(&world);
    struct party *a = world_join_connected(&world, 1, 1);
    struct sdp_offer offer;
    world_offer(&offer, 1);
    offer.media[3].vp8.payload_type = 120;
    struct party *b = world_join_with(&world, 2, &offer, NULL);
    world_set_state(b, MEDIA_PEER_CONNECTED);
    world_send_video(&world, a, 1, true);
    assert_int_equal(b->transport->rtp_count, 1);
    assert_int_equal(b->transport->rtp[0].bytes[1] & 0x7f, 120);
    world_close(&world);
}

static void a_receiver_without_the_senders_codec_gets_nothing_and_it_is_counted(void **state)
{
    (void)state;
    struct world world;
    world_open(&world);
    struct party *a = world_join_connected(&world, 1, 1);
    struct sdp_offer offer;
    world_offer(&offer, 1);
    offer.media[3].vp8.payload_type = -1;
    struct party *b = world_join_with(&world, 2, &offer, NULL);
    world_set_state(b, MEDIA_PEER_CONNECTED);
    world_send_video(&world, a, 1, true);
    assert_int_equal(b->transport->rtp_count, 0);
    struct media_peer_stats stats[MEDIA_PARTIES_MAX];
    assert_int_equal(room_stats(world.room, world.now_us, stats), 2);
    assert_int_equal(stats[1].tracks[3].undelivered, 1);
    world_close(&world);
}

static const struct {
    const char *hazard;
    uint8_t payload_type;
    uint32_t ssrc;
} strangers[] = {
    {"an SSRC that the offer does not name", VP8_PT, 0xbad},
    {"video's SSRC with audio's payload type", OPUS_PT, VIDEO_SSRC},
    {"a codec that was not agreed on", H264_PT, VIDEO_SSRC},
};

static void refuses_and_counts_what_is_no_track(void **state)
{
    (void)state;
    struct world world;
    world_open(&world);
    struct party *a = world_join_connected(&world, 1, 1);
    struct party *b = world_join_connected(&world, 2, 1);
    struct media_peer_stats stats[MEDIA_PARTIES_MAX];
    for (size_t i = 0; i < G_N_ELEMENTS(strangers); i++) {
        world_send_packet(
            &world, a,
            &(struct sending){.payload_type = strangers[i].payload_type, .ssrc = strangers[i].ssrc, .keyframe = true});
        room_stats(world.room, world.now_us, stats);
        if (stats[0].dropped != i + 1 || b->transport->rtp_count != 0) {
            fail_msg("%s: %lu dropped, %u forwarded", strangers[i].hazard, stats[0].dropped, b->transport->rtp_count);
        }
    }
    static const uint8_t no_rtp[] = {0x80, 96, 0};
    static const uint8_t no_rtcp[] = {0x80, 201, 0, 9};
    world_input(&world, a, no_rtp, sizeof no_rtp);
    world_input(&world, a, no_rtcp, sizeof no_rtcp);
    world_input(&world, a, no_rtp, 1); /* refused by the transport */
    room_stats(world.room, world.now_us, stats);
    assert_int_equal(stats[0].dropped, G_N_ELEMENTS(strangers) + 3);
    assert_int_equal(stats[1].dropped, 0);
    world_close(&world);
}

static void a_receiver_that_was_away_begins_again_with_a_keyframe(void **state)
{
    (void)state;
    struct world world;
    world_open(&world);
    struct party *a = world_join_connected(&world, 1, 1);
    struct party *b = world_join_connected(&world, 2, 1);
    world_send_video(&world, a, 1, true);
    world_set_state(b, MEDIA_PEER_AWAY);
    world_send_video(&world, a, 2, false);
    world_set_state(b, MEDIA_PEER_CONNECTED);
    world_send_video(&world, a, 3, false);
    assert_int_equal(b->transport->rtp_count, 1);
    world_send_video(&world, a, 4, true);
    assert_int_equal(b->transport->rtp_count, 2);
    assert_int_equal((uint16_t)(b->transport->rtp[1].bytes[3] - b->transport->rtp[0].bytes[3]) & 0xff, 1);
    world_close(&world);
}

static void an_ice_restart_answers_with_new_credentials(void **state)
{
    (void)state;
    struct world world;
    world_open(&world);
    struct party *a = world_join_connected(&world, 1, 2);
    struct sdp_offer offer;
    g_autofree char *answer = NULL;
    world_offer(&offer, 2);
    assert_true(room_restart_ice(world.room, a->peer, &offer, &answer, NULL));
    assert_int_equal(a->transport->restarts, 1);
    assert_non_null(strstr(answer, "a=ice-ufrag:gakefake"));
    uint32_t before[16], after[16];
    assert_int_equal(world_answer_ssrcs(a->answer, before), 4);
    assert_int_equal(world_answer_ssrcs(answer, after), 4);
    assert_memory_equal(before, after, 4 * sizeof before[0]);
    world_close(&world);
}

static void change_fingerprint(struct sdp_offer *offer)
{
    offer->fingerprint[0] = 'F';
}

static void change_payload_type(struct sdp_offer *offer)
{
    offer->media[1].vp8.payload_type = 99;
}

static void drop_a_slot(struct sdp_offer *offer)
{
    offer->media[3].receives = false;
}

static void drop_a_line(struct sdp_offer *offer)
{
    offer->media_count--;
}

static void stop_sending(struct sdp_offer *offer)
{
    offer->media[0].sends = false;
}

static void an_ice_restart_that_changes_more_is_refused(void **state)
{
    (void)state;
    static void (*const changes[])(struct sdp_offer *) = {change_fingerprint, change_payload_type, drop_a_slot,
                                                          drop_a_line, stop_sending};
    struct world world;
    world_open(&world);
    struct party *a = world_join_connected(&world, 1, 2);
    for (size_t i = 0; i < G_N_ELEMENTS(changes); i++) {
        struct sdp_offer offer;
        char *answer = NULL;
        g_autoptr(GError) error = NULL;
        world_offer(&offer, 2);
        changes[i](&offer);
        assert_false(room_restart_ice(world.room, a->peer, &offer, &answer, &error));
        assert_true(g_error_matches(error, MEDIA_ERROR, MEDIA_ERROR_SDP));
        assert_null(answer);
    }
    assert_int_equal(a->transport->restarts, 0);
    world_close(&world);
}

static void statistics_name_what_is_sent_and_what_is_shown(void **state)
{
    (void)state;
    struct world world;
    world_open(&world);
    struct party *a = world_join_connected(&world, 1, 3);
    world_join_connected(&world, 2, 3);
    world_send_video(&world, a, 1, true);
    world_send_video(&world, a, 2, false);
    world_send_video(&world, a, 5, false);
    struct media_peer_stats stats[MEDIA_PARTIES_MAX];
    assert_int_equal(room_stats(world.room, world.now_us, stats), 2);
    assert_int_equal(stats[0].peer, 1);
    assert_int_equal(stats[0].state, MEDIA_PEER_CONNECTED);
    assert_true(stats[0].round_trip_ms < 0);
    assert_int_equal(stats[0].track_count, 4); /* its sound and picture, and B's */
    const struct media_track_stats *sent = &stats[0].tracks[1];
    assert_true(sent->sent);
    assert_int_equal(sent->codec, MEDIA_CODEC_VP8);
    assert_int_equal(sent->ssrc, VIDEO_SSRC);
    assert_int_equal(sent->packets, 3);
    assert_int_equal(sent->bytes, 33);
    assert_int_equal(sent->packets_lost, 2);
    const struct media_track_stats *shown = &stats[1].tracks[3];
    assert_false(shown->sent);
    assert_int_equal(shown->slot, 0);
    assert_int_equal(shown->packets, 3);
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shows_everybody_where_the_table_says),
        cmocka_unit_test(tells_only_those_whose_slots_changed),
        cmocka_unit_test(a_fifth_party_is_refused_and_changes_nothing),
        cmocka_unit_test(an_offer_without_our_codecs_is_refused_and_changes_nothing),
        cmocka_unit_test(each_slot_has_its_own_ssrc),
        cmocka_unit_test(forwards_to_everybody_but_the_sender),
        cmocka_unit_test(each_receiver_gets_its_own_payload_type),
        cmocka_unit_test(a_receiver_without_the_senders_codec_gets_nothing_and_it_is_counted),
        cmocka_unit_test(refuses_and_counts_what_is_no_track),
        cmocka_unit_test(a_receiver_that_was_away_begins_again_with_a_keyframe),
        cmocka_unit_test(an_ice_restart_answers_with_new_credentials),
        cmocka_unit_test(an_ice_restart_that_changes_more_is_refused),
        cmocka_unit_test(statistics_name_what_is_sent_and_what_is_shown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
