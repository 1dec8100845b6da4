/* network: a simulated network that loses, delays and reorders datagrams: the same ones each time for the same seed. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NETWORK_DATAGRAM_MAX 2048

struct network;

/* `deliver` gets each datagram that survives; `to` is what was given with it. It may send. */
typedef void network_deliver(void *context, unsigned to, uint8_t *datagram, size_t length);

struct network_quality {
    unsigned loss_permille;
    unsigned delay_ms;  /* one way */
    unsigned jitter_ms; /* up to so much more; larger than the distance of two packets it reorders them */
};

struct network *network_new(guint32 seed, network_deliver *deliver, void *context);
void network_free(struct network *network);
void network_set_quality(struct network *network, const struct network_quality *quality);
void network_send(struct network *network, unsigned to, const uint8_t *datagram, size_t length, int64_t now_us);
/* Delivers what has arrived by now, in the order of arrival. */
void network_run(struct network *network, int64_t now_us);
