/* synthetic_source: makes the RTP of one sending m-line: a video frame or 20 ms of audio whenever it is time.
 *
 * Made-up payloads carry a mark that the sink checks (see synthetic_mark_ok), so that nothing altered on the way goes
 * unnoticed; the first bytes are those of real VP8 (RFC 7741), H.264 (RFC 6184) and Opus (RFC 7587). */
#pragma once

#include "tests/support/synthetic_sdp.h"

#define SYNTHETIC_MARK        "SYNT"
#define SYNTHETIC_CACHE       256 /* packets kept for NACK, a power of two */
#define SYNTHETIC_PACKET_MAX  1280
#define SYNTHETIC_PAYLOAD_MAX 1150

struct synthetic_source {
    struct synthetic_line line;
    char mid[4];
    struct synthetic_sent sent;
    uint16_t sequence;
    uint32_t timestamp;
    int64_t interval_us, next_us;
    size_t frame_bytes;
    bool keyframe_wanted;
    GPtrArray *frames; /* of GBytes, from an IVF file; NULL: made up */
    unsigned next_frame;
    uint16_t picture_id;
    struct {
        uint16_t length;
        uint8_t bytes[SYNTHETIC_PACKET_MAX];
    } * cache; /* by sequence number; NULL for audio */
    void (*send)(void *context, const uint8_t *packet, size_t length);
    void *context;
};

/* `send` and `context` are set by the caller afterwards. */
void synthetic_source_init(struct synthetic_source *source, const struct synthetic_line *line, unsigned mid,
                           const struct synthetic_config *config, int64_t now_us);
void synthetic_source_clear(struct synthetic_source *source);
/* Sends what is due. */
void synthetic_source_tick(struct synthetic_source *source, int64_t now_us);
/* NACK: sends it again if it is still there. */
void synthetic_source_resend(struct synthetic_source *source, uint16_t sequence);

/* The frames of a VP8 IVF file as GBytes, the first a keyframe. */
GPtrArray *synthetic_ivf_read(const char *path, GError **error);

/* True unless `bytes` begin with the mark and go on with anything but its filling. */
bool synthetic_mark_ok(const uint8_t *bytes, size_t length);
