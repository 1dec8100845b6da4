/* clip: a whole video file, decoded frame by frame. Runs in a worker.
 *
 * What a file is, is decided by its content, and what it claims of itself (type, length, size) is checked by our own
 * bounded code before a demultiplexer sees it. GIF and JPEG are taken apart here, the rest by a fixed element. */
#pragma once

#include "vision/image/image.h"
#include "vision/vision.h"

#define CLIP_SECONDS_MAX 60
#define CLIP_FRAMES_MAX  7500 /* 60 s of 120 a second, and a little */

struct clip_limits {
    uint32_t px_max; /* of a frame */
    int64_t length_max_us;
    unsigned frames_max;
};

/* What is done with the frames. */
struct clip_taker {
    /* Whether this one is wanted: only then it is turned into a picture. */
    bool (*wants)(void *data, int64_t time_us);
    /* `picture` is BGR, upright, and borrowed. False with an error ends it all. */
    bool (*take)(void *data, const struct image *picture, int64_t time_us, GError **error);
    void *data;
};

/* Loads the plugins. VISION_ERROR_CONFIG names the missing one. */
bool clip_load(GError **error);
/* Time begins with the first frame. Fails with VISION_ERROR_EMPTY, _WRONG_TYPE, _TRUNCATED, _SIZE, _NO_VIDEO,
 * _VIDEO_TOO_LONG, _UNSUPPORTED or _DECODE, or as the taker does. */
bool clip_decode(GBytes *file, const struct clip_limits *limits, const struct clip_taker *taker, GError **error);

/* ---- its parts ---- */

enum clip_type { CLIP_MATROSKA, CLIP_MP4, CLIP_AVI, CLIP_GIF, CLIP_MJPEG };

/* What the bytes are, and whether they all are there. VISION_ERROR_EMPTY, _WRONG_TYPE or _TRUNCATED. Pure. */
bool clip_examine(const uint8_t *bytes, size_t length, enum clip_type *type, GError **error);

/* Counts frames and holds them to the limits; every part hands its frames through it. */
struct clip_reader {
    const struct clip_limits *limits;
    const struct clip_taker *taker;
    unsigned frames;
    int64_t first_us, last_us;
    GError *error; /* why it ended early */
};
/* A frame of this time has come. True: it is wanted as a picture. False: it is not, or `error` is set. */
bool clip_reader_wants(struct clip_reader *reader, int64_t time_us);
/* False: `error` is set. */
bool clip_reader_take(struct clip_reader *reader, const struct image *picture);
bool clip_reader_fail(struct clip_reader *reader, enum vision_error code, const char *format, ...)
    G_GNUC_PRINTF(3, 4); /* returns false */

/* Each reads a file of its type to the end, or until `reader->error` is set. */
void clip_read_gif(struct clip_reader *reader, GBytes *file);
void clip_read_mjpeg(struct clip_reader *reader, GBytes *file);
void clip_read_container(struct clip_reader *reader, GBytes *file, enum clip_type type);
bool clip_container_load(GError **error);

/* One JPEG as a frame, turned clockwise. */
bool clip_take_jpeg(struct clip_reader *reader, GBytes *jpeg, int64_t time_us, int degrees);
