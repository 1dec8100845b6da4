#include "media/worker.h"

#include "media/handle.h"
#include "media/ice/ice_lite.h"
#include "media/net/demux.h"
#include "media/net/rate.h"
#include "media/net/route.h"
#include "media/net/udp.h"
#include "media/room/room.h"

#include <errno.h>
#include <inttypes.h>
#include <sys/epoll.h>
#include <unistd.h>

#define EVENTS_MAX       16
#define TICK_INTERVAL_US 1000 /* rooms are looked through at most this often, however many deadlines there are */
/* Checks from addresses that a peer has not authenticated. Apart from its packets, so that a stranger who knows its
 * ufrag can use up these and not its media. */
#define STRANGER_CHECKS_PER_S 50

_Static_assert(UDP_DATAGRAM_BYTES <= TRANSPORT_DATAGRAM_BYTES_MAX, "a transport takes whatever a socket can read");

struct worker_room {
    media_room_id id;
    struct room *room;
    int64_t deadline_us; /* as the room last said */
    bool touched;        /* is in the worker's list: its deadline may have changed */
};

struct worker_peer {
    media_peer_id id;
    struct worker_room *room;
    struct peer *peer;
    struct route_peer *route;
    struct rate packets, stranger_checks;
    uint64_t dropped;          /* for exceeding a rate */
    bool closed;               /* its media ended by itself; it leaves at the end of the turn */
    worker_captured *captured; /* of the capture under way, NULL: none */
    void *capture_context;
};

struct worker {
    unsigned index;
    const struct media_config *config;
    struct media_listener listener;
    struct worker_totals *totals;
    struct room_config room_config;
    gint load; /* atomic */

    GThread *thread;
    bool stopping;
    int epoll_fd;
    struct mailbox *mailbox;
    struct udp *udp;
    struct route *route;
    struct handle_table *rooms; /* of struct worker_room */
    struct handle_table *peers; /* of struct worker_peer */

    int64_t now_us;     /* monotonic, at the beginning of the turn */
    int64_t wake_us;    /* no room's deadline is earlier */
    int64_t ticked_us;  /* when the rooms were last looked through */
    GPtrArray *touched; /* struct worker_room */
    GPtrArray *leaving; /* struct worker_peer */

    struct media_engine_stats stats;
    uint64_t forwarded_before; /* by rooms that are closed */
};

static void touch(struct worker *worker, struct worker_room *room)
{
    if (!room->touched)
        g_ptr_array_add(worker->touched, room);
    room->touched = true;
}

static struct worker_peer *find_peer(const struct worker *worker, const struct peer *peer)
{
    return handle_table_find(worker->peers, peer_id(peer));
}

/* What the rooms say. */

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
    if (worker->listener.peer_state)
        worker->listener.peer_state(worker->listener.context, peer->room->id, peer->id, state, reason);
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
    if (worker->listener.peer_slots)
        worker->listener.peer_slots(worker->listener.context, room_id(peer_room(of)), peer_id(of), slots, count);
}

static void on_captured(void *context, struct peer *of, struct media_keyframe *keyframe, const GError *error)
{
    struct worker_peer *peer = find_peer(context, of);
    worker_captured *captured = g_steal_pointer(&peer->captured);
    captured(peer->capture_context, keyframe, error);
}

/* What comes in. */

static struct worker_peer *addressee(const struct worker *worker, const struct udp_datagram *datagram)
{
    char ufrag[ICE_UFRAG_LENGTH + 1];
    if (!demux_is_stun(datagram->bytes, datagram->length))
        return route_find_path(worker->route, &datagram->path);
    return ice_lite_peek_ufrag(datagram->bytes, datagram->length, ufrag) ? route_find_ufrag(worker->route, ufrag)
                                                                         : NULL;
}

static bool is_within_rate(const struct worker *worker, struct worker_peer *peer, const struct udp_datagram *datagram)
{
    if (demux_is_stun(datagram->bytes, datagram->length) && route_find_path(worker->route, &datagram->path) != peer)
        return rate_take(&peer->stranger_checks, STRANGER_CHECKS_PER_S, worker->now_us);
    return rate_take(&peer->packets, worker->config->packets_per_s_max, worker->now_us);
}

static void count(struct media_engine_stats *stats, enum transport_verdict verdict)
{
    switch (verdict) {
    case TRANSPORT_ACCEPTED:
        break;
    case TRANSPORT_REFUSED_STUN:
        stats->refused_stun++;
        break;
    case TRANSPORT_REFUSED_DTLS:
        stats->refused_dtls++;
        break;
    case TRANSPORT_REFUSED_SRTP:
        stats->refused_srtp++;
        break;
    case TRANSPORT_REFUSED_KIND:
        stats->refused_unknown++;
        break;
    }
}

static void take(struct worker *worker, const struct udp_datagram *datagram)
{
    struct worker_peer *peer = addressee(worker, datagram);
    if (!peer) {
        worker->stats.refused_unknown++;
        return;
    }
    if (!is_within_rate(worker, peer, datagram)) {
        worker->stats.refused_rate++;
        peer->dropped++;
        return;
    }
    count(&worker->stats, peer_input(peer->peer, &datagram->path, datagram->bytes, datagram->length, worker->now_us));
    touch(worker, peer->room);
}

static void receive(struct worker *worker, unsigned socket)
{
    const struct udp_datagram *datagrams;
    unsigned received = udp_receive(worker->udp, socket, &datagrams);
    for (unsigned i = 0; i < received; i++)
        take(worker, &datagrams[i]);
}

/* Time. */

static void tick_rooms(struct worker *worker)
{
    if (worker->now_us < MAX(worker->wake_us, worker->ticked_us + TICK_INTERVAL_US))
        return;
    struct worker_room *room;
    worker->ticked_us = worker->now_us;
    worker->wake_us = INT64_MAX;
    for (unsigned cursor = 0; (room = handle_table_next(worker->rooms, &cursor));) {
        if (room->deadline_us <= worker->now_us) {
            room_tick(room->room, worker->now_us);
            room->deadline_us = room_deadline_us(room->room);
        }
        worker->wake_us = MIN(worker->wake_us, room->deadline_us);
    }
}

static void note_deadlines(struct worker *worker)
{
    for (unsigned i = 0; i < worker->touched->len; i++) {
        struct worker_room *room = worker->touched->pdata[i];
        room->touched = false;
        room->deadline_us = room_deadline_us(room->room);
        worker->wake_us = MIN(worker->wake_us, room->deadline_us);
    }
    g_ptr_array_set_size(worker->touched, 0);
}

/* Milliseconds, as epoll_wait(2) has them. */
static int time_to_wait(const struct worker *worker)
{
    if (worker->wake_us == INT64_MAX)
        return -1;
    int64_t wake_us = MAX(worker->wake_us, worker->ticked_us + TICK_INTERVAL_US);
    int64_t left_us = wake_us - g_get_monotonic_time();
    return (int)CLAMP((left_us + 999) / 1000, 0, 60 * 1000);
}

/* The tree. */

/* Of a peer that its room has freed already. */
static void forget(struct worker *worker, struct worker_peer *peer)
{
    handle_table_remove(worker->peers, peer->id);
    route_peer_free(worker->route, peer->route);
    g_atomic_int_add(&worker->load, -1);
    g_atomic_int_add(&worker->totals->peers, -1);
    if (!peer->closed)
        tell_state(worker, peer, MEDIA_PEER_CLOSED, MEDIA_CLOSE_LEFT);
    g_free(peer);
}

static void let_go(struct worker *worker, struct worker_peer *peer)
{
    room_leave(peer->room->room, peer->peer, worker->now_us);
    touch(worker, peer->room);
    forget(worker, peer);
}

static void let_go_of_closed(struct worker *worker)
{
    for (unsigned i = 0; i < worker->leaving->len; i++)
        let_go(worker, worker->leaving->pdata[i]);
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

/* The loop. */

static void watch(const struct worker *worker, int fd, uint32_t tag)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = tag};
    if (epoll_ctl(worker->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0)
        g_error("event=epoll_failed reason=\"%s\"", g_strerror(errno));
}

static void *run(void *context)
{
    struct worker *worker = context;
    uint32_t mailbox_tag = worker->config->address_count; /* the sockets have the tags below */
    struct epoll_event events[EVENTS_MAX];
    while (!worker->stopping) {
        int ready = epoll_wait(worker->epoll_fd, events, EVENTS_MAX, time_to_wait(worker));
        worker->now_us = g_get_monotonic_time();
        for (int i = 0; i < ready; i++) {
            if (events[i].data.u32 == mailbox_tag)
                mailbox_drain(worker->mailbox, worker);
            else
                receive(worker, events[i].data.u32);
        }
        tick_rooms(worker);
        let_go_of_closed(worker);
        note_deadlines(worker);
        udp_flush(worker->udp);
    }
    return NULL;
}

struct worker *worker_new(unsigned index, const struct media_config *config, const struct certificate *certificate,
                          const struct media_listener *listener, struct worker_totals *totals, GError **error)
{
    uint16_t port = config->port == 0 ? 0 : (uint16_t)(config->port + index);
    struct udp *udp = udp_open(config->addresses, config->address_count, port, error);
    if (!udp)
        return NULL;

    struct worker *worker = g_new0(struct worker, 1);
    worker->index = index;
    worker->config = config;
    worker->listener = *listener;
    worker->totals = totals;
    worker->udp = udp;
    worker->room_config = (struct room_config){config, certificate, udp_port(udp)};
    worker->route = route_new();
    worker->rooms = handle_table_new(index, config->rooms_max, g_random_int());
    worker->peers = handle_table_new(index, config->peers_max, g_random_int());
    worker->touched = g_ptr_array_new();
    worker->leaving = g_ptr_array_new();
    worker->mailbox = mailbox_new();
    worker->now_us = g_get_monotonic_time();
    worker->wake_us = INT64_MAX;

    worker->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    for (unsigned i = 0; i < config->address_count; i++)
        watch(worker, udp_fd(udp, i), i);
    watch(worker, mailbox_fd(worker->mailbox), config->address_count);
    g_autofree char *name = g_strdup_printf("media%u", index);
    worker->thread = g_thread_new(name, run, worker);
    g_message("event=media_worker_started worker=%u port=%u", index, udp_port(udp));
    return worker;
}

static void stop(void *context, void *data, struct mailbox_call *call)
{
    struct worker *worker = context;
    struct worker_room *room;
    (void)data;
    for (unsigned cursor = 0; (room = handle_table_next(worker->rooms, &cursor));)
        close_room(worker, room);
    worker->stopping = true;
    mailbox_answer(call);
}

void worker_free(struct worker *worker)
{
    mailbox_call(worker->mailbox, stop, NULL);
    g_thread_join(worker->thread);
    mailbox_free(worker->mailbox);
    udp_close(worker->udp);
    close(worker->epoll_fd);
    route_free(worker->route);
    handle_table_free(worker->rooms);
    handle_table_free(worker->peers);
    g_ptr_array_unref(worker->touched);
    g_ptr_array_unref(worker->leaving);
    g_free(worker);
}

uint16_t worker_port(const struct worker *worker)
{
    return udp_port(worker->udp);
}

unsigned worker_load(const struct worker *worker)
{
    return (unsigned)g_atomic_int_get(&worker->load);
}

struct mailbox *worker_mailbox(const struct worker *worker)
{
    return worker->mailbox;
}

/* What callers ask. */

/* Takes one of a number that all workers share. */
static bool take_one(gint *total, unsigned max, const char *what, GError **error)
{
    if (g_atomic_int_add(total, 1) < (gint)max)
        return true;
    g_atomic_int_add(total, -1);
    g_set_error(error, MEDIA_ERROR, MEDIA_ERROR_LIMIT, "all %u %s are taken", max, what);
    return false;
}

static struct worker_room *named_room(const struct worker *worker, media_room_id id, GError **error)
{
    struct worker_room *room = handle_table_find(worker->rooms, id);
    if (!room)
        g_set_error_literal(error, MEDIA_ERROR, MEDIA_ERROR_GONE, "this room is closed");
    return room;
}

static struct worker_peer *named_peer(const struct worker *worker, media_peer_id id, GError **error)
{
    struct worker_peer *peer = handle_table_find(worker->peers, id);
    if (peer && !peer->closed)
        return peer;
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
    if (!take_one(&worker->totals->rooms, worker->config->rooms_max, "rooms", error))
        return false;
    struct worker_room *room = g_new0(struct worker_room, 1);
    room->id = *id = handle_table_add(worker->rooms, room);
    room->room = room_new(room->id, &worker->room_config, &output);
    room->deadline_us = INT64_MAX;
    return true;
}

void worker_close_room(struct worker *worker, media_room_id id)
{
    struct worker_room *room = handle_table_find(worker->rooms, id);
    if (room)
        close_room(worker, room);
}

bool worker_join(struct worker *worker, media_room_id id, const struct sdp_offer *offer, media_peer_id *joined,
                 char **sdp, GError **error)
{
    struct worker_room *room = named_room(worker, id, error);
    if (!room || !take_one(&worker->totals->peers, worker->config->peers_max, "peers", error))
        return false;

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
    touch(worker, room);
    *joined = peer->id;
    return true;
}

bool worker_restart_ice(struct worker *worker, media_peer_id id, const struct sdp_offer *offer, char **sdp,
                        GError **error)
{
    struct worker_peer *peer = named_peer(worker, id, error);
    if (!peer || !room_restart_ice(peer->room->room, peer->peer, offer, sdp, error))
        return false;
    route_bind_ufrag(worker->route, peer->route, peer_ufrag(peer->peer));
    touch(worker, peer->room);
    return true;
}

void worker_leave(struct worker *worker, media_peer_id id)
{
    struct worker_peer *peer = named_peer(worker, id, NULL);
    if (peer)
        let_go(worker, peer);
}

void worker_capture(struct worker *worker, media_peer_id id, unsigned timeout_ms, worker_captured *captured,
                    void *context)
{
    g_autoptr(GError) error = NULL;
    struct worker_peer *peer = named_peer(worker, id, &error);
    if (peer && peer->captured)
        g_set_error_literal(&error, MEDIA_ERROR, MEDIA_ERROR_BUSY, "a capture of this peer is under way");
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
    touch(worker, peer->room);
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
    for (unsigned cursor = 0; (room = handle_table_next(worker->rooms, &cursor));)
        stats->packets_forwarded += room_forwarded(room->room);
    stats->refused_stun += worker->stats.refused_stun;
    stats->refused_dtls += worker->stats.refused_dtls;
    stats->refused_srtp += worker->stats.refused_srtp;
    stats->refused_rate += worker->stats.refused_rate;
    stats->refused_unknown += worker->stats.refused_unknown + udp->too_long;
}
