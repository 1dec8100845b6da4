#include "vision/capture/colours.h"

#include <gst/video/video.h>

/* Lives as long as the pad's probe, on GStreamer's thread only. */
struct colours {
    enum vision_codec codec;
    GstVideoInfo video; /* of the buffers to come */
    bool limited;
    uint8_t luma[256], chroma[256]; /* from the limited range (16..235, 16..240) to the full one */
};

static uint8_t to_byte(double value)
{
    return (uint8_t)(CLAMP(value, 0, 255) + 0.5);
}

static void fill_tables(struct colours *colours)
{
    for (int value = 0; value < 256; value++) {
        colours->luma[value] = to_byte((value - 16) * 255 / 219.0);
        colours->chroma[value] = to_byte((value - 128) * 255 / 224.0 + 128);
    }
}

static void read_said(const struct colours *colours, const GstCaps *caps, GstVideoColorimetry *said)
{
    const char *text = gst_structure_get_string(gst_caps_get_structure(caps, 0), "colorimetry");
    *said = (GstVideoColorimetry){.range = GST_VIDEO_COLOR_RANGE_UNKNOWN};
    if (colours->codec == VISION_CODEC_H264 && text != NULL) {
        gst_video_colorimetry_from_string(said, text);
    }
    if (said->matrix == GST_VIDEO_COLOR_MATRIX_UNKNOWN) {
        said->matrix = GST_VIDEO_COLOR_MATRIX_BT601;
    }
}

static GstEvent *rename_colours(struct colours *colours, GstEvent *event)
{
    GstCaps *caps;
    GstVideoColorimetry said;
    gst_event_parse_caps(event, &caps);
    read_said(colours, caps, &said);
    colours->limited = said.range != GST_VIDEO_COLOR_RANGE_0_255;
    gst_video_info_from_caps(&colours->video, caps);

    const GstVideoColorimetry meant = {.range = GST_VIDEO_COLOR_RANGE_0_255, .matrix = said.matrix};
    g_autofree char *text = gst_video_colorimetry_to_string(&meant);
    g_autoptr(GstCaps) renamed = gst_caps_copy(caps);
    gst_caps_set_simple(renamed, "colorimetry", G_TYPE_STRING, text, NULL);
    gst_event_unref(event);
    return gst_event_new_caps(renamed);
}

static void map_plane(GstVideoFrame *frame, unsigned plane, const uint8_t table[256])
{
    const int width = GST_VIDEO_FRAME_COMP_WIDTH(frame, plane), height = GST_VIDEO_FRAME_COMP_HEIGHT(frame, plane);
    uint8_t *row = GST_VIDEO_FRAME_PLANE_DATA(frame, plane);
    for (int y = 0; y < height; y++, row += GST_VIDEO_FRAME_PLANE_STRIDE(frame, plane)) {
        for (int x = 0; x < width; x++) {
            row[x] = table[row[x]];
        }
    }
}

/* False for what is not I420: no browser sends it, and the caps behind this pad refuse it. */
static bool stretch_range(struct colours *colours, GstBuffer *buffer)
{
    GstVideoFrame frame;
    if (GST_VIDEO_INFO_FORMAT(&colours->video) != GST_VIDEO_FORMAT_I420 ||
        !gst_video_frame_map(&frame, &colours->video, buffer, GST_MAP_READWRITE)) {
        return false;
    }
    map_plane(&frame, 0, colours->luma);
    map_plane(&frame, 1, colours->chroma);
    map_plane(&frame, 2, colours->chroma);
    gst_video_frame_unmap(&frame);
    return true;
}

static GstPadProbeReturn probe(GstPad *pad, GstPadProbeInfo *info, void *data)
{
    (void)pad;
    struct colours *colours = data;
    if (GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_BUFFER) {
        if (colours->limited) {
            GstBuffer *buffer = gst_buffer_make_writable(GST_PAD_PROBE_INFO_BUFFER(info));
            GST_PAD_PROBE_INFO_DATA(info) = buffer;
            return stretch_range(colours, buffer) ? GST_PAD_PROBE_OK : GST_PAD_PROBE_DROP;
        }
    } else if (GST_EVENT_TYPE(GST_PAD_PROBE_INFO_EVENT(info)) == GST_EVENT_CAPS) {
        GST_PAD_PROBE_INFO_DATA(info) = rename_colours(colours, GST_PAD_PROBE_INFO_EVENT(info));
    }
    return GST_PAD_PROBE_OK;
}

void colours_watch(GstPad *pad, enum vision_codec codec)
{
    struct colours *colours = g_new0(struct colours, 1);
    colours->codec = codec;
    fill_tables(colours);
    gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, probe, colours, g_free);
}
