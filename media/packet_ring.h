/* packet_ring: packets on their way from a worker to one reader on another thread, in a ring of bytes that is as large
 * as it will ever be when it is made. The writer takes no lock, allocates nothing and waits for nobody; a full ring
 * refuses packets and counts them.
 *
 * It has two owners, the writer and the reader; whoever lets go last frees it. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct packet_ring;

/* At least 16 KiB; less is taken as that. One reference for the writer and one for the reader. */
struct packet_ring *packet_ring_new(size_t bytes);

/* The writer: at most 65535 bytes. False when there is no room: the packet is counted as dropped. */
bool packet_ring_put(struct packet_ring *ring, const uint8_t *packet, size_t length);
/* Counts a packet that the writer leaves out because of those that found no room. */
void packet_ring_count_dropped(struct packet_ring *ring);
/* Nothing comes any more. Gives the writer's reference up. */
void packet_ring_end(struct packet_ring *ring);

/* The reader: appends all packets that are there as GBytes. Returns at once when there are any, else waits for some for
 * at most `timeout_ms`. False: the writer has ended, and everything has been read. */
bool packet_ring_read(struct packet_ring *ring, unsigned timeout_ms, GPtrArray *packets);
uint64_t packet_ring_dropped(const struct packet_ring *ring);
/* Any thread. */
bool packet_ring_ended(const struct packet_ring *ring);
/* Gives the reader's reference up. */
void packet_ring_close(struct packet_ring *ring);
