#include <malloc.h>
#include <openssl/sha.h>

#include "tests/unit/vision/video.h"

static const struct vision_config config = {.program = VIVA_PROGRAM,
                                            .models = VIVA_MODELS,
                                            .workers = 2,
                                            .queue_max = 4,
                                            .worker_memory_mib = VISION_MEMORY_MIB,
                                            .picture_px_max = 1920 * 1080,
                                            .jpeg_quality = 92};
#define ERROR_MAX   30    /* mean squared, a PSNR of 33 dB; wrong colours give some hundred */
#define DEADLINE_MS 20000 /* generous: sanitizers are slow, and no test waits for it */

static int make_pool(void **state)
{
    g_autoptr(GError) error = NULL;
    gst_init(NULL, NULL); /* for the encoders: this process decodes nothing */
    *state = vision_pool_new(&config, &error);
    assert_null(error);
    return 0;
}

static int free_pool(void **state)
{
    vision_pool_free(*state);
    return 0;
}

static bool decode(struct vision_pool *pool, enum vision_codec codec, const GPtrArray *packets,
                   struct vision_picture *picture, GError **error)
{
    const struct vision_keyframe keyframe = {codec, PAYLOAD_TYPE, packets};
    return vision_decode_keyframe(pool, &keyframe, DEADLINE_MS, picture, error);
}

/* Refused with `code` and a message that has `says` in it; the caller's picture is untouched. */
static void assert_refused(struct vision_pool *pool, enum vision_codec codec, const GPtrArray *packets,
                           enum vision_error code, const char *says, const char *hazard)
{
    struct vision_picture picture = {.width = 42};
    g_autoptr(GError) error = NULL;
    if (decode(pool, codec, packets, &picture, &error)) {
        fail_msg("%s: decoded", hazard);
    }
    if (!g_error_matches(error, VISION_ERROR, (int)code) || strstr(error->message, says) == NULL) {
        fail_msg("%s: error %d (%s), expected %d (%s)", hazard, error->code, error->message, (int)code, says);
    }
    assert_int_equal(picture.width, 42);
    assert_null(picture.jpeg);
}

/* ---- what a stranger's depayloader makes of the packets ---- */

/* RFC 7741 §4.2: 1 octet, and with X up to 1 + 2 + 1 + 1 more. */
static size_t vp8_descriptor_bytes(const uint8_t *payload)
{
    if ((payload[0] & 0x80) == 0) {
        return 1;
    }
    size_t bytes = 2;
    if (payload[1] & 0x80) {
        bytes += payload[bytes] & 0x80 ? 2 : 1;
    }
    bytes += payload[1] & 0x40 ? 1 : 0;
    bytes += payload[1] & 0x30 ? 1 : 0;
    return bytes;
}

static void append_nal(GByteArray *frame, const uint8_t *nal, size_t size)
{
    static const uint8_t start_code[] = {0, 0, 0, 1};
    g_byte_array_append(frame, start_code, sizeof(start_code));
    g_byte_array_append(frame, nal, (guint)size);
}

/* RFC 6184 §5.6 to §5.8: single NAL unit, STAP-A, FU-A. */
static void append_h264(GByteArray *frame, const uint8_t *payload, size_t size)
{
    const unsigned type = payload[0] & 0x1f;
    if (type == 24) {
        for (size_t at = 1; at + 2 < size;) {
            const size_t length = (size_t)payload[at] << 8 | payload[at + 1];
            append_nal(frame, payload + at + 2, length);
            at += 2 + length;
        }
    } else if (type == 28) {
        if (payload[1] & 0x80) {
            const uint8_t header = (payload[0] & 0xe0) | (payload[1] & 0x1f);
            append_nal(frame, &header, 1);
        }
        g_byte_array_append(frame, payload + 2, (guint)(size - 2));
    } else {
        append_nal(frame, payload, size);
    }
}

static void hash_frame(enum vision_codec codec, const GPtrArray *packets, uint8_t hash[SHA256_DIGEST_LENGTH])
{
    g_autoptr(GByteArray) frame = g_byte_array_new();
    for (unsigned i = 0; i < packets->len; i++) {
        size_t size;
        const uint8_t *payload = (const uint8_t *)g_bytes_get_data(packets->pdata[i], &size) + 12;
        size -= 12;
        if (codec == VISION_CODEC_VP8) {
            const size_t descriptor = vp8_descriptor_bytes(payload);
            g_byte_array_append(frame, payload + descriptor, (guint)(size - descriptor));
        } else {
            append_h264(frame, payload, size);
        }
    }
    SHA256(frame->data, frame->len, hash);
}

/* ---- what goes right ---- */

static void assert_decodes(struct vision_pool *pool, enum vision_codec codec, const struct picture *source)
{
    g_autoptr(GPtrArray) packets = encode_frame(codec, source, 0);
    struct vision_picture picture = {0};
    g_autoptr(GError) error = NULL;
    const int64_t start_us = g_get_monotonic_time();
    if (!decode(pool, codec, packets, &picture, &error)) {
        fail_msg("%s", error->message);
    }
    const int64_t took_us = g_get_monotonic_time() - start_us;
    assert_int_equal(picture.width, source->width);
    assert_int_equal(picture.height, source->height);

    uint8_t hash[SHA256_DIGEST_LENGTH];
    hash_frame(codec, packets, hash);
    assert_memory_equal(picture.frame_sha256, hash, sizeof(hash));
    size_t size;
    const uint8_t *jpeg = g_bytes_get_data(picture.jpeg, &size);
    SHA256(jpeg, size, hash);
    assert_memory_equal(picture.jpeg_sha256, hash, sizeof(hash));
    assert_memory_equal(jpeg, "\xff\xd8\xff\xe0\x00\x10JFIF", 10);

    struct picture decoded = picture_of_jpeg(picture.jpeg);
    const double difference = picture_error(source, &decoded);
    print_message("%s %u×%u, %u packets: mean squared error %.1f, JPEG of %zu bytes, %.1f ms\n",
                  codec == VISION_CODEC_VP8 ? "VP8" : "H.264", picture.width, picture.height, packets->len, difference,
                  size, (double)took_us / 1000);
    if (difference > ERROR_MAX) {
        fail_msg("mean squared error %.1f is more than %d", difference, ERROR_MAX);
    }
    picture_clear(&decoded);
    vision_picture_clear(&picture);
}

/* At 720 lines and more GStreamer would take the colours for BT.709; odd sizes and 1080 lines are cropped. */
static const struct {
    enum vision_codec codec;
    unsigned width, height;
} sizes[] = {
    {VISION_CODEC_VP8, 640, 480},  {VISION_CODEC_VP8, 1280, 720},  {VISION_CODEC_VP8, 321, 241},
    {VISION_CODEC_H264, 640, 480}, {VISION_CODEC_H264, 1280, 720}, {VISION_CODEC_H264, 1920, 1080},
    {VISION_CODEC_H264, 320, 180},
};

static void the_jpeg_shows_what_was_encoded_in_its_size_and_colours(void **state)
{
    for (size_t i = 0; i < G_N_ELEMENTS(sizes); i++) {
        if (!can_encode(sizes[i].codec)) {
            print_message("no encoder for H.264 here\n");
            continue;
        }
        struct picture source = test_picture(sizes[i].width, sizes[i].height);
        assert_decodes(*state, sizes[i].codec, &source);
        picture_clear(&source);
    }
}

/* A width that is no multiple of 16, or of 2, is where memory that nobody has written would get into the picture. */
static void the_same_packets_give_the_same_jpeg(void **state)
{
    struct picture source = test_picture(321, 241);
    g_autoptr(GPtrArray) packets = encode_frame(VISION_CODEC_VP8, &source, 0);
    struct vision_picture first = {0};
    assert_true(decode(*state, VISION_CODEC_VP8, packets, &first, NULL));
    for (int filler = 1; filler < 5; filler++) {
        mallopt(M_PERTURB, filler * 50); /* what malloc gives is full of this */
        struct vision_picture again = {0};
        assert_true(decode(*state, VISION_CODEC_VP8, packets, &again, NULL));
        assert_true(g_bytes_equal(first.jpeg, again.jpeg));
        vision_picture_clear(&again);
    }
    mallopt(M_PERTURB, 0);
    vision_picture_clear(&first);
    picture_clear(&source);
}

static char *real_video(void)
{
    const char *shared = g_getenv("VIVA_SHARED");
    g_autofree char *here = g_path_get_dirname(__FILE__);
    g_autofree char *path = shared != NULL ? g_build_filename(shared, "data", "video", "yes.mkv", NULL)
                                           : g_build_filename(here, "../../../../shared/data/video/yes.mkv", NULL);
    return g_file_test(path, G_FILE_TEST_EXISTS) ? g_canonicalize_filename(path, NULL) : NULL;
}

static void a_real_face_comes_out_as_it_went_in(void **state)
{
    g_autofree char *path = real_video();
    if (path == NULL) {
        print_message("no real video here\n");
        skip();
    }
    g_autofree char *source = g_strdup_printf("filesrc location=%s ! decodebin", path);
    struct picture picture = {0};
    assert_true(picture_from(source, 20, 640, 480, &picture));
    assert_decodes(*state, VISION_CODEC_VP8, &picture);
    if (can_encode(VISION_CODEC_H264)) {
        assert_decodes(*state, VISION_CODEC_H264, &picture);
    }
    picture_clear(&picture);
}

/* ---- what goes wrong ---- */

/* Encodes to many packets. */
static struct picture noisy_picture(void)
{
    struct picture picture = {0};
    assert_true(picture_from("videotestsrc pattern=snow num-buffers=1", 0, 320, 240, &picture));
    return picture;
}

static void drop_middle(GPtrArray *packets)
{
    g_ptr_array_remove_index(packets, packets->len / 2);
}

static void drop_first(GPtrArray *packets)
{
    g_ptr_array_remove_index(packets, 0);
}

static void drop_last(GPtrArray *packets)
{
    g_ptr_array_set_size(packets, (int)packets->len - 1);
}

static void drop_all(GPtrArray *packets)
{
    g_ptr_array_set_size(packets, 0);
}

static void swap(GPtrArray *packets)
{
    void *first = packets->pdata[0];
    packets->pdata[0] = packets->pdata[1];
    packets->pdata[1] = first;
}

static void resize_packet(GPtrArray *packets, unsigned index, size_t size)
{
    GBytes *whole = packets->pdata[index];
    packets->pdata[index] = g_bytes_new(g_bytes_get_data(whole, NULL), size);
    g_bytes_unref(whole);
}

static void cut_header(GPtrArray *packets)
{
    resize_packet(packets, 1, 11);
}

static void empty_payloads(GPtrArray *packets)
{
    for (unsigned i = 0; i < packets->len; i++) {
        resize_packet(packets, i, 12);
    }
}

static void fill_with_noise(GPtrArray *packets)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(7);
    for (unsigned i = 0; i < packets->len; i++) {
        for (gssize at = 12; at < (gssize)g_bytes_get_size(packets->pdata[i]); at++) {
            patch_packet(packets, i, at, (uint8_t)g_rand_int_range(random, 0, 256));
        }
    }
}

static void change_payload_type(GPtrArray *packets)
{
    patch_packet(packets, 1, 1, PAYLOAD_TYPE + 1);
}

static void change_source(GPtrArray *packets)
{
    const uint8_t *bytes = g_bytes_get_data(packets->pdata[1], NULL);
    patch_packet(packets, 1, 11, bytes[11] ^ 1);
}

static const struct {
    const char *hazard;
    void (*spoil)(GPtrArray *packets);
    const char *says;
} faults[] = {
    {"a packet missing in the middle", drop_middle, "one is missing"},
    {"the first packet missing", drop_first, ""},
    {"the last packet missing", drop_last, "does not mark the end"},
    {"no packets", drop_all, "no packets"},
    {"packets out of order", swap, "packet 2 of"},
    {"a packet shorter than its header", cut_header, "packet 2 of"},
    {"packets without a payload", empty_payloads, "no whole keyframe"},
    {"noise in the payloads", fill_with_noise, ""},
    {"another payload type", change_payload_type, "payload type 103, not 102"},
    {"a packet of another source", change_source, "of another frame"},
};

static void spoiled_packets_are_refused_and_the_pool_goes_on(void **state)
{
    struct picture source = noisy_picture();
    for (enum vision_codec codec = VISION_CODEC_VP8; codec <= VISION_CODEC_H264; codec++) {
        if (!can_encode(codec)) {
            continue;
        }
        for (size_t i = 0; i < G_N_ELEMENTS(faults); i++) {
            g_autoptr(GPtrArray) packets = encode_frame(codec, &source, 0);
            faults[i].spoil(packets);
            assert_refused(*state, codec, packets, VISION_ERROR_DECODE, faults[i].says, faults[i].hazard);
        }
        struct picture bars = test_picture(320, 240);
        assert_decodes(*state, codec, &bars);
        picture_clear(&bars);
    }
    picture_clear(&source);
}

static void a_frame_that_is_no_keyframe_is_refused(void **state)
{
    static const char *const no_keyframe[] = {"no whole keyframe", "without IDR picture"};
    struct picture source = test_picture(320, 240);
    for (enum vision_codec codec = VISION_CODEC_VP8; codec <= VISION_CODEC_H264; codec++) {
        if (can_encode(codec)) {
            g_autoptr(GPtrArray) packets = encode_frame(codec, &source, 1);
            assert_refused(*state, codec, packets, VISION_ERROR_DECODE, no_keyframe[codec], "a delta frame");
        }
    }
    g_autoptr(GPtrArray) packets = encode_frame(VISION_CODEC_VP8, &source, 0);
    assert_refused(*state, VISION_CODEC_H264, packets, VISION_ERROR_DECODE, "H.264 access unit",
                   "VP8 said to be H.264");
    picture_clear(&source);
}

/* VP8 only: libav conceals what an H.264 slice lacks. That a packet is whole SRTP has seen to before. */
static void a_frame_cut_short_is_refused_with_the_decoders_words(void **state)
{
    struct picture source = noisy_picture();
    g_autoptr(GPtrArray) packets = encode_frame(VISION_CODEC_VP8, &source, 0);
    resize_packet(packets, packets->len - 1, 12 + 20);
    assert_refused(*state, VISION_CODEC_VP8, packets, VISION_ERROR_DECODE, "GStreamer says", "cut short");
    picture_clear(&source);
}

/* A few kilobytes that say they are 16383×16383 pixels, 400 MB of planes, must not reach the decoder. */
static void a_decompression_bomb_is_refused_by_its_header(void **state)
{
    struct picture source = test_picture(320, 240);
    g_autoptr(GPtrArray) packets = encode_frame(VISION_CODEC_VP8, &source, 0);
    const uint8_t *payload = (const uint8_t *)g_bytes_get_data(packets->pdata[0], NULL) + 12;
    const gssize width_at = (gssize)(12 + vp8_descriptor_bytes(payload) + 6);
    for (gssize i = 0; i < 4; i++) {
        patch_packet(packets, 0, width_at + i, i % 2 == 0 ? 0xff : 0x3f);
    }
    assert_refused(*state, VISION_CODEC_VP8, packets, VISION_ERROR_SIZE, "16383×16383", "a VP8 bomb");
    picture_clear(&source);

    if (can_encode(VISION_CODEC_H264)) {
        struct picture large = test_picture(1936, 1088);
        g_autoptr(GPtrArray) large_packets = encode_frame(VISION_CODEC_H264, &large, 0);
        assert_refused(*state, VISION_CODEC_H264, large_packets, VISION_ERROR_SIZE, "1936×1088",
                       "H.264 over the limit");
        picture_clear(&large);
    }
}

static void past_its_deadline_a_job_is_given_up_and_the_pool_goes_on(void **state)
{
    struct picture source = test_picture(640, 480);
    g_autoptr(GPtrArray) packets = encode_frame(VISION_CODEC_VP8, &source, 0);
    const struct vision_keyframe keyframe = {VISION_CODEC_VP8, PAYLOAD_TYPE, packets};
    struct vision_picture picture = {0};
    for (unsigned i = 0; i < 20; i++) {
        g_autoptr(GError) error = NULL;
        assert_false(vision_decode_keyframe(*state, &keyframe, 0, &picture, &error));
        assert_true(g_error_matches(error, VISION_ERROR, VISION_ERROR_TIMEOUT) ||
                    g_error_matches(error, VISION_ERROR, VISION_ERROR_BUSY));
    }
    GError *error = NULL;
    while (!decode(*state, VISION_CODEC_VP8, packets, &picture, &error)) {
        assert_true(g_error_matches(error, VISION_ERROR, VISION_ERROR_BUSY)); /* the abandoned ones still end */
        g_clear_error(&error);
    }
    vision_picture_clear(&picture);
    picture_clear(&source);
}

static void settings_out_of_range_are_named(void **state)
{
    (void)state;
    static const struct {
        struct vision_config config;
        const char *name;
    } rows[] = {
        {{.workers = 0, .worker_memory_mib = 1024, .picture_px_max = 1, .jpeg_quality = 90}, "workers"},
        {{.workers = 17, .worker_memory_mib = 1024, .picture_px_max = 1, .jpeg_quality = 90}, "workers"},
        {{.workers = 1, .worker_memory_mib = 64, .picture_px_max = 1, .jpeg_quality = 90}, "worker_memory_mib"},
        {{.workers = 1, .worker_memory_mib = 1024, .picture_px_max = 0, .jpeg_quality = 90}, "picture_px_max"},
        {{.workers = 1, .worker_memory_mib = 1024, .picture_px_max = 1, .jpeg_quality = 101}, "jpeg_quality"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GError) error = NULL;
        assert_null(vision_pool_new(&rows[i].config, &error));
        assert_true(g_error_matches(error, VISION_ERROR, VISION_ERROR_CONFIG));
        assert_non_null(strstr(error->message, rows[i].name));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_jpeg_shows_what_was_encoded_in_its_size_and_colours),
        cmocka_unit_test(the_same_packets_give_the_same_jpeg),
        cmocka_unit_test(a_real_face_comes_out_as_it_went_in),
        cmocka_unit_test(spoiled_packets_are_refused_and_the_pool_goes_on),
        cmocka_unit_test(a_frame_that_is_no_keyframe_is_refused),
        cmocka_unit_test(a_frame_cut_short_is_refused_with_the_decoders_words),
        cmocka_unit_test(a_decompression_bomb_is_refused_by_its_header),
        cmocka_unit_test(past_its_deadline_a_job_is_given_up_and_the_pool_goes_on),
        cmocka_unit_test(settings_out_of_range_are_named),
    };
    return cmocka_run_group_tests(tests, make_pool, free_pool);
}
