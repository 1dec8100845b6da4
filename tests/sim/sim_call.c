/* Real clients in a real room (ICE, DTLS, SRTP and all), over a network that loses and reorders, on a virtual clock. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "media/room/room.h"
#include "media/rtp/keyframe.h"
#include "media/rtp/packet.h"
#include "media/secure/certificate.h"
#include "media/secure/srtp.h"
#include "tests/sim/client.h"
#include "tests/sim/network.h"

#define SECOND_US   INT64_C(1000000)
#define START_US    (1000 * SECOND_US)
#define STEP_US     1000
#define PARTIES     3
#define SERVER      PARTIES /* whom a datagram is for, when not one of the clients */
#define PORT        40000
#define BITRATE_MAX 2500000

struct call;

struct party {
    struct call *call;
    unsigned index;
    struct client client;
    struct peer *peer;
    enum media_peer_state state;
    unsigned source[MEDIA_SLOTS_MAX]; /* who is shown, by index + 1 */
};

struct call {
    struct certificate *certificate;
    struct media_config media;
    struct room_config config;
    struct room *room;
    struct network *network; /* both ways */
    int64_t now_us;
    struct party parties[PARTIES];
    struct media_keyframe keyframe;
    GError *error;
    unsigned captures;
};

/* A datagram to the server says in its last byte whose it is, as a source address would. */
static void client_sends(void *context, const uint8_t *datagram, size_t length)
{
    struct party *party = context;
    uint8_t labelled[NETWORK_DATAGRAM_MAX];
    memcpy(labelled, datagram, length);
    labelled[length] = (uint8_t)party->index;
    network_send(party->call->network, SERVER, labelled, length + 1, party->call->now_us);
}

static void room_sends(void *context, const struct path *path, const uint8_t *datagram, size_t length)
{
    struct call *call = context;
    network_send(call->network, ntohs(path->remote.v4.sin_port) - PORT, datagram, length, call->now_us);
}

static void network_delivers(void *context, unsigned to, uint8_t *datagram, size_t length)
{
    struct call *call = context;
    if (to != SERVER) {
        if (call->parties[to].peer) {
            client_input(&call->parties[to].client, datagram, length, call->now_us);
        }
        return;
    }
    const unsigned from = datagram[length - 1];
    struct path path = {0};
    path.remote.v4 = (struct sockaddr_in){
        .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons((uint16_t)(PORT + from))};
    if (call->parties[from].peer) {
        peer_input(call->parties[from].peer, &path, datagram, length - 1, call->now_us);
    }
}

static void on_authenticated(void *context, struct peer *peer, const struct path *path)
{
    (void)context;
    (void)peer;
    (void)path;
}

static struct party *party_of(struct call *call, const struct peer *peer)
{
    return &call->parties[peer_id(peer) - 1];
}

static void on_state(void *context, struct peer *peer, enum media_peer_state state, enum media_close_reason reason)
{
    (void)reason;
    party_of(context, peer)->state = state;
}

static void on_slots(void *context, struct peer *peer, const struct media_slot *slots, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        party_of(context, peer)->source[slots[i].index] = (unsigned)slots[i].source;
    }
}

static void on_captured(void *context, struct peer *peer, struct media_keyframe *keyframe, const GError *error)
{
    struct call *call = context;
    (void)peer;
    call->captures++;
    g_clear_pointer(&call->keyframe.packets, g_ptr_array_unref);
    g_clear_error(&call->error);
    if (keyframe) {
        call->keyframe = *keyframe;
    } else {
        call->error = g_error_copy(error);
    }
}

static void run(struct call *call, int64_t for_us)
{
    const int64_t until_us = call->now_us + for_us;
    for (; call->now_us < until_us; call->now_us += STEP_US) {
        network_run(call->network, call->now_us);
        for (unsigned i = 0; i < PARTIES; i++) {
            if (call->parties[i].peer) {
                client_tick(&call->parties[i].client, call->now_us);
            }
        }
        if (room_deadline_us(call->room) <= call->now_us) {
            room_tick(call->room, call->now_us);
        }
    }
}

/* Joins and connects, on a good network: OpenSSL's handshake timers do not follow a virtual clock. */
static struct party *join(struct call *call, unsigned index, const struct synthetic_config *config)
{
    static const struct network_quality good = {.delay_ms = 1};
    struct party *party = &call->parties[index];
    *party = (struct party){.call = call, .index = index};
    network_set_quality(call->network, &good);
    client_open(&party->client, config, client_sends, party);
    g_autofree char *text = client_offer(&party->client);
    g_autofree char *answer = NULL;
    g_autofree struct sdp_offer *offer = g_new(struct sdp_offer, 1);
    assert_true(sdp_offer_parse(text, offer, NULL));
    party->peer = room_join(call->room, index + 1, offer, call->now_us, &answer, NULL);
    assert_non_null(party->peer);
    client_answer(&party->client, answer, call->now_us);
    run(call, SECOND_US / 2);
    assert_int_equal(party->state, MEDIA_PEER_CONNECTED);
    return party;
}

static void leave(struct call *call, struct party *party)
{
    room_leave(call->room, party->peer, call->now_us);
    party->peer = NULL;
    client_close(&party->client);
}

static void open_call(struct call *call)
{
    static const struct media_address address = {.bind = (char *)"127.0.0.1"};
    g_random_set_seed(7);
    srtp_session_prepare(); /* before the clients do: libsrtp starts once, and only we insist that it starts well */
    *call = (struct call){.now_us = START_US};
    call->certificate = certificate_new(NULL);
    call->media = (struct media_config){
        .addresses = &address,
        .address_count = 1,
        .video_codecs = {MEDIA_CODEC_VP8, MEDIA_CODEC_H264},
        .video_bitrate_max_bps = BITRATE_MAX,
        .cache_bytes = 49152,
        .keyframe_bytes_max = 1 << 20,
        .pli_interval_ms = 500,
        .consent_timeout_ms = 5000,
        .connect_timeout_ms = 10000,
    };
    call->config = (struct room_config){&call->media, call->certificate, 4000};
    const struct room_output output = {call, room_sends, on_authenticated, on_state, on_slots, on_captured};
    call->room = room_new(1, &call->config, &output);
    call->network = network_new(42, network_delivers, call);
}

static void close_call(struct call *call)
{
    for (unsigned i = 0; i < PARTIES; i++) {
        if (call->parties[i].peer) {
            leave(call, &call->parties[i]);
        }
    }
    room_free(call->room, call->now_us);
    network_free(call->network);
    certificate_free(call->certificate);
    g_clear_pointer(&call->keyframe.packets, g_ptr_array_unref);
    g_clear_error(&call->error);
}

static const struct synthetic_config two_slots = {.slots = 2, .video_bps = 600000};

static void assert_clean(const struct party *party)
{
    assert_int_equal(party->client.refused, 0);
    assert_int_equal(party->client.unknown, 0);
    for (unsigned i = 0; i < party->client.tracks.sink_count; i++) {
        assert_int_equal(party->client.tracks.sinks[i].received.corrupt, 0);
    }
}

static const struct {
    const char *hazard;
    struct network_quality quality;
    bool no_gcm, no_vp8;
    unsigned unrepaired_permille; /* video packets that may be missing in the end */
} networks[] = {
    {"a good network", {0, 5, 0}, false, false, 0},
    {"a good network, AES-CM and H.264", {0, 5, 0}, true, true, 0},
    {"packets overtake each other", {0, 20, 30}, false, false, 0},
    {"2 % lost", {20, 20, 5}, false, false, 0},
    {"10 % lost each way", {100, 40, 10}, false, false, 5},
    {"20 % lost each way, reordered, and far away", {200, 80, 40}, false, false, 40},
};

static void assert_video_arrived(unsigned row, const struct synthetic_sink *sink)
{
    const struct synthetic_received got = synthetic_sink_stats(sink);
    const uint64_t missing_permille = got.lost * 1000 / (got.packets + got.lost);
    /* the last packets may still be on their way */
    if (got.packets < 1000 || (got.lost > 5 && missing_permille > networks[row].unrepaired_permille)) {
        fail_msg("%s: video: %lu packets, %lu missing, %lu asked for", networks[row].hazard, got.packets, got.lost,
                 got.nacked);
    }
}

/* Nobody repairs audio: it is lost on the way to us and on the way from us. */
static void assert_audio_arrived(unsigned row, const struct synthetic_sink *sink)
{
    const uint64_t kept_permille = 1000 - networks[row].quality.loss_permille;
    const uint64_t expected = UINT64_C(22) * 50 * kept_permille * kept_permille / 1000000;
    if (synthetic_sink_stats(sink).packets < expected * 9 / 10) {
        fail_msg("%s: audio: %lu packets of %lu", networks[row].hazard, sink->received.packets, expected);
    }
}

static void assert_captured(struct call *call, const char *hazard)
{
    const unsigned before = call->captures;
    assert_true(room_capture(call->room, call->parties[0].peer, call->now_us + 2 * SECOND_US, 0, call->now_us, NULL));
    for (unsigned ms = 0; ms < 2010 && call->captures == before; ms++) {
        run(call, STEP_US);
    }
    if (call->captures == before || call->error) {
        fail_msg("%s: capture: %s", hazard, call->error ? call->error->message : "never ended");
    }
}

/* Three parties for 20 s; all see and hear all; what is lost is repaired; a capture is complete. */
static void a_call_survives_its_network(void **state)
{
    (void)state;
    for (unsigned row = 0; row < G_N_ELEMENTS(networks); row++) {
        struct call call;
        open_call(&call);
        struct synthetic_config config = two_slots;
        config.no_gcm = networks[row].no_gcm;
        config.no_vp8 = networks[row].no_vp8;
        for (unsigned i = 0; i < PARTIES; i++) {
            join(&call, i, &config);
        }
        network_set_quality(call.network, &networks[row].quality);
        run(&call, 22 * SECOND_US);
        assert_captured(&call, networks[row].hazard);
        for (unsigned i = 0; i < PARTIES; i++) {
            assert_clean(&call.parties[i]);
            for (unsigned slot = 0; slot < 2; slot++) {
                assert_video_arrived(row, client_sink(&call.parties[i].client, true, slot));
                assert_audio_arrived(row, client_sink(&call.parties[i].client, false, slot));
            }
        }
        close_call(&call);
    }
}

static void assert_whole_keyframe(const struct media_keyframe *keyframe)
{
    struct rtp_packet first = {0};
    struct rtp_packet packet;
    for (unsigned i = 0; i < keyframe->packets->len; i++) {
        gsize length;
        const uint8_t *bytes = g_bytes_get_data(keyframe->packets->pdata[i], &length);
        assert_true(rtp_packet_parse(bytes, length, &packet));
        first = i == 0 ? packet : first;
        assert_int_equal(packet.sequence, (uint16_t)(first.sequence + i));
        assert_int_equal(packet.timestamp, keyframe->rtp_timestamp);
        assert_int_equal(packet.marker, i + 1 == keyframe->packets->len);
    }
    assert_true(keyframe_begins(MEDIA_CODEC_VP8, first.payload, first.payload_length));
}

static void a_capture_is_one_whole_keyframe(void **state)
{
    (void)state;
    static const struct network_quality lossy = {100, 30, 20};
    struct call call;
    open_call(&call);
    join(&call, 0, &two_slots);
    join(&call, 1, &two_slots);
    network_set_quality(call.network, &lossy);
    for (unsigned shot = 0; shot < 20; shot++) {
        assert_captured(&call, "10 % lost");
        assert_whole_keyframe(&call.keyframe);
    }
    close_call(&call);
}

static const struct {
    const char *hazard;
    struct network_quality quality;
    unsigned left_out_permille; /* what no retransmission can bring within 150 ms */
} tapped_networks[] = {
    {"a good network", {0, 5, 0}, 0},
    {"packets overtake each other", {0, 20, 30}, 0},
    {"2 % lost", {20, 20, 5}, 0},
    {"10 % lost each way", {100, 40, 10}, 40},
    {"20 % lost each way, reordered, and further away than 150 ms", {200, 80, 40}, 250},
};

/* Each packet once, in the order of its number; returns how many numbers are left out. */
static unsigned assert_ordered(unsigned row, const GPtrArray *packets)
{
    unsigned left_out = 0;
    uint16_t last = 0;
    for (unsigned i = 0; i < packets->len; i++) {
        gsize length;
        struct rtp_packet packet;
        const uint8_t *bytes = g_bytes_get_data(packets->pdata[i], &length);
        assert_true(rtp_packet_parse(bytes, length, &packet));
        const uint16_t step = (uint16_t)(packet.sequence - last);
        if (i > 0 && (step == 0 || step > 1000)) {
            fail_msg("%s: %u after %u", tapped_networks[row].hazard, packet.sequence, last);
        }
        left_out += i > 0 ? step - 1u : 0;
        last = packet.sequence;
    }
    return left_out;
}

static void a_tap_has_the_stream_in_order_and_repaired_in_time(void **state)
{
    (void)state;
    for (unsigned row = 0; row < G_N_ELEMENTS(tapped_networks); row++) {
        struct call call;
        struct media_tap_source source;
        open_call(&call);
        struct party *party = join(&call, 0, &two_slots);
        network_set_quality(call.network, &tapped_networks[row].quality);
        struct packet_ring *ring = packet_ring_new((size_t)4 << 20);
        assert_true(peer_tap_begin(party->peer, ring, &source, NULL));
        run(&call, 20 * SECOND_US);
        g_autoptr(GPtrArray) packets = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
        assert_true(packet_ring_read(ring, 0, packets));
        const unsigned left_out = assert_ordered(row, packets);
        if (packets->len < 1000 ||
            left_out * 1000 > tapped_networks[row].left_out_permille * (packets->len + left_out)) {
            fail_msg("%s: %u packets, %u left out", tapped_networks[row].hazard, packets->len, left_out);
        }
        assert_int_equal(packet_ring_dropped(ring), 0);
        close_call(&call);
        packet_ring_close(ring);
    }
}

/* Whoever comes and goes: what a receiver sees in its slot is one stream without a gap. */
static void a_change_of_source_is_no_gap(void **state)
{
    (void)state;
    static const struct synthetic_config one_slot = {.slots = 1, .video_bps = 600000};
    struct call call;
    open_call(&call);
    struct party *watcher = join(&call, 0, &one_slot);
    for (unsigned round = 0; round < 6; round++) {
        struct party *other = join(&call, 1 + round % 2, &two_slots);
        assert_int_equal(watcher->source[0], other->index + 1);
        run(&call, 2 * SECOND_US);
        leave(&call, other);
        assert_int_equal(watcher->source[0], 0);
        run(&call, SECOND_US);
    }
    assert_clean(watcher);
    for (unsigned video = 0; video < 2; video++) {
        const struct synthetic_received got = synthetic_sink_stats(client_sink(&watcher->client, video, 0));
        assert_int_equal(got.lost, 0);
        assert_int_equal(got.duplicates, 0);
        assert_true(got.packets > 6 * 100);
    }
    close_call(&call);
}

static void a_party_that_was_away_comes_back_into_the_picture(void **state)
{
    (void)state;
    struct call call;
    open_call(&call);
    struct party *a = join(&call, 0, &two_slots);
    struct party *b = join(&call, 1, &two_slots);
    run(&call, 2 * SECOND_US);
    b->client.mute = true;
    run(&call, 8 * SECOND_US);
    assert_int_equal(b->state, MEDIA_PEER_AWAY);
    const uint64_t seen = client_sink(&b->client, true, 0)->received.frames;
    const uint64_t shown = client_sink(&a->client, true, 0)->received.frames;
    b->client.mute = false;
    run(&call, 4 * SECOND_US);
    assert_int_equal(b->state, MEDIA_PEER_CONNECTED);
    assert_true(client_sink(&b->client, true, 0)->received.frames > seen + 40);
    assert_true(client_sink(&a->client, true, 0)->received.frames > shown + 40);
    /* lost is what was sent, 75 packets a second, until its silence was noticed after 5 s; none of the 3 s after that
     */
    assert_in_range(synthetic_sink_stats(client_sink(&b->client, true, 0)).lost, 3 * 75, 5 * 75 + 20);
    assert_clean(a);
    assert_clean(b);
    close_call(&call);
}

static void the_statistics_tell_the_networks_truth(void **state)
{
    (void)state;
    static const struct network_quality quality = {100, 50, 0};
    struct call call;
    open_call(&call);
    join(&call, 0, &two_slots);
    join(&call, 1, &two_slots);
    network_set_quality(call.network, &quality);
    run(&call, 20 * SECOND_US);
    struct media_peer_stats stats[MEDIA_PARTIES_MAX];
    assert_int_equal(room_stats(call.room, call.now_us, stats), 2);
    for (unsigned i = 0; i < 2; i++) {
        assert_in_range((unsigned)stats[i].round_trip_ms, 98, 104);
        assert_int_equal(stats[i].track_count, 4);
        const struct media_track_stats *audio = &stats[i].tracks[0];
        assert_in_range(audio->packets_lost * 1000 / (audio->packets + audio->packets_lost), 60, 140);
        const struct media_track_stats *video = &stats[i].tracks[1];
        assert_in_range(video->bitrate_bps, 500000, 700000);
        assert_true(video->retransmitted > 50);
        assert_true(stats[i].tracks[3].retransmitted > 50);
    }
    close_call(&call);
}

static void a_sender_is_told_its_limit_and_a_slow_receiver_lowers_it(void **state)
{
    (void)state;
    struct synthetic_config slow = two_slots;
    struct call call;
    open_call(&call);
    struct party *sender = join(&call, 0, &two_slots);
    run(&call, SECOND_US);
    assert_in_range(sender->client.tracks.remb_bps, BITRATE_MAX * 99 / 100, BITRATE_MAX);
    slow.remb_bps = 300000;
    join(&call, 1, &slow);
    run(&call, 4 * SECOND_US);
    assert_in_range(sender->client.tracks.remb_bps, 250000, 300000);
    leave(&call, &call.parties[1]);
    run(&call, 30 * SECOND_US);
    assert_in_range(sender->client.tracks.remb_bps, BITRATE_MAX * 99 / 100, BITRATE_MAX);
    close_call(&call);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_survives_its_network),
        cmocka_unit_test(a_capture_is_one_whole_keyframe),
        cmocka_unit_test(a_tap_has_the_stream_in_order_and_repaired_in_time),
        cmocka_unit_test(a_change_of_source_is_no_gap),
        cmocka_unit_test(a_party_that_was_away_comes_back_into_the_picture),
        cmocka_unit_test(the_statistics_tell_the_networks_truth),
        cmocka_unit_test(a_sender_is_told_its_limit_and_a_slow_receiver_lowers_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
