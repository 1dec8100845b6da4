#include "media/ice/ice_lite.h"
#include "media/net/demux.h"
#include "media/worker_tree.h"

#include <errno.h>
#include <sys/epoll.h>
#include <unistd.h>

#define EVENTS_MAX       16
#define TICK_INTERVAL_US 1000 /* rooms are looked through at most this often, however many deadlines there are */

_Static_assert(UDP_DATAGRAM_BYTES <= TRANSPORT_DATAGRAM_BYTES_MAX, "a transport takes whatever a socket can read");

/* What comes in. */

static struct worker_peer *addressee(const struct worker *worker, const struct udp_datagram *datagram)
{
    char ufrag[ICE_UFRAG_LENGTH + 1];
    if (!demux_is_stun(datagram->bytes, datagram->length)) {
        return route_find_path(worker->route, &datagram->path);
    }
    return ice_lite_peek_ufrag(datagram->bytes, datagram->length, ufrag) ? route_find_ufrag(worker->route, ufrag)
                                                                         : NULL;
}

static bool is_within_rate(const struct worker *worker, struct worker_peer *peer, const struct udp_datagram *datagram)
{
    if (demux_is_stun(datagram->bytes, datagram->length) && route_find_path(worker->route, &datagram->path) != peer) {
        return rate_take(&peer->stranger_checks, STRANGER_CHECKS_PER_S, worker->now_us);
    }
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
    worker_touch(worker, peer->room);
}

static void receive(struct worker *worker, unsigned socket)
{
    const struct udp_datagram *datagrams;
    unsigned received = udp_receive(worker->udp, socket, &datagrams);
    for (unsigned i = 0; i < received; i++) {
        take(worker, &datagrams[i]);
    }
}

/* Time. */

static void tick_rooms(struct worker *worker)
{
    if (worker->now_us < MAX(worker->wake_us, worker->ticked_us + TICK_INTERVAL_US)) {
        return;
    }
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
    if (worker->wake_us == INT64_MAX) {
        return -1;
    }
    int64_t wake_us = MAX(worker->wake_us, worker->ticked_us + TICK_INTERVAL_US);
    int64_t left_us = wake_us - g_get_monotonic_time();
    return (int)CLAMP((left_us + 999) / 1000, 0, 60 * 1000);
}

/* The loop. */

static void watch(const struct worker *worker, int fd, uint32_t tag)
{
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = tag};
    if (epoll_ctl(worker->epoll_fd, EPOLL_CTL_ADD, fd, &event) < 0) {
        g_error("event=epoll_failed reason=\"%s\"", g_strerror(errno));
    }
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
            if (events[i].data.u32 == mailbox_tag) {
                mailbox_drain(worker->mailbox, worker);
            } else {
                receive(worker, events[i].data.u32);
            }
        }
        tick_rooms(worker);
        worker_let_go_of_closed(worker);
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
    if (!udp) {
        return NULL;
    }

    struct worker *worker = g_new0(struct worker, 1);
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
    for (unsigned i = 0; i < config->address_count; i++) {
        watch(worker, udp_fd(udp, i), i);
    }
    watch(worker, mailbox_fd(worker->mailbox), config->address_count);
    g_autofree char *name = g_strdup_printf("media%u", index);
    worker->thread = g_thread_new(name, run, worker);
    g_message("event=media_worker_started worker=%u port=%u", index, udp_port(udp));
    return worker;
}

static void stop(void *context, void *data, struct mailbox_call *call)
{
    struct worker *worker = context;
    (void)data;
    worker_close_rooms(worker);
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
