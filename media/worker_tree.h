/* worker_tree: the rooms and peers of a worker: what callers ask for them (worker.h), and what they say themselves.
 *
 * For worker.c and worker_tree.c alone; all of it on the worker's thread. */
#pragma once

#include "media/handle.h"
#include "media/net/rate.h"
#include "media/net/route.h"
#include "media/net/udp.h"
#include "media/room/room.h"
#include "media/worker.h"

/* Checks from addresses that a peer has not authenticated. Apart from its packets, so that a stranger who knows its
 * ufrag can use up these and not its media. */
#define STRANGER_CHECKS_PER_S 50

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

/* The room's deadline may have changed. */
void worker_touch(struct worker *worker, struct worker_room *room);
/* Frees the peers whose media has ended by itself. Not from inside what a room says. */
void worker_let_go_of_closed(struct worker *worker);
void worker_close_rooms(struct worker *worker);
