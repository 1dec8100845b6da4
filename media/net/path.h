/* path: where a datagram came from and through which of our sockets, so that an answer goes back the same way. */
#pragma once

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

struct path {
    unsigned socket; /* index into the worker's bound addresses */
    union {
        struct sockaddr any;
        struct sockaddr_in v4;
        struct sockaddr_in6 v6;
    } remote; /* IPv4 or IPv6 with port; unused bytes are zero, so that paths hash and compare by value */
};

/* Makes a path of what recvmsg(2) filled in. False for another family than IPv4 or IPv6. */
bool path_set(struct path *path, unsigned socket, const struct sockaddr *remote);
socklen_t path_remote_length(const struct path *path);

bool path_equal(const struct path *a, const struct path *b);
unsigned path_hash(const struct path *path); /* GHashFunc-compatible through a cast-free wrapper in route.c */
