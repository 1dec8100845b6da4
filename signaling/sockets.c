#include "signaling/sockets.h"

struct sockets {
    unsigned connections_max, per_address_max;
    GHashTable *open;       /* socket → its address */
    GHashTable *by_address; /* address → how many */
};

struct sockets *sockets_new(unsigned connections_max, unsigned per_address_max)
{
    struct sockets *sockets = g_new0(struct sockets, 1);
    sockets->connections_max = connections_max;
    sockets->per_address_max = per_address_max;
    sockets->open = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    sockets->by_address = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return sockets;
}

void sockets_free(struct sockets *sockets)
{
    if (sockets != NULL) {
        g_hash_table_unref(sockets->open);
        g_hash_table_unref(sockets->by_address);
        g_free(sockets);
    }
}

static unsigned count_of(const struct sockets *sockets, const char *address)
{
    return GPOINTER_TO_UINT(g_hash_table_lookup(sockets->by_address, address));
}

bool sockets_admit(const struct sockets *sockets, const char *address)
{
    return sockets_count(sockets) < sockets->connections_max && count_of(sockets, address) < sockets->per_address_max;
}

void sockets_add(struct sockets *sockets, const void *socket, const char *address)
{
    if (g_hash_table_contains(sockets->open, socket)) {
        return;
    }
    const unsigned count = count_of(sockets, address) + 1;
    g_hash_table_insert(sockets->by_address, g_strdup(address), GUINT_TO_POINTER(count));
    g_hash_table_insert(sockets->open, (void *)socket, g_strdup(address));
}

void sockets_remove(struct sockets *sockets, const void *socket)
{
    const char *address = g_hash_table_lookup(sockets->open, socket);
    if (address == NULL) {
        return;
    }
    const unsigned count = count_of(sockets, address) - 1;
    if (count == 0) {
        g_hash_table_remove(sockets->by_address, address);
    } else {
        g_hash_table_insert(sockets->by_address, g_strdup(address), GUINT_TO_POINTER(count));
    }
    g_hash_table_remove(sockets->open, socket);
}

unsigned sockets_count(const struct sockets *sockets)
{
    return g_hash_table_size(sockets->open);
}
