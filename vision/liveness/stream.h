/* stream: one camera's RTP packets decoded and measured as they come. Runs in a worker.
 *
 * Packets go through depayloader and decoder within the push, so its frames are those that its packets complete.
 * Time is the RTP clock's (90 kHz, RFC 7741 §4.1, RFC 6184 §5.1), extended over its wrap, from the first frame. After
 * a gap in the sequence nothing is believed until the next keyframe. */
#pragma once

#include "vision/liveness/measure.h"

struct stream;

/* Loads the plugins. VISION_ERROR_CONFIG names the missing one. */
bool stream_load(GError **error);
struct stream *stream_new(struct networks *networks, enum vision_codec codec, uint8_t payload_type, uint32_t px_max,
                          GError **error);
void stream_free(struct stream *stream);
/* Appends struct vision_frame to `frames`. Bytes that are no RTP packet of this stream are passed over. Fails with
 * VISION_ERROR_SIZE when the video is too large, or what a network says. */
bool stream_push(struct stream *stream, const GPtrArray *packets, GArray *frames, GError **error);
/* The best frame so far; NULL: none had a face. Borrowed until the next push. */
const struct image *stream_best(const struct stream *stream, const struct vision_frame **frame);
