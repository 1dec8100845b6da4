/* packet: one RTP packet, taken apart and put together (RFC 3550 §5.1). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RTP_HEADER_BYTES     12
#define RTP_PACKET_BYTES_MAX 1500 /* what we take from a peer; more never came through one Ethernet frame */

/* Pointers are borrowed from the parsed bytes. CSRCs and padding are checked and left out. */
struct rtp_packet {
    bool marker;
    uint8_t payload_type;
    uint16_t sequence;
    uint32_t timestamp;
    uint32_t ssrc;
    uint16_t extension_profile; /* RFC 3550 §5.3.1; meaningless while extension_length is 0 */
    const uint8_t *extension;   /* its elements, without the four bytes before them */
    size_t extension_length;    /* a multiple of 4 */
    const uint8_t *payload;
    size_t payload_length; /* 0: only padding, as bandwidth probes are */
};

/* False for anything that is not one whole RTP packet of at most RTP_PACKET_BYTES_MAX; `packet` is then untouched. */
bool rtp_packet_parse(const uint8_t *data, size_t length, struct rtp_packet *packet);

/* Writes header, extension and payload. Returns the length, 0 when `capacity` does not suffice. */
size_t rtp_packet_write(const struct rtp_packet *packet, uint8_t *out, size_t capacity);
