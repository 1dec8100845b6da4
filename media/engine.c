/* engine: the functions of media.h that a worker carries out. */
#include "media/handle.h"
#include "media/room/negotiate.h"
#include "media/secure/srtp.h"
#include "media/worker.h"

#include <arpa/inet.h>
#include <string.h>

#define TABLE_MAX ((1U << 24) - 1) /* what an id can count */

struct media_engine {
    struct media_config config; /* with copies of its addresses */
    struct certificate *certificate;
    struct worker_totals totals;
    unsigned worker_count;
    struct worker *workers[HANDLE_WORKERS_MAX];
};

/* The settings. */

static bool refuse(GError **error, const char *setting, const char *allowed)
{
    g_set_error(error, MEDIA_ERROR, MEDIA_ERROR_CONFIG, "%s has to be %s", setting, allowed);
    return false;
}

static bool is_numeric(const char *address)
{
    uint8_t ignored[sizeof(struct in6_addr)];
    return inet_pton(AF_INET, address, ignored) == 1 || inet_pton(AF_INET6, address, ignored) == 1;
}

static bool is_wildcard(const char *address)
{
    struct in6_addr v6;
    struct in_addr v4;
    return (inet_pton(AF_INET, address, &v4) == 1 && v4.s_addr == INADDR_ANY) ||
           (inet_pton(AF_INET6, address, &v6) == 1 && IN6_IS_ADDR_UNSPECIFIED(&v6));
}

static bool check_address(const struct media_address *address, GError **error)
{
    if (!address->bind || !is_numeric(address->bind)) {
        return refuse(error, "an address to bind", "a numeric IPv4 or IPv6 address");
    }
    if (address->announce && (!is_numeric(address->announce) || is_wildcard(address->announce))) {
        return refuse(error, "an address to announce", "a numeric IPv4 or IPv6 address that clients can reach");
    }
    if (!address->announce && is_wildcard(address->bind)) {
        return refuse(error, "the address to announce", "set where all addresses are bound: clients cannot guess it");
    }
    return true;
}

static bool is_video(enum media_codec codec)
{
    return codec == MEDIA_CODEC_VP8 || codec == MEDIA_CODEC_H264;
}

/* Fails with MEDIA_ERROR_CONFIG, naming the setting and what is allowed. */
static bool config_check(const struct media_config *config, GError **error)
{
    if (config->address_count == 0) {
        return refuse(error, "the list of addresses", "at least one long");
    }
    for (unsigned i = 0; i < config->address_count; i++) {
        if (!check_address(&config->addresses[i], error)) {
            return false;
        }
    }
    if (config->workers < 1 || config->workers > HANDLE_WORKERS_MAX) {
        return refuse(error, "the number of workers", "1 to 64");
    }
    if (config->port != 0 && config->port + config->workers - 1 > UINT16_MAX) {
        return refuse(error, "the last worker's port, port + workers - 1,", "at most 65535");
    }
    if (!is_video(config->video_codecs[0]) ||
        (config->video_codecs[1] != MEDIA_CODEC_NONE && !is_video(config->video_codecs[1]))) {
        return refuse(error, "the list of video codecs", "VP8, H264 or both");
    }
    if (config->rooms_max < 1 || config->rooms_max > TABLE_MAX || config->peers_max < 1 ||
        config->peers_max > TABLE_MAX) {
        return refuse(error, "the largest number of rooms and of peers", "1 to 16777215 each");
    }
    if (config->packets_per_s_max < 1) {
        return refuse(error, "the packets accepted from one peer in a second", "at least 1");
    }
    if (config->consent_timeout_ms < 1 || config->connect_timeout_ms < 1) {
        return refuse(error, "the time until a silent or unconnected peer is given up", "at least 1 ms");
    }
    return true;
}

static void config_copy(struct media_config *copy, const struct media_config *config)
{
    struct media_address *addresses = g_new0(struct media_address, config->address_count);
    for (unsigned i = 0; i < config->address_count; i++) {
        addresses[i].bind = g_strdup(config->addresses[i].bind);
        addresses[i].announce = g_strdup(config->addresses[i].announce);
    }
    *copy = *config;
    copy->addresses = addresses;
}

static void config_clear(struct media_config *copy)
{
    struct media_address *addresses = (struct media_address *)copy->addresses; /* ours, see config_copy */
    for (unsigned i = 0; i < copy->address_count; i++) {
        g_free(addresses[i].bind);
        g_free(addresses[i].announce);
    }
    g_free(addresses);
}

/* The engine. */

struct media_engine *media_engine_new(const struct media_config *config, const struct media_listener *listener,
                                      GError **error)
{
    if (!config_check(config, error)) {
        return NULL;
    }
    struct certificate *certificate = certificate_new(error);
    if (!certificate) {
        return NULL;
    }
    srtp_session_prepare();

    struct media_engine *engine = g_new0(struct media_engine, 1);
    config_copy(&engine->config, config);
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
    config_clear(&engine->config);
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
