/* keyframe: does a decoder that knows nothing yet find its beginning in this packet? */
#pragma once

#include "media/media.h"

/* True when `payload` begins a keyframe. VP8: the first packet of a frame that is not predicted (RFC 7741 §4.2, §4.3).
 * H.264: a packet with a sequence parameter set (RFC 6184 §5.6, §5.7.1): WebRTC sends it in band before each IDR
 * picture (RFC 7742 §6.2), and an IDR picture without it cannot be decoded by who has just come. */
bool keyframe_begins(enum media_codec codec, const uint8_t *payload, size_t length);
