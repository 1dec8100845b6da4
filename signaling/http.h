/* http: everything that is not a WebSocket: the pages, health, metrics, downloads of captures, and the pictures of face
 * checks.
 *
 * Lives on the server loop. What may block runs on the pool; its answer comes back by the request's number, so a
 * request whose client has left meanwhile is simply not found. */
#pragma once

#include "signaling/service.h"

#include <libwebsockets.h>

struct http;

/* `wake` must make the loop call http_pump; any thread calls it. */
struct http *http_new(struct service *service, void (*wake)(void *context), void *context);
/* After the loop has ended and the pool has run dry. */
void http_free(struct http *http);

/* The callback of libwebsockets for protocols[0]; `user` in its lws_protocols is the struct http. */
int http_callback(struct lws *wsi, enum lws_callback_reasons reason, void *session, void *in, size_t length);
size_t http_session_size(void);
/* Hands finished answers to their requests. */
void http_pump(struct http *http);

/* Whether a WebSocket may be opened by a page of `origin` (Origin, RFC 6454; NULL: no browser) that reached us as
 * `host`: our own page, or no page at all. */
bool http_origin_allowed(const struct config *config, const char *origin, const char *host);
