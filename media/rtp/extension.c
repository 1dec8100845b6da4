#include "media/rtp/extension.h"

#include <string.h>

#include "media/rtp/bytes.h"

#define ONE_BYTE_PROFILE 0xbede /* RFC 8285 §4.2:  | ID:4 | length - 1:4 | data … |, ID 15 ends */
#define TWO_BYTE_PROFILE 0x1000 /* RFC 8285 §4.3:  | ID:8 | length:8     | data … |, low 4 bits of the profile free */
#define TWO_BYTE_MASK    0xfff0
#define ONE_BYTE_ID_MAX  14
#define SEND_TIME_BYTES  3

bool rtp_extension_find(const struct rtp_packet *packet, uint8_t id, const uint8_t **data, size_t *length)
{
    const bool one_byte = packet->extension_profile == ONE_BYTE_PROFILE;
    if (id == 0 || (!one_byte && (packet->extension_profile & TWO_BYTE_MASK) != TWO_BYTE_PROFILE)) {
        return false;
    }
    const uint8_t *at = packet->extension;
    size_t left = packet->extension_length;
    const size_t head = one_byte ? 1 : 2;
    while (left >= head) {
        if (at[0] == 0) { /* a padding byte has no length in either form */
            at++;
            left--;
            continue;
        }
        const unsigned element = one_byte ? at[0] >> 4 : at[0];
        const size_t size = one_byte ? (size_t)(at[0] & 0x0f) + 1 : at[1];
        if ((one_byte && element > ONE_BYTE_ID_MAX) || size > left - head) {
            return false;
        }
        if (element == id) {
            *data = at + head;
            *length = size;
            return true;
        }
        at += head + size;
        left -= head + size;
    }
    return false;
}

void rtp_extension_set_send_time(struct rtp_packet *packet, uint8_t id, int64_t time_us,
                                 uint8_t storage[RTP_EXTENSION_BYTES_MAX])
{
    const uint64_t seconds_18 = ((uint64_t)time_us % 64000000 << 18) / 1000000;
    const bool one_byte = id <= ONE_BYTE_ID_MAX;
    memset(storage, 0, RTP_EXTENSION_BYTES_MAX);
    if (one_byte) {
        storage[0] = (uint8_t)(id << 4 | (SEND_TIME_BYTES - 1));
        bytes_write_u24(storage + 1, (uint32_t)seconds_18);
    } else {
        storage[0] = id;
        storage[1] = SEND_TIME_BYTES;
        bytes_write_u24(storage + 2, (uint32_t)seconds_18);
    }
    packet->extension_profile = one_byte ? ONE_BYTE_PROFILE : TWO_BYTE_PROFILE;
    packet->extension = storage;
    packet->extension_length = one_byte ? 4 : 8;
}
