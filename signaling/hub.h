/* hub: the open WebSocket connections, by id, and how to reach them from any thread.
 *
 * The server loop owns the sockets; everybody else holds connection ids (never reused). Sending to an id that is gone
 * is no error. Every function may be called from any thread. Queues are bounded: a client that does not read is closed.
 */
#pragma once

#include "signaling/rpc.h"

struct hub;

/* What a connection is signed in as; strings are copied. Replaces an earlier identity. */
void hub_attach(struct hub *hub, uint64_t connection, const struct rpc_caller *identity);
/* Forgets the identity; the connection stays open. */
void hub_detach(struct hub *hub, uint64_t connection);

/* Queue a text (takes it) to one connection, to all of a party, or to all officers of a mission. */
void hub_send(struct hub *hub, uint64_t connection, char *text);
void hub_send_party(struct hub *hub, const char *party, const char *text);
void hub_send_officers(struct hub *hub, const char *mission, const char *text);

/* Calls `visit` for each connection that has an identity, with a copy of it; for views that differ per receiver. */
void hub_each(struct hub *hub, void (*visit)(const struct rpc_caller *caller, void *context), void *context);

/* Closes a connection with a WebSocket status (RFC 6455 §7.4) once its queue is sent. */
void hub_close(struct hub *hub, uint64_t connection, uint16_t status);
unsigned hub_count(struct hub *hub);
