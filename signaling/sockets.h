/* sockets: how many TCP connections are open, in all and from each address, before a byte of them is read.
 *
 * Belongs to the server loop; not thread-safe. */
#pragma once

#include <glib.h>
#include <stdbool.h>

struct sockets;

struct sockets *sockets_new(unsigned connections_max, unsigned per_address_max);
void sockets_free(struct sockets *sockets);

/* Whether one more from `address` may come in. */
bool sockets_admit(const struct sockets *sockets, const char *address);
/* `socket` is only a name for it, unique while it is open. Removing an unknown one is no error. */
void sockets_add(struct sockets *sockets, const void *socket, const char *address);
void sockets_remove(struct sockets *sockets, const void *socket);
unsigned sockets_count(const struct sockets *sockets);
