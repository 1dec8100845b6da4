/* ws: the WebSocket connections of the API (RFC 6455, subprotocol viva.v1 at /v1/ws).
 *
 * Lives on the server loop. A message is put together here, within its bound, and dispatched on the pool in its
 * connection's lane: one at a time, in order. What is to be sent waits in the hub. A connection's last job in its lane
 * says that it is gone, so no request of it can come after that. */
#pragma once

#include "signaling/service.h"

#include <libwebsockets.h>

#define WS_PATH        "/v1/ws"
#define WS_SUBPROTOCOL "viva.v1"

struct ws;

struct ws *ws_new(struct service *service, const struct rpc_table *table);
/* After the loop has ended and the pool has run dry. */
void ws_free(struct ws *ws);

/* The callback of libwebsockets for the protocol WS_SUBPROTOCOL; `user` in its lws_protocols is the struct ws. */
int ws_callback(struct lws *wsi, enum lws_callback_reasons reason, void *session, void *in, size_t length);
size_t ws_session_size(void);
/* Asks for a chance to write where the hub has something. */
void ws_pump(struct ws *ws);
/* Closes all connections with 1001 (going away) once their queues are sent. */
void ws_close_all(struct ws *ws);
unsigned ws_count(const struct ws *ws);

/* For LWS_CALLBACK_HTTP_CONFIRM_UPGRADE, before a protocol is chosen: 0 to go on, 1 when refused with an answer, -1 to
 * hang up. */
int ws_confirm_upgrade(const struct config *config, struct lws *wsi);
