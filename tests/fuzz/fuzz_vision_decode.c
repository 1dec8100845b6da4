/* The decoders themselves, through real workers: pictures, keyframes, live streams and clips, spoiled in any way.
 * Workers may be lost (and are replaced); the service may not, and goes on doing what is good. The first byte chooses.
 */
#include "tests/fuzz/input.h"
#include "vision/process/pool.h"

#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define DEADLINE_MS  4000
#define PROBE_EVERY  200
#define PACKET_MAX   1500
#define PACKETS_MAX  64
#define PAYLOAD_TYPE 102

static struct vision_pool *pool;

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    (void)argc;
    (void)argv;
    const struct vision_config config = {.program = VIVA_PROGRAM,
                                         .models = VIVA_MODELS,
                                         .workers = 2,
                                         .queue_max = 4,
                                         .live_max = 2,
                                         .worker_memory_mib = VISION_MEMORY_MIB,
                                         .picture_px_max = 1u << 20,
                                         .jpeg_quality = 90};
    g_autoptr(GError) error = NULL;
    pool = vision_pool_new(&config, &error);
    if (pool == NULL) {
        fprintf(stderr, "no pool: %s\n", error->message);
        abort();
    }
    return 0;
}

static void unref_bytes(void *bytes)
{
    g_bytes_unref(bytes);
}

static GPtrArray *take_packets(struct input *input)
{
    GPtrArray *packets = g_ptr_array_new_with_free_func(unref_bytes);
    while (input->left > 0 && packets->len < PACKETS_MAX) {
        size_t length;
        const uint8_t *packet = input_piece(input, PACKET_MAX, &length);
        g_ptr_array_add(packets, g_bytes_new(packet, length));
    }
    return packets;
}

static void fuzz_keyframe(struct input *input, enum vision_codec codec)
{
    g_autoptr(GPtrArray) packets = take_packets(input);
    const struct vision_keyframe keyframe = {codec, PAYLOAD_TYPE, packets};
    struct vision_picture picture = {0};
    vision_decode_keyframe(pool, &keyframe, DEADLINE_MS, &picture, NULL);
    vision_picture_clear(&picture);
}

static void fuzz_live(struct input *input, enum vision_codec codec)
{
    struct vision_live *live = vision_live_open(pool, codec, PAYLOAD_TYPE, NULL);
    if (live == NULL) {
        return;
    }
    g_autoptr(GPtrArray) packets = take_packets(input);
    g_autoptr(GArray) frames = g_array_new(FALSE, FALSE, sizeof(struct vision_frame));
    vision_live_push(live, packets, DEADLINE_MS, frames, NULL);
    vision_live_close(live);
}

/* By the op that decodes and looks for nothing: a search for faces that are not there would take all the time. */
static void fuzz_picture(const struct input *input)
{
    GBytes *bytes = g_bytes_new(input->bytes, input->left);
    GPtrArray in = {.pdata = (void **)&bytes, .len = 1};
    json_t *params = json_pack("{s:s, s:i}", "verdict", "", "colour", 0);
    const struct pool_job job = {.op = "montage",
                                 .priority = VISION_SUBMISSION,
                                 .params = params,
                                 .in = &in,
                                 .deadline_us = g_get_monotonic_time() + DEADLINE_MS * INT64_C(1000)};
    struct pool_reply reply = {0};
    pool_run(pool, &job, &reply, NULL);
    pool_reply_clear(&reply);
    json_decref(params);
    g_bytes_unref(bytes);
}

static void fuzz_clip(const struct input *input)
{
    g_autoptr(GBytes) bytes = g_bytes_new(input->bytes, input->left);
    const struct vision_input video = {.bytes = bytes, .priority = VISION_SUBMISSION, .deadline_ms = DEADLINE_MS};
    struct vision_clip clip = {0};
    if (vision_clip_measure(pool, &video, &clip, NULL)) {
        vision_clip_clear(&clip);
    }
}

/* A job that needs nothing but a worker: an error that only a worker can have given. */
static void probe(void)
{
    GBytes *nothing = g_bytes_new_static("no picture", 10);
    const struct vision_input picture = {.bytes = nothing, .priority = VISION_CAPTURE, .deadline_ms = 60000};
    struct vision_face face = {0};
    g_autoptr(GError) error = NULL;
    vision_face(pool, &picture, &face, &error);
    if (!g_error_matches(error, VISION_ERROR, VISION_ERROR_WRONG_TYPE)) {
        fprintf(stderr, "the service is hurt: %s\n", error != NULL ? error->message : "no error");
        abort();
    }
    g_bytes_unref(nothing);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static unsigned count;
    struct input input = {data, size};
    switch (input_u8(&input) % 6) {
    case 0:
        fuzz_keyframe(&input, VISION_CODEC_VP8);
        break;
    case 1:
        fuzz_keyframe(&input, VISION_CODEC_H264);
        break;
    case 2:
        fuzz_live(&input, VISION_CODEC_VP8);
        break;
    case 3:
        fuzz_live(&input, VISION_CODEC_H264);
        break;
    case 4:
        fuzz_picture(&input);
        break;
    default:
        fuzz_clip(&input);
        break;
    }
    if (++count % PROBE_EVERY == 0) {
        probe();
    }
    return 0;
}
