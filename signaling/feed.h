/* feed: the outbox on its way to subscribers on the WebSocket: each event of a mission after the subscriber's cursor,
 * in order, at least once.
 *
 * A subscriber is sent at most `window` events that it has not acknowledged; one that is slow waits, and costs no
 * memory. The server keeps no cursor: who comes back says where it was. Lock order: feed → store, hub. One thread
 * delivers; every function may be called from any thread. */
#pragma once

#include "signaling/service.h"

#define FEED_WINDOW_MAX 1000u

struct feed;

struct feed *feed_new(struct service *service);
/* Ends the thread; before the store and the hub. */
void feed_free(struct feed *feed);

/* Delivers to the caller's connection what comes after `after`; replaces an earlier subscription. */
void feed_subscribe(struct feed *feed, const struct rpc_caller *caller, int64_t after, unsigned window);
/* Everything up to `seq` has arrived. False: the connection has no subscription. */
bool feed_acknowledge(struct feed *feed, uint64_t connection, int64_t seq);
void feed_forget(struct feed *feed, uint64_t connection);

/* The API's Event. New reference. */
json_t *feed_event_view(const struct store_event *event);
