#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glib.h>
#include <string.h>

#include "vision/image/head.h"
#include "vision/vision.h"

#define BAD VIVA_MODELS "/../tests/data/bad/"

static GBytes *read_file(const char *name)
{
    g_autofree char *path = g_build_filename(BAD, name, NULL);
    char *content;
    size_t length;
    assert_true(g_file_get_contents(path, &content, &length, NULL));
    return g_bytes_new_take(content, length);
}

static struct image *decode(GBytes *bytes, struct picture_head *head, GError **error)
{
    const struct picture_limits limits = picture_limits(25000000, false);
    return picture_decode(bytes, &limits, head, error);
}

static bool near(const uint8_t *bgr, const int rgb[3])
{
    return abs(bgr[2] - rgb[0]) <= 10 && abs(bgr[1] - rgb[1]) <= 10 && abs(bgr[0] - rgb[2]) <= 10;
}

/* The quarters that make_pictures.py draws: red, green, blue, yellow. */
static bool has_quarters(const struct image *image)
{
    static const int colours[4][3] = {{220, 40, 40}, {40, 200, 40}, {40, 40, 220}, {230, 220, 40}};
    for (size_t i = 0; i < 4; i++) {
        /* In the middle of each, and near its outer corner. */
        const int across[] = {image->width / 4, 2}, down[] = {image->height / 4, 2};
        for (size_t j = 0; j < 2; j++) {
            const int x = i % 2 == 0 ? across[j] : image->width - 1 - across[j];
            const int y = i < 2 ? down[j] : image->height - 1 - down[j];
            if (!near(image->pixels + (size_t)y * image->stride + (size_t)x * 3, colours[i])) {
                print_error("quarter %zu at %d, %d\n", i, x, y);
                return false;
            }
        }
    }
    return true;
}

static void test_pictures_stored_in_odd_ways_come_out_right(void **state)
{
    (void)state;
    GDir *folder = g_dir_open(BAD "pictures/right", 0, NULL);
    assert_non_null(folder);
    unsigned count = 0;
    for (const char *name = g_dir_read_name(folder); name != NULL; name = g_dir_read_name(folder)) {
        g_autofree char *file = g_build_filename("pictures/right", name, NULL);
        g_autoptr(GBytes) bytes = read_file(file);
        struct picture_head head;
        g_autoptr(GError) error = NULL;
        g_autoptr(Image) image = decode(bytes, &head, &error);
        if (image == NULL) {
            fail_msg("%s: %s", name, error->message);
            continue;
        }
        if (image->channels != 3 || !has_quarters(image)) {
            fail_msg("%s: not the picture", name);
        }
        if (!g_str_has_prefix(name, "odd_size")) {
            assert_int_equal(image->width, 96);
            assert_int_equal(image->height, 64);
        }
        count++;
    }
    g_dir_close(folder);
    assert_true(count >= 40);
}

static void test_bad_pictures_fail_each_with_its_own_code(void **state)
{
    (void)state;
    g_autofree char *manifest = NULL;
    assert_true(g_file_get_contents(BAD "manifest.csv", &manifest, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(manifest, "\n", -1);
    unsigned count = 0;
    for (char **line = lines + 1; *line != NULL; line++) {
        g_auto(GStrv) row = g_strsplit(*line, ",", 4);
        if (g_strv_length(row) < 4 || strcmp(row[1], "face compare") != 0 || strcmp(row[2], "no_face") == 0) {
            continue;
        }
        g_autoptr(GBytes) bytes = read_file(row[0]);
        struct picture_head head = {.scans = 77};
        g_autoptr(GError) error = NULL;
        g_autoptr(Image) image = decode(bytes, &head, &error);
        if (image != NULL || strcmp(vision_error_code((enum vision_error)error->code), row[2]) != 0) {
            fail_msg("%s: %s instead of %s", row[0], image != NULL ? "decoded" : error->message, row[2]);
        }
        assert_int_equal(head.scans, 77); /* nothing is said of what was refused */
        assert_true(vision_error_is_input(error));
        count++;
    }
    assert_true(count >= 60);
}

/* Whatever is cut off, and wherever: no byte beyond the end is read, and the reason is the same. */
static void test_file_cut_anywhere_is_truncated(void **state)
{
    (void)state;
    static const char *const files[] = {"pictures/right/exif_thumbnail.jpg", "pictures/right/progressive.jpg",
                                        "pictures/right/palette_alpha.png"};
    for (size_t i = 0; i < G_N_ELEMENTS(files); i++) {
        g_autoptr(GBytes) whole = read_file(files[i]);
        for (size_t length = 4; length < g_bytes_get_size(whole); length++) {
            g_autofree uint8_t *part = g_memdup2(g_bytes_get_data(whole, NULL), length);
            const struct picture_limits limits = picture_limits(25000000, false);
            struct picture_head head;
            g_autoptr(GError) error = NULL;
            assert_false(picture_examine(part, length, &limits, &head, &error));
            if (!g_error_matches(error, VISION_ERROR, VISION_ERROR_TRUNCATED)) {
                fail_msg("%s cut to %zu: %s", files[i], length, error->message);
            }
        }
    }
}

static void test_submission_must_be_a_jpeg_of_at_most_5_mb(void **state)
{
    (void)state;
    const struct picture_limits limits = picture_limits(25000000, true);
    struct picture_head head;
    g_autoptr(GError) png_error = NULL, size_error = NULL;
    g_autoptr(GBytes) png = read_file("pictures/right/rgb8.png");
    assert_null(picture_decode(png, &limits, &head, &png_error));
    assert_int_equal(png_error->code, VISION_ERROR_WRONG_TYPE);
    assert_non_null(strstr(png_error->message, "PNG"));

    g_autoptr(GBytes) jpeg = read_file("pictures/right/baseline.jpg");
    const size_t most = 5 * 1024 * 1024;
    g_autofree uint8_t *long_one = g_malloc0(most + 1);
    memcpy(long_one, g_bytes_get_data(jpeg, NULL), g_bytes_get_size(jpeg));
    assert_true(picture_examine(long_one, most, &limits, &head, NULL));
    assert_false(picture_examine(long_one, most + 1, &limits, &head, &size_error));
    assert_int_equal(size_error->code, VISION_ERROR_FILE_TOO_LARGE);
}

static void test_limits_hold_at_their_edge(void **state)
{
    (void)state;
    struct picture_limits limits = picture_limits(96 * 64, false);
    limits.side_max = 96;
    limits.side_min = 64;
    limits.scans_max = 7;
    struct picture_head head;
    g_autoptr(GBytes) bytes = read_file("pictures/right/progressive.jpg"); /* 96 × 64, 7 scans */
    size_t length;
    const uint8_t *data = g_bytes_get_data(bytes, &length);
    assert_true(picture_examine(data, length, &limits, &head, NULL));
    assert_true(head.progressive);
    assert_int_equal(head.scans, 7);

    const struct {
        struct picture_limits limits;
        int code;
    } beyond[] = {
        {{limits.bytes_max, 96 * 64 - 1, 96, 64, 7, false}, VISION_ERROR_SIZE},
        {{limits.bytes_max, 96 * 64, 95, 64, 7, false}, VISION_ERROR_SIZE},
        {{limits.bytes_max, 96 * 64, 96, 65, 7, false}, VISION_ERROR_TOO_SMALL},
        {{limits.bytes_max, 96 * 64, 96, 64, 6, false}, VISION_ERROR_UNSUPPORTED},
        {{length - 1, 96 * 64, 96, 64, 7, false}, VISION_ERROR_FILE_TOO_LARGE},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(beyond); i++) {
        g_autoptr(GError) error = NULL;
        assert_false(picture_examine(data, length, &beyond[i].limits, &head, &error));
        assert_int_equal(error->code, beyond[i].code);
    }
}

static void test_sentence_names_what_was_sent_instead(void **state)
{
    (void)state;
    static const char *const named[][2] = {
        {"pictures/pdf.jpg", "a PDF document"},  {"pictures/html.jpg", "an HTML page"},
        {"pictures/gif.jpg", "a GIF"},           {"pictures/webp.png", "a WebP picture"},
        {"pictures/heic.jpg", "a HEIC picture"}, {"pictures/zip.jpg", "a ZIP archive"},
        {"pictures/tiff.jpg", "a TIFF picture"}, {"pictures/bmp.png", "a BMP picture"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(named); i++) {
        g_autoptr(GBytes) bytes = read_file(named[i][0]);
        struct picture_head head;
        g_autoptr(GError) error = NULL;
        assert_null(decode(bytes, &head, &error));
        assert_non_null(strstr(error->message, named[i][1]));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_pictures_stored_in_odd_ways_come_out_right),
        cmocka_unit_test(test_bad_pictures_fail_each_with_its_own_code),
        cmocka_unit_test(test_file_cut_anywhere_is_truncated),
        cmocka_unit_test(test_submission_must_be_a_jpeg_of_at_most_5_mb),
        cmocka_unit_test(test_limits_hold_at_their_edge),
        cmocka_unit_test(test_sentence_names_what_was_sent_instead),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
