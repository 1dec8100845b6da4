#include "vision/liveness/clip.h"

#include <stdarg.h>

#include "vision/image/picture.h"

bool clip_load(GError **error)
{
    return clip_container_load(error);
}

/* ---- frames ---- */

bool clip_reader_fail(struct clip_reader *reader, enum vision_error code, const char *format, ...)
{
    if (reader->error == NULL) {
        va_list arguments;
        va_start(arguments, format);
        reader->error = g_error_new_valist(VISION_ERROR, (int)code, format, arguments);
        va_end(arguments);
    }
    return false;
}

bool clip_reader_wants(struct clip_reader *reader, int64_t time_us)
{
    if (reader->error != NULL) {
        return false;
    }
    if (reader->frames++ == 0) {
        reader->first_us = time_us;
        reader->last_us = -1;
    }
    const int64_t at_us = time_us - reader->first_us;
    if (at_us > reader->limits->length_max_us || reader->frames > reader->limits->frames_max) {
        return clip_reader_fail(reader, VISION_ERROR_VIDEO_TOO_LONG,
                                "the video is too long: at most %d seconds and %u frames are taken",
                                (int)(reader->limits->length_max_us / G_USEC_PER_SEC), reader->limits->frames_max);
    }
    if (at_us <= reader->last_us || !reader->taker->wants(reader->taker->data, at_us)) {
        return false; /* time only goes forward, whatever a file says */
    }
    reader->last_us = at_us;
    return true;
}

bool clip_reader_take(struct clip_reader *reader, const struct image *picture)
{
    return reader->taker->take(reader->taker->data, picture, reader->last_us, &reader->error);
}

#define JPEG_SIDE_MAX  8192
#define JPEG_SIDE_MIN  16
#define JPEG_SCANS_MAX 20

bool clip_take_jpeg(struct clip_reader *reader, GBytes *jpeg, int64_t time_us, int degrees)
{
    if (!clip_reader_wants(reader, time_us)) {
        return reader->error == NULL;
    }
    const struct picture_limits limits = {
        .bytes_max = VISION_FILE_BYTES_MAX,
        .px_max = reader->limits->px_max,
        .side_max = JPEG_SIDE_MAX,
        .side_min = JPEG_SIDE_MIN,
        .scans_max = JPEG_SCANS_MAX,
        .jpeg_only = true,
    };
    struct picture_head head;
    g_autoptr(Image) picture = picture_decode(jpeg, &limits, &head, &reader->error);
    if (picture == NULL) {
        return false;
    }
    g_autoptr(Image) upright = image_rotate(picture, degrees);
    return clip_reader_take(reader, upright);
}

/* ---- the file ---- */

bool clip_decode(GBytes *file, const struct clip_limits *limits, const struct clip_taker *taker, GError **error)
{
    size_t length;
    const uint8_t *bytes = g_bytes_get_data(file, &length);
    enum clip_type type;
    if (!clip_examine(bytes, length, &type, error)) {
        return false;
    }
    struct clip_reader reader = {.limits = limits, .taker = taker};
    switch (type) {
    case CLIP_GIF:
        clip_read_gif(&reader, file);
        break;
    case CLIP_MJPEG:
        clip_read_mjpeg(&reader, file);
        break;
    case CLIP_MATROSKA:
    case CLIP_MP4:
    case CLIP_AVI:
        clip_read_container(&reader, file, type);
        break;
    }
    if (reader.error == NULL && reader.frames == 0) {
        clip_reader_fail(&reader, VISION_ERROR_NO_VIDEO, "the file has no video that can be decoded");
    }
    if (reader.error != NULL) {
        g_propagate_error(error, reader.error);
        return false;
    }
    return true;
}
