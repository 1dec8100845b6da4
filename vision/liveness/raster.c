#include "vision/liveness/raster.h"

#include "vision/vision.h"

/* 16.16 fixed point: R = y + rv·v, G = y − gu·u − gv·v, B = y + bu·u, with y = luma · (value − offset). */
struct matrix {
    int offset, luma, rv, gu, gv, bu;
};

#define FIXED(number) ((int)((number)*65536 + 0.5))

/* ITU-R BT.601 and BT.709, in video's range and in full. */
static const struct matrix matrices[2][2] = {
    {{16, FIXED(1.164384), FIXED(1.596027), FIXED(0.391762), FIXED(0.812968), FIXED(2.017232)},
     {0, FIXED(1.0), FIXED(1.402), FIXED(0.344136), FIXED(0.714136), FIXED(1.772)}},
    {{16, FIXED(1.164384), FIXED(1.792741), FIXED(0.213249), FIXED(0.532909), FIXED(2.112402)},
     {0, FIXED(1.0), FIXED(1.5748), FIXED(0.187324), FIXED(0.468124), FIXED(1.8556)}},
};

static uint8_t clamp(int value)
{
    return (uint8_t)CLAMP(value, 0, 255);
}

static void convert_row(const GstVideoFrame *frame, const struct matrix *matrix, int row, uint8_t *out)
{
    const GstVideoFormatInfo *format = frame->info.finfo;
    const bool gray = GST_VIDEO_FORMAT_INFO_IS_GRAY(format);
    const unsigned shift_x = gray ? 0 : GST_VIDEO_FORMAT_INFO_W_SUB(format, 1);
    const unsigned shift_y = gray ? 0 : GST_VIDEO_FORMAT_INFO_H_SUB(format, 1);
    const uint8_t *line[3] = {0};
    for (unsigned plane = 0; plane < (gray ? 1 : 3); plane++) {
        const int at = plane == 0 ? row : row >> shift_y;
        line[plane] = (const uint8_t *)GST_VIDEO_FRAME_COMP_DATA(frame, plane) +
                      (gssize)at * GST_VIDEO_FRAME_COMP_STRIDE(frame, plane);
    }
    for (int x = 0; x < GST_VIDEO_FRAME_WIDTH(frame); x++) {
        const int luma = matrix->luma * (line[0][x] - matrix->offset) + 32768;
        const int u = gray ? 0 : line[1][x >> shift_x] - 128;
        const int v = gray ? 0 : line[2][x >> shift_x] - 128;
        *out++ = clamp((luma + matrix->bu * u) >> 16);
        *out++ = clamp((luma - matrix->gu * u - matrix->gv * v) >> 16);
        *out++ = clamp((luma + matrix->rv * v) >> 16);
    }
}

/* Three planes of 8 bits, or luma alone. */
static bool is_planar(const GstVideoInfo *info)
{
    switch (GST_VIDEO_INFO_FORMAT(info)) {
    case GST_VIDEO_FORMAT_I420:
    case GST_VIDEO_FORMAT_YV12:
    case GST_VIDEO_FORMAT_Y41B:
    case GST_VIDEO_FORMAT_Y42B:
    case GST_VIDEO_FORMAT_Y444:
    case GST_VIDEO_FORMAT_GRAY8:
        return true;
    default:
        return false;
    }
}

struct image *raster_convert(GstBuffer *buffer, const GstVideoInfo *info, int degrees, uint32_t px_max, GError **error)
{
    const int width = GST_VIDEO_INFO_WIDTH(info), height = GST_VIDEO_INFO_HEIGHT(info);
    if (width <= 0 || height <= 0 || (uint64_t)width * (uint64_t)height > px_max) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_SIZE, "a video of %d×%d pixels: at most %u are taken", width,
                    height, px_max);
        return NULL;
    }
    if (!is_planar(info)) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_UNSUPPORTED, "a video with pixels as %s",
                    gst_video_format_to_string(GST_VIDEO_INFO_FORMAT(info)));
        return NULL;
    }
    GstVideoFrame frame;
    if (!gst_video_frame_map(&frame, info, buffer, GST_MAP_READ)) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_DECODE, "a decoded frame cannot be read");
        return NULL;
    }
    const bool wide = info->colorimetry.matrix == GST_VIDEO_COLOR_MATRIX_BT709;
    const bool full = info->colorimetry.range == GST_VIDEO_COLOR_RANGE_0_255;
    struct image *image = image_new(width, height, 3);
    for (int row = 0; row < height; row++) {
        convert_row(&frame, &matrices[wide][full], row, image->pixels + (size_t)row * image->stride);
    }
    gst_video_frame_unmap(&frame);
    if (degrees != 0) {
        struct image *upright = image_rotate(image, degrees);
        image_free(image);
        image = upright;
    }
    return image;
}
