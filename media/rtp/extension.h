/* extension: elements of an RTP header extension, one-byte and two-byte form (RFC 8285). */
#pragma once

#include "media/rtp/packet.h"

#define RTP_EXTENSION_BYTES_MAX 8 /* what the writer here makes */

/* Finds element `id` (1..255). `*data` is borrowed from the packet. False when there is none, or what stands before it
 * is broken; outputs are then untouched. */
bool rtp_extension_find(const struct rtp_packet *packet, uint8_t id, const uint8_t **data, size_t *length);

/* Gives `packet` abs-send-time as its only extension: 24 bits, seconds in 6.18 fixed point, wrapping every 64 s.
 * `id` is 1..255, `storage` must live as long as `packet`. */
void rtp_extension_set_send_time(struct rtp_packet *packet, uint8_t id, int64_t time_us,
                                 uint8_t storage[RTP_EXTENSION_BYTES_MAX]);
