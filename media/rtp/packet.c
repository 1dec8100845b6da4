#include "media/rtp/packet.h"

#include <string.h>

#include "media/rtp/bytes.h"

/*  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                           timestamp                           |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |                             SSRC                              |
 * +=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+=+
 * |                       CSRC, CC times                          |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+
 * |   X: profile                  |   length in 32-bit words      |
 * +-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+-+ */
#define VERSION          0x80
#define VERSION_MASK     0xc0
#define PADDING          0x20
#define EXTENSION        0x10
#define CSRC_MASK        0x0f
#define MARKER           0x80
#define EXTENSION_HEADER 4

bool rtp_packet_parse(const uint8_t *data, size_t length, struct rtp_packet *packet)
{
    if (length < RTP_HEADER_BYTES || length > RTP_PACKET_BYTES_MAX || (data[0] & VERSION_MASK) != VERSION) {
        return false;
    }
    size_t at = RTP_HEADER_BYTES + 4 * (size_t)(data[0] & CSRC_MASK);
    size_t extension = 0;
    size_t extension_length = 0;
    if (data[0] & EXTENSION) {
        extension = at + EXTENSION_HEADER;
        if (extension > length) {
            return false;
        }
        extension_length = 4 * (size_t)bytes_read_u16(data + at + 2);
        at = extension + extension_length;
    }
    if (at > length) {
        return false;
    }
    size_t end = length;
    if (data[0] & PADDING) {
        const size_t padding = data[length - 1];
        if (padding == 0 || padding > length - at) {
            return false;
        }
        end -= padding;
    }
    *packet = (struct rtp_packet){
        .marker = data[1] & MARKER,
        .payload_type = data[1] & ~MARKER & 0xff,
        .sequence = bytes_read_u16(data + 2),
        .timestamp = bytes_read_u32(data + 4),
        .ssrc = bytes_read_u32(data + 8),
        .payload = data + at,
        .payload_length = end - at,
    };
    if (extension_length > 0) {
        packet->extension_profile = bytes_read_u16(data + extension - EXTENSION_HEADER);
        packet->extension = data + extension;
        packet->extension_length = extension_length;
    }
    return true;
}

size_t rtp_packet_write(const struct rtp_packet *packet, uint8_t *out, size_t capacity)
{
    const bool extended = packet->extension_length > 0;
    const size_t head = RTP_HEADER_BYTES + (extended ? EXTENSION_HEADER + packet->extension_length : 0);
    if (head > capacity || packet->payload_length > capacity - head) {
        return 0;
    }
    out[0] = VERSION | (extended ? EXTENSION : 0);
    out[1] = (uint8_t)((packet->marker ? MARKER : 0) | packet->payload_type);
    bytes_write_u16(out + 2, packet->sequence);
    bytes_write_u32(out + 4, packet->timestamp);
    bytes_write_u32(out + 8, packet->ssrc);
    if (extended) {
        bytes_write_u16(out + RTP_HEADER_BYTES, packet->extension_profile);
        bytes_write_u16(out + RTP_HEADER_BYTES + 2, (uint16_t)(packet->extension_length / 4));
        memcpy(out + RTP_HEADER_BYTES + EXTENSION_HEADER, packet->extension, packet->extension_length);
    }
    if (packet->payload_length > 0) {
        memcpy(out + head, packet->payload, packet->payload_length);
    }
    return head + packet->payload_length;
}
