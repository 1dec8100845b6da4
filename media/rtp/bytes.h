/* bytes: big-endian integers at any address, as RTP and RTCP carry them. The caller has checked the length. */
#pragma once

#include <stdint.h>

static inline uint16_t bytes_read_u16(const uint8_t *from)
{
    return (uint16_t)(from[0] << 8 | from[1]);
}

static inline uint32_t bytes_read_u24(const uint8_t *from)
{
    return (uint32_t)from[0] << 16 | (uint32_t)from[1] << 8 | from[2];
}

static inline uint32_t bytes_read_u32(const uint8_t *from)
{
    return (uint32_t)from[0] << 24 | bytes_read_u24(from + 1);
}

static inline void bytes_write_u16(uint8_t *to, uint16_t value)
{
    to[0] = (uint8_t)(value >> 8);
    to[1] = (uint8_t)value;
}

static inline void bytes_write_u24(uint8_t *to, uint32_t value)
{
    to[0] = (uint8_t)(value >> 16);
    bytes_write_u16(to + 1, (uint16_t)value);
}

static inline void bytes_write_u32(uint8_t *to, uint32_t value)
{
    to[0] = (uint8_t)(value >> 24);
    bytes_write_u24(to + 1, value & 0xffffff);
}
