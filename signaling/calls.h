/* calls: the interviews that are alive now: who is present, whose grace runs, which media room and peers belong to
 * them.
 *
 * The store has what must survive; this has what a restart rebuilds. One lock guards it; the state machine itself is
 * interview.h. Every function may be called from any thread but a media worker's and the server loop's (they block),
 * unless it says otherwise. */
#pragma once

#include "signaling/service.h"

/* Picks up every live interview of the store: each party has a fresh grace to come back. */
struct calls *calls_new(struct service *service, GError **error);
void calls_free(struct calls *calls);

/* The server loop tells that a connection with this identity closed; posts to the pool, never blocks. */
void calls_connection_closed(struct calls *calls, const struct rpc_caller *caller);
/* Once a second, on a pool thread: graces, ring timeouts, no-shows, abandoned calls, test rooms, call.quality. */
void calls_tick(struct calls *calls, int64_t now_us);
/* Interviews in a room now: a draining server may stop at 0. */
unsigned calls_running(struct calls *calls);
/* Tells all pages and ends what still runs (drain limit reached, or shutdown). */
void calls_stop(struct calls *calls);

/* For the media engine: callbacks copy and post to the pool. */
struct media_listener calls_media_listener(struct calls *calls);
