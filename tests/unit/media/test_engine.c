#include "media/media.h"
#include "tests/support/synthetic_peer.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

#define GIVE_UP (60 * G_TIME_SPAN_SECOND) /* only so that a hang ends */

static const struct media_address both[] = {{.bind = (char *)"127.0.0.1"}, {.bind = (char *)"::1"}};

static struct media_config some_config(void)
{
    return (struct media_config){
        .addresses = both,
        .address_count = 2,
        .workers = 2,
        .video_codecs = {MEDIA_CODEC_VP8, MEDIA_CODEC_H264},
        .rooms_max = 3,
        .peers_max = 4,
        .packets_per_s_max = 5000,
        .video_bitrate_max_bps = 2500000,
        .audio_bitrate_max_bps = 64000,
        .cache_bytes = 256 * 1024,
        .keyframe_bytes_max = 512 * 1024,
        .pli_interval_ms = 300,
        .consent_timeout_ms = 30000,
        .connect_timeout_ms = 30000,
    };
}

/* What the listener was told, on a worker's thread. */
struct told {
    gint connected, left, closed_otherwise;
};

static void on_state(void *context, media_room_id room, media_peer_id peer, enum media_peer_state state,
                     enum media_close_reason reason)
{
    struct told *told = context;
    g_assert_true(room != 0 && peer != 0);
    if (state == MEDIA_PEER_CONNECTED) {
        g_atomic_int_inc(&told->connected);
    } else if (state == MEDIA_PEER_CLOSED) {
        g_atomic_int_inc(reason == MEDIA_CLOSE_LEFT ? &told->left : &told->closed_otherwise);
    }
}

static struct media_engine *engine_of(const struct media_config *config, struct told *told)
{
    const struct media_listener listener = {.context = told, .peer_state = on_state};
    GError *error = NULL;
    struct media_engine *engine = media_engine_new(config, &listener, &error);
    assert_null(error);
    return engine;
}

static media_room_id open_room(struct media_engine *engine)
{
    media_room_id room = 0;
    assert_true(media_room_open(engine, &room, NULL));
    assert_int_not_equal(room, 0);
    return room;
}

static struct synthetic_peer *join(struct media_engine *engine, media_room_id room, int family, media_peer_id *id)
{
    const struct synthetic_config config = {.slots = 1, .family = family, .video_bps = 200000, .fps = 15};
    struct synthetic_peer *peer = synthetic_peer_new(&config, NULL);
    g_autofree char *offer = synthetic_peer_offer(peer);
    struct media_answer answer;
    GError *error = NULL;
    assert_true(media_join(engine, room, offer, &answer, &error));
    assert_true(synthetic_peer_answer(peer, answer.sdp, g_get_monotonic_time(), &error));
    assert_int_equal(strlen(answer.fingerprint), MEDIA_FINGERPRINT_LENGTH);
    *id = answer.peer;
    media_answer_clear(&answer);
    return peer;
}

struct pair {
    struct synthetic_peer *peers[2];
    media_peer_id ids[2];
    uint64_t frames; /* that each has to see */
};

static bool sees(void *context)
{
    const struct pair *pair = context;
    for (unsigned i = 0; i < 2; i++) {
        struct synthetic_stats stats;
        synthetic_peer_stats(pair->peers[i], &stats);
        if (stats.slot_video[0].frames < pair->frames || stats.slot_video[0].keyframes == 0 ||
            stats.slot_audio[0].packets == 0) {
            return false;
        }
    }
    return true;
}

static void run_until_seen(struct pair *pair, uint64_t frames)
{
    pair->frames = frames;
    synthetic_peers_run(pair->peers, 2, g_get_monotonic_time() + GIVE_UP, sees, pair);
    assert_true(sees(pair));
}

static struct pair join_both(struct media_engine *engine, media_room_id room)
{
    struct pair pair;
    pair.peers[0] = join(engine, room, AF_INET, &pair.ids[0]);
    pair.peers[1] = join(engine, room, AF_INET6, &pair.ids[1]);
    return pair;
}

static void pair_free(const struct pair *pair)
{
    for (unsigned i = 0; i < 2; i++) {
        synthetic_peer_free(pair->peers[i]);
    }
}

static void a_setting_out_of_range_stops_the_start_and_is_named(void **state)
{
    (void)state;
    const struct media_address name = {.bind = (char *)"localhost"}, any = {.bind = (char *)"0.0.0.0"},
                               inside = {.bind = (char *)"127.0.0.1", .announce = (char *)"::"};
    const struct media_config right = some_config();
    struct media_config wrong[12];
    const char *named[G_N_ELEMENTS(wrong)];
    unsigned count = 0;
#define WRONG(change, name)                                                                                            \
    wrong[count] = right;                                                                                              \
    wrong[count].change;                                                                                               \
    named[count++] = (name)
    WRONG(address_count = 0, "addresses");
    WRONG(addresses = &name, "address to bind");
    WRONG(addresses = &any, "announce");
    WRONG(addresses = &inside, "announce");
    WRONG(workers = 0, "workers");
    WRONG(workers = 65, "workers");
    WRONG(port = 65535, "port");
    WRONG(video_codecs[0] = MEDIA_CODEC_NONE, "codecs");
    WRONG(video_codecs[1] = MEDIA_CODEC_OPUS, "codecs");
    WRONG(peers_max = 0, "peers");
    WRONG(packets_per_s_max = 0, "packets");
    WRONG(consent_timeout_ms = 0, "silent");
#undef WRONG
    for (unsigned i = 0; i < count; i++) {
        if (wrong[i].addresses != both) {
            wrong[i].address_count = 1;
        }
        g_autoptr(GError) error = NULL;
        const struct media_listener listener = {0};
        assert_null(media_engine_new(&wrong[i], &listener, &error));
        assert_true(g_error_matches(error, MEDIA_ERROR, MEDIA_ERROR_CONFIG));
        if (!strstr(error->message, named[i])) {
            fail_msg("\"%s\" does not name %s", error->message, named[i]);
        }
    }
}

static void a_port_that_is_taken_stops_the_start_and_leaves_nothing_bound(void **state)
{
    (void)state;
    struct told told = {0};
    struct media_config config = some_config();
    struct media_engine *first = engine_of(&config, &told);
    config.port = media_engine_port(first, 1); /* for worker 0 of the next */
    g_autoptr(GError) error = NULL;
    const struct media_listener listener = {0};
    assert_null(media_engine_new(&config, &listener, &error));
    assert_true(g_error_matches(error, MEDIA_ERROR, MEDIA_ERROR_CONFIG));
    media_engine_free(first);
    struct media_engine *second = engine_of(&config, &told);
    assert_int_equal(media_engine_port(second, 0), config.port);
    assert_int_equal(media_engine_port(second, 1), config.port + 1);
    assert_int_equal(media_engine_port(second, 2), 0);
    media_engine_free(second);
}

static void ids_of_what_is_gone_or_never_was_find_nothing(void **state)
{
    (void)state;
    struct told told = {0};
    const struct media_config config = some_config();
    struct media_engine *engine = engine_of(&config, &told);
    media_room_id room = open_room(engine), gone = open_room(engine);
    media_peer_id peer;
    struct synthetic_peer *client = join(engine, room, AF_INET, &peer);
    g_autofree char *offer = synthetic_peer_restart(client);
    media_leave(engine, peer);
    media_room_close(engine, gone);
    const uint64_t ids[] = {0, UINT64_MAX, gone, peer, room ^ (UINT64_C(1) << 24)};
    for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
        struct media_answer answer;
        struct media_keyframe keyframe;
        struct media_peer_stats stats[MEDIA_PARTIES_MAX];
        char *sdp;
        GError *error = NULL;
        assert_false(media_join(engine, ids[i], offer, &answer, &error));
        assert_true(g_error_matches(error, MEDIA_ERROR, MEDIA_ERROR_GONE));
        g_clear_error(&error);
        assert_false(media_restart_ice(engine, ids[i], offer, &sdp, &error));
        assert_true(g_error_matches(error, MEDIA_ERROR, MEDIA_ERROR_GONE));
        g_clear_error(&error);
        assert_false(media_capture(engine, ids[i], 10, &keyframe, &error));
        assert_true(g_error_matches(error, MEDIA_ERROR, MEDIA_ERROR_GONE));
        g_clear_error(&error);
        assert_int_equal(media_room_stats(engine, ids[i], stats), 0);
        media_leave(engine, ids[i]);
        media_room_close(engine, ids[i]);
    }
    assert_int_equal(told.left, 1);
    synthetic_peer_free(client);
    media_engine_free(engine);
}

static void rooms_and_peers_are_limited_over_all_workers(void **state)
{
    (void)state;
    struct told told = {0};
    const struct media_config config = some_config();
    struct media_engine *engine = engine_of(&config, &told);
    media_room_id rooms[3], one_more;
    struct synthetic_peer *peers[4];
    media_peer_id ids[4];
    GError *error = NULL;
    for (unsigned i = 0; i < 3; i++) {
        rooms[i] = open_room(engine);
    }
    assert_false(media_room_open(engine, &one_more, &error));
    assert_true(g_error_matches(error, MEDIA_ERROR, MEDIA_ERROR_LIMIT));
    g_clear_error(&error);

    for (unsigned i = 0; i < 4; i++) {
        peers[i] = join(engine, rooms[i % 3], AF_INET, &ids[i]);
    }
    g_autofree char *offer = synthetic_peer_offer(peers[0]);
    struct media_answer answer;
    assert_false(media_join(engine, rooms[1], offer, &answer, &error));
    assert_true(g_error_matches(error, MEDIA_ERROR, MEDIA_ERROR_LIMIT));
    g_clear_error(&error);
    assert_false(media_join(engine, rooms[1], "v=0\r\n", &answer, &error));
    assert_true(g_error_matches(error, MEDIA_ERROR, MEDIA_ERROR_SDP));
    g_clear_error(&error);

    struct media_engine_stats stats;
    media_engine_stats(engine, &stats);
    assert_int_equal(stats.workers, 2);
    assert_int_equal(stats.rooms, 3);
    assert_int_equal(stats.peers, 4);
    media_leave(engine, ids[0]);
    assert_true(media_join(engine, rooms[1], offer, &answer, &error));
    media_answer_clear(&answer);
    media_room_close(engine, rooms[0]);
    assert_true(media_room_open(engine, &rooms[0], &error));
    for (unsigned i = 0; i < 4; i++) {
        synthetic_peer_free(peers[i]);
    }
    media_engine_free(engine);
    assert_int_equal(told.left, 5); /* each exactly once, whether by leave, by close or by the end */
}

static void a_room_goes_to_the_worker_with_fewest_peers(void **state)
{
    (void)state;
    struct told told = {0};
    const struct media_config config = some_config();
    struct media_engine *engine = engine_of(&config, &told);
    media_peer_id id;
    media_room_id first = open_room(engine);
    struct synthetic_peer *peer = join(engine, first, AF_INET, &id);
    media_room_id second = open_room(engine);
    assert_int_not_equal(first >> 24 & 0xff, second >> 24 & 0xff);
    synthetic_peer_free(peer);
    media_engine_free(engine);
}

static void two_parties_over_ipv4_and_ipv6_see_each_other_and_can_be_captured(void **state)
{
    (void)state;
    struct told told = {0};
    const struct media_config config = some_config();
    struct media_engine *engine = engine_of(&config, &told);
    media_room_id room = open_room(engine);
    struct pair pair = join_both(engine, room);
    run_until_seen(&pair, 5);

    struct media_peer_stats stats[MEDIA_PARTIES_MAX];
    assert_int_equal(media_room_stats(engine, room, stats), 2);
    assert_int_equal(stats[0].state, MEDIA_PEER_CONNECTED);
    assert_int_equal(stats[0].peer, pair.ids[0]);
    struct media_engine_stats engine_stats;
    media_engine_stats(engine, &engine_stats);
    assert_true(engine_stats.packets_forwarded > 0 &&
                engine_stats.packets_received > engine_stats.packets_forwarded / 2);
    assert_int_equal(engine_stats.refused_srtp + engine_stats.refused_dtls + engine_stats.refused_stun, 0);

    media_leave(engine, pair.ids[0]);
    assert_int_equal(media_room_stats(engine, room, stats), 1);
    media_engine_free(engine);
    assert_int_equal(told.connected, 2);
    assert_int_equal(told.left, 2);
    assert_int_equal(told.closed_otherwise, 0);
    synthetic_peers_run(pair.peers, 2, g_get_monotonic_time(), NULL, NULL);
    for (unsigned i = 0; i < 2; i++) { /* both were told */
        struct synthetic_stats seen;
        synthetic_peer_receive(pair.peers[i], g_get_monotonic_time());
        synthetic_peer_stats(pair.peers[i], &seen);
        assert_int_equal(seen.state, SYNTHETIC_CLOSED);
    }
    pair_free(&pair);
}

struct capture {
    struct media_engine *engine;
    media_peer_id peer;
    unsigned timeout_ms;
    struct media_keyframe keyframe;
    GError *error;
    gint done;
};

static void capture_once(struct capture *capture)
{
    g_clear_error(&capture->error);
    media_capture(capture->engine, capture->peer, capture->timeout_ms, &capture->keyframe, &capture->error);
}

static void *capture(void *context)
{
    struct capture *capture = context;
    do {
        capture_once(capture);
    } while (g_error_matches(capture->error, MEDIA_ERROR, MEDIA_ERROR_BUSY));
    g_atomic_int_set(&capture->done, 1);
    return NULL;
}

static bool is_done(void *context)
{
    return g_atomic_int_get((gint *)context);
}

static void a_capture_is_a_whole_keyframe_as_the_client_sent_it(void **state)
{
    (void)state;
    struct told told = {0};
    const struct media_config config = some_config();
    struct media_engine *engine = engine_of(&config, &told);
    struct pair pair = join_both(engine, open_room(engine));
    run_until_seen(&pair, 1);
    struct capture wanted = {.engine = engine, .peer = pair.ids[0], .timeout_ms = 30000};
    GThread *thread = g_thread_new("capture", capture, &wanted);
    synthetic_peers_run(pair.peers, 2, g_get_monotonic_time() + GIVE_UP, is_done, &wanted.done);
    g_thread_join(thread);
    assert_null(wanted.error);
    assert_int_equal(wanted.keyframe.codec, MEDIA_CODEC_VP8);
    assert_int_equal(strlen(wanted.keyframe.fingerprint), MEDIA_FINGERPRINT_LENGTH);
    assert_true(wanted.keyframe.packets->len > 0);
    const uint8_t *last = g_bytes_get_data(wanted.keyframe.packets->pdata[wanted.keyframe.packets->len - 1], NULL);
    assert_true(last[1] & 0x80); /* the marker */
    media_keyframe_clear(&wanted.keyframe);
    pair_free(&pair);
    media_engine_free(engine);
}

static void a_capture_ends_when_its_peer_or_its_time_does(void **state)
{
    (void)state;
    struct told told = {0};
    const struct media_config config = some_config();
    struct media_engine *engine = engine_of(&config, &told);
    struct pair pair = join_both(engine, open_room(engine));
    run_until_seen(&pair, 1);
    /* Nobody runs the clients now, so nothing comes. */
    struct capture late = {.engine = engine, .peer = pair.ids[0], .timeout_ms = 20};
    capture_once(&late);
    assert_true(g_error_matches(late.error, MEDIA_ERROR, MEDIA_ERROR_NO_VIDEO));

    struct capture cut = {.engine = engine, .peer = pair.ids[0], .timeout_ms = 600000};
    GThread *thread = g_thread_new("capture", capture, &cut);
    struct capture second = {.engine = engine, .peer = pair.ids[0], .timeout_ms = 1};
    do { /* until the first has begun */
        capture_once(&second);
    } while (!g_error_matches(second.error, MEDIA_ERROR, MEDIA_ERROR_BUSY));
    media_leave(engine, pair.ids[0]);
    g_thread_join(thread);
    assert_true(g_error_matches(cut.error, MEDIA_ERROR, MEDIA_ERROR_GONE));
    g_error_free(late.error);
    g_error_free(second.error);
    g_error_free(cut.error);
    pair_free(&pair);
    media_engine_free(engine);
}

/* A socket of nobody's, connected to worker 0. */
static int stranger(const struct media_engine *engine)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(media_engine_port(engine, 0))};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    assert_int_equal(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void what_strangers_send_is_counted_and_not_answered(void **state)
{
    (void)state;
    struct told told = {0};
    struct media_config config = some_config();
    config.workers = 1;
    struct media_engine *engine = engine_of(&config, &told);
    struct pair pair = join_both(engine, open_room(engine));
    run_until_seen(&pair, 1);
    int fd = stranger(engine);
    uint8_t junk[64] = {0};
    for (unsigned first = 0; first <= 255; first++) {
        junk[0] = (uint8_t)first;
        assert_int_equal(send(fd, junk, sizeof junk, 0), sizeof junk);
    }
    struct media_engine_stats stats;
    media_engine_stats(engine, &stats); /* answered after the datagrams that came before it, or next to them */
    media_engine_stats(engine, &stats);
    while (stats.refused_unknown < 256) {
        media_engine_stats(engine, &stats);
    }
    assert_int_equal(stats.refused_unknown, 256);
    assert_int_equal(recv(fd, junk, sizeof junk, MSG_DONTWAIT), -1);
    struct synthetic_stats seen;
    synthetic_peer_stats(pair.peers[0], &seen);
    run_until_seen(&pair, seen.slot_video[0].frames + 5);
    close(fd);
    pair_free(&pair);
    media_engine_free(engine);
}

static bool is_limited(void *context)
{
    struct media_engine_stats stats;
    media_engine_stats(context, &stats);
    return stats.refused_rate > 0;
}

static void a_peer_that_sends_too_much_loses_the_rest_and_keeps_its_call(void **state)
{
    (void)state;
    struct told told = {0};
    struct media_config config = some_config();
    config.packets_per_s_max = 40; /* less than audio alone */
    struct media_engine *engine = engine_of(&config, &told);
    media_room_id room = open_room(engine);
    struct pair pair = join_both(engine, room);
    synthetic_peers_run(pair.peers, 2, g_get_monotonic_time() + GIVE_UP, is_limited, engine);
    struct media_engine_stats stats;
    media_engine_stats(engine, &stats);
    assert_true(stats.refused_rate > 0);
    struct media_peer_stats peers[MEDIA_PARTIES_MAX];
    assert_int_equal(media_room_stats(engine, room, peers), 2);
    assert_true(peers[0].dropped + peers[1].dropped > 0);
    assert_int_equal(told.closed_otherwise, 0);
    pair_free(&pair);
    media_engine_free(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_setting_out_of_range_stops_the_start_and_is_named),
        cmocka_unit_test(a_port_that_is_taken_stops_the_start_and_leaves_nothing_bound),
        cmocka_unit_test(ids_of_what_is_gone_or_never_was_find_nothing),
        cmocka_unit_test(rooms_and_peers_are_limited_over_all_workers),
        cmocka_unit_test(a_room_goes_to_the_worker_with_fewest_peers),
        cmocka_unit_test(two_parties_over_ipv4_and_ipv6_see_each_other_and_can_be_captured),
        cmocka_unit_test(a_capture_is_a_whole_keyframe_as_the_client_sent_it),
        cmocka_unit_test(a_capture_ends_when_its_peer_or_its_time_does),
        cmocka_unit_test(what_strangers_send_is_counted_and_not_answered),
        cmocka_unit_test(a_peer_that_sends_too_much_loses_the_rest_and_keeps_its_call),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
