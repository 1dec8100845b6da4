#include "media/net/route.h"

#include <glib.h>
#include <string.h>

struct route_peer {
    void *owner;
    unsigned ufrag_count, path_count;
    char *ufrags[ROUTE_UFRAGS_MAX];      /* the one named longest ago first */
    struct path *paths[ROUTE_PATHS_MAX]; /* the same; keys of the tables, which own them */
};

struct route {
    GHashTable *by_ufrag; /* string → struct route_peer */
    GHashTable *by_path;  /* struct path → struct route_peer */
};

static guint hash_path(gconstpointer path)
{
    return path_hash(path);
}

static gboolean equal_path(gconstpointer a, gconstpointer b)
{
    return path_equal(a, b);
}

struct route *route_new(void)
{
    struct route *route = g_new0(struct route, 1);
    route->by_ufrag = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    route->by_path = g_hash_table_new_full(hash_path, equal_path, g_free, NULL);
    return route;
}

void route_free(struct route *route)
{
    g_hash_table_unref(route->by_ufrag);
    g_hash_table_unref(route->by_path);
    g_free(route);
}

struct route_peer *route_peer_new(void *owner)
{
    struct route_peer *peer = g_new0(struct route_peer, 1);
    peer->owner = owner;
    return peer;
}

void route_peer_free(struct route *route, struct route_peer *peer)
{
    for (unsigned i = 0; i < peer->ufrag_count; i++) {
        g_hash_table_remove(route->by_ufrag, peer->ufrags[i]);
    }
    for (unsigned i = 0; i < peer->path_count; i++) {
        g_hash_table_remove(route->by_path, peer->paths[i]);
    }
    g_free(peer);
}

void route_bind_ufrag(struct route *route, struct route_peer *peer, const char *ufrag)
{
    if (g_hash_table_contains(route->by_ufrag, ufrag)) {
        return;
    }
    if (peer->ufrag_count == ROUTE_UFRAGS_MAX) {
        g_hash_table_remove(route->by_ufrag, peer->ufrags[0]);
        memmove(peer->ufrags, peer->ufrags + 1, --peer->ufrag_count * sizeof *peer->ufrags);
    }
    char *key = g_strdup(ufrag);
    peer->ufrags[peer->ufrag_count++] = key;
    g_hash_table_insert(route->by_ufrag, key, peer);
}

/* Takes paths[i] out of the peer's list, closing the gap. */
static struct path *take_path(struct route_peer *peer, unsigned i)
{
    struct path *path = peer->paths[i];
    memmove(peer->paths + i, peer->paths + i + 1, (--peer->path_count - i) * sizeof *peer->paths);
    return path;
}

static unsigned find_path(const struct route_peer *peer, const struct path *path)
{
    unsigned i = 0;
    while (i < peer->path_count && !path_equal(peer->paths[i], path)) {
        i++;
    }
    return i;
}

void route_bind_path(struct route *route, struct route_peer *peer, const struct path *path)
{
    struct route_peer *former = g_hash_table_lookup(route->by_path, path);
    if (former == peer) { /* known: becomes the latest of the list */
        struct path *key = take_path(peer, find_path(peer, path));
        peer->paths[peer->path_count++] = key;
        return;
    }
    if (former) {
        take_path(former, find_path(former, path));
        g_hash_table_remove(route->by_path, path);
    }
    if (peer->path_count == ROUTE_PATHS_MAX) {
        g_hash_table_remove(route->by_path, take_path(peer, 0));
    }
    struct path *key = g_memdup2(path, sizeof *path);
    peer->paths[peer->path_count++] = key;
    g_hash_table_insert(route->by_path, key, peer);
}

static void *owner_of(const struct route_peer *peer)
{
    return peer ? peer->owner : NULL;
}

void *route_find_ufrag(const struct route *route, const char *ufrag)
{
    return owner_of(g_hash_table_lookup(route->by_ufrag, ufrag));
}

void *route_find_path(const struct route *route, const struct path *path)
{
    return owner_of(g_hash_table_lookup(route->by_path, path));
}
