/* A whole engine on real sockets, used from many threads at once: what AddressSanitizer, LeakSanitizer and
 * ThreadSanitizer are to look at. Judged by counts, with a deadline only so that a hang ends. */
#include "media/media.h"
#include "tests/support/synthetic_peer.h"

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define PARTIES  MEDIA_PARTIES_MAX
#define GIVE_UP  (60 * G_TIME_SPAN_SECOND)
#define CAPTURES 5

static struct media_engine *engine_new(const struct media_listener *listener)
{
    static const struct media_address loopback = {.bind = (char *)"127.0.0.1"};
    const struct media_config config = {
        .addresses = &loopback,
        .address_count = 1,
        .workers = 2,
        .video_codecs = {MEDIA_CODEC_VP8, MEDIA_CODEC_H264},
        .rooms_max = 16,
        .peers_max = 64,
        .packets_per_s_max = 5000,
        .video_bitrate_max_bps = 2500000,
        .audio_bitrate_max_bps = 64000,
        .cache_bytes = 256 * 1024,
        .keyframe_bytes_max = 512 * 1024,
        .pli_interval_ms = 300,
        .consent_timeout_ms = 30000,
        .connect_timeout_ms = 30000,
    };
    GError *error = NULL;
    struct media_engine *engine = media_engine_new(&config, listener, &error);
    assert_null(error);
    return engine;
}

/* What the listener, which runs on worker threads, has told. */
struct told {
    gint connected, closed, slots;
};

static void on_state(void *context, media_room_id room, media_peer_id peer, enum media_peer_state state,
                     enum media_close_reason reason)
{
    struct told *told = context;
    (void)room, (void)peer, (void)reason;
    if (state == MEDIA_PEER_CONNECTED) {
        g_atomic_int_inc(&told->connected);
    } else if (state == MEDIA_PEER_CLOSED) {
        g_atomic_int_inc(&told->closed);
    }
}

static void on_slots(void *context, media_room_id room, media_peer_id peer, const struct media_slot *slots,
                     unsigned count)
{
    struct told *told = context;
    (void)room, (void)peer, (void)slots, (void)count;
    g_atomic_int_inc(&told->slots);
}

static struct media_listener listener_of(struct told *told)
{
    return (struct media_listener){.context = told, .peer_state = on_state, .peer_slots = on_slots};
}

static struct synthetic_peer *join(struct media_engine *engine, media_room_id room, media_peer_id *id)
{
    const struct synthetic_config config = {.slots = MEDIA_SLOTS_MAX, .video_bps = 200000, .fps = 15};
    struct synthetic_peer *peer = synthetic_peer_new(&config, NULL);
    g_autofree char *offer = synthetic_peer_offer(peer);
    struct media_answer answer = {0};
    GError *error = NULL;
    g_assert_true(media_join(engine, room, offer, &answer, &error));
    g_assert_true(synthetic_peer_answer(peer, answer.sdp, g_get_monotonic_time(), &error));
    *id = answer.peer;
    media_answer_clear(&answer);
    return peer;
}

static void restart_ice(struct media_engine *engine, media_peer_id id, struct synthetic_peer *peer)
{
    g_autofree char *offer = synthetic_peer_restart(peer);
    g_autofree char *answer = NULL;
    GError *error = NULL;
    assert_true(media_restart_ice(engine, id, offer, &answer, &error));
    assert_true(synthetic_peer_answer(peer, answer, g_get_monotonic_time(), &error));
}

/* ---- a call of four, scripted on one thread, watched and meddled with by others ---- */

struct call {
    struct media_engine *engine;
    media_room_id room;
    struct synthetic_peer *peers[PARTIES];
    media_peer_id ids[PARTIES];
    uint64_t frames_wanted; /* for `everybody_sees` */
    gint over;
};

/* Each party has that many frames from each of the others, in whichever slots these are. */
static bool everybody_sees(void *context)
{
    const struct call *call = context;
    for (unsigned i = 0; i < PARTIES; i++) {
        struct synthetic_stats stats;
        synthetic_peer_stats(call->peers[i], &stats);
        for (unsigned slot = 0; slot < MEDIA_SLOTS_MAX; slot++) {
            if (stats.slot_video[slot].frames < call->frames_wanted || stats.slot_video[slot].keyframes == 0) {
                return false;
            }
        }
    }
    return true;
}

static void run_until_seen(struct call *call, uint64_t frames)
{
    call->frames_wanted = frames;
    synthetic_peers_run(call->peers, PARTIES, g_get_monotonic_time() + GIVE_UP, everybody_sees, call);
    assert_true(everybody_sees(call));
}

/* On other threads a failed assertion of cmocka cannot be reported: GLib's end the program. */
static void *watch_stats(void *context)
{
    struct call *call = context;
    uint64_t forwarded = 0;
    while (!g_atomic_int_get(&call->over)) {
        struct media_peer_stats peers[MEDIA_PARTIES_MAX];
        struct media_engine_stats stats;
        media_engine_stats(call->engine, &stats);
        g_assert_true(stats.packets_forwarded >= forwarded);
        forwarded = stats.packets_forwarded;
        g_assert_cmpuint(media_room_stats(call->engine, call->room, peers), >=, PARTIES - 1);
        g_usleep(2000);
    }
    return NULL;
}

static void *take_captures(void *context)
{
    struct call *call = context;
    unsigned taken = 0;
    while (taken < CAPTURES && !g_atomic_int_get(&call->over)) {
        struct media_keyframe keyframe = {0};
        g_autoptr(GError) error = NULL;
        if (media_capture(call->engine, call->ids[1], 2000, &keyframe, &error)) {
            taken++;
            g_assert_true(keyframe.packets->len > 0);
            media_keyframe_clear(&keyframe);
        } else {
            g_assert_cmpint(error->code, !=, MEDIA_ERROR_GONE);
        }
        g_usleep(2000);
    }
    return GUINT_TO_POINTER(taken);
}

#define TAPS 30

/* Taps of a party that stays: read for a moment, given up in the middle, and opened anew. */
static void *tap_again_and_again(void *context)
{
    struct call *call = context;
    unsigned read = 0;
    for (unsigned i = 0; i < TAPS && !g_atomic_int_get(&call->over); i++) {
        struct media_tap_source source;
        struct media_tap *tap = media_tap_open(call->engine, call->ids[2], (size_t)16384 << i % 4, &source, NULL);
        g_assert_nonnull(tap);
        for (unsigned reads = 0; reads < i; reads++) {
            g_autoptr(GPtrArray) packets = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
            uint64_t dropped;
            g_assert_cmpint(media_tap_read(tap, 20, packets, &dropped), ==, MEDIA_TAP_OPEN);
            read += packets->len;
        }
        media_tap_refresh(tap);
        media_tap_close(tap);
    }
    return GUINT_TO_POINTER(read);
}

/* A tap that lasts until its party leaves, or the engine ends. */
static void *tap_to_the_end(void *context)
{
    struct call *call = context;
    struct media_tap_source source;
    struct media_tap *tap = media_tap_open(call->engine, call->ids[0], 65536, &source, NULL);
    g_assert_nonnull(tap);
    unsigned read = 0;
    for (enum media_tap_state state = MEDIA_TAP_OPEN; state == MEDIA_TAP_OPEN;) {
        g_autoptr(GPtrArray) packets = g_ptr_array_new_with_free_func((GDestroyNotify)g_bytes_unref);
        uint64_t dropped;
        state = media_tap_read(tap, 60000, packets, &dropped);
        read += packets->len;
    }
    media_tap_close(tap); /* its engine may be gone */
    return GUINT_TO_POINTER(read);
}

/* Peers that come and go without ever sending a packet, in rooms that are closed under them. */
static void *churn_rooms(void *context)
{
    struct call *call = context;
    for (unsigned i = 0; !g_atomic_int_get(&call->over); i++) {
        media_room_id room;
        media_peer_id first, second;
        g_assert_true(media_room_open(call->engine, &room, NULL));
        struct synthetic_peer *one = join(call->engine, room, &first), *two = join(call->engine, room, &second);
        if (i % 2) {
            media_leave(call->engine, first);
        }
        media_room_close(call->engine, room);
        media_leave(call->engine, second); /* gone already */
        synthetic_peer_free(one);
        synthetic_peer_free(two);
        g_usleep(5000);
    }
    return NULL;
}

static void a_call_of_four_meddled_with_from_many_threads(void **state)
{
    (void)state;
    struct told told = {0};
    const struct media_listener listener = listener_of(&told);
    struct call call = {.engine = engine_new(&listener)};
    assert_true(media_room_open(call.engine, &call.room, NULL));
    for (unsigned i = 0; i < PARTIES; i++) {
        call.peers[i] = join(call.engine, call.room, &call.ids[i]);
    }
    run_until_seen(&call, 5);

    GThread *stats = g_thread_new("stats", watch_stats, &call);
    GThread *captures = g_thread_new("captures", take_captures, &call);
    GThread *churn = g_thread_new("churn", churn_rooms, &call);
    GThread *taps = g_thread_new("taps", tap_again_and_again, &call);
    GThread *tap = g_thread_new("tap", tap_to_the_end, &call);
    run_until_seen(&call, 15);
    for (unsigned i = 0; i < PARTIES; i++) {
        restart_ice(call.engine, call.ids[i], call.peers[i]);
    }
    synthetic_peer_roam(call.peers[0], g_get_monotonic_time());
    run_until_seen(&call, 30);
    /* The last one leaves and comes again; the watchers never hold its id. */
    media_leave(call.engine, call.ids[PARTIES - 1]);
    synthetic_peer_free(call.peers[PARTIES - 1]);
    call.peers[PARTIES - 1] = join(call.engine, call.room, &call.ids[PARTIES - 1]);
    run_until_seen(&call, 15);
    g_atomic_int_set(&call.over, 1);
    g_thread_join(stats);
    g_thread_join(churn);
    assert_true(GPOINTER_TO_UINT(g_thread_join(captures)) > 0);
    assert_true(GPOINTER_TO_UINT(g_thread_join(taps)) > 0);

    for (unsigned i = 0; i < PARTIES; i++) {
        struct synthetic_stats seen;
        synthetic_peer_stats(call.peers[i], &seen);
        assert_int_equal(seen.state, SYNTHETIC_CONNECTED);
        assert_int_equal(seen.refused, 0);
        assert_int_equal(seen.unknown, 0);
        for (unsigned slot = 0; slot < MEDIA_SLOTS_MAX; slot++) {
            assert_int_equal(seen.slot_video[slot].corrupt, 0);
            assert_int_equal(seen.slot_audio[slot].corrupt, 0);
        }
    }
    media_engine_free(call.engine); /* with everybody still in */
    assert_true(GPOINTER_TO_UINT(g_thread_join(tap)) > 0);
    for (unsigned i = 0; i < PARTIES; i++) {
        synthetic_peer_free(call.peers[i]);
    }
    assert_int_equal(g_atomic_int_get(&told.connected), PARTIES + 1);
}

/* ---- two hundred joins ---- */

#define JOINS 200

static bool is_connected(void *context)
{
    struct synthetic_stats stats;
    synthetic_peer_stats(context, &stats);
    return stats.state == SYNTHETIC_CONNECTED && stats.slot_audio[0].packets > 0;
}

struct closed {
    const struct told *told;
    gint count;
};

static bool are_closed(void *context)
{
    const struct closed *closed = context;
    return g_atomic_int_get(&closed->told->closed) >= closed->count;
}

/* One party stays, two hundred join it, hear it, and leave in every way there is. */
static void two_hundred_joins_and_leaves_leave_nothing_behind(void **state)
{
    (void)state;
    struct told told = {0};
    const struct media_listener listener = listener_of(&told);
    struct media_engine *engine = engine_new(&listener);
    struct media_engine_stats stats;
    media_room_id room;
    media_peer_id staying_id, id;
    size_t in_use_half_way = 0;
    assert_true(media_room_open(engine, &room, NULL));
    struct synthetic_peer *staying = join(engine, room, &staying_id);
    for (unsigned i = 0; i < JOINS; i++) {
        struct synthetic_peer *peer = join(engine, room, &id), *both[] = {staying, peer};
        const struct closed closed = {&told, g_atomic_int_get(&told.closed) + 1};
        synthetic_peers_run(both, 2, g_get_monotonic_time() + GIVE_UP, is_connected, peer);
        assert_true(is_connected(peer));
        if (i % 3 == 0) { /* the server ends it */
            media_leave(engine, id);
            synthetic_peer_free(peer);
        } else { /* the client says goodbye, or is replaced without a word */
            synthetic_peer_mute(peer, i % 3 == 2);
            synthetic_peer_free(peer);
            if (i % 3 == 2) {
                media_leave(engine, id);
            }
        }
        synthetic_peers_run(both, 1, g_get_monotonic_time() + GIVE_UP, are_closed, (void *)&closed);
        media_engine_stats(engine, &stats);
        assert_int_equal(stats.peers, 1);
        if (i == JOINS / 2) {
            in_use_half_way = mallinfo2().uordblks;
        }
    }
    /* What is still referenced is no leak to LeakSanitizer, but it must not grow either. (Sanitizers' allocators say
     * 0.) */
    assert_true(mallinfo2().uordblks <= in_use_half_way + 64 * 1024);
    synthetic_peer_free(staying);
    media_room_close(engine, room);
    media_engine_stats(engine, &stats);
    assert_int_equal(stats.rooms + stats.peers, 0);
    media_engine_free(engine);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_call_of_four_meddled_with_from_many_threads),
        cmocka_unit_test(two_hundred_joins_and_leaves_leave_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
