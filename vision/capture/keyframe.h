/* keyframe: whether bytes that came from a peer can be a keyframe at all, and of what size, asked before any decoder
 * sees them. */
#pragma once

#include "vision/vision.h"

/* The packets are of one frame and all there: RTP version 2, the given payload type, one SSRC, one timestamp, sequence
 * numbers without a gap, the marker on the last and only there (RFC 3550 §5.1). VISION_ERROR_DECODE, naming the packet.
 */
bool keyframe_check_packets(const struct vision_keyframe *keyframe, GError **error);

/* The frame as the depayloader put it together is a VP8 key frame (RFC 6386 §9.1), or an H.264 access unit with an IDR
 * picture and its parameter sets as a byte stream (ITU-T H.264 Annex B). VISION_ERROR_DECODE if not, VISION_ERROR_SIZE
 * when it says it has more than `picture_px_max` pixels. */
bool keyframe_check_frame(enum vision_codec codec, const uint8_t *frame, size_t size, unsigned picture_px_max,
                          GError **error);
