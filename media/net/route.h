/* route: which peer a datagram belongs to: by the ICE username fragment until its path is known, by the path then.
 *
 * Of a fixed bound: a peer has at most ROUTE_UFRAGS_MAX fragments and ROUTE_PATHS_MAX paths; one more takes the place
 * of the one that was named longest ago. Nothing is ever added for a datagram that has not been authenticated. */
#pragma once

#include "media/net/path.h"

#define ROUTE_UFRAGS_MAX 4 /* the current one, and those of ICE restarts that the client has not followed yet */
#define ROUTE_PATHS_MAX  8 /* the same for a transport's authenticated paths: both forget the same one */

struct route;
struct route_peer; /* what the route knows of one peer */

struct route *route_new(void);
void route_free(struct route *route); /* after its peers are freed */

/* `owner` is handed back by the look-ups; NULL is not allowed. */
struct route_peer *route_peer_new(void *owner);
void route_peer_free(struct route *route, struct route_peer *peer);

void route_bind_ufrag(struct route *route, struct route_peer *peer, const char *ufrag);
/* The path is this peer's from now on, whosever it was: call it for each ICE check that passes. */
void route_bind_path(struct route *route, struct route_peer *peer, const struct path *path);

void *route_find_ufrag(const struct route *route, const char *ufrag); /* the owner, or NULL */
void *route_find_path(const struct route *route, const struct path *path);
