#include "vision/capture/decode.h"

#include <gst/app/gstappsink.h>
#include <gst/app/gstappsrc.h>
#include <openssl/sha.h>
#include <pthread.h>

#include "vision/capture/colours.h"
#include "vision/capture/edges.h"
#include "vision/capture/keyframe.h"

static const struct {
    const char *element, *package; /* Debian's */
} needed[] = {
    {"appsrc", "gstreamer1.0-plugins-base"},       {"appsink", "gstreamer1.0-plugins-base"},
    {"videoconvert", "gstreamer1.0-plugins-base"}, {"capsfilter", "libgstreamer1.0-0"},
    {"rtpvp8depay", "gstreamer1.0-plugins-good"},  {"rtph264depay", "gstreamer1.0-plugins-good"},
    {"vp8dec", "gstreamer1.0-plugins-good"},       {"jpegenc", "gstreamer1.0-plugins-good"},
    {"avdec_h264", "gstreamer1.0-libav"},
};

bool decode_load(GError **error)
{
    g_autoptr(GError) cause = NULL;
    if (!gst_init_check(NULL, NULL, &cause)) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_CONFIG, "GStreamer does not start: %s", cause->message);
        return false;
    }
    for (size_t i = 0; i < G_N_ELEMENTS(needed); i++) {
        GstElement *element = gst_element_factory_make(needed[i].element, NULL); /* loads its plugin for good */
        if (element == NULL) {
            g_set_error(error, VISION_ERROR, VISION_ERROR_CONFIG, "GStreamer has no %s: install %s", needed[i].element,
                        needed[i].package);
            return false;
        }
        gst_object_unref(gst_object_ref_sink(element));
    }
    return true;
}

/* What the depayloader gave. GStreamer's thread writes it; a pthread lock hands it over, for ThreadSanitizer to see. */
struct frame {
    pthread_mutex_t lock;
    enum vision_codec codec;
    unsigned picture_px_max;
    unsigned count;
    uint8_t sha256[SHA256_DIGEST_LENGTH];
    GError *refused;
};

/* ---- on GStreamer's thread ---- */

/* At the depayloader's output: hashes the frame, and keeps from the decoder what must not reach it. */
static GstPadProbeReturn inspect_frame(GstPad *pad, GstPadProbeInfo *info, void *data)
{
    (void)pad;
    struct frame *frame = data;
    GstMapInfo map;
    if (!gst_buffer_map(GST_PAD_PROBE_INFO_BUFFER(info), &map, GST_MAP_READ)) {
        return GST_PAD_PROBE_DROP;
    }
    pthread_mutex_lock(&frame->lock);
    const bool good = frame->count++ == 0 &&
                      keyframe_check_frame(frame->codec, map.data, map.size, frame->picture_px_max, &frame->refused);
    if (good) {
        SHA256(map.data, map.size, frame->sha256);
    }
    pthread_mutex_unlock(&frame->lock);
    gst_buffer_unmap(GST_PAD_PROBE_INFO_BUFFER(info), &map);
    return good ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
}

/* ---- on the caller's thread ---- */

static const char *const decoders[] = {
    [VISION_CODEC_VP8] = "rtpvp8depay name=depayloader ! vp8dec name=decoder threads=1 max-errors=0",
    [VISION_CODEC_H264] = "rtph264depay name=depayloader ! video/x-h264,stream-format=byte-stream,alignment=au"
                          " ! avdec_h264 name=decoder max-threads=1 max-errors=0 output-corrupt=false",
};
static const char *const encoding_names[] = {[VISION_CODEC_VP8] = "VP8", [VISION_CODEC_H264] = "H264"};

static GstPad *pad_of(GstElement *pipeline, const char *element_name, const char *pad_name)
{
    g_autoptr(GstElement) element = gst_bin_get_by_name(GST_BIN(pipeline), element_name);
    return gst_element_get_static_pad(element, pad_name);
}

static GstElement *make_pipeline(const struct op_tools *tools, const struct vision_keyframe *keyframe,
                                 struct frame *frame, GError **error)
{
    g_autofree char *description = g_strdup_printf(
        "appsrc name=packets format=time max-bytes=0 caps=\"application/x-rtp,media=video,clock-rate=90000,"
        "encoding-name=%s,payload=%u\" ! %s discard-corrupted-frames=true ! video/x-raw,format=I420"
        " ! videoconvert ! video/x-raw,format=I420,colorimetry=" JFIF_COLOURS
        " ! jpegenc name=encoder quality=%d idct-method=islow ! appsink name=jpeg sync=false",
        encoding_names[keyframe->codec], keyframe->payload_type, decoders[keyframe->codec], tools->jpeg_quality);
    g_autoptr(GError) cause = NULL;
    GstElement *pipeline = gst_parse_launch(description, &cause);
    if (cause != NULL) { /* some errors still give a pipeline */
        g_set_error(error, VISION_ERROR, VISION_ERROR_CONFIG, "cannot make a pipeline: %s", cause->message);
        g_clear_pointer(&pipeline, gst_object_unref);
        return NULL;
    }
    g_autoptr(GstPad) depayloaded = pad_of(pipeline, "depayloader", "src");
    g_autoptr(GstPad) decoded = pad_of(pipeline, "decoder", "src");
    g_autoptr(GstPad) to_encode = pad_of(pipeline, "encoder", "sink");
    gst_pad_add_probe(depayloaded, GST_PAD_PROBE_TYPE_BUFFER, inspect_frame, frame, NULL);
    colours_watch(decoded, keyframe->codec);
    edges_watch(to_encode);
    return pipeline;
}

static void push_packets(GstElement *pipeline, const GPtrArray *packets)
{
    g_autoptr(GstElement) source = gst_bin_get_by_name(GST_BIN(pipeline), "packets");
    for (unsigned i = 0; i < packets->len; i++) {
        gst_app_src_push_buffer(GST_APP_SRC(source), gst_buffer_new_wrapped_bytes(packets->pdata[i]));
    }
    gst_app_src_end_of_stream(GST_APP_SRC(source));
}

static GstSample *pull_jpeg(GstElement *pipeline, int64_t deadline_us)
{
    g_autoptr(GstElement) sink = gst_bin_get_by_name(GST_BIN(pipeline), "jpeg");
    const int64_t left_us = MAX(0, deadline_us - g_get_monotonic_time());
    return gst_app_sink_try_pull_sample(GST_APP_SINK(sink), (GstClockTime)left_us * GST_USECOND);
}

/* Why no picture came: what we refused, time, or what GStreamer says. */
static void set_failure(GstElement *pipeline, struct frame *frame, int64_t deadline_us, GError **error)
{
    if (frame->refused != NULL) {
        g_propagate_error(error, g_steal_pointer(&frame->refused));
        return;
    }
    if (g_get_monotonic_time() >= deadline_us) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_TIMEOUT, "decoding took too long");
        return;
    }
    if (frame->count == 0) { /* the depayloader drops what does not begin with one */
        g_set_error(error, VISION_ERROR, VISION_ERROR_DECODE, "the packets hold no whole keyframe");
        return;
    }
    g_autoptr(GstBus) bus = gst_element_get_bus(pipeline);
    g_autoptr(GstMessage) message = gst_bus_pop_filtered(bus, GST_MESSAGE_ERROR);
    g_autoptr(GError) cause = NULL;
    g_autofree char *details = NULL;
    if (message != NULL) {
        gst_message_parse_error(message, &cause, &details);
    }
    const char *said = details != NULL ? details : cause != NULL ? cause->message : "nothing";
    g_set_error(error, VISION_ERROR, VISION_ERROR_DECODE, "the keyframe gives no picture; GStreamer says: %s", said);
}

static bool take_picture(GstSample *sample, const struct frame *frame, unsigned picture_px_max,
                         struct vision_picture *picture, GError **error)
{
    int width = 0, height = 0;
    const GstStructure *caps = gst_caps_get_structure(gst_sample_get_caps(sample), 0);
    gst_structure_get_int(caps, "width", &width);
    gst_structure_get_int(caps, "height", &height);
    if (width <= 0 || height <= 0 || (uint64_t)width * (uint64_t)height > picture_px_max) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_SIZE, "decoded to a picture of %d×%d", width, height);
        return false;
    }
    GstMapInfo map;
    if (!gst_buffer_map(gst_sample_get_buffer(sample), &map, GST_MAP_READ)) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_DECODE, "the encoded picture cannot be read");
        return false;
    }
    picture->jpeg = g_bytes_new(map.data, map.size);
    SHA256(map.data, map.size, picture->jpeg_sha256);
    gst_buffer_unmap(gst_sample_get_buffer(sample), &map);
    picture->width = (unsigned)width;
    picture->height = (unsigned)height;
    memcpy(picture->frame_sha256, frame->sha256, sizeof(picture->frame_sha256));
    return true;
}

static bool run_pipeline(GstElement *pipeline, const struct op_tools *tools, const GPtrArray *packets,
                         struct frame *frame, int64_t deadline_us, struct vision_picture *picture, GError **error)
{
    gst_element_set_state(pipeline, GST_STATE_PLAYING); /* a failure comes as a message and as no sample */
    push_packets(pipeline, packets);
    g_autoptr(GstSample) sample = pull_jpeg(pipeline, deadline_us);
    pthread_mutex_lock(&frame->lock);
    const bool ok = sample != NULL && take_picture(sample, frame, tools->picture_px_max, picture, error);
    if (sample == NULL) {
        set_failure(pipeline, frame, deadline_us, error);
    }
    pthread_mutex_unlock(&frame->lock);
    gst_element_set_state(pipeline, GST_STATE_NULL);
    return ok;
}

bool decode_keyframe(const struct op_tools *tools, const struct vision_keyframe *keyframe, int64_t deadline_us,
                     struct vision_picture *picture, GError **error)
{
    if (!keyframe_check_packets(keyframe, error)) {
        return false;
    }
    struct frame frame = {.codec = keyframe->codec, .picture_px_max = tools->picture_px_max};
    pthread_mutex_init(&frame.lock, NULL);
    g_autoptr(GstElement) pipeline = make_pipeline(tools, keyframe, &frame, error);
    const bool ok =
        pipeline != NULL && run_pipeline(pipeline, tools, keyframe->packets, &frame, deadline_us, picture, error);
    pthread_mutex_destroy(&frame.lock);
    g_clear_error(&frame.refused);
    return ok;
}
