/* packets: films as RTP, from real encoders. */
#pragma once

#include "tests/unit/vision/video.h"

/* `seconds` of a moving test picture at `rate` frames/s: GPtrArray of GBytes, with the first timestamp and sequence
 * number given. */
static inline GPtrArray *film(enum vision_codec codec, unsigned width, unsigned height, unsigned rate, unsigned frames,
                              uint32_t timestamp, unsigned sequence)
{
    static const char *const encode[] = {
        [VISION_CODEC_VP8] = "vp8enc deadline=1 keyframe-max-dist=1000 target-bitrate=600000"
                             " ! rtpvp8pay picture-id-mode=15-bit",
        [VISION_CODEC_H264] = "openh264enc rate-control=off qp-min=24 qp-max=30 gop-size=1000 multi-thread=1"
                              " ! rtph264pay config-interval=-1 aggregate-mode=zero-latency",
    };
    g_autofree char *description = g_strdup_printf(
        "videotestsrc pattern=ball num-buffers=%u ! video/x-raw,format=I420,width=%u,height=%u,framerate=%u/1"
        " ! %s mtu=1200 pt=%d timestamp-offset=%u seqnum-offset=%u ! appsink name=out sync=false",
        frames, width, height, rate, encode[codec], PAYLOAD_TYPE, timestamp, sequence);
    g_autoptr(GPtrArray) samples = run_pipeline(description, NULL, 0, G_MAXUINT);
    GPtrArray *packets = g_ptr_array_new_with_free_func(unref_bytes);
    for (unsigned i = 0; i < samples->len; i++) {
        g_ptr_array_add(packets, sample_bytes(samples->pdata[i]));
    }
    assert_true(packets->len >= frames);
    return packets;
}
