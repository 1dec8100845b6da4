#include "vision/liveness/stream.h"

#include "vision/capture/keyframe.h"
#include "vision/liveness/raster.h"
#include "vision/liveness/stage.h"

#define RTP_CLOCK 90000

struct stream {
    enum vision_codec codec;
    uint8_t payload_type;
    uint32_t px_max;
    struct stage *depayloader, *decoder;
    struct measure measure;

    bool started;
    bool wants_keyframe;
    uint32_t ssrc;
    uint16_t sequence;  /* last */
    uint32_t timestamp; /* last */
    int64_t extended;   /* `timestamp` from the first packet on, over wraps */
    int64_t frame_us;   /* of the last frame that came out; -1: none yet */
    int64_t origin_us;  /* of the first */

    GArray *frames; /* of the running push */
    GError *error;
};

static const struct codec {
    const char *name, *depayloader, *payload, *decoder;
    const char *properties[9];
} codecs[] = {
    [VISION_CODEC_VP8] = {"VP8",
                          "rtpvp8depay",
                          "video/x-vp8",
                          "vp8dec",
                          {"threads", "1", "max-errors", "-1", "discard-corrupted-frames", "true", NULL}},
    [VISION_CODEC_H264] = {"H264",
                           "rtph264depay",
                           "video/x-h264,stream-format=byte-stream,alignment=au",
                           "avdec_h264",
                           {"max-threads", "1", "max-errors", "-1", "discard-corrupted-frames", "true",
                            "output-corrupt", "false", NULL}},
};

bool stream_load(GError **error)
{
    for (size_t i = 0; i < G_N_ELEMENTS(codecs); i++) {
        const char *const needed[] = {codecs[i].depayloader, codecs[i].decoder};
        for (size_t k = 0; k < G_N_ELEMENTS(needed); k++) {
            if (!stage_available(needed[k])) {
                g_set_error(error, VISION_ERROR, VISION_ERROR_CONFIG, "GStreamer has no %s: run deploy/setup",
                            needed[k]);
                return false;
            }
        }
    }
    return true;
}

/* ---- frames ---- */

/* What says of itself that it is a keyframe, complete or not. */
static bool claims_keyframe(enum vision_codec codec, const uint8_t *frame, size_t size)
{
    if (codec == VISION_CODEC_VP8) {
        return size > 0 && (frame[0] & 1) == 0;
    }
    for (size_t i = 0; i + 3 < size; i++) {
        const bool start = frame[i] == 0 && frame[i + 1] == 0 && frame[i + 2] == 1;
        const unsigned type = frame[i + 3] & 0x1f;
        if (start && (type == 5 || type == 7)) { /* an IDR picture, a sequence parameter set */
            return true;
        }
    }
    return false;
}

/* Whether the decoder may see this frame. */
static bool admit(struct stream *stream, const uint8_t *frame, size_t size)
{
    if (!claims_keyframe(stream->codec, frame, size)) {
        return !stream->wants_keyframe;
    }
    g_autoptr(GError) refused = NULL;
    stream->wants_keyframe = !keyframe_check_frame(stream->codec, frame, size, stream->px_max, &refused);
    if (refused != NULL && refused->code == VISION_ERROR_SIZE && stream->error == NULL) {
        stream->error = g_steal_pointer(&refused);
    }
    return !stream->wants_keyframe;
}

static GstFlowReturn take_encoded(void *data, GstBuffer *buffer, GstCaps *caps)
{
    struct stream *stream = data;
    GstMapInfo map;
    if (!gst_buffer_map(buffer, &map, GST_MAP_READ)) {
        return GST_FLOW_OK;
    }
    const bool admitted = admit(stream, map.data, map.size);
    gst_buffer_unmap(buffer, &map);
    if (admitted) {
        stage_set_caps(stream->decoder, caps);
        stage_push(stream->decoder, gst_buffer_ref(buffer)); /* a frame that does not decode gives none */
    }
    return stream->error == NULL ? GST_FLOW_OK : GST_FLOW_ERROR;
}

static GstFlowReturn take_decoded(void *data, GstBuffer *buffer, GstCaps *caps)
{
    struct stream *stream = data;
    GstVideoInfo info;
    if (caps == NULL || !gst_video_info_from_caps(&info, caps) || !GST_BUFFER_PTS_IS_VALID(buffer)) {
        return GST_FLOW_OK;
    }
    const int64_t at_us = (int64_t)(GST_BUFFER_PTS(buffer) / GST_USECOND);
    if (stream->frame_us < 0) {
        stream->origin_us = at_us;
    }
    const int64_t time_us = at_us - stream->origin_us;
    if (time_us <= stream->frame_us) { /* a peer's clock may stand still or go backwards; ours of it does not */
        return GST_FLOW_OK;
    }
    stream->frame_us = time_us;
    if (!measure_wants(&stream->measure, time_us)) {
        return GST_FLOW_OK;
    }
    struct vision_frame frame;
    g_autoptr(Image) picture = raster_convert(buffer, &info, 0, stream->px_max, &stream->error);
    if (picture == NULL || !measure_frame(&stream->measure, picture, time_us, &frame, &stream->error)) {
        return GST_FLOW_ERROR;
    }
    g_array_append_val(stream->frames, frame);
    return GST_FLOW_OK;
}

/* ---- packets ---- */

/*  0                   1                   2                   3
 *  0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
 * |V=2|P|X|  CC   |M|     PT      |       sequence number         |
 * |                           timestamp                           |
 * |                             SSRC                              |   RFC 3550 §5.1 */
#define RTP_HEADER_BYTES 12

static uint32_t read_32(const uint8_t *at)
{
    return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* Follows sequence and clock. False: no packet of this stream, or one that is late. */
static bool follow(struct stream *stream, const uint8_t *packet, size_t size)
{
    if (size < RTP_HEADER_BYTES || packet[0] >> 6 != 2 || (packet[1] & 0x7f) != stream->payload_type) {
        return false;
    }
    const uint16_t sequence = (uint16_t)(packet[2] << 8 | packet[3]);
    const uint32_t timestamp = read_32(packet + 4), ssrc = read_32(packet + 8);
    const bool other = stream->started && ssrc != stream->ssrc;
    if (!stream->started || other) {
        /* A new source has a clock of its own: it goes on a frame after the old one's. */
        stream->extended += other ? RTP_CLOCK / 30 : 0;
        stream->wants_keyframe = true;
    } else {
        const int16_t ahead = (int16_t)(uint16_t)(sequence - stream->sequence);
        if (ahead <= 0) {
            return false;
        }
        stream->wants_keyframe = stream->wants_keyframe || ahead > 1;
        stream->extended += (int32_t)(timestamp - stream->timestamp);
    }
    stream->started = true;
    stream->ssrc = ssrc;
    stream->sequence = sequence;
    stream->timestamp = timestamp;
    return stream->extended >= 0;
}

static void push_packet(struct stream *stream, GBytes *packet)
{
    size_t size;
    const uint8_t *bytes = g_bytes_get_data(packet, &size);
    if (!follow(stream, bytes, size)) {
        return;
    }
    GstBuffer *buffer = gst_buffer_new_memdup(bytes, size);
    GST_BUFFER_PTS(buffer) = gst_util_uint64_scale((uint64_t)stream->extended, (uint64_t)GST_SECOND, RTP_CLOCK);
    GST_BUFFER_DTS(buffer) = GST_BUFFER_PTS(buffer);
    stage_push(stream->depayloader, buffer);
}

bool stream_push(struct stream *stream, const GPtrArray *packets, GArray *frames, GError **error)
{
    stream->frames = frames;
    for (unsigned i = 0; i < packets->len && stream->error == NULL; i++) {
        push_packet(stream, packets->pdata[i]);
    }
    stream->frames = NULL;
    if (stream->error != NULL) {
        g_propagate_error(error, g_steal_pointer(&stream->error));
        return false;
    }
    return true;
}

const struct image *stream_best(const struct stream *stream, const struct vision_frame **frame)
{
    *frame = &stream->measure.best_frame;
    return stream->measure.best;
}

/* ---- life ---- */

struct stream *stream_new(struct networks *networks, enum vision_codec codec, uint8_t payload_type, uint32_t px_max,
                          GError **error)
{
    const struct codec *as = &codecs[codec];
    struct stream *stream = g_new0(struct stream, 1);
    *stream = (struct stream){
        .codec = codec, .payload_type = payload_type, .px_max = px_max, .wants_keyframe = true, .frame_us = -1};
    measure_init(&stream->measure, networks, false);
    g_autoptr(GstCaps) caps =
        gst_caps_new_simple("application/x-rtp", "media", G_TYPE_STRING, "video", "clock-rate", G_TYPE_INT, RTP_CLOCK,
                            "encoding-name", G_TYPE_STRING, as->name, "payload", G_TYPE_INT, (int)payload_type, NULL);
    const struct stage_taker encoded = {take_encoded, NULL, stream}, decoded = {take_decoded, NULL, stream};
    stream->decoder = stage_new(as->decoder, as->properties, NULL, GST_FORMAT_TIME, NULL, &decoded);
    stream->depayloader = stage_new(as->depayloader, NULL, caps, GST_FORMAT_TIME, as->payload, &encoded);
    if (stream->decoder == NULL || stream->depayloader == NULL) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_CONFIG, "no decoder for %s can be made", as->name);
        stream_free(stream);
        return NULL;
    }
    return stream;
}

void stream_free(struct stream *stream)
{
    if (stream != NULL) {
        stage_free(stream->depayloader);
        stage_free(stream->decoder);
        measure_clear(&stream->measure);
        g_clear_error(&stream->error);
        g_free(stream);
    }
}
