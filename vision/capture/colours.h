/* colours: makes what comes out of a video decoder mean what a JPEG means: BT.601 in the full range (JFIF 1.02).
 *
 * VP8 is BT.601 in the limited range (RFC 6386 §9.2). H.264 is what its VUI says; where it says nothing, BT.601 in the
 * limited range, as WebRTC senders mean it. GStreamer left alone guesses BT.709 for 720 lines and more, and copies the
 * range from one I420 to another as it is, so that pictures come out grey. */
#pragma once

#include <gst/gst.h>

#include "vision/vision.h"

/* BT.601, full range, as GStreamer writes it in caps. */
#define JFIF_COLOURS "1:4:0:0"

/* What leaves `pad` from now on, I420 of 8 bits, is in the full range and its caps name its matrix; videoconvert does
 * the rest. Call it before the pipeline starts. */
void colours_watch(GstPad *pad, enum vision_codec codec);
