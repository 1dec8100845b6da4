/* clip_container: Matroska, MP4 and AVI, taken apart by GStreamer, and the video in them decoded. */
#include <string.h>

#include "vision/capture/keyframe.h"
#include "vision/capture/sps.h"
#include "vision/liveness/clip.h"
#include "vision/liveness/raster.h"
#include "vision/liveness/stage.h"

#define CHUNK_BYTES 4096u
#define CHUNKS_MIN  16 /* avidemux begins only when a second one comes */

static const char *const demuxers[] = {
    [CLIP_MATROSKA] = "matroskademux", [CLIP_MP4] = "qtdemux", [CLIP_AVI] = "avidemux"};

static const struct format {
    const char *caps, *decoder; /* NULL: JPEG, which we decode ourselves */
    const char *properties[7];
} formats[] = {
    {"video/x-vp8", "vp8dec", {"threads", "1", "max-errors", "-1", NULL}},
    {"video/x-vp9", "vp9dec", {"threads", "1", "max-errors", "-1", NULL}},
    {"video/x-h264", "avdec_h264", {"max-threads", "1", "max-errors", "-1", "output-corrupt", "false", NULL}},
    {"image/jpeg", NULL, {NULL}},
};

struct container {
    struct clip_reader *reader;
    struct stage *demuxer, *decoder;
    const struct format *format;
    unsigned encoded; /* frames that the file has */
    int degrees;      /* clockwise, to have it upright */
};

bool clip_container_load(GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(demuxers) + G_N_ELEMENTS(formats); i++) {
        const char *needed = i < G_N_ELEMENTS(demuxers) ? demuxers[i] : formats[i - G_N_ELEMENTS(demuxers)].decoder;
        if (needed != NULL && !stage_available(needed)) {
            g_set_error(error, VISION_ERROR, VISION_ERROR_CONFIG, "GStreamer has no %s: run deploy/setup", needed);
            return false;
        }
    }
    return true;
}

/* ---- decoded frames ---- */

static GstFlowReturn take_decoded(void *data, GstBuffer *buffer, GstCaps *caps)
{
    struct container *container = data;
    GstVideoInfo info;
    if (caps == NULL || !gst_video_info_from_caps(&info, caps) || !GST_BUFFER_PTS_IS_VALID(buffer)) {
        return GST_FLOW_OK;
    }
    struct clip_reader *reader = container->reader;
    if (clip_reader_wants(reader, (int64_t)(GST_BUFFER_PTS(buffer) / GST_USECOND))) {
        g_autoptr(Image) picture =
            raster_convert(buffer, &info, container->degrees, reader->limits->px_max, &reader->error);
        if (picture != NULL) {
            clip_reader_take(reader, picture);
        }
    }
    return reader->error == NULL ? GST_FLOW_OK : GST_FLOW_ERROR;
}

/* ---- encoded frames ---- */

static bool check_size(struct container *container, uint64_t width, uint64_t height)
{
    const uint32_t px_max = container->reader->limits->px_max;
    return width * height <= px_max ||
           clip_reader_fail(container->reader, VISION_ERROR_SIZE, "a video of %u×%u pixels: at most %u are taken",
                            (unsigned)width, (unsigned)height, px_max);
}

/* Sequence parameter sets of an AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.2.4.1). */
static bool check_parameter_sets(struct container *container, GstCaps *caps)
{
    const GValue *value = gst_structure_get_value(gst_caps_get_structure(caps, 0), "codec_data");
    GstMapInfo map;
    if (value == NULL || !gst_buffer_map(gst_value_get_buffer(value), &map, GST_MAP_READ)) {
        return true;
    }
    bool ok = true;
    size_t at = 6;
    for (unsigned left = map.size > 5 ? map.data[5] & 31u : 0; ok && left > 0 && at + 2 <= map.size; left--) {
        const size_t length = (size_t)(map.data[at] << 8 | map.data[at + 1]);
        unsigned width, height;
        at += 2;
        if (length > map.size - at || !sps_picture_size(map.data + at, length, &width, &height)) {
            ok = clip_reader_fail(container->reader, VISION_ERROR_DECODE,
                                  "an H.264 sequence parameter set that cannot be used");
        } else {
            ok = check_size(container, width, height);
        }
        at += length;
    }
    gst_buffer_unmap(gst_value_get_buffer(value), &map);
    return ok;
}

/* What a VP8 keyframe says of itself, whatever the container said. */
static bool check_vp8(struct container *container, const uint8_t *frame, size_t size)
{
    g_autoptr(GError) refused = NULL;
    if (size > 0 && (frame[0] & 1) == 0 &&
        !keyframe_check_frame(VISION_CODEC_VP8, frame, size, container->reader->limits->px_max, &refused) &&
        refused->code == VISION_ERROR_SIZE) {
        return clip_reader_fail(container->reader, VISION_ERROR_SIZE, "%s", refused->message);
    }
    return true;
}

static GstFlowReturn decode(struct container *container, GstBuffer *buffer, GstCaps *caps, const GstMapInfo *map)
{
    if (container->format->decoder == NULL) {
        const GstClockTime time = GST_BUFFER_DTS_OR_PTS(buffer);
        const int64_t time_us = GST_CLOCK_TIME_IS_VALID(time) ? (int64_t)(time / GST_USECOND)
                                                              : (int64_t)container->encoded * (G_USEC_PER_SEC / 30);
        g_autoptr(GBytes) jpeg = g_bytes_new(map->data, map->size);
        return clip_take_jpeg(container->reader, jpeg, time_us, container->degrees) ? GST_FLOW_OK : GST_FLOW_ERROR;
    }
    if (strcmp(container->format->caps, "video/x-vp8") == 0 && !check_vp8(container, map->data, map->size)) {
        return GST_FLOW_ERROR;
    }
    stage_set_caps(container->decoder, caps);
    stage_push(container->decoder, gst_buffer_ref(buffer)); /* a frame that does not decode gives none */
    return container->reader->error == NULL ? GST_FLOW_OK : GST_FLOW_ERROR;
}

static GstFlowReturn take_encoded(void *data, GstBuffer *buffer, GstCaps *caps)
{
    struct container *container = data;
    if (container->reader->error != NULL) {
        return GST_FLOW_ERROR;
    }
    if (++container->encoded > container->reader->limits->frames_max) {
        clip_reader_fail(container->reader, VISION_ERROR_VIDEO_TOO_LONG, "the video has more than %u frames",
                         container->reader->limits->frames_max);
        return GST_FLOW_ERROR;
    }
    GstMapInfo map;
    if (!gst_buffer_map(buffer, &map, GST_MAP_READ)) {
        return GST_FLOW_OK;
    }
    const GstFlowReturn flow = decode(container, buffer, caps, &map);
    gst_buffer_unmap(buffer, &map);
    return flow;
}

/* ---- the file ---- */

/* "rotate-90": how a phone was held. */
static void take_tags(void *data, const GstTagList *tags)
{
    struct container *container = data;
    g_autofree char *orientation = NULL;
    if (gst_tag_list_get_string(tags, GST_TAG_IMAGE_ORIENTATION, &orientation)) {
        static const char *const turns[] = {"rotate-0", "rotate-90", "rotate-180", "rotate-270"};
        for (int i = 0; i < (int)G_N_ELEMENTS(turns); i++) {
            if (strcmp(orientation, turns[i]) == 0) {
                container->degrees = 90 * i;
            }
        }
    }
}

/* The first video that we can decode, and are willing to. */
static bool accept(void *data, GstCaps *caps)
{
    struct container *container = data;
    const GstStructure *structure = gst_caps_get_structure(caps, 0);
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        if (!gst_structure_has_name(structure, formats[i].caps)) {
            continue;
        }
        int width = 0, height = 0;
        gst_structure_get_int(structure, "width", &width);
        gst_structure_get_int(structure, "height", &height);
        if (!check_size(container, (uint64_t)MAX(width, 0), (uint64_t)MAX(height, 0)) ||
            !check_parameter_sets(container, caps)) {
            return false;
        }
        container->format = &formats[i];
        if (formats[i].decoder != NULL) {
            const struct stage_taker decoded = {take_decoded, NULL, container};
            container->decoder =
                stage_new(formats[i].decoder, formats[i].properties, caps, GST_FORMAT_TIME, NULL, &decoded);
        }
        return formats[i].decoder == NULL || container->decoder != NULL;
    }
    return false;
}

static void push_file(struct container *container, GBytes *file)
{
    const size_t length = g_bytes_get_size(file);
    const size_t size = CLAMP(length / CHUNKS_MIN, 64, CHUNK_BYTES);
    for (size_t at = 0; at < length && container->reader->error == NULL; at += size) {
        g_autoptr(GBytes) chunk = g_bytes_new_from_bytes(file, at, MIN(size, length - at));
        GstBuffer *buffer = gst_buffer_new_wrapped_bytes(chunk);
        GST_BUFFER_OFFSET(buffer) = at;
        if (stage_push(container->demuxer, buffer) != GST_FLOW_OK) {
            return;
        }
    }
    if (container->reader->error == NULL) {
        stage_finish(container->demuxer);
    }
    if (container->decoder != NULL && container->reader->error == NULL) {
        stage_finish(container->decoder);
    }
}

void clip_read_container(struct clip_reader *reader, GBytes *file, enum clip_type type)
{
    struct container container = {.reader = reader};
    const struct stage_taker encoded = {take_encoded, take_tags, &container};
    container.demuxer = stage_new_demuxer(demuxers[type], accept, &encoded);
    if (container.demuxer == NULL) {
        clip_reader_fail(reader, VISION_ERROR_CONFIG, "GStreamer has no %s", demuxers[type]);
        return;
    }
    push_file(&container, file);
    stage_free(container.demuxer);
    stage_free(container.decoder);
    if (container.encoded > 0 && reader->frames == 0) {
        clip_reader_fail(reader, VISION_ERROR_DECODE, "none of the %u frames of the video can be decoded",
                         container.encoded);
    }
}
