#include "vision/liveness/frame_wire.h"

#include <math.h>
#include <string.h>

#define FRAMES_MAX 4096

enum flags { HAS_FACE = 1, HAS_EMBEDDING = 2, HAS_PASSIVE = 4 };

/* | time 8 | width 2 | height 2 | faces 2 | flags 2 | numbers 4 each | scene | background | hash | embedding, if any |
 * in this machine's byte order: both ends are the same program. */
enum { X, Y, WIDTH, HEIGHT, SCORE, YAW, PITCH, ROLL, EYE_0, EYE_1, MOUTH, BRIGHTNESS, SHARPNESS, PASSIVE, NUMBERS };

static const struct {
    float least, most;
} bounds[NUMBERS] = {
    [X] = {-65536, 65536},   [Y] = {-65536, 65536},   [WIDTH] = {0, 65536}, [HEIGHT] = {0, 65536},
    [SCORE] = {0, 1.001f},   [YAW] = {-1e6f, 1e6f},   [PITCH] = {0, 1},     [ROLL] = {-360, 360},
    [EYE_0] = {0, 1.001f},   [EYE_1] = {0, 1.001f},   [MOUTH] = {0, 1e6f},  [BRIGHTNESS] = {0, 255},
    [SHARPNESS] = {0, 1e9f}, [PASSIVE] = {0, 1.001f},
};

static void write_frame(const struct vision_frame *frame, GByteArray *out)
{
    const uint16_t head[] = {frame->width, frame->height, frame->faces,
                             (uint16_t)((frame->has_face ? HAS_FACE : 0) | (frame->has_embedding ? HAS_EMBEDDING : 0) |
                                        (frame->has_passive ? HAS_PASSIVE : 0))};
    const float numbers[NUMBERS] = {frame->box[0],        frame->box[1],        frame->box[2], frame->box[3],
                                    frame->score,         frame->yaw,           frame->pitch,  frame->roll,
                                    frame->eye_closed[0], frame->eye_closed[1], frame->mouth,  frame->brightness,
                                    frame->sharpness,     frame->passive};
    g_byte_array_append(out, (const uint8_t *)&frame->time_us, sizeof(frame->time_us));
    g_byte_array_append(out, (const uint8_t *)head, sizeof(head));
    g_byte_array_append(out, (const uint8_t *)numbers, sizeof(numbers));
    g_byte_array_append(out, frame->scene, sizeof(frame->scene));
    g_byte_array_append(out, frame->background, sizeof(frame->background));
    g_byte_array_append(out, frame->hash, sizeof(frame->hash));
    if (frame->has_embedding) {
        g_byte_array_append(out, (const uint8_t *)frame->embedding, sizeof(frame->embedding));
    }
}

GBytes *frames_write(const GArray *frames)
{
    GByteArray *out = g_byte_array_new();
    for (unsigned i = 0; i < frames->len; i++) {
        write_frame(&g_array_index(frames, struct vision_frame, i), out);
    }
    return g_byte_array_free_to_bytes(out);
}

/* ---- reading ---- */

struct reader {
    const uint8_t *at;
    size_t left;
};

static bool take(struct reader *reader, void *out, size_t size)
{
    if (reader->left < size) {
        return false;
    }
    memcpy(out, reader->at, size);
    reader->at += size;
    reader->left -= size;
    return true;
}

static bool is_unit(const float embedding[VISION_EMBEDDING])
{
    double square = 0;
    for (unsigned i = 0; i < VISION_EMBEDDING; i++) {
        square += (double)embedding[i] * (double)embedding[i];
    }
    return fabs(square - 1) < 0.01; /* false for what is no number */
}

static bool within(const float numbers[NUMBERS])
{
    for (unsigned i = 0; i < NUMBERS; i++) {
        if (!(numbers[i] >= bounds[i].least && numbers[i] <= bounds[i].most)) {
            return false;
        }
    }
    return true;
}

static void set_numbers(struct vision_frame *frame, const float numbers[NUMBERS])
{
    memcpy(frame->box, numbers + X, sizeof(frame->box));
    frame->score = numbers[SCORE];
    frame->yaw = numbers[YAW];
    frame->pitch = numbers[PITCH];
    frame->roll = numbers[ROLL];
    memcpy(frame->eye_closed, numbers + EYE_0, sizeof(frame->eye_closed));
    frame->mouth = numbers[MOUTH];
    frame->brightness = numbers[BRIGHTNESS];
    frame->sharpness = numbers[SHARPNESS];
    frame->passive = numbers[PASSIVE];
}

static bool read_frame(struct reader *reader, struct vision_frame *frame)
{
    uint16_t head[4];
    float numbers[NUMBERS];
    *frame = (struct vision_frame){0};
    if (!take(reader, &frame->time_us, sizeof(frame->time_us)) || !take(reader, head, sizeof(head)) ||
        !take(reader, numbers, sizeof(numbers)) || !take(reader, frame->scene, sizeof(frame->scene)) ||
        !take(reader, frame->background, sizeof(frame->background)) ||
        !take(reader, frame->hash, sizeof(frame->hash)) || head[0] == 0 || head[1] == 0 || head[3] > 7 ||
        !within(numbers)) {
        return false;
    }
    frame->width = head[0];
    frame->height = head[1];
    frame->faces = head[2];
    frame->has_face = (head[3] & HAS_FACE) != 0;
    frame->has_embedding = (head[3] & HAS_EMBEDDING) != 0;
    frame->has_passive = (head[3] & HAS_PASSIVE) != 0;
    set_numbers(frame, numbers);
    return (frame->has_face ? frame->faces > 0 : frame->faces == 0 && !frame->has_embedding && !frame->has_passive) &&
           (!frame->has_embedding ||
            (take(reader, frame->embedding, sizeof(frame->embedding)) && is_unit(frame->embedding)));
}

bool frames_read(GBytes *bytes, int64_t after_us, GArray *frames)
{
    const unsigned before = frames->len;
    struct reader reader;
    reader.at = g_bytes_get_data(bytes, &reader.left);
    while (reader.left > 0) {
        struct vision_frame frame;
        if (!read_frame(&reader, &frame) || frame.time_us <= after_us || frames->len - before >= FRAMES_MAX) {
            g_array_set_size(frames, before);
            return false;
        }
        after_us = frame.time_us;
        g_array_append_val(frames, frame);
    }
    return true;
}

bool embedding_read(GBytes *bytes, float embedding[VISION_EMBEDDING])
{
    size_t size;
    const void *data = g_bytes_get_data(bytes, &size);
    float read[VISION_EMBEDDING];
    if (size != sizeof(read)) {
        return false;
    }
    memcpy(read, data, sizeof(read));
    if (!is_unit(read)) {
        return false;
    }
    memcpy(embedding, read, sizeof(read));
    return true;
}

bool looks_like_jpeg(GBytes *bytes)
{
    size_t size;
    const uint8_t *at = g_bytes_get_data(bytes, &size);
    return size > 4 && at[0] == 0xff && at[1] == 0xd8 && at[2] == 0xff && at[size - 2] == 0xff && at[size - 1] == 0xd9;
}

bool looks_like_png(GBytes *bytes)
{
    size_t size;
    const uint8_t *at = g_bytes_get_data(bytes, &size);
    return size > 20 && memcmp(at, "\x89PNG\r\n\x1a\n", 8) == 0 && memcmp(at + size - 8, "IEND", 4) == 0;
}
