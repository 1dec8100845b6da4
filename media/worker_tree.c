#include "media/worker_tree.h"

#include <inttypes.h>

void worker_touch(struct worker *worker, struct worker_room *room)
{
    if (!room->touched) {
        g_ptr_array_add(worker->touched, room);
    }
    room->touched = true;
}

/* What the rooms say. */

static struct worker_peer *find_peer(const struct worker *worker, const struct peer *peer)
{
    return handle_table_find(worker->peers, peer_id(peer));
}

static void on_send(void *context, const struct path *path, const uint8_t *datagram, size_t length)
{
    struct worker *worker = context;
    udp_send(worker->udp, path, datagram, length);
}

static void on_authenticated(void *context, struct peer *peer, const struct path *path)
{
    struct worker *worker = context;
    route_bind_path(worker->route, find_peer(worker, peer)->route, path);
}

static void tell_state(const struct worker *worker, const struct worker_peer *peer, enum media_peer_state state,
                       enum media_close_reason reason)
{
    if (worker->listener.peer_state) {
        worker->listener.peer_state(worker->listener.context, peer->room->id, peer->id, state, reason);
    }
}

static void on_state(void *context, struct peer *of, enum media_peer_state state, enum media_close_reason reason)
{
    struct worker *worker = context;
    struct worker_peer *peer = find_peer(worker, of);
    if (state == MEDIA_PEER_CLOSED) {
        peer->closed = true;
        g_ptr_array_add(worker->leaving, peer); /* it is still on the stack above us */
        g_info("event=media_peer_closed room=%016" PRIx64 " peer=%016" PRIx64 " reason=%s", peer->room->id, peer->id,
               media_close_reason_name(reason));
    }
    tell_state(worker, peer, state, reason);
}

static void on_slots(void *context, struct peer *of, const struct media_slot *slots, unsigned count)
{
    const struct worker *worker = context;
    if (worker->listener.peer_slots) {
        worker->listener.peer_slots(worker->listener.context, room_id(peer_room(of)), peer_id(of), slots, count);
    }
}

static void on_captured(void *context, struct peer *of, struct media_keyframe *keyframe, const GError *error)
{
    struct worker_peer *peer = find_peer(context, of);
    worker_captured *captured = g_steal_pointer(&peer->captured);
    captured(peer->capture_context, keyframe, error);
}

/* How they end. */

/* Of a peer that its room has freed already. */
static void forget(struct worker *worker, struct worker_peer *peer)
{
    handle_table_remove(worker->peers, peer->id);
    route_peer_free(worker->route, peer->route);
    g_atomic_int_add(&worker->load, -1);
    g_atomic_int_add(&worker->totals->peers, -1);
    if (!peer->closed) {
        tell_state(worker, peer, MEDIA_PEER_CLOSED, MEDIA_CLOSE_LEFT);
    }
    g_free(peer);
}

static void let_go(struct worker *worker, struct worker_peer *peer)
{
    room_leave(peer->room->room, peer->peer, worker->now_us);
    worker_touch(worker, peer->room);
    forget(worker, peer);
}

void worker_let_go_of_closed(struct worker *worker)
{
    for (unsigned i = 0; i < worker->leaving->len; i++) {
        let_go(worker, worker->leaving->pdata[i]);
    }
    g_ptr_array_set_size(worker->leaving, 0);
}

static void close_room(struct worker *worker, struct worker_room *room)
{
    worker->forwarded_before += room_forwarded(room->room);
    room_free(room->room, worker->now_us);
    struct worker_peer *peer;
    for (unsigned cursor = 0; (peer = handle_table_next(worker->peers, &cursor));) {
        if (peer->room == room) {
            g_ptr_array_remove_fast(worker->leaving, peer);
            forget(worker, peer);
        }
    }
    g_ptr_array_remove_fast(worker->touched, room);
    handle_table_remove(worker->rooms, room->id);
    g_atomic_int_add(&worker->totals->rooms, -1);
    g_free(room);
}

void worker_close_rooms(struct worker *worker)
{
    struct worker_room *room;
    for (unsigned cursor = 0; (room = handle_table_next(worker->rooms, &cursor));) {
        close_room(worker, room);
    }
}

/* What callers ask. */

/* Takes one of a number that all workers share. */
static bool take_one(gint *total, unsigned max, const char *what, GError **error)
{
    if (g_atomic_int_add(total, 1) < (gint)max) {
        return true;
    }
    g_atomic_int_add(total, -1);
    g_set_error(error, MEDIA_ERROR, MEDIA_ERROR_LIMIT, "all %u %s are taken", max, what);
    return false;
}

static struct worker_room *named_room(const struct worker *worker, media_room_id id, GError **error)
{
    struct worker_room *room = handle_table_find(worker->rooms, id);
    if (!room) {
        g_set_error_literal(error, MEDIA_ERROR, MEDIA_ERROR_GONE, "this room is closed");
    }
    return room;
}

static struct worker_peer *named_peer(const struct worker *worker, media_peer_id id, GError **error)
{
    struct worker_peer *peer = handle_table_find(worker->peers, id);
    if (peer && !peer->closed) {
        return peer;
    }
    g_set_error_literal(error, MEDIA_ERROR, MEDIA_ERROR_GONE, "this peer's media has ended");
    return NULL;
}

bool worker_open_room(struct worker *worker, media_room_id *id, GError **error)
{
    const struct room_output output = {.context = worker,
                                       .send = on_send,
                                       .authenticated = on_authenticated,
                                       .state = on_state,
                                       .slots = on_slots,
                                       .captured = on_captured};
    if (!take_one(&worker->totals->rooms, worker->config->rooms_max, "rooms", error)) {
        return false;
    }
    struct worker_room *room = g_new0(struct worker_room, 1);
    room->id = *id = handle_table_add(worker->rooms, room);
    room->room = room_new(room->id, &worker->room_config, &output);
    room->deadline_us = INT64_MAX;
    return true;
}

void worker_close_room(struct worker *worker, media_room_id id)
{
    struct worker_room *room = handle_table_find(worker->rooms, id);
    if (room) {
        close_room(worker, room);
    }
}

bool worker_join(struct worker *worker, media_room_id id, const struct sdp_offer *offer, media_peer_id *joined,
                 char **sdp, GError **error)
{
    struct worker_room *room = named_room(worker, id, error);
    if (!room || !take_one(&worker->totals->peers, worker->config->peers_max, "peers", error)) {
        return false;
    }

    struct worker_peer *peer = g_new0(struct worker_peer, 1);
    peer->id = handle_table_add(worker->peers, peer);
    peer->room = room;
    peer->route = route_peer_new(peer);
    peer->peer = room_join(room->room, peer->id, offer, worker->now_us, sdp, error);
    if (!peer->peer) {
        handle_table_remove(worker->peers, peer->id);
        route_peer_free(worker->route, peer->route);
        g_atomic_int_add(&worker->totals->peers, -1);
        g_free(peer);
        return false;
    }
    route_bind_ufrag(worker->route, peer->route, peer_ufrag(peer->peer));
    rate_init(&peer->packets, worker->config->packets_per_s_max, worker->now_us);
    rate_init(&peer->stranger_checks, STRANGER_CHECKS_PER_S, worker->now_us);
    g_atomic_int_add(&worker->load, 1);
    worker_touch(worker, room);
    *joined = peer->id;
    return true;
}

bool worker_restart_ice(struct worker *worker, media_peer_id id, const struct sdp_offer *offer, char **sdp,
                        GError **error)
{
    struct worker_peer *peer = named_peer(worker, id, error);
    if (!peer || !room_restart_ice(peer->room->room, peer->peer, offer, sdp, error)) {
        return false;
    }
    route_bind_ufrag(worker->route, peer->route, peer_ufrag(peer->peer));
    worker_touch(worker, peer->room);
    return true;
}

void worker_leave(struct worker *worker, media_peer_id id)
{
    struct worker_peer *peer = named_peer(worker, id, NULL);
    if (peer) {
        let_go(worker, peer);
    }
}

void worker_capture(struct worker *worker, media_peer_id id, unsigned timeout_ms, worker_captured *captured,
                    void *context)
{
    g_autoptr(GError) error = NULL;
    struct worker_peer *peer = named_peer(worker, id, &error);
    if (peer && peer->captured) {
        g_set_error_literal(&error, MEDIA_ERROR, MEDIA_ERROR_BUSY, "a capture of this peer is under way");
    }
    if (error) {
        captured(context, NULL, error);
        return;
    }
    peer->captured = captured;
    peer->capture_context = context;
    int64_t wall_offset_us = g_get_real_time() - g_get_monotonic_time();
    if (!room_capture(peer->room->room, peer->peer, worker->now_us + (int64_t)timeout_ms * 1000, wall_offset_us,
                      worker->now_us, &error)) {
        peer->captured = NULL;
        captured(context, NULL, error);
    }
    worker_touch(worker, peer->room);
}

bool worker_tap(struct worker *worker, media_peer_id id, struct packet_ring *ring, struct media_tap_source *source,
                GError **error)
{
    struct worker_peer *peer = named_peer(worker, id, error);
    if (!peer || !peer_tap_begin(peer->peer, ring, source, error)) {
        return false;
    }
    worker_touch(worker, peer->room);
    return true;
}

void worker_end_tap(struct worker *worker, media_peer_id id, const struct packet_ring *ring)
{
    struct worker_peer *peer = named_peer(worker, id, NULL);
    if (peer) {
        peer_tap_end(peer->peer, ring);
        worker_touch(worker, peer->room);
    }
}

void worker_refresh_tap(struct worker *worker, media_peer_id id)
{
    struct worker_peer *peer = named_peer(worker, id, NULL);
    if (peer) {
        peer_tap_refresh(peer->peer);
        worker_touch(worker, peer->room);
    }
}

unsigned worker_room_stats(struct worker *worker, media_room_id id, struct media_peer_stats stats[MEDIA_PARTIES_MAX])
{
    struct worker_room *room = named_room(worker, id, NULL);
    unsigned peers = room ? room_stats(room->room, worker->now_us, stats) : 0;
    for (unsigned i = 0; i < peers; i++) {
        const struct worker_peer *peer = handle_table_find(worker->peers, stats[i].peer);
        stats[i].dropped += peer->dropped;
    }
    return peers;
}

void worker_add_stats(struct worker *worker, struct media_engine_stats *stats)
{
    const struct udp_counters *udp = udp_counters(worker->udp);
    stats->rooms += handle_table_count(worker->rooms);
    stats->peers += handle_table_count(worker->peers);
    stats->packets_received += udp->received;
    stats->packets_sent += udp->sent;
    stats->send_failed += udp->send_failed;
    stats->packets_forwarded += worker->forwarded_before;
    struct worker_room *room;
    for (unsigned cursor = 0; (room = handle_table_next(worker->rooms, &cursor));) {
        stats->packets_forwarded += room_forwarded(room->room);
    }
    stats->refused_stun += worker->stats.refused_stun;
    stats->refused_dtls += worker->stats.refused_dtls;
    stats->refused_srtp += worker->stats.refused_srtp;
    stats->refused_rate += worker->stats.refused_rate;
    stats->refused_unknown += worker->stats.refused_unknown + udp->too_long;
}
