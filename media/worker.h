/* worker: one thread with one epoll loop and one UDP port; its rooms live and die on it.
 *
 * A turn of the loop reads what has come, carries out what was asked, ticks the rooms whose time it is, lets go of
 * peers that ended, and sends everything in one batch. Nothing here is shared with other threads but the mailbox and a
 * few atomic counts, so the packet path has no lock. */
#pragma once

#include "media/mailbox.h"
#include "media/media.h"
#include "media/packet_ring.h"
#include "media/sdp/offer.h"
#include "media/secure/certificate.h"

/* What all workers of an engine count together; atomic. */
struct worker_totals {
    gint rooms, peers;
};

struct worker;

/* Binds the port and starts the thread. All pointers are borrowed and outlive the worker. Fails with
 * MEDIA_ERROR_CONFIG. */
struct worker *worker_new(unsigned index, const struct media_config *config, const struct certificate *certificate,
                          const struct media_listener *listener, struct worker_totals *totals, GError **error);
/* Closes the rooms, ends the thread and waits for it. */
void worker_free(struct worker *worker);

uint16_t worker_port(const struct worker *worker);
/* Peers at this moment; any thread. */
unsigned worker_load(const struct worker *worker);
/* To call the functions below, which run on the worker's thread alone. */
struct mailbox *worker_mailbox(const struct worker *worker);

bool worker_open_room(struct worker *worker, media_room_id *id, GError **error);
void worker_close_room(struct worker *worker, media_room_id id);
/* `*sdp` is the answer; caller frees. */
bool worker_join(struct worker *worker, media_room_id id, const struct sdp_offer *offer, media_peer_id *joined,
                 char **sdp, GError **error);
bool worker_restart_ice(struct worker *worker, media_peer_id id, const struct sdp_offer *offer, char **sdp,
                        GError **error);
void worker_leave(struct worker *worker, media_peer_id id);

/* `keyframe` is taken over, or NULL with an error, borrowed. */
typedef void worker_captured(void *context, struct media_keyframe *keyframe, const GError *error);
/* Calls `captured` exactly once, at once or later, at the latest after `timeout_ms`. */
void worker_capture(struct worker *worker, media_peer_id id, unsigned timeout_ms, worker_captured *captured,
                    void *context);

/* The worker is the writer of `ring` from then on, if it is true. */
bool worker_tap(struct worker *worker, media_peer_id id, struct packet_ring *ring, struct media_tap_source *source,
                GError **error);
void worker_end_tap(struct worker *worker, media_peer_id id, const struct packet_ring *ring);
void worker_refresh_tap(struct worker *worker, media_peer_id id);

unsigned worker_room_stats(struct worker *worker, media_room_id id, struct media_peer_stats stats[MEDIA_PARTIES_MAX]);
/* Adds this worker's counts to `stats`. */
void worker_add_stats(struct worker *worker, struct media_engine_stats *stats);
