/* Video files as a worker reads them: made by real encoders, or by hand, whole and broken. */
#include <gst/gst.h>

#include "tests/unit/vision/video.h"
#include "vision/liveness/clip.h"

static const struct clip_limits limits = {
    .px_max = 1280 * 720, .length_max_us = CLIP_SECONDS_MAX * G_USEC_PER_SEC, .frames_max = CLIP_FRAMES_MAX};

struct seen {
    unsigned frames;
    int width, height;
    int64_t last_us;
    uint8_t corner[3]; /* BGR of the upper left, in the last frame */
    uint8_t middle[3];
};

static bool want_all(void *data, int64_t time_us)
{
    (void)data;
    (void)time_us;
    return true;
}

static bool look(void *data, const struct image *picture, int64_t time_us, GError **error)
{
    (void)error;
    struct seen *seen = data;
    assert_int_equal(picture->channels, 3);
    assert_true(seen->frames == 0 ? time_us == 0 : time_us > seen->last_us);
    seen->frames++;
    seen->width = picture->width;
    seen->height = picture->height;
    seen->last_us = time_us;
    memcpy(seen->corner, picture->pixels, 3);
    memcpy(seen->middle, picture->pixels + (size_t)(picture->height / 2) * picture->stride + picture->width / 2 * 3, 3);
    return true;
}

static bool decode(GBytes *file, struct seen *seen, GError **error)
{
    *seen = (struct seen){0};
    const struct clip_taker taker = {want_all, look, seen};
    return clip_decode(file, &limits, &taker, error);
}

static void assert_refused(GBytes *file, enum vision_error code)
{
    struct seen seen;
    g_autoptr(GError) error = NULL;
    assert_false(decode(file, &seen, &error));
    if (!g_error_matches(error, VISION_ERROR, (int)code)) {
        fail_msg("%s (%s) instead of %s", vision_error_code((enum vision_error)error->code), error->message,
                 vision_error_code(code));
    }
}

static int load(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    gst_init(NULL, NULL);
    if (!clip_load(&error)) {
        fail_msg("%s", error->message);
    }
    return 0;
}

/* ---- files of real encoders ---- */

#define SOURCE "videotestsrc pattern=%s num-buffers=%u ! video/x-raw,format=%s,width=%u,height=%u,framerate=%u/1 ! "

/* What the last element of `encode` writes, as a file. */
static GBytes *encode(const char *pattern, unsigned frames, unsigned width, unsigned height, unsigned rate,
                      const char *encode_by)
{
    g_autofree char *source = g_strdup_printf(
        SOURCE, pattern, frames, strstr(encode_by, "12-bit") != NULL ? "Y444_12LE" : "I420", width, height, rate);
    g_autofree char *path = g_build_filename(g_get_tmp_dir(), "viva-clip-XXXXXX", NULL);
    const int file = g_mkstemp(path);
    assert_true(file >= 0);
    close(file);
    g_autofree char *description = g_strdup_printf("%s%s ! filesink name=out location=%s", source, encode_by, path);
    g_autoptr(GError) error = NULL;
    g_autoptr(GstElement) pipeline = gst_parse_launch(description, &error);
    assert_null(error);
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    g_autoptr(GstBus) bus = gst_element_get_bus(pipeline);
    g_autoptr(GstMessage) message =
        gst_bus_timed_pop_filtered(bus, 60 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
    assert_true(message != NULL && GST_MESSAGE_TYPE(message) == GST_MESSAGE_EOS);
    gst_element_set_state(pipeline, GST_STATE_NULL);
    char *bytes;
    gsize length;
    assert_true(g_file_get_contents(path, &bytes, &length, NULL));
    unlink(path);
    return g_bytes_new_take(bytes, length);
}

#define VP8  "vp8enc deadline=1 ! "
#define H264 "openh264enc rate-control=off qp-min=20 qp-max=30 multi-thread=1 ! h264parse ! "

static const struct {
    const char *name, *encoder; /* "": always there */
    const char *by;
} formats[] = {
    {"WebM, VP8", "vp8enc", VP8 "webmmux"},
    {"WebM, VP8, as a browser records it", "vp8enc", VP8 "webmmux streamable=true"},
    {"WebM, VP9", "vp9enc", "vp9enc deadline=1 cpu-used=8 ! webmmux"},
    {"WebM, VP9 of 12 bits", "vp9enc", "vp9enc name=12-bit deadline=1 cpu-used=8 ! webmmux"},
    {"Matroska, H.264", "openh264enc", H264 "matroskamux"},
    {"Matroska, JPEG", "jpegenc", "jpegenc ! matroskamux"},
    {"MP4, its index at the end", "openh264enc", H264 "mp4mux"},
    {"MP4, its index first", "openh264enc", H264 "mp4mux faststart=true"},
    {"MP4, in fragments", "openh264enc", H264 "mp4mux fragment-duration=200 streamable=true"},
    {"AVI, JPEG", "jpegenc", "jpegenc ! avimux"},
};

static bool can(const char *encoder)
{
    g_autoptr(GstElementFactory) factory = gst_element_factory_find(encoder);
    if (factory == NULL) {
        print_message("skipped: no %s\n", encoder);
    }
    return factory != NULL;
}

static void every_format_gives_its_frames_their_times_and_colours(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        if (!can(formats[i].encoder)) {
            continue;
        }
        g_autoptr(GBytes) file = encode("red", 20, 320, 240, 10, formats[i].by);
        struct seen seen;
        g_autoptr(GError) error = NULL;
        if (!decode(file, &seen, &error)) {
            fail_msg("%s: %s", formats[i].name, error->message);
        }
        if (seen.frames != 20 || seen.width != 320 || seen.height != 240 || ABS(seen.last_us - 1900000) > 2000) {
            fail_msg("%s: %u frames of %d×%d until %d ms", formats[i].name, seen.frames, seen.width, seen.height,
                     (int)(seen.last_us / 1000));
        }
        assert_in_range(seen.middle[0], 0, 25);
        assert_in_range(seen.middle[1], 0, 25);
        assert_in_range(seen.middle[2], 230, 255);
    }
}

static void a_file_cut_off_anywhere_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        if (!can(formats[i].encoder) || strstr(formats[i].by, "streamable") != NULL) {
            continue; /* a stream says nowhere how long it is */
        }
        g_autoptr(GBytes) file = encode("ball", 20, 320, 240, 10, formats[i].by);
        const size_t size = g_bytes_get_size(file);
        for (unsigned part = 1; part < 8; part++) {
            g_autoptr(GBytes) cut = g_bytes_new_from_bytes(file, 0, size * part / 8);
            assert_refused(cut, VISION_ERROR_TRUNCATED);
        }
    }
}

static void damaged_files_end_in_an_error_or_in_frames(void **state)
{
    (void)state;
    GRand *chance = g_rand_new_with_seed(3);
    for (size_t i = 0; i < G_N_ELEMENTS(formats); i++) {
        if (!can(formats[i].encoder)) {
            continue;
        }
        g_autoptr(GBytes) file = encode("ball", 6, 160, 120, 10, formats[i].by);
        for (unsigned round = 0; round < 20; round++) {
            gsize size;
            const void *data = g_bytes_get_data(file, &size);
            uint8_t *copy = g_memdup2(data, size);
            for (unsigned k = 0; k < 8; k++) {
                copy[g_rand_int_range(chance, 12, (int)size)] = (uint8_t)g_rand_int_range(chance, 0, 256);
            }
            g_autoptr(GBytes) damaged = g_bytes_new_take(copy, size);
            struct seen seen;
            g_autoptr(GError) error = NULL;
            if (!decode(damaged, &seen, &error)) {
                assert_true(vision_error_is_input(error));
            }
        }
    }
    g_rand_free(chance);
}

static void a_film_of_more_than_a_minute_is_too_long(void **state)
{
    (void)state;
    g_autoptr(GBytes) slow = encode("black", 63, 64, 48, 1, VP8 "webmmux");
    assert_refused(slow, VISION_ERROR_VIDEO_TOO_LONG);
    g_autoptr(GBytes) enough = encode("black", 59, 64, 48, 1, VP8 "webmmux");
    struct seen seen;
    assert_true(decode(enough, &seen, NULL));
}

static void pictures_too_large_are_refused_before_they_are_decoded(void **state)
{
    (void)state;
    g_autoptr(GBytes) webm = encode("black", 1, 1600, 1200, 5, VP8 "webmmux");
    assert_refused(webm, VISION_ERROR_SIZE);
    g_autoptr(GBytes) mjpeg = encode("black", 1, 1600, 1200, 5, "jpegenc");
    assert_refused(mjpeg, VISION_ERROR_SIZE);
    if (can("openh264enc")) {
        g_autoptr(GBytes) mp4 = encode("black", 1, 1600, 1200, 5, H264 "mp4mux");
        assert_refused(mp4, VISION_ERROR_SIZE);
    }
}

static void a_file_with_sound_alone_has_no_video(void **state)
{
    (void)state;
    g_autofree char *path = g_build_filename(g_get_tmp_dir(), "viva-clip-XXXXXX", NULL);
    const int file = g_mkstemp(path);
    close(file);
    g_autofree char *description = g_strdup_printf(
        "audiotestsrc num-buffers=20 ! audioconvert ! wavenc ! fakesink audiotestsrc num-buffers=20 ! audioconvert"
        " ! audio/x-raw,format=S16LE ! matroskamux ! filesink location=%s",
        path);
    g_autoptr(GstElement) pipeline = gst_parse_launch(description, NULL);
    gst_element_set_state(pipeline, GST_STATE_PLAYING);
    g_autoptr(GstBus) bus = gst_element_get_bus(pipeline);
    g_autoptr(GstMessage) message =
        gst_bus_timed_pop_filtered(bus, 30 * GST_SECOND, GST_MESSAGE_EOS | GST_MESSAGE_ERROR);
    assert_non_null(message);
    gst_element_set_state(pipeline, GST_STATE_NULL);
    char *bytes;
    gsize length;
    assert_true(g_file_get_contents(path, &bytes, &length, NULL));
    unlink(path);
    g_autoptr(GBytes) sound = g_bytes_new_take(bytes, length);
    assert_refused(sound, VISION_ERROR_NO_VIDEO);
}

static void a_phone_held_upright_gives_an_upright_picture(void **state)
{
    (void)state;
    if (!can("openh264enc")) {
        return;
    }
    g_autoptr(GBytes) file = encode("smpte", 5, 320, 240, 10, H264 "mp4mux");
    gsize size;
    uint8_t *bytes = g_bytes_unref_to_data(g_steal_pointer(&file), &size);
    uint8_t *header = memmem(bytes, size, "tkhd", 4);
    assert_non_null(header);
    /* The matrix of the track header (ISO/IEC 14496-12 §8.3.2), turned by 90 degrees. */
    static const uint8_t matrix[] = {0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0, 0, 0};
    memcpy(header + 44, matrix, sizeof(matrix));
    file = g_bytes_new_take(bytes, size);
    struct seen seen;
    assert_true(decode(file, &seen, NULL));
    assert_int_equal(seen.width, 240);
    assert_int_equal(seen.height, 320);
}

static void frames_that_nobody_wants_are_not_turned_into_pictures(void **state)
{
    (void)state;
    g_autoptr(GBytes) file = encode("ball", 20, 320, 240, 10, "jpegenc");
    struct seen seen;
    assert_true(decode(file, &seen, NULL)); /* JPEG after JPEG: 30 a second */
    assert_int_equal(seen.frames, 20);
    assert_in_range(seen.last_us, 633000, 634000);
}

/* ---- GIF, by hand ---- */

struct gif {
    GByteArray *bytes;
};

static void put(struct gif *gif, const void *bytes, size_t size)
{
    g_byte_array_append(gif->bytes, bytes, (guint)size);
}

static void put_8(struct gif *gif, unsigned value)
{
    const uint8_t byte = (uint8_t)value;
    put(gif, &byte, 1);
}

static void put_16(struct gif *gif, unsigned value)
{
    put_8(gif, value & 0xff);
    put_8(gif, value >> 8);
}

/* Colours: 0 black, 1 red, 2 green, 3 blue. */
static struct gif begin_gif(unsigned width, unsigned height)
{
    static const uint8_t colours[] = {0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 255};
    struct gif gif = {g_byte_array_new()};
    put(&gif, "GIF89a", 6);
    put_16(&gif, width);
    put_16(&gif, height);
    put_8(&gif, 0x81); /* a global table of 4 */
    put_16(&gif, 0);
    put(&gif, colours, sizeof(colours));
    return gif;
}

static void put_control(struct gif *gif, unsigned disposal, unsigned delay_cs, int transparent)
{
    put(gif, "\x21\xf9\x04", 3);
    put_8(gif, disposal << 2 | (transparent >= 0));
    put_16(gif, delay_cs);
    put_8(gif, transparent >= 0 ? (unsigned)transparent : 0);
    put_8(gif, 0);
}

/* Codes of 3 bits, with a clear code before they would grow. */
static void put_pixels(struct gif *gif, const uint8_t *indices, unsigned count)
{
    GByteArray *data = g_byte_array_new();
    uint32_t bits = 0;
    unsigned bit_count = 0;
    for (unsigned i = 0; i <= count + count / 2; i++) {
        const unsigned code = i == count + count / 2 ? 5 : i % 3 == 0 ? 4 : indices[i - i / 3 - 1];
        bits |= code << bit_count;
        bit_count += 3;
        while (bit_count >= 8 || (i == count + count / 2 && bit_count > 0)) {
            const uint8_t byte = (uint8_t)bits;
            g_byte_array_append(data, &byte, 1);
            bits >>= 8;
            bit_count -= MIN(bit_count, 8);
        }
    }
    put_8(gif, 2);
    for (unsigned at = 0; at < data->len; at += 255) {
        put_8(gif, MIN(255, data->len - at));
        put(gif, data->data + at, MIN(255, data->len - at));
    }
    put_8(gif, 0);
    g_byte_array_unref(data);
}

static void put_frame(struct gif *gif, unsigned left, unsigned top, unsigned side, unsigned flags, uint8_t colour)
{
    put_8(gif, 0x2c);
    put_16(gif, left);
    put_16(gif, top);
    put_16(gif, side);
    put_16(gif, side);
    put_8(gif, flags);
    g_autofree uint8_t *indices = g_malloc(side * side);
    memset(indices, colour, side * side);
    put_pixels(gif, indices, side * side);
}

static GBytes *end_gif(struct gif *gif)
{
    put_8(gif, 0x3b);
    return g_byte_array_free_to_bytes(gif->bytes);
}

static void assert_colour(const uint8_t bgr[3], unsigned rgb)
{
    assert_int_equal(bgr[2] << 16 | bgr[1] << 8 | bgr[0], rgb);
}

static void frames_of_a_gif_lie_on_each_other_as_they_say(void **state)
{
    (void)state;
    static const struct {
        unsigned disposal, corner, middle;
    } cases[] = {
        {0, 0x00ff00, 0xff0000}, /* stays: green corner on red */
        {1, 0x00ff00, 0xff0000},
        {2, 0xffffff, 0xff0000}, /* cleared */
        {3, 0xff0000, 0xff0000}, /* what was there before */
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct gif gif = begin_gif(16, 16);
        put_control(&gif, 1, 20, -1);
        put_frame(&gif, 0, 0, 16, 0, 1); /* red */
        put_control(&gif, cases[i].disposal, 30, -1);
        put_frame(&gif, 0, 0, 4, 0, 2); /* green in the corner */
        put_control(&gif, 1, 0, 3);
        put_frame(&gif, 4, 4, 12, 0, 3); /* transparent */
        g_autoptr(GBytes) file = end_gif(&gif);
        struct seen seen;
        assert_true(decode(file, &seen, NULL));
        assert_int_equal(seen.frames, 3);
        assert_int_equal(seen.last_us, 500000);
        assert_colour(seen.corner, cases[i].corner);
        assert_colour(seen.middle, cases[i].middle);
    }
}

static void a_gif_too_fast_to_be_true_is_shown_as_browsers_do(void **state)
{
    (void)state;
    struct gif gif = begin_gif(16, 16);
    for (unsigned i = 0; i < 5; i++) {
        put_control(&gif, 1, i % 2, -1); /* 0 or 1 hundredths */
        put_frame(&gif, 0, 0, 16, 0x40, 1);
    }
    g_autoptr(GBytes) file = end_gif(&gif);
    struct seen seen;
    assert_true(decode(file, &seen, NULL));
    assert_int_equal(seen.last_us, 400000);
}

static void a_gif_cut_off_anywhere_is_refused(void **state)
{
    (void)state;
    struct gif gif = begin_gif(16, 16);
    put_control(&gif, 1, 20, -1);
    put_frame(&gif, 0, 0, 16, 0, 1);
    put_control(&gif, 1, 20, -1);
    put_frame(&gif, 2, 2, 8, 0, 2);
    g_autoptr(GBytes) file = end_gif(&gif);
    for (size_t size = 6; size < g_bytes_get_size(file); size++) {
        g_autoptr(GBytes) cut = g_bytes_new(g_bytes_get_data(file, NULL), size);
        assert_refused(cut, VISION_ERROR_TRUNCATED);
    }
}

static void hostile_gifs_are_refused(void **state)
{
    (void)state;
    struct gif outside = begin_gif(16, 16);
    put_frame(&outside, 10, 10, 8, 0, 1);
    g_autoptr(GBytes) outside_file = end_gif(&outside);
    assert_refused(outside_file, VISION_ERROR_DECODE);

    struct gif huge = begin_gif(65535, 65535);
    g_autoptr(GBytes) huge_file = end_gif(&huge);
    assert_refused(huge_file, VISION_ERROR_SIZE);

    struct gif empty = begin_gif(16, 16);
    g_autoptr(GBytes) empty_file = end_gif(&empty);
    assert_refused(empty_file, VISION_ERROR_NO_VIDEO);

    struct gif codes = begin_gif(16, 16);
    put(&codes, "\x2c\0\0\0\0\x10\0\x10\0\0", 10);
    put(&codes, "\x02\x03\xff\xff\xff\0", 6); /* a code that nothing has made */
    g_autoptr(GBytes) codes_file = end_gif(&codes);
    assert_refused(codes_file, VISION_ERROR_DECODE);

    struct gif block = begin_gif(16, 16);
    put_8(&block, 0x77);
    g_autoptr(GBytes) block_file = end_gif(&block);
    assert_refused(block_file, VISION_ERROR_DECODE);
}

static void damaged_gifs_end_in_an_error_or_in_frames(void **state)
{
    (void)state;
    struct gif gif = begin_gif(16, 16);
    for (unsigned i = 0; i < 4; i++) {
        put_control(&gif, i, 20, i == 2 ? 1 : -1);
        put_frame(&gif, i, i, 12, i % 2 * 0x40, (uint8_t)i);
    }
    g_autoptr(GBytes) file = end_gif(&gif);
    GRand *chance = g_rand_new_with_seed(11);
    for (unsigned round = 0; round < 3000; round++) {
        gsize size;
        const void *data = g_bytes_get_data(file, &size);
        uint8_t *copy = g_memdup2(data, size);
        for (unsigned k = 0; k < 4; k++) {
            copy[g_rand_int_range(chance, 13, (int)size)] = (uint8_t)g_rand_int_range(chance, 0, 256);
        }
        g_autoptr(GBytes) damaged = g_bytes_new_take(copy, size);
        struct seen seen;
        g_autoptr(GError) error = NULL;
        if (!decode(damaged, &seen, &error)) {
            assert_true(vision_error_is_input(error));
        }
    }
    g_rand_free(chance);
}

/* ---- types ---- */

static void what_is_no_video_is_named(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        enum vision_error code;
        const char *said;
    } cases[] = {
        {"", 0, VISION_ERROR_EMPTY, "empty"},
        {"%PDF-1.4 …", 10, VISION_ERROR_WRONG_TYPE, "PDF"},
        {"\x89PNG\r\n\x1a\n", 8, VISION_ERROR_WRONG_TYPE, "PNG"},
        {"<!doctype html>", 15, VISION_ERROR_WRONG_TYPE, "web page"},
        {"PK\3\4....", 8, VISION_ERROR_WRONG_TYPE, "ZIP"},
        {"hello", 5, VISION_ERROR_WRONG_TYPE, "text"},
        {"\0\0\0\x18"
         "ftypheic....",
         16, VISION_ERROR_WRONG_TYPE, "HEIF"},
        {"RIFF\x24\0\0\0WAVEfmt ", 16, VISION_ERROR_WRONG_TYPE, "WAVE"},
        {"\x1a\x45\xdf\xa3", 4, VISION_ERROR_TRUNCATED, "ends"},
        {"\x1a\x45\xdf\xa3\x01", 5, VISION_ERROR_TRUNCATED, "ends"},
        {"GIF89a", 6, VISION_ERROR_TRUNCATED, "ends"},
        {"\0\0\0\x0c"
         "ftypisom",
         12, VISION_ERROR_TRUNCATED, "moov"},
        {"\0\0\0\x04"
         "ftypisom",
         12, VISION_ERROR_DECODE, "box"},
        {"\0\0\0\x01"
         "mdat\xff\xff\xff\xff\xff\xff\xff\xff",
         16, VISION_ERROR_TRUNCATED, "ends"},
        {"\xff\xd8\xff", 3, VISION_ERROR_TRUNCATED, "frame 1"},
        {"RIFF\xff\xff\xff\x7f"
         "AVI LIST",
         16, VISION_ERROR_TRUNCATED, "ends"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GBytes) file = g_bytes_new(cases[i].bytes, cases[i].size);
        struct seen seen;
        g_autoptr(GError) error = NULL;
        assert_false(decode(file, &seen, &error));
        if (error->code != (int)cases[i].code || strstr(error->message, cases[i].said) == NULL) {
            fail_msg("case %zu: %s", i, error->message);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_format_gives_its_frames_their_times_and_colours),
        cmocka_unit_test(a_file_cut_off_anywhere_is_refused),
        cmocka_unit_test(damaged_files_end_in_an_error_or_in_frames),
        cmocka_unit_test(a_film_of_more_than_a_minute_is_too_long),
        cmocka_unit_test(pictures_too_large_are_refused_before_they_are_decoded),
        cmocka_unit_test(a_file_with_sound_alone_has_no_video),
        cmocka_unit_test(a_phone_held_upright_gives_an_upright_picture),
        cmocka_unit_test(frames_that_nobody_wants_are_not_turned_into_pictures),
        cmocka_unit_test(frames_of_a_gif_lie_on_each_other_as_they_say),
        cmocka_unit_test(a_gif_too_fast_to_be_true_is_shown_as_browsers_do),
        cmocka_unit_test(a_gif_cut_off_anywhere_is_refused),
        cmocka_unit_test(hostile_gifs_are_refused),
        cmocka_unit_test(damaged_gifs_end_in_an_error_or_in_frames),
        cmocka_unit_test(what_is_no_video_is_named),
    };
    return cmocka_run_group_tests(tests, load, NULL);
}
