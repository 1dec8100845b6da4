/* video: real frames and real encoders for the tests: pictures as RGB, keyframes as RTP packets, JPEGs back to RGB. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <gst/video/video.h>

#include "vision/vision.h"

#define PAYLOAD_TYPE 102

struct picture {
    unsigned width, height;
    GBytes *rgb; /* width × height × 3, no padding */
};

static inline void picture_clear(struct picture *picture)
{
    g_clear_pointer(&picture->rgb, g_bytes_unref);
}

/* ---- running pipelines: buffers in at "in" (if there is one), samples out at "out" ---- */

static inline void unref_sample(void *sample)
{
    gst_sample_unref(sample);
}

/* All samples of a pipeline, at most `samples_max`; none when it fails. */
static inline GPtrArray *run_pipeline(const char *description, GstBuffer *input, unsigned repeat, unsigned samples_max)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GstElement) pipeline = gst_parse_launch(description, &error);
    assert_null(error);
    g_autoptr(GstElement) out = gst_bin_get_by_name(GST_BIN(pipeline), "out");
    g_autoptr(GstElement) in = gst_bin_get_by_name(GST_BIN(pipeline), "in");
    for (unsigned i = 0; in != NULL && i < repeat; i++) {
        GstBuffer *buffer = gst_buffer_copy(input);
        GST_BUFFER_PTS(buffer) = gst_util_uint64_scale(i, (uint64_t)GST_SECOND, 30);
        gst_app_src_push_buffer(GST_APP_SRC(in), buffer);
    }
    if (in != NULL) {
        gst_app_src_end_of_stream(GST_APP_SRC(in));
        gst_buffer_unref(input);
    }
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    GPtrArray *samples = g_ptr_array_new_with_free_func(unref_sample);
    while (samples->len < samples_max) {
        GstSample *sample = gst_app_sink_pull_sample(GST_APP_SINK(out));
        if (sample == NULL) {
            break;
        }
        g_ptr_array_add(samples, sample);
    }
    gst_element_set_state(pipeline, GST_STATE_NULL);
    return samples;
}

static inline GBytes *sample_bytes(GstSample *sample)
{
    GstMapInfo map;
    assert_true(gst_buffer_map(gst_sample_get_buffer(sample), &map, GST_MAP_READ));
    GBytes *bytes = g_bytes_new(map.data, map.size);
    gst_buffer_unmap(gst_sample_get_buffer(sample), &map);
    return bytes;
}

/* Rows of GStreamer's RGB are padded to 4 bytes; those of struct picture are not. */
static inline void take_rgb(GstSample *sample, struct picture *picture)
{
    GstVideoInfo info;
    GstVideoFrame frame;
    assert_true(gst_video_info_from_caps(&info, gst_sample_get_caps(sample)));
    assert_true(gst_video_frame_map(&frame, &info, gst_sample_get_buffer(sample), GST_MAP_READ));
    picture->width = (unsigned)info.width;
    picture->height = (unsigned)info.height;
    const size_t row_bytes = (size_t)picture->width * 3;
    uint8_t *rgb = g_malloc(row_bytes * picture->height);
    for (unsigned y = 0; y < picture->height; y++) {
        const uint8_t *row = GST_VIDEO_FRAME_PLANE_DATA(&frame, 0);
        memcpy(rgb + y * row_bytes, row + y * (size_t)GST_VIDEO_FRAME_PLANE_STRIDE(&frame, 0), row_bytes);
    }
    gst_video_frame_unmap(&frame);
    picture->rgb = g_bytes_new_take(rgb, row_bytes * picture->height);
}

/* ---- pictures ---- */

/* Frame `number` of what a launch line gives, in the size asked for. */
static inline bool picture_from(const char *source, unsigned number, unsigned width, unsigned height,
                                struct picture *picture)
{
    g_autofree char *description = g_strdup_printf("%s ! videoconvert ! videoscale ! video/x-raw,format=RGB,width=%u,"
                                                   "height=%u,pixel-aspect-ratio=1/1 ! appsink name=out sync=false",
                                                   source, width, height);
    g_autoptr(GPtrArray) samples = run_pipeline(description, NULL, 0, number + 1);
    if (samples->len <= number) {
        return false;
    }
    take_rgb(samples->pdata[number], picture);
    return true;
}

#define COLOURED "videotestsrc pattern=smpte100 num-buffers=1 ! video/x-raw,format=RGB,width=32,height=24"

/* All full colours, which a wrong matrix or range would show, flowing into each other, as codecs like it. */
static inline struct picture test_picture(unsigned width, unsigned height)
{
    struct picture picture = {0};
    assert_true(picture_from(COLOURED, 0, width, height, &picture));
    return picture;
}

static inline struct picture picture_of_jpeg(GBytes *jpeg)
{
    g_autoptr(GPtrArray) samples = run_pipeline("appsrc name=in caps=image/jpeg format=time ! jpegdec ! videoconvert"
                                                " ! video/x-raw,format=RGB ! appsink name=out sync=false",
                                                gst_buffer_new_wrapped_bytes(jpeg), 1, 1);
    assert_int_equal(samples->len, 1);
    struct picture picture;
    take_rgb(samples->pdata[0], &picture);
    return picture;
}

/* The mean squared error over all channels: 200 is a PSNR of 25 dB, 25 one of 34 dB. */
static inline double picture_error(const struct picture *one, const struct picture *two)
{
    assert_int_equal(one->width, two->width);
    assert_int_equal(one->height, two->height);
    size_t size;
    const uint8_t *a = g_bytes_get_data(one->rgb, &size), *b = g_bytes_get_data(two->rgb, NULL);
    double sum = 0;
    for (size_t i = 0; i < size; i++) {
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return sum / (double)size;
}

/* ---- keyframes ---- */

static inline void unref_bytes(void *bytes)
{
    g_bytes_unref(bytes);
}

static const char *const encoders[] = {
    [VISION_CODEC_VP8] = "vp8enc deadline=1 min-quantizer=2 max-quantizer=8 target-bitrate=20000000"
                         " ! rtpvp8pay mtu=1200 picture-id-mode=15-bit",
    [VISION_CODEC_H264] = "openh264enc rate-control=off qp-min=8 qp-max=14 multi-thread=1"
                          " ! rtph264pay mtu=1200 config-interval=-1 aggregate-mode=zero-latency",
};

static inline bool can_encode(enum vision_codec codec)
{
    g_autoptr(GstElementFactory) factory =
        gst_element_factory_find(codec == VISION_CODEC_VP8 ? "vp8enc" : "openh264enc");
    return factory != NULL;
}

/* Encodes a picture as frame 0 (a keyframe) and, with `number` > 0, again and again, and returns the RTP packets of
 * frame `number`: GPtrArray of GBytes. */
static inline GPtrArray *encode_frame(enum vision_codec codec, const struct picture *picture, unsigned number)
{
    g_autofree char *description = g_strdup_printf(
        "appsrc name=in format=time caps=video/x-raw,format=RGB,width=%u,height=%u,framerate=30/1"
        " ! videoconvert ! video/x-raw,format=I420,colorimetry=bt601 ! %s pt=%d ! appsink name=out sync=false",
        picture->width, picture->height, encoders[codec], PAYLOAD_TYPE);
    GstVideoInfo info;
    gst_video_info_set_format(&info, GST_VIDEO_FORMAT_RGB, picture->width, picture->height);
    GstBuffer *padded = gst_buffer_new_allocate(NULL, info.size, NULL);
    const size_t row_bytes = (size_t)picture->width * 3;
    const uint8_t *rgb = g_bytes_get_data(picture->rgb, NULL);
    for (unsigned y = 0; y < picture->height; y++) {
        gst_buffer_fill(padded, y * (size_t)info.stride[0], rgb + y * row_bytes, row_bytes);
    }
    g_autoptr(GPtrArray) samples = run_pipeline(description, padded, number + 1, G_MAXUINT);
    GPtrArray *packets = g_ptr_array_new_with_free_func(unref_bytes);
    unsigned frame = 0;
    for (unsigned i = 0; i < samples->len; i++) {
        g_autoptr(GBytes) packet = sample_bytes(samples->pdata[i]);
        const uint8_t *bytes = g_bytes_get_data(packet, NULL);
        if (frame == number) {
            g_ptr_array_add(packets, g_bytes_ref(packet));
        }
        frame += bytes[1] >> 7; /* the marker ends a frame */
    }
    assert_true(packets->len > 0);
    return packets;
}

/* A copy of packet `index` with one byte (`at` < 0 counts from the end) set, in its place. */
static inline void patch_packet(GPtrArray *packets, unsigned index, gssize at, uint8_t value)
{
    size_t size;
    const uint8_t *bytes = g_bytes_get_data(packets->pdata[index], &size);
    uint8_t *copy = g_memdup2(bytes, size);
    copy[at < 0 ? (gssize)size + at : at] = value;
    g_bytes_unref(packets->pdata[index]);
    packets->pdata[index] = g_bytes_new_take(copy, size);
}
