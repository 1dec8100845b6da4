/* vision: what is in a picture. The only header of vision/ that other modules include.
 *
 * A pool takes jobs that are values (bytes in, bytes out), so the place where a decoder runs is the pool's own affair.
 * Threads: every function may be called from any thread; jobs block their caller until done or past their deadline. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

enum vision_codec { VISION_CODEC_VP8, VISION_CODEC_H264 };

struct vision_config {
    unsigned workers;        /* jobs at a time, 1..16 */
    unsigned queue_max;      /* jobs waiting; one more is VISION_ERROR_BUSY */
    unsigned picture_px_max; /* width × height of a decoded picture, at most */
    unsigned jpeg_quality;   /* 1..100 */
};

enum vision_error {
    VISION_ERROR_CONFIG,
    VISION_ERROR_BUSY,    /* the queue is full */
    VISION_ERROR_TIMEOUT, /* past its deadline */
    VISION_ERROR_DECODE,  /* the bytes are not a decodable keyframe; the message says what the decoder said */
    VISION_ERROR_SIZE,    /* larger than picture_px_max */
};
#define VISION_ERROR vision_error_quark()
GQuark vision_error_quark(void);

struct vision_pool;

/* Loads the decoders' plugins now, so that the first job is as fast as the next. Fails with VISION_ERROR_CONFIG, naming
 * the missing plugin. */
struct vision_pool *vision_pool_new(const struct vision_config *config, GError **error);
/* Waits for the jobs that still run; nobody may be in vision_decode_keyframe any more. */
void vision_pool_free(struct vision_pool *pool);

struct vision_keyframe {
    enum vision_codec codec;
    uint8_t payload_type;
    const GPtrArray *packets; /* of GBytes: the RTP packets of one complete keyframe, in order; borrowed for the call */
};

struct vision_picture {
    GBytes *jpeg; /* baseline JFIF at the full size received; owned by the caller */
    unsigned width, height;
    uint8_t frame_sha256[32]; /* of the encoded frame as put together from RTP: VP8 frame (RFC 7741), or H.264 access
                                 unit as Annex B byte stream (RFC 6184) */
    uint8_t jpeg_sha256[32];
};
void vision_picture_clear(struct vision_picture *picture);

/* Decodes one keyframe and encodes it as JPEG. Blocks at most `deadline_ms`. Fails with VISION_ERROR_BUSY, _TIMEOUT,
 * _DECODE or _SIZE; `picture` is then untouched. */
bool vision_decode_keyframe(struct vision_pool *pool, const struct vision_keyframe *keyframe, unsigned deadline_ms,
                            struct vision_picture *picture, GError **error);
