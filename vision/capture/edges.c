#include "vision/capture/edges.h"

#include <gst/video/video.h>
#include <stdint.h>
#include <string.h>

#define BLOCK_PX 16

static void copy_plane(const GstVideoFrame *from, const GstVideoFrame *to, unsigned plane)
{
    const size_t width = (size_t)GST_VIDEO_FRAME_COMP_WIDTH(from, plane);
    const size_t wide = (size_t)GST_VIDEO_FRAME_PLANE_STRIDE(to, plane);
    const uint8_t *source = GST_VIDEO_FRAME_PLANE_DATA(from, plane);
    uint8_t *row = GST_VIDEO_FRAME_PLANE_DATA(to, plane);
    for (int y = 0; y < GST_VIDEO_FRAME_COMP_HEIGHT(from, plane); y++) {
        memcpy(row, source, width);
        memset(row + width, source[width - 1], wide - width);
        source += GST_VIDEO_FRAME_PLANE_STRIDE(from, plane);
        row += wide;
    }
}

/* A picture of the same size in rows that are whole blocks long. */
static GstBuffer *new_wide(const GstVideoInfo *video)
{
    GstVideoInfo wide;
    const unsigned width = (unsigned)GST_ROUND_UP_N(GST_VIDEO_INFO_WIDTH(video), BLOCK_PX);
    gst_video_info_set_format(&wide, GST_VIDEO_FORMAT_I420, width, (unsigned)GST_VIDEO_INFO_HEIGHT(video));
    GstBuffer *buffer = gst_buffer_new_allocate(NULL, GST_VIDEO_INFO_SIZE(&wide), NULL);
    gst_buffer_add_video_meta_full(buffer, GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_FORMAT_I420,
                                   (unsigned)GST_VIDEO_INFO_WIDTH(video), (unsigned)GST_VIDEO_INFO_HEIGHT(video),
                                   GST_VIDEO_INFO_N_PLANES(video), wide.offset, wide.stride);
    return buffer;
}

static GstBuffer *widen(const GstVideoInfo *video, GstBuffer *buffer)
{
    GstVideoFrame from, to;
    if (!gst_video_frame_map(&from, video, buffer, GST_MAP_READ)) {
        return NULL;
    }
    GstBuffer *wide = new_wide(video);
    gst_buffer_copy_into(wide, buffer, GST_BUFFER_COPY_FLAGS | GST_BUFFER_COPY_TIMESTAMPS, 0, (gsize)-1);
    if (gst_video_frame_map(&to, video, wide, GST_MAP_WRITE)) {
        for (unsigned plane = 0; plane < GST_VIDEO_INFO_N_PLANES(video); plane++) {
            copy_plane(&from, &to, plane);
        }
        gst_video_frame_unmap(&to);
    } else {
        g_clear_pointer(&wide, gst_buffer_unref);
    }
    gst_video_frame_unmap(&from);
    return wide;
}

static GstPadProbeReturn probe(GstPad *pad, GstPadProbeInfo *info, void *data)
{
    (void)pad;
    GstVideoInfo *video = data; /* of the buffers to come */
    if (GST_PAD_PROBE_INFO_TYPE(info) & GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM) {
        GstEvent *event = GST_PAD_PROBE_INFO_EVENT(info);
        if (GST_EVENT_TYPE(event) == GST_EVENT_CAPS) {
            GstCaps *caps;
            gst_event_parse_caps(event, &caps);
            gst_video_info_from_caps(video, caps);
        }
        return GST_PAD_PROBE_OK;
    }
    if (GST_VIDEO_INFO_WIDTH(video) % BLOCK_PX == 0) {
        return GST_PAD_PROBE_OK;
    }
    GstBuffer *narrow = GST_PAD_PROBE_INFO_BUFFER(info);
    GstBuffer *wide = widen(video, narrow);
    if (wide == NULL) {
        return GST_PAD_PROBE_DROP;
    }
    GST_PAD_PROBE_INFO_DATA(info) = wide;
    gst_buffer_unref(narrow);
    return GST_PAD_PROBE_OK;
}

void edges_watch(GstPad *pad)
{
    gst_pad_add_probe(pad, GST_PAD_PROBE_TYPE_BUFFER | GST_PAD_PROBE_TYPE_EVENT_DOWNSTREAM, probe,
                      g_new0(GstVideoInfo, 1), g_free);
}
