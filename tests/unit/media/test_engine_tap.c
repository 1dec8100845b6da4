/* Taps of a whole engine, on real sockets and threads. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "media/media.h"
#include "media/rtp/keyframe.h"
#include "media/rtp/packet.h"
#include "tests/support/synthetic_peer.h"

#define GIVE_UP    (60 * G_TIME_SPAN_SECOND) /* only so that a hang ends */
#define RING_BYTES ((size_t)1 << 20)

struct bench {
    struct media_engine *engine;
    media_room_id room;
    struct synthetic_peer *client;
    media_peer_id peer;
    struct media_tap *tap;
    struct media_tap_source source;
    GThread *runner;
    gint stop; /* tells the runner */
};

static struct media_engine *engine_new(void)
{
    static const struct media_address loopback = {.bind = (char *)"127.0.0.1"};
    const struct media_config config = {
        .addresses = &loopback,
        .address_count = 1,
        .workers = 2,
        .video_codecs = {MEDIA_CODEC_VP8, MEDIA_CODEC_H264},
        .rooms_max = 4,
        .peers_max = 8,
        .packets_per_s_max = 5000,
        .video_bitrate_max_bps = 2500000,
        .audio_bitrate_max_bps = 64000,
        .cache_bytes = 256 * 1024,
        .keyframe_bytes_max = 512 * 1024,
        .pli_interval_ms = 100,
        .consent_timeout_ms = 30000,
        .connect_timeout_ms = 30000,
    };
    const struct media_listener listener = {0};
    GError *error = NULL;
    struct media_engine *engine = media_engine_new(&config, &listener, &error);
    assert_null(error);
    return engine;
}

static bool is_stopped(void *context)
{
    return g_atomic_int_get((gint *)context);
}

static void *run_client(void *context)
{
    struct bench *bench = context;
    synthetic_peers_run(&bench->client, 1, g_get_monotonic_time() + GIVE_UP, is_stopped, &bench->stop);
    return NULL;
}

static media_peer_id join(struct bench *bench, const struct synthetic_config *config, struct synthetic_peer **client)
{
    struct media_answer answer;
    GError *error = NULL;
    *client = synthetic_peer_new(config, NULL);
    g_autofree char *offer = synthetic_peer_offer(*client);
    assert_true(media_join(bench->engine, bench->room, offer, &answer, &error));
    assert_true(synthetic_peer_answer(*client, answer.sdp, g_get_monotonic_time(), &error));
    const media_peer_id peer = answer.peer;
    media_answer_clear(&answer);
    return peer;
}

/* The client does nothing before `start`: the tap is there before its first packet. */
static void open_bench(struct bench *bench, size_t ring_bytes)
{
    const struct synthetic_config config = {.video_bps = 1000000, .fps = 50};
    *bench = (struct bench){.engine = engine_new()};
    assert_true(media_room_open(bench->engine, &bench->room, NULL));
    bench->peer = join(bench, &config, &bench->client);
    GError *error = NULL;
    bench->tap = media_tap_open(bench->engine, bench->peer, ring_bytes, &bench->source, &error);
    assert_null(error);
    assert_non_null(bench->tap);
}

static void start(struct bench *bench)
{
    bench->runner = g_thread_new("client", run_client, bench);
}

static void stop(struct bench *bench)
{
    g_atomic_int_set(&bench->stop, 1);
    g_thread_join(bench->runner);
}

static void close_bench(struct bench *bench)
{
    g_clear_pointer(&bench->tap, media_tap_close);
    g_clear_pointer(&bench->engine, media_engine_free);
    synthetic_peer_free(bench->client);
}

static GPtrArray *packets_new(void)
{
    return g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
}

/* Reads on until there are at least `count` packets. */
static GPtrArray *read_packets(struct bench *bench, unsigned count)
{
    GPtrArray *packets = packets_new();
    uint64_t dropped;
    while (packets->len < count) {
        assert_int_equal(media_tap_read(bench->tap, 60000, packets, &dropped), MEDIA_TAP_OPEN);
    }
    return packets;
}

static struct rtp_packet parse(GBytes *packet)
{
    struct rtp_packet rtp;
    gsize length;
    const uint8_t *bytes = g_bytes_get_data(packet, &length);
    assert_true(rtp_packet_parse(bytes, length, &rtp));
    return rtp;
}

static bool begins_keyframe(GBytes *packet)
{
    const struct rtp_packet rtp = parse(packet);
    return keyframe_begins(MEDIA_CODEC_VP8, rtp.payload, rtp.payload_length);
}

static void a_tap_opened_before_the_first_packet_has_all_of_the_stream(void **state)
{
    (void)state;
    struct bench bench;
    open_bench(&bench, RING_BYTES);
    assert_int_equal(bench.source.codec, MEDIA_CODEC_VP8);
    g_autoptr(GPtrArray) none = packets_new();
    uint64_t dropped = 1;
    assert_int_equal(media_tap_read(bench.tap, 0, none, &dropped), MEDIA_TAP_OPEN);
    assert_int_equal(none->len, 0);
    assert_int_equal(dropped, 0);

    start(&bench);
    g_autoptr(GPtrArray) packets = read_packets(&bench, 200);
    assert_true(begins_keyframe(packets->pdata[0]));
    const struct rtp_packet first = parse(packets->pdata[0]);
    for (unsigned i = 0; i < packets->len; i++) {
        const struct rtp_packet rtp = parse(packets->pdata[i]);
        assert_int_equal(rtp.sequence, (uint16_t)(first.sequence + i));
        assert_int_equal(rtp.payload_type, bench.source.payload_type);
        assert_int_equal(rtp.ssrc, first.ssrc);
    }
    stop(&bench);
    close_bench(&bench);
}

static void a_second_tap_is_refused_and_a_later_one_is_not(void **state)
{
    (void)state;
    struct bench bench;
    open_bench(&bench, RING_BYTES);
    struct media_tap_source source;
    g_autoptr(GError) error = NULL;
    assert_null(media_tap_open(bench.engine, bench.peer, RING_BYTES, &source, &error));
    assert_true(g_error_matches(error, MEDIA_ERROR, MEDIA_ERROR_BUSY));
    start(&bench);
    g_ptr_array_unref(read_packets(&bench, 1)); /* the first goes on */
    media_tap_close(bench.tap);
    bench.tap = media_tap_open(bench.engine, bench.peer, RING_BYTES, &source, NULL);
    assert_non_null(bench.tap);
    g_autoptr(GPtrArray) packets = read_packets(&bench, 20);
    assert_true(begins_keyframe(packets->pdata[0])); /* asked for: made-up video has none by itself */
    stop(&bench);
    close_bench(&bench);
}

static void who_sends_no_video_or_is_gone_cannot_be_tapped(void **state)
{
    (void)state;
    struct bench bench;
    open_bench(&bench, RING_BYTES);
    const struct synthetic_config no_video = {.no_video = true};
    struct synthetic_peer *silent;
    const media_peer_id peer = join(&bench, &no_video, &silent);
    struct media_tap_source source;
    GError *error = NULL;
    assert_null(media_tap_open(bench.engine, peer, RING_BYTES, &source, &error));
    assert_true(g_error_matches(error, MEDIA_ERROR, MEDIA_ERROR_NO_VIDEO));
    g_clear_error(&error);
    media_leave(bench.engine, peer);
    const media_peer_id ids[] = {0, UINT64_MAX, peer, bench.room ^ (UINT64_C(63) << 24)};
    for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
        assert_null(media_tap_open(bench.engine, ids[i], RING_BYTES, &source, &error));
        assert_true(g_error_matches(error, MEDIA_ERROR, MEDIA_ERROR_GONE));
        g_clear_error(&error);
    }
    synthetic_peer_free(silent);
    close_bench(&bench);
}

static void read_to_the_end(struct bench *bench, GPtrArray *packets)
{
    uint64_t dropped;
    while (media_tap_read(bench->tap, 60000, packets, &dropped) == MEDIA_TAP_OPEN) {
    }
}

static void a_peer_that_leaves_ends_its_tap_after_its_last_packet(void **state)
{
    (void)state;
    struct bench bench;
    open_bench(&bench, RING_BYTES);
    start(&bench);
    g_ptr_array_unref(read_packets(&bench, 50));
    media_leave(bench.engine, bench.peer);
    g_autoptr(GPtrArray) rest = packets_new();
    read_to_the_end(&bench, rest);
    const unsigned count = rest->len;
    read_to_the_end(&bench, rest); /* and stays ended */
    assert_int_equal(rest->len, count);
    media_tap_refresh(bench.tap); /* is no error */
    stop(&bench);
    close_bench(&bench);
}

static void *free_engine(void *engine)
{
    g_usleep(1000);
    media_engine_free(engine);
    return NULL;
}

static void a_reader_that_waits_is_woken_by_the_end_of_the_engine(void **state)
{
    (void)state;
    struct bench bench;
    open_bench(&bench, RING_BYTES);
    GThread *end = g_thread_new("end", free_engine, g_steal_pointer(&bench.engine));
    g_autoptr(GPtrArray) none = packets_new();
    read_to_the_end(&bench, none);
    assert_int_equal(none->len, 0);
    g_thread_join(end);
    media_tap_refresh(bench.tap); /* neither touches the engine that is gone */
    close_bench(&bench);
}

static bool has_dropped(struct bench *bench, GPtrArray *packets, uint64_t more_than)
{
    uint64_t dropped;
    assert_int_equal(media_tap_read(bench->tap, 0, packets, &dropped), MEDIA_TAP_OPEN);
    return dropped > more_than;
}

static uint64_t packets_sent(struct bench *bench)
{
    struct media_peer_stats stats[MEDIA_PARTIES_MAX];
    assert_int_equal(media_room_stats(bench->engine, bench->room, stats), 1);
    return stats[0].track_count > 1 ? stats[0].tracks[1].packets : 0;
}

/* The ring holds a dozen packets, and the reader sleeps through hundreds; then it goes on with a keyframe. */
static void a_reader_that_slept_goes_on_with_a_keyframe(void **state)
{
    (void)state;
    struct bench bench;
    open_bench(&bench, 16384);
    start(&bench);
    const int64_t give_up_us = g_get_monotonic_time() + GIVE_UP;
    while (packets_sent(&bench) < 300 && g_get_monotonic_time() < give_up_us) {
        g_usleep(10000);
    }
    g_autoptr(GPtrArray) packets = packets_new();
    assert_true(has_dropped(&bench, packets, 0));
    const unsigned before = packets->len;
    const uint16_t last = parse(packets->pdata[before - 1]).sequence;
    while (packets->len == before && g_get_monotonic_time() < give_up_us) {
        has_dropped(&bench, packets, 0);
    }
    assert_true(packets->len > before);
    assert_true(begins_keyframe(packets->pdata[before]));
    assert_int_not_equal(parse(packets->pdata[before]).sequence, (uint16_t)(last + 1));
    stop(&bench);
    close_bench(&bench);
}

static void a_tap_is_closed_and_opened_while_packets_come(void **state)
{
    (void)state;
    struct bench bench;
    open_bench(&bench, RING_BYTES);
    start(&bench);
    g_ptr_array_unref(read_packets(&bench, 1));
    for (unsigned i = 0; i < 300; i++) {
        media_tap_close(bench.tap);
        bench.tap = media_tap_open(bench.engine, bench.peer, 16384, &bench.source, NULL);
        assert_non_null(bench.tap);
        media_tap_refresh(bench.tap);
        if (i % 32 == 0) {
            g_ptr_array_unref(read_packets(&bench, 1));
        }
    }
    stop(&bench);
    close_bench(&bench);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_tap_opened_before_the_first_packet_has_all_of_the_stream),
        cmocka_unit_test(a_second_tap_is_refused_and_a_later_one_is_not),
        cmocka_unit_test(who_sends_no_video_or_is_gone_cannot_be_tapped),
        cmocka_unit_test(a_peer_that_leaves_ends_its_tap_after_its_last_packet),
        cmocka_unit_test(a_reader_that_waits_is_woken_by_the_end_of_the_engine),
        cmocka_unit_test(a_reader_that_slept_goes_on_with_a_keyframe),
        cmocka_unit_test(a_tap_is_closed_and_opened_while_packets_come),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
