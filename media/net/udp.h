/* udp: a worker's sockets, one for each address on the same port, read and written in batches.
 *
 * Runs on its worker's thread; opened before that thread starts. */
#pragma once

#include "media/media.h"
#include "media/net/path.h"

#define UDP_DATAGRAM_BYTES 2048 /* room of a buffer; what a 1,500-byte network carries, and SRTP's tag */
#define UDP_BATCH          64   /* datagrams read or written by one system call */

struct udp;

struct udp_datagram {
    struct path path;
    uint8_t *bytes; /* UDP_DATAGRAM_BYTES of room, valid until the next udp_receive */
    size_t length;
};

struct udp_counters {
    uint64_t received, sent;
    uint64_t too_long;    /* received, longer than a buffer, dropped */
    uint64_t send_failed; /* the kernel would not take it: its buffer was full, or there is no route */
};

/* Binds `port` on every address; 0: one free port for all of them. Fails with MEDIA_ERROR_CONFIG. */
struct udp *udp_open(const struct media_address *addresses, unsigned count, uint16_t port, GError **error);
void udp_close(struct udp *udp);

uint16_t udp_port(const struct udp *udp);
int udp_fd(const struct udp *udp, unsigned socket); /* to poll; do not close */
const struct udp_counters *udp_counters(const struct udp *udp);

/* Reads at most one batch from a socket; points `*datagrams` at what came. Returns how many. */
unsigned udp_receive(struct udp *udp, unsigned socket, const struct udp_datagram **datagrams);

/* Copies the datagram into the batch of path->socket, which goes out when it is full or flushed. */
void udp_send(struct udp *udp, const struct path *path, const uint8_t *datagram, size_t length);
void udp_flush(struct udp *udp);
