#include "tests/sim/network.h"

#include <string.h>

struct flying {
    int64_t arrival_us;
    unsigned to;
    size_t length;
    uint8_t datagram[NETWORK_DATAGRAM_MAX];
};

struct network {
    GRand *random;
    network_deliver *deliver;
    void *context;
    struct network_quality quality;
    GQueue flying; /* of struct flying, by arrival */
};

struct network *network_new(guint32 seed, network_deliver *deliver, void *context)
{
    struct network *network = g_new0(struct network, 1);
    network->random = g_rand_new_with_seed(seed);
    network->deliver = deliver;
    network->context = context;
    g_queue_init(&network->flying);
    return network;
}

void network_free(struct network *network)
{
    g_queue_clear_full(&network->flying, g_free);
    g_rand_free(network->random);
    g_free(network);
}

void network_set_quality(struct network *network, const struct network_quality *quality)
{
    network->quality = *quality;
}

static gint by_arrival(gconstpointer a, gconstpointer b, gpointer context)
{
    const struct flying *one = a;
    const struct flying *other = b;
    (void)context;
    return one->arrival_us < other->arrival_us ? -1 : 1; /* never equal: who was sent first arrives first */
}

void network_send(struct network *network, unsigned to, const uint8_t *datagram, size_t length, int64_t now_us)
{
    const struct network_quality *quality = &network->quality;
    g_assert(length <= NETWORK_DATAGRAM_MAX);
    if ((unsigned)g_rand_int_range(network->random, 0, 1000) < quality->loss_permille) {
        return;
    }
    struct flying *flying = g_new(struct flying, 1);
    const gint32 jitter_us = g_rand_int_range(network->random, 0, (gint32)quality->jitter_ms * 1000 + 1);
    flying->arrival_us = now_us + (int64_t)quality->delay_ms * 1000 + jitter_us;
    flying->to = to;
    flying->length = length;
    memcpy(flying->datagram, datagram, length);
    g_queue_insert_sorted(&network->flying, flying, by_arrival, NULL);
}

void network_run(struct network *network, int64_t now_us)
{
    for (;;) {
        struct flying *flying = g_queue_peek_head(&network->flying);
        if (!flying || flying->arrival_us > now_us) {
            return;
        }
        g_queue_pop_head(&network->flying);
        network->deliver(network->context, flying->to, flying->datagram, flying->length);
        g_free(flying);
    }
}
