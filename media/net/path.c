#include "media/net/path.h"

#include <string.h>

bool path_set(struct path *path, unsigned socket, const struct sockaddr *remote)
{
    if (remote->sa_family != AF_INET && remote->sa_family != AF_INET6) {
        return false;
    }
    memset(path, 0, sizeof *path);
    path->socket = socket;
    if (remote->sa_family == AF_INET) {
        const struct sockaddr_in *v4 = (const struct sockaddr_in *)(const void *)remote;
        path->remote.v4.sin_family = AF_INET;
        path->remote.v4.sin_port = v4->sin_port;
        path->remote.v4.sin_addr = v4->sin_addr;
    } else {
        /* Without the flow label: it is not a part of the address and may change between two packets of one sender. */
        const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)(const void *)remote;
        path->remote.v6.sin6_family = AF_INET6;
        path->remote.v6.sin6_port = v6->sin6_port;
        path->remote.v6.sin6_addr = v6->sin6_addr;
        path->remote.v6.sin6_scope_id = v6->sin6_scope_id;
    }
    return true;
}

socklen_t path_remote_length(const struct path *path)
{
    return path->remote.any.sa_family == AF_INET ? sizeof path->remote.v4 : sizeof path->remote.v6;
}

bool path_equal(const struct path *a, const struct path *b)
{
    return memcmp(a, b, sizeof *a) == 0;
}

unsigned path_hash(const struct path *path)
{
    uint32_t words[sizeof *path / sizeof(uint32_t)];
    _Static_assert(sizeof words == sizeof *path, "a path is a whole number of words");
    memcpy(words, path, sizeof words);

    uint64_t hash = 0;
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++) {
        hash = (hash ^ words[i]) * UINT64_C(0x9e3779b97f4a7c15); /* 2^64 / golden ratio: spreads every bit upwards */
    }
    return (unsigned)(hash >> 32);
}
