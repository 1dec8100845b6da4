/* input: takes a fuzzer's bytes apart, so that one input can be several datagrams, times and choices. Running out gives
 * zeros and empty pieces, never an error. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct input {
    const uint8_t *bytes;
    size_t left;
};

static inline uint8_t input_u8(struct input *input)
{
    if (input->left == 0) {
        return 0;
    }
    input->left--;
    return *input->bytes++;
}

static inline uint16_t input_u16(struct input *input)
{
    const uint8_t high = input_u8(input);
    return (uint16_t)(high << 8 | input_u8(input));
}

/* A piece with its length in front, at most `max` bytes. */
static inline const uint8_t *input_piece(struct input *input, size_t max, size_t *length)
{
    const size_t wanted = input_u16(input);
    *length = wanted < input->left ? wanted : input->left;
    if (*length > max) {
        *length = max;
    }
    const uint8_t *piece = input->bytes;
    input->bytes += *length;
    input->left -= *length;
    return piece;
}
