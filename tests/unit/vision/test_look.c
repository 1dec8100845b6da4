/* Pictures that are only to be shown, looked at by a real, sandboxed worker. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "vision/image/image.h"
#include "vision/vision.h"

#define DEADLINE_MS 60000 /* sanitizers are slow; nothing here waits for it */

static struct vision_pool *pool;

static int start(void **state)
{
    (void)state;
    const struct vision_config config = {
        .program = VIVA_PROGRAM,
        .models = VIVA_MODELS,
        .workers = 1,
        .queue_max = 8,
        .live_max = 1,
        .worker_memory_mib = 1024,
        .picture_px_max = 1000000,
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

static bool look_at(GBytes *bytes, struct vision_look *look, GError **error)
{
    const struct vision_input input = {
        .bytes = bytes, .jpeg_only = true, .priority = VISION_SUBMISSION, .deadline_ms = DEADLINE_MS};
    return vision_look(pool, &input, 320, look, error);
}

static void a_picture_gets_a_thumbnail_of_its_shape(void **state)
{
    (void)state;
    static const struct {
        int width, height, thumbnail_width, thumbnail_height;
    } rows[] = {{1000, 500, 320, 160}, {320, 700, 320, 700}, {200, 400, 200, 400}, {900, 100, 320, 35}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(Image) picture = image_new(rows[i].width, rows[i].height, 3);
        g_autoptr(GBytes) jpeg = image_encode_jpeg(picture, 90);
        struct vision_look look = {0};
        assert_true(look_at(jpeg, &look, NULL));
        assert_int_equal(look.width, rows[i].width);
        assert_int_equal(look.height, rows[i].height);
        gsize size;
        const uint8_t *bytes = g_bytes_get_data(look.thumbnail, &size);
        g_autoptr(Image) small = image_decode(bytes, size, 3);
        assert_non_null(small);
        assert_int_equal(small->width, rows[i].thumbnail_width);
        assert_int_equal(small->height, rows[i].thumbnail_height);
        vision_look_clear(&look);
    }
}

static void what_is_no_picture_or_too_large_is_refused(void **state)
{
    (void)state;
    g_autoptr(Image) large = image_new(1001, 1000, 3);
    g_autoptr(GBytes) many_pixels = image_encode_jpeg(large, 90);
    g_autoptr(GBytes) png = image_encode_png(large);
    g_autoptr(GBytes) text = g_bytes_new_static("no picture", 10);
    const struct {
        GBytes *bytes;
        enum vision_error code;
    } rows[] = {{many_pixels, VISION_ERROR_SIZE}, {png, VISION_ERROR_WRONG_TYPE}, {text, VISION_ERROR_WRONG_TYPE}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct vision_look look = {0};
        g_autoptr(GError) error = NULL;
        assert_false(look_at(rows[i].bytes, &look, &error));
        assert_int_equal(error->code, rows[i].code);
        assert_null(look.thumbnail);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_picture_gets_a_thumbnail_of_its_shape),
        cmocka_unit_test(what_is_no_picture_or_too_large_is_refused),
    };
    return cmocka_run_group_tests(tests, start, stop);
}
