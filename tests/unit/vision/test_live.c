/* Live streams and clips through a pool of real, sandboxed workers. */
#include <gst/gst.h>
#include <signal.h>

#include "tests/unit/vision/packets.h"

#define DEADLINE_MS 60000 /* sanitizers are slow; nothing here waits for it */
#define LIVE_MAX    3

static struct vision_pool *pool;

static int start(void **state)
{
    (void)state;
    gst_init(NULL, NULL);
    const struct vision_config config = {
        .program = VIVA_PROGRAM,
        .models = VIVA_MODELS,
        .workers = 1,
        .queue_max = 8,
        .live_max = LIVE_MAX,
        .worker_memory_mib = 1024,
        .picture_px_max = 25000000,
        .jpeg_quality = 90,
    };
    g_autoptr(GError) error = NULL;
    pool = vision_pool_new(&config, &error);
    if (pool == NULL) {
        fail_msg("%s", error->message);
    }
    return 0;
}

static int stop(void **state)
{
    (void)state;
    vision_pool_free(pool);
    return 0;
}

static GArray *no_frames(void)
{
    return g_array_new(false, false, sizeof(struct vision_frame));
}

static struct vision_live *open_live(enum vision_codec codec)
{
    g_autoptr(GError) error = NULL;
    struct vision_live *live = vision_live_open(pool, codec, PAYLOAD_TYPE, &error);
    if (live == NULL) {
        fail_msg("%s", error->message);
    }
    return live;
}

static void a_stream_is_decoded_and_measured_in_the_sandbox(void **state)
{
    (void)state;
    for (enum vision_codec codec = VISION_CODEC_VP8; codec <= VISION_CODEC_H264; codec++) {
        if (!can_encode(codec)) {
            print_message("skipped: no H.264 encoder\n");
            continue;
        }
        g_autoptr(GPtrArray) packets = film(codec, 320, 240, 12, 8, 77, 1);
        struct vision_live *live = open_live(codec);
        g_autoptr(GArray) frames = no_frames();
        g_autoptr(GError) error = NULL;
        if (!vision_live_push(live, packets, DEADLINE_MS, frames, &error)) {
            fail_msg("%s", error->message);
        }
        assert_in_range(frames->len, 7, 8);
        assert_int_equal(g_array_index(frames, struct vision_frame, 0).width, 320);
        struct vision_picture picture = {0};
        float embedding[VISION_EMBEDDING];
        assert_false(vision_live_best(live, DEADLINE_MS, &picture, embedding, &error));
        assert_true(g_error_matches(error, VISION_ERROR, VISION_ERROR_NO_FACE));
        vision_live_close(live);
    }
}

static void streams_do_not_see_each_others_packets(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) large = film(VISION_CODEC_VP8, 640, 480, 12, 4, 77, 1);
    g_autoptr(GPtrArray) small = film(VISION_CODEC_VP8, 320, 240, 12, 4, 5000, 900);
    struct vision_live *one = open_live(VISION_CODEC_VP8), *other = open_live(VISION_CODEC_VP8);
    g_autoptr(GArray) ones = no_frames();
    g_autoptr(GArray) others = no_frames();
    assert_true(vision_live_push(one, large, DEADLINE_MS, ones, NULL));
    assert_true(vision_live_push(other, small, DEADLINE_MS, others, NULL));
    assert_int_equal(g_array_index(ones, struct vision_frame, 0).width, 640);
    assert_int_equal(g_array_index(others, struct vision_frame, 0).width, 320);
    vision_live_close(one);
    vision_live_close(other);
}

static void no_more_streams_are_open_than_allowed(void **state)
{
    (void)state;
    struct vision_live *live[LIVE_MAX];
    for (unsigned round = 0; round < 3; round++) { /* what is closed makes room */
        for (unsigned i = 0; i < LIVE_MAX; i++) {
            live[i] = open_live(VISION_CODEC_VP8);
        }
        struct vision_pool_stats stats;
        vision_pool_stats(pool, &stats);
        assert_int_equal(stats.live, LIVE_MAX);
        g_autoptr(GError) error = NULL;
        assert_null(vision_live_open(pool, VISION_CODEC_VP8, PAYLOAD_TYPE, &error));
        assert_true(g_error_matches(error, VISION_ERROR, VISION_ERROR_BUSY));
        for (unsigned i = 0; i < LIVE_MAX; i++) {
            vision_live_close(live[i]);
        }
    }
}

static void a_film_without_a_face_is_measured_all_the_same(void **state)
{
    (void)state;
    g_autoptr(GPtrArray) samples =
        run_pipeline("videotestsrc pattern=ball num-buffers=12 ! video/x-raw,format=I420,width=320,height=240,"
                     "framerate=12/1 ! jpegenc ! appsink name=out sync=false",
                     NULL, 0, G_MAXUINT);
    GByteArray *file = g_byte_array_new();
    for (unsigned i = 0; i < samples->len; i++) {
        g_autoptr(GBytes) jpeg = sample_bytes(samples->pdata[i]);
        g_byte_array_append(file, g_bytes_get_data(jpeg, NULL), (guint)g_bytes_get_size(jpeg));
    }
    g_autoptr(GBytes) bytes = g_byte_array_free_to_bytes(file);
    const struct vision_input input = {
        .bytes = bytes, .priority = VISION_SUBMISSION, .drawing = VISION_DRAW, .deadline_ms = DEADLINE_MS};
    struct vision_clip clip = {0};
    g_autoptr(GError) error = NULL;
    if (!vision_clip_measure(pool, &input, &clip, &error)) {
        fail_msg("%s", error->message);
    }
    assert_int_equal(clip.frames->len, 6); /* of 12 at 30 a second */
    assert_null(clip.best);
    assert_null(clip.drawing);
    vision_clip_clear(&clip);
}

static void a_file_that_is_no_video_says_why(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        enum vision_error code;
    } cases[] = {{"", VISION_ERROR_EMPTY}, {"hello", VISION_ERROR_WRONG_TYPE}, {"GIF89a", VISION_ERROR_TRUNCATED}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GBytes) bytes = g_bytes_new(cases[i].text, strlen(cases[i].text));
        const struct vision_input input = {.bytes = bytes, .priority = VISION_SUBMISSION, .deadline_ms = DEADLINE_MS};
        struct vision_clip clip = {0};
        g_autoptr(GError) error = NULL;
        assert_false(vision_clip_measure(pool, &input, &clip, &error));
        assert_true(g_error_matches(error, VISION_ERROR, (int)cases[i].code));
        assert_null(clip.frames);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_stream_is_decoded_and_measured_in_the_sandbox),
        cmocka_unit_test(streams_do_not_see_each_others_packets),
        cmocka_unit_test(no_more_streams_are_open_than_allowed),
        cmocka_unit_test(a_film_without_a_face_is_measured_all_the_same),
        cmocka_unit_test(a_file_that_is_no_video_says_why),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
