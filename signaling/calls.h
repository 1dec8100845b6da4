/* calls: the interviews that are alive now: who is present, whose grace runs, which media room and peers belong to
 * them.
 *
 * The store has what must survive; this has what a restart rebuilds. The state machine itself is interview.h, one
 * operation on one interview is a turn (turn.h).
 *
 * Lock order: calls → store, media engine, hub. One lock guards everything here, and a turn holds it over its own store
 * transaction, so what happens to interviews happens one after the other and everybody is told in that order. None of
 * the three ever calls back with a lock of its own held: the media workers and the server loop only post to a queue,
 * which one thread drains under the lock. What blocks for longer (a capture, a password) is done without it.
 * Every function may be called from any thread but a media worker's and the server loop's (they block), unless it says
 * otherwise. */
#pragma once

#include "signaling/service.h"

/* Picks up every live interview of the store: each party has a fresh grace to come back. */
struct calls *calls_new(struct service *service, GError **error);
void calls_free(struct calls *calls);

/* Signs the identity's connection in: attaches it at the hub and makes its subject present. The earlier pages of a
 * party get session.replaced and are detached. */
void calls_attach(struct calls *calls, const struct rpc_caller *identity);
/* Signs the caller's session out on all of its connections, without a grace. */
void calls_sign_out(struct calls *calls, const struct rpc_caller *caller);
/* A connection closed: its last job on the pool tells, so none of its requests comes after. Posts to a queue, never
 * blocks. */
void calls_connection_closed(struct calls *calls, const struct rpc_caller *caller);

/* Once a second, on a pool thread: graces, ring timeouts, no-shows, abandoned calls, test rooms, call.quality. */
void calls_tick(struct calls *calls, int64_t now_us);
/* Interviews in a call now with somebody there: a draining server may stop at 0. */
unsigned calls_running(struct calls *calls);
/* Ends all media, telling the pages (media.closed, ended), and lets nobody in any more: drain limit reached, or
 * shutdown. The interviews stay as they are: after a start they go on. */
void calls_stop(struct calls *calls);

/* For the media engine: callbacks copy and post. */
struct media_listener calls_media_listener(struct calls *calls);
