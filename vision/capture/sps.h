/* sps: how large an H.264 stream says its pictures are (ITU-T H.264 §7.3.2.1.1, sequence parameter set). */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* `nal` is the whole NAL unit, its header included, emulation prevention bytes still in it. Writes the size after
 * cropping. False when the bytes end early or mean nothing a decoder could use, cropping away more than what rounds a
 * picture up to whole macroblocks included: so the size bounds the memory that decoding takes. */
bool sps_picture_size(const uint8_t *nal, size_t size, unsigned *width, unsigned *height);
