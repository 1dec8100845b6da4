/* server: the loop that owns every TCP connection (libwebsockets), the clock of `calls`, and the process's signals.
 *
 * SIGHUP reads the certificate again. SIGTERM or SIGINT drains: no new calls, running interviews may finish within
 * drain.limit_s, then all pages are told and closed; a second one ends at once. The three signals must be blocked in
 * every thread (server_block_signals, before any thread starts). */
#pragma once

#include "signaling/service.h"

struct server;

enum server_error { SERVER_ERROR_LISTEN, SERVER_ERROR_CERTIFICATE };
#define SERVER_ERROR server_error_quark()
GQuark server_error_quark(void);

void server_block_signals(void);

/* Listens. `service` must be complete (but for `draining`) and outlive the server. */
struct server *server_new(struct service *service, const struct rpc_table *table, GError **error);
/* Serves until drained, or told twice to stop. */
void server_run(struct server *server);
/* Closes what is still open; its last jobs are then on the pool. */
void server_close(struct server *server);
/* After server_close, when the pool has run dry (worker_pool_free): its jobs know the server. */
void server_free(struct server *server);
