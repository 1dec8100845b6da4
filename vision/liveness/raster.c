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

/* One plane of a row: of 8 bits a sample, or of more in 16, least significant byte first. */
struct plane {
    const uint8_t *at;
    unsigned step, down, half; /* bytes a sample; bits to drop; 1: half as many samples as pixels */
};

static struct plane plane_of(const GstVideoFrame *frame, unsigned component, int row)
{
    const GstVideoFormatInfo *format = frame->info.finfo;
    const int line = row >> GST_VIDEO_FORMAT_INFO_H_SUB(format, component);
    return (struct plane){
        .at = (const uint8_t *)GST_VIDEO_FRAME_COMP_DATA(frame, component) +
              (gssize)line * GST_VIDEO_FRAME_COMP_STRIDE(frame, component),
        .step = (unsigned)GST_VIDEO_FRAME_COMP_PSTRIDE(frame, component),
        .down = GST_VIDEO_FORMAT_INFO_DEPTH(format, component) - 8,
        .half = GST_VIDEO_FORMAT_INFO_W_SUB(format, component),
    };
}

static inline int sample(const struct plane *plane, unsigned x)
{
    const uint8_t *at = plane->at + (size_t)(x >> plane->half) * plane->step;
    return plane->step == 1 ? at[0] : (at[0] | at[1] << 8) >> plane->down;
}

static inline uint8_t *put_pixel(uint8_t *out, const struct matrix *matrix, int value, int u, int v)
{
    const int luma = matrix->luma * (value - matrix->offset) + 32768;
    out[0] = clamp((luma + matrix->bu * u) >> 16);
    out[1] = clamp((luma - matrix->gu * u - matrix->gv * v) >> 16);
    out[2] = clamp((luma + matrix->rv * v) >> 16);
    return out + 3;
}

static void convert_row(const GstVideoFrame *frame, const struct matrix *matrix, int row, uint8_t *out)
{
    const bool gray = GST_VIDEO_FORMAT_INFO_IS_GRAY(frame->info.finfo);
    const unsigned width = (unsigned)GST_VIDEO_FRAME_WIDTH(frame);
    struct plane planes[3];
    for (unsigned i = 0; i < 3; i++) {
        planes[i] = plane_of(frame, gray ? 0 : i, row);
    }
    if (!gray && planes[0].step == 1 && planes[1].half == 1) { /* what cameras send; the rest may take its time */
        for (unsigned x = 0; x < width; x++) {
            out = put_pixel(out, matrix, planes[0].at[x], planes[1].at[x / 2] - 128, planes[2].at[x / 2] - 128);
        }
        return;
    }
    for (unsigned x = 0; x < width; x++) {
        const int u = gray ? 0 : sample(&planes[1], x) - 128;
        const int v = gray ? 0 : sample(&planes[2], x) - 128;
        out = put_pixel(out, matrix, sample(&planes[0], x), u, v);
    }
}

/* Luma and colour in planes of their own, or luma alone. */
static bool is_planar(const GstVideoInfo *info)
{
    const GstVideoFormatInfo *format = info->finfo;
    const unsigned planes = GST_VIDEO_FORMAT_INFO_IS_GRAY(format) ? 1 : GST_VIDEO_FORMAT_INFO_IS_YUV(format) ? 3 : 0;
    if (planes == 0 || GST_VIDEO_FORMAT_INFO_N_PLANES(format) != planes) {
        return false;
    }
    const unsigned depth = GST_VIDEO_FORMAT_INFO_DEPTH(format, 0);
    const int step = GST_VIDEO_FORMAT_INFO_PSTRIDE(format, 0);
    return depth == 8 ? step == 1 : depth > 8 && depth <= 16 && step == 2 && GST_VIDEO_FORMAT_INFO_IS_LE(format);
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
