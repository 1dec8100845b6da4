/* hub: the open WebSocket connections, by id, and how to reach them from any thread.
 *
 * The server loop owns the sockets; everybody else holds connection ids (never reused). Sending to an id that is gone
 * is no error. Every function may be called from any thread. Queues are bounded: a client that does not read is closed.
 */
#pragma once

#include "signaling/rpc.h"

struct hub;

struct hub *hub_new(void);
void hub_free(struct hub *hub);

/* What a connection is signed in as; strings are copied. Replaces an earlier identity. */
void hub_attach(struct hub *hub, uint64_t connection, const struct rpc_caller *identity);
/* Forgets the identity; the connection stays open. */
void hub_detach(struct hub *hub, uint64_t connection);

/* Queue a text (taken by the first) to one connection, to all of a party, of a face check's applicant or of an
 * account holder, or to all officers of a mission. */
void hub_send(struct hub *hub, uint64_t connection, char *text);
void hub_send_party(struct hub *hub, const char *party, const char *text);
void hub_send_facecheck(struct hub *hub, const char *facecheck, const char *text);
bool hub_has_holder(struct hub *hub, const char *holder);
void hub_send_holder(struct hub *hub, const char *holder, const char *text);
void hub_send_officers(struct hub *hub, const char *mission, const char *text);
void hub_send_all(struct hub *hub, const char *text);

/* Calls `visit` for each connection that is signed in as one of `roles` (enum rpc_role, or-ed), with a copy of its
 * identity; for views that differ per receiver. */
void hub_each(struct hub *hub, unsigned roles, void (*visit)(const struct rpc_caller *caller, void *context),
              void *context);

/* Closes a connection with a WebSocket status (RFC 6455 §7.4) once its queue is sent. */
void hub_close(struct hub *hub, uint64_t connection, uint16_t status);
unsigned hub_count(struct hub *hub);

/* ---- for the server loop, which owns the sockets ---- */

/* `wake` is called from any thread when there is something to send or close; it must not block or call back. */
void hub_listen(struct hub *hub, void (*wake)(void *context), void *context);
/* A new connection from `address`; its id. */
uint64_t hub_open(struct hub *hub, const char *address);
/* Forgets a connection; later calls with its id do nothing. */
void hub_forget(struct hub *hub, uint64_t connection);
/* Who is on a connection now: a copy, to be cleared; false when the connection is gone. */
bool hub_caller(struct hub *hub, uint64_t connection, struct rpc_caller *caller);
void hub_caller_clear(struct rpc_caller *caller);
/* The connections that have something to send or close since the last call: GArray of uint64_t, caller unrefs. */
GArray *hub_pending(struct hub *hub);

enum hub_next { HUB_NOTHING, HUB_TEXT, HUB_CLOSE };
/* What to do next on a connection: send `text` (caller frees), or close with `status`. HUB_TEXT may be followed by
 * more.
 */
enum hub_next hub_take(struct hub *hub, uint64_t connection, char **text, uint16_t *status);
/* The client did not read what it was sent: its queue is dropped, and the connection is to be cut. */
bool hub_overflowed(struct hub *hub, uint64_t connection);
/* Closes the connections whose session has ended (1008), so that an open page notices. */
void hub_expire(struct hub *hub, int64_t now_us);
