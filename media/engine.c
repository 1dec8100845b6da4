/* engine: the functions of media.h that a worker carries out. */
#include "media/engine_config.h"
#include "media/handle.h"
#include "media/room/negotiate.h"
#include "media/secure/srtp.h"
#include "media/worker.h"

#include <string.h>

struct media_engine {
    struct media_config config; /* with copies of its addresses */
    struct certificate *certificate;
    struct worker_totals totals;
    unsigned worker_count;
    struct worker *workers[HANDLE_WORKERS_MAX];
};

/* The engine. */

struct media_engine *media_engine_new(const struct media_config *config, const struct media_listener *listener,
                                      GError **error)
{
    if (!engine_config_check(config, error)) {
        return NULL;
    }
    struct certificate *certificate = certificate_new(error);
    if (!certificate) {
        return NULL;
    }
    srtp_session_prepare();

    struct media_engine *engine = g_new0(struct media_engine, 1);
    engine_config_copy(&engine->config, config);
    engine->certificate = certificate;
    for (unsigned i = 0; i < config->workers; i++) {
        engine->workers[i] = worker_new(i, &engine->config, engine->certificate, listener, &engine->totals, error);
        if (!engine->workers[i]) {
            media_engine_free(engine);
            return NULL;
        }
        engine->worker_count++;
    }
    return engine;
}

void media_engine_free(struct media_engine *engine)
{
    for (unsigned i = 0; i < engine->worker_count; i++) {
        worker_free(engine->workers[i]);
    }
    certificate_free(engine->certificate);
    engine_config_clear(&engine->config);
    g_free(engine);
}

uint16_t media_engine_port(const struct media_engine *engine, unsigned index)
{
    return index < engine->worker_count ? worker_port(engine->workers[index]) : 0;
}

/* Calls to workers. Each has a struct with the arguments, the results and nothing else, a function that unpacks it on
 * the worker's thread, and the public function that packs it. */

/* The worker of an id, NULL when there is none: it is not one of ours. */
static struct mailbox *mailbox_of(const struct media_engine *engine, uint64_t id)
{
    unsigned worker = handle_worker(id);
    return worker < engine->worker_count ? worker_mailbox(engine->workers[worker]) : NULL;
}

static bool gone(GError **error)
{
    g_set_error_literal(error, MEDIA_ERROR, MEDIA_ERROR_GONE, "there is no such room or peer");
    return false;
}

struct open_call {
    media_room_id *room;
    GError **error;
    bool opened;
};

static void call_open(void *context, void *data, struct mailbox_call *call)
{
    struct open_call *open = data;
    open->opened = worker_open_room(context, open->room, open->error);
    mailbox_answer(call);
}

bool media_room_open(struct media_engine *engine, media_room_id *room, GError **error)
{
    struct worker *idlest = engine->workers[0];
    for (unsigned i = 1; i < engine->worker_count; i++) {
        if (worker_load(engine->workers[i]) < worker_load(idlest)) {
            idlest = engine->workers[i];
        }
    }
    struct open_call open = {room, error, false};
    mailbox_call(worker_mailbox(idlest), call_open, &open);
    return open.opened;
}

static void call_close(void *context, void *data, struct mailbox_call *call)
{
    const media_room_id *room = data;
    worker_close_room(context, *room);
    mailbox_answer(call);
}

void media_room_close(struct media_engine *engine, media_room_id room)
{
    struct mailbox *mailbox = mailbox_of(engine, room);
    if (mailbox) {
        mailbox_call(mailbox, call_close, &room);
    }
}

bool media_check_offer(struct media_engine *engine, const char *offer, GError **error)
{
    struct sdp_offer parsed;
    struct negotiation negotiation;
    return sdp_offer_parse(offer, &parsed, error) && negotiate(&engine->config, &parsed, &negotiation, error);
}

struct join_call {
    media_room_id room;
    const struct sdp_offer *offer;
    media_peer_id peer;
    char *sdp;
    GError **error;
    bool joined;
};

static void call_join(void *context, void *data, struct mailbox_call *call)
{
    struct join_call *join = data;
    join->joined = worker_join(context, join->room, join->offer, &join->peer, &join->sdp, join->error);
    mailbox_answer(call);
}

bool media_join(struct media_engine *engine, media_room_id room, const char *offer, struct media_answer *answer,
                GError **error)
{
    struct sdp_offer parsed; /* here, not on the worker: it takes a while */
    if (!sdp_offer_parse(offer, &parsed, error)) {
        return false;
    }
    struct mailbox *mailbox = mailbox_of(engine, room);
    if (!mailbox) {
        return gone(error);
    }
    struct join_call join = {.room = room, .offer = &parsed, .error = error};
    mailbox_call(mailbox, call_join, &join);
    if (!join.joined) {
        return false;
    }
    answer->peer = join.peer;
    answer->sdp = join.sdp;
    memcpy(answer->fingerprint, parsed.fingerprint, sizeof answer->fingerprint);
    return true;
}

struct restart_call {
    media_peer_id peer;
    const struct sdp_offer *offer;
    char **sdp;
    GError **error;
    bool restarted;
};

static void call_restart(void *context, void *data, struct mailbox_call *call)
{
    struct restart_call *restart = data;
    restart->restarted = worker_restart_ice(context, restart->peer, restart->offer, restart->sdp, restart->error);
    mailbox_answer(call);
}

bool media_restart_ice(struct media_engine *engine, media_peer_id peer, const char *offer, char **answer_sdp,
                       GError **error)
{
    struct sdp_offer parsed;
    if (!sdp_offer_parse(offer, &parsed, error)) {
        return false;
    }
    struct mailbox *mailbox = mailbox_of(engine, peer);
    if (!mailbox) {
        return gone(error);
    }
    struct restart_call restart = {peer, &parsed, answer_sdp, error, false};
    mailbox_call(mailbox, call_restart, &restart);
    return restart.restarted;
}

static void call_leave(void *context, void *data, struct mailbox_call *call)
{
    const media_peer_id *peer = data;
    worker_leave(context, *peer);
    mailbox_answer(call);
}

void media_leave(struct media_engine *engine, media_peer_id peer)
{
    struct mailbox *mailbox = mailbox_of(engine, peer);
    if (mailbox) {
        mailbox_call(mailbox, call_leave, &peer);
    }
}

struct capture_call {
    media_peer_id peer;
    unsigned timeout_ms;
    struct media_keyframe *keyframe;
    GError **error;
    bool captured;
    struct mailbox_call *call;
};

static void end_capture(void *context, struct media_keyframe *keyframe, const GError *error)
{
    struct capture_call *capture = context;
    capture->captured = keyframe != NULL;
    if (keyframe) {
        *capture->keyframe = *keyframe;
    } else {
        g_propagate_error(capture->error, g_error_copy(error));
    }
    mailbox_answer(capture->call);
}

static void call_capture(void *context, void *data, struct mailbox_call *call)
{
    struct capture_call *capture = data;
    capture->call = call;
    worker_capture(context, capture->peer, capture->timeout_ms, end_capture, capture);
}

bool media_capture(struct media_engine *engine, media_peer_id peer, unsigned timeout_ms,
                   struct media_keyframe *keyframe, GError **error)
{
    struct mailbox *mailbox = mailbox_of(engine, peer);
    if (!mailbox) {
        return gone(error);
    }
    struct capture_call capture = {.peer = peer, .timeout_ms = timeout_ms, .keyframe = keyframe, .error = error};
    mailbox_call(mailbox, call_capture, &capture);
    return capture.captured;
}

/* Taps. */

struct media_tap {
    struct packet_ring *ring;    /* as its reader */
    struct media_engine *engine; /* until the ring has ended */
    media_peer_id peer;
};

struct tap_call {
    struct media_tap *tap;
    struct media_tap_source *source;
    GError **error;
    bool opened;
};

static void call_tap(void *context, void *data, struct mailbox_call *call)
{
    struct tap_call *tap = data;
    tap->opened = worker_tap(context, tap->tap->peer, tap->tap->ring, tap->source, tap->error);
    mailbox_answer(call);
}

struct media_tap *media_tap_open(struct media_engine *engine, media_peer_id peer, size_t ring_bytes,
                                 struct media_tap_source *source, GError **error)
{
    struct mailbox *mailbox = mailbox_of(engine, peer);
    if (!mailbox) {
        gone(error);
        return NULL;
    }
    struct media_tap *tap = g_new(struct media_tap, 1);
    *tap = (struct media_tap){packet_ring_new(ring_bytes), engine, peer};
    struct tap_call open = {tap, source, error, false};
    mailbox_call(mailbox, call_tap, &open);
    if (!open.opened) {
        packet_ring_end(tap->ring); /* for the writer that it has not got */
        packet_ring_close(tap->ring);
        g_clear_pointer(&tap, g_free);
    }
    return tap;
}

enum media_tap_state media_tap_read(struct media_tap *tap, unsigned timeout_ms, GPtrArray *packets, uint64_t *dropped)
{
    const bool open = packet_ring_read(tap->ring, timeout_ms, packets);
    *dropped = packet_ring_dropped(tap->ring);
    return open ? MEDIA_TAP_OPEN : MEDIA_TAP_ENDED;
}

static void call_refresh_tap(void *context, void *data, struct mailbox_call *call)
{
    const struct media_tap *tap = data;
    worker_refresh_tap(context, tap->peer);
    mailbox_answer(call);
}

static void call_end_tap(void *context, void *data, struct mailbox_call *call)
{
    const struct media_tap *tap = data;
    worker_end_tap(context, tap->peer, tap->ring);
    mailbox_answer(call);
}

/* The engine may be gone once the ring has ended. */
static void call_unless_ended(struct media_tap *tap, mailbox_function *function)
{
    if (!packet_ring_ended(tap->ring)) {
        mailbox_call(mailbox_of(tap->engine, tap->peer), function, tap);
    }
}

void media_tap_refresh(struct media_tap *tap)
{
    call_unless_ended(tap, call_refresh_tap);
}

void media_tap_close(struct media_tap *tap)
{
    call_unless_ended(tap, call_end_tap);
    packet_ring_close(tap->ring);
    g_free(tap);
}

/* Statistics. */

struct room_stats_call {
    media_room_id room;
    struct media_peer_stats *stats;
    unsigned peers;
};

static void call_room_stats(void *context, void *data, struct mailbox_call *call)
{
    struct room_stats_call *room = data;
    room->peers = worker_room_stats(context, room->room, room->stats);
    mailbox_answer(call);
}

unsigned media_room_stats(struct media_engine *engine, media_room_id room,
                          struct media_peer_stats stats[MEDIA_PARTIES_MAX])
{
    struct mailbox *mailbox = mailbox_of(engine, room);
    if (!mailbox) {
        return 0;
    }
    struct room_stats_call call = {room, stats, 0};
    mailbox_call(mailbox, call_room_stats, &call);
    return call.peers;
}

static void call_stats(void *context, void *data, struct mailbox_call *call)
{
    worker_add_stats(context, data);
    mailbox_answer(call);
}

void media_engine_stats(struct media_engine *engine, struct media_engine_stats *stats)
{
    *stats = (struct media_engine_stats){.workers = engine->worker_count};
    for (unsigned i = 0; i < engine->worker_count; i++) {
        mailbox_call(worker_mailbox(engine->workers[i]), call_stats, stats);
    }
}
