#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <glib.h>
#include <math.h>
#include <string.h>

#include "vision/image/image.h"

static uint8_t *pixel(const struct image *image, int x, int y)
{
    return image->pixels + (size_t)y * image->stride + (size_t)x * (size_t)image->channels;
}

/* Every pixel tells where it is. */
static struct image *coordinates(int width, int height)
{
    struct image *image = image_new(width, height, 3);
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            const uint8_t bgr[3] = {(uint8_t)x, (uint8_t)y, (uint8_t)(x + y)};
            memcpy(pixel(image, x, y), bgr, 3);
        }
    }
    return image;
}

static bool equal(const struct image *a, const struct image *b)
{
    if (a->width != b->width || a->height != b->height || a->channels != b->channels) {
        return false;
    }
    for (int y = 0; y < a->height; y++) {
        if (memcmp(pixel(a, 0, y), pixel(b, 0, y), (size_t)a->width * (size_t)a->channels) != 0) {
            return false;
        }
    }
    return true;
}

static void test_rows_of_a_longer_stride_are_read_as_rows(void **state)
{
    (void)state;
    g_autoptr(Image) whole = coordinates(20, 10);
    g_autoptr(Image) part = image_from(pixel(whole, 5, 2), 7, 4, 3, whole->stride);
    assert_int_equal(part->width, 7);
    assert_int_equal(pixel(part, 0, 3)[0], 5);
    assert_int_equal(pixel(part, 6, 3)[1], 5);
    float tensor[3 * 4 * 7];
    const float mean[3] = {1, 2, 3}, deviation[3] = {2, 4, 8};
    image_to_tensor(part, true, 1, mean, deviation, tensor); /* red first */
    assert_float_equal(tensor[0], (5 + 2 - 1) / 2.0F, 1e-5);
    assert_float_equal(tensor[4 * 7 + 3 * 7 + 6], (5 - 2) / 4.0F, 1e-5);
    assert_float_equal(tensor[2 * 4 * 7 + 6], (11 - 3) / 8.0F, 1e-5);
    image_to_tensor(part, false, 2, mean, deviation, tensor); /* blue first */
    assert_float_equal(tensor[0], (5 / 2.0F - 1) / 2.0F, 1e-5);
}

static void test_quarter_turns_are_clockwise_and_exact(void **state)
{
    (void)state;
    g_autoptr(Image) image = coordinates(20, 10);
    g_autoptr(Image) right = image_rotate(image, 90);
    assert_int_equal(right->width, 10);
    assert_int_equal(pixel(right, 9, 0)[0], 0); /* the upper left corner goes to the upper right one */
    assert_int_equal(pixel(right, 9, 0)[1], 0);
    assert_int_equal(pixel(right, 9, 19)[0], 19);
    g_autoptr(Image) back = image_rotate(right, -90);
    assert_true(equal(back, image));
    g_autoptr(Image) once = image_rotate(image, 180);
    g_autoptr(Image) again = image_rotate(once, 540);
    assert_true(equal(again, image));
}

static void test_crop_of_the_whole_is_the_whole(void **state)
{
    (void)state;
    g_autoptr(Image) image = coordinates(40, 30);
    g_autoptr(Image) same = image_crop(image, (struct image_box){0, 0, 40, 30}, 40, 30, 0);
    assert_true(equal(same, image));
    const struct image_point corners[4] = {{0, 0}, {39, 0}, {39, 29}, {0, 29}};
    g_autoptr(Image) quad = image_warp_quad(image, corners, 40, 30, 0);
    assert_true(equal(quad, image));
    const struct image_point turned[4] = {{0, 29}, {0, 0}, {39, 0}, {39, 29}};
    g_autoptr(Image) clockwise = image_warp_quad(image, turned, 30, 40, 0);
    g_autoptr(Image) expected = image_rotate(image, 90);
    assert_true(equal(clockwise, expected));
}

static void test_crop_beyond_the_edge_shows_the_border(void **state)
{
    (void)state;
    g_autoptr(Image) image = coordinates(40, 30);
    g_autoptr(Image) crop = image_crop(image, (struct image_box){-10, -10, 20, 20}, 20, 20, 0x010203);
    assert_memory_equal(pixel(crop, 0, 0), ((uint8_t[]){3, 2, 1}), 3);
    assert_memory_equal(pixel(crop, 19, 19), pixel(image, 9, 9), 3);
    /* Far outside, and a hundred times smaller. */
    g_autoptr(Image) nothing = image_crop(image, (struct image_box){5000, 5000, 400, 400}, 4, 4, 0x010203);
    assert_memory_equal(pixel(nothing, 3, 3), ((uint8_t[]){3, 2, 1}), 3);
    g_autoptr(Image) far = image_crop(image, (struct image_box){-2000, -2000, 4000, 4000}, 40, 40, 0xff0000);
    assert_memory_equal(pixel(far, 0, 0), ((uint8_t[]){0, 0, 255}), 3);
}

static void test_large_reduction_takes_means_not_samples(void **state)
{
    (void)state;
    g_autoptr(Image) board = image_new(400, 400, 1);
    for (int y = 0; y < 400; y++) {
        for (int x = 0; x < 400; x++) {
            *pixel(board, x, y) = (x + y) % 2 == 0 ? 255 : 0;
        }
    }
    const float tenth[6] = {0.1F, 0, 0, 0, 0.1F, 0};
    g_autoptr(Image) warped = image_warp_affine(board, tenth, 40, 40, 0x808080);
    g_autoptr(Image) cropped = image_crop(board, (struct image_box){13, 17, 333, 333}, 37, 37, 0);
    g_autoptr(Image) resized = image_resize(board, 31, 33);
    const struct image_box middle = {4, 4, 20, 20};
    const struct image_point corners[4] = {{3, 3}, {390, 8}, {390, 391}, {5, 393}};
    g_autoptr(Image) quad = image_warp_quad(board, corners, 33, 33, 0);
    const struct image *const small[] = {warped, cropped, resized, quad};
    for (size_t i = 0; i < 4; i++) {
        assert_float_equal(image_mean(small[i], &middle), 127.5, 2);
        assert_true(image_deviation(small[i], &middle) < 6);
    }
}

static void test_reduction_stays_where_it_is(void **state)
{
    (void)state;
    g_autoptr(Image) image = coordinates(250, 200);
    g_autoptr(Image) crop = image_crop(image, (struct image_box){20, 30, 200, 150}, 20, 15, 0);
    const float tenth[6] = {0.1F, 0, -2.45F, 0, 0.1F, -3.45F}; /* the same */
    g_autoptr(Image) warped = image_warp_affine(image, tenth, 20, 15, 0);
    const struct image_point corners[4] = {{24.5F, 34.5F}, {214.5F, 34.5F}, {214.5F, 174.5F}, {24.5F, 174.5F}};
    g_autoptr(Image) quad = image_warp_quad(image, corners, 20, 15, 0);
    const struct image *const all[] = {crop, warped, quad};
    for (size_t i = 0; i < 3; i++) {
        for (int x = 0; x < 20; x++) {
            for (int y = 0; y < 15; y++) {
                assert_in_range(pixel(all[i], x, y)[0], 23 + 10 * x, 26 + 10 * x);
                assert_in_range(pixel(all[i], x, y)[1], 33 + 10 * y, 36 + 10 * y);
            }
        }
    }
}

static void test_similarity_is_found_and_degenerate_points_are_not(void **state)
{
    (void)state;
    const float c = 1.7F * cosf(0.6F), s = 1.7F * sinf(0.6F);
    struct image_point from[5] = {{3, 9}, {40, 2}, {22, 30}, {5, 50}, {44, 47}}, to[5];
    for (size_t i = 0; i < 5; i++) {
        to[i] = (struct image_point){c * from[i].x - s * from[i].y + 12, s * from[i].x + c * from[i].y - 7};
    }
    float found[6];
    assert_true(image_similarity(from, to, 5, found));
    const float expected[6] = {c, -s, 12, s, c, -7};
    for (size_t i = 0; i < 6; i++) {
        assert_float_equal(found[i], expected[i], 1e-4);
    }
    /* Least squares: an error of one point alone moves the rest a little. */
    to[0].x += 5;
    assert_true(image_similarity(from, to, 5, found));
    assert_float_equal(found[2], 12, 6);
    assert_true(fabsf(found[2] - 12) > 0.01F);

    const struct image_point one[3] = {{1, 1}, {1, 1}, {1, 1}};
    struct image_point broken[3] = {{1, 1}, {NAN, 1}, {1, 4}};
    assert_false(image_similarity(one, from, 3, found));
    assert_false(image_similarity(from, one, 3, found));
    assert_false(image_similarity(broken, from, 3, found));
    assert_false(image_similarity(from, to, 1, found));
}

static void test_measures_outside_the_picture_are_zero(void **state)
{
    (void)state;
    g_autoptr(Image) image = image_new(10, 10, 3);
    memset(image->pixels, 200, image->stride * 10);
    const struct image_box outside[] = {{20, 20, 5, 5}, {-9, 2, 5, 5}, {3, 3, 0, 5}, {3, 3, -4, 5}, {NAN, 0, 5, 5}};
    for (size_t i = 0; i < G_N_ELEMENTS(outside); i++) {
        assert_float_equal(image_deviation(image, &outside[i]), 0, 1e-9);
        assert_float_equal(image_laplacian_variance(image, &outside[i]), 0, 1e-9);
    }
    assert_float_equal(image_mean(image, &outside[0]), 0, 1e-9);
    const struct image_box partly = {-1e9F, -5, 2e9F, 8};
    assert_float_equal(image_mean(image, &partly), 200, 1e-9);
    pixel(image, 5, 5)[0] = pixel(image, 5, 5)[1] = pixel(image, 5, 5)[2] = 0;
    assert_true(image_laplacian_variance(image, NULL) > 100);
}

/* A bar of this size around (100, 90), turned by an angle (clockwise) of this sine. */
static struct image *draw_bar(float width, float height, float sine)
{
    struct image *image = image_new(200, 200, 1);
    for (int y = 0; y < 200; y++) {
        for (int x = 0; x < 200; x++) {
            const float u = (float)(x - 100) * 0.9397F + (float)(y - 90) * sine;
            const float v = -(float)(x - 100) * sine + (float)(y - 90) * 0.9397F;
            *pixel(image, x, y) = fabsf(u) <= width / 2 && fabsf(v) <= height / 2 ? 200 : 10;
        }
    }
    return image;
}

static void test_region_is_found_with_its_angle_and_area(void **state)
{
    (void)state;
    /* lying, standing, square; to either side */
    static const float bars[][3] = {{80, 20, 0.342F},  {20, 80, 0.342F},  {50, 50, 0.342F},
                                    {80, 20, -0.342F}, {20, 80, -0.342F}, {50, 50, -0.342F}};
    for (size_t i = 0; i < G_N_ELEMENTS(bars); i++) {
        const float width = bars[i][0], height = bars[i][1], sine = bars[i][2];
        g_autoptr(Image) image = draw_bar(width, height, sine);
        *pixel(image, 5, 5) = 255; /* a speck */
        g_autoptr(GArray) quads = image_regions(image, 200, 50);
        assert_int_equal(quads->len, 1);
        const struct image_quad *quad = &g_array_index(quads, struct image_quad, 0);
        assert_float_equal(quad->angle, sine > 0 ? 20 : -20, 1.5);
        assert_float_equal(quad->area, width * height, 40);
        const float signs[4][2] = {{-1, -1}, {1, -1}, {1, 1}, {-1, 1}};
        for (size_t j = 0; j < 4; j++) {
            const float u = signs[j][0] * width / 2, v = signs[j][1] * height / 2;
            assert_float_equal(quad->corners[j].x, 100 + u * 0.9397F - v * sine, 2.5);
            assert_float_equal(quad->corners[j].y, 90 + u * sine + v * 0.9397F, 2.5);
        }
        g_autoptr(GArray) all = image_regions(image, 200, 0);
        assert_int_equal(all->len, 2);
        g_autoptr(GArray) none = image_regions(image, 256, 0);
        assert_int_equal(none->len, 0);
    }
}

static void fill_quad(struct image *image, const struct image_point corners[4], uint8_t value)
{
    for (int y = 0; y < image->height; y++) {
        for (int x = 0; x < image->width; x++) {
            bool inside = true;
            for (size_t i = 0; i < 4; i++) {
                const struct image_point a = corners[i], b = corners[(i + 1) % 4];
                inside = inside && (b.x - a.x) * ((float)y - a.y) - (b.y - a.y) * ((float)x - a.x) >= 0;
            }
            if (inside) {
                memset(pixel(image, x, y), value, (size_t)image->channels);
            }
        }
    }
}

static void test_sheet_on_a_table_is_found(void **state)
{
    (void)state;
    g_autoptr(Image) image = image_new(900, 700, 3);
    memset(image->pixels, 60, image->stride * 700);
    const struct image_point sheet[4] = {{200, 150}, {700, 190}, {680, 560}, {170, 500}};
    fill_quad(image, sheet, 210);
    g_autoptr(GArray) quads = image_sheets(image, 50000);
    assert_true(quads->len >= 1);
    const struct image_quad *quad = &g_array_index(quads, struct image_quad, 0);
    for (size_t i = 0; i < 4; i++) {
        assert_float_equal(quad->corners[i].x, sheet[i].x, 3);
        assert_float_equal(quad->corners[i].y, sheet[i].y, 3);
    }
    g_autoptr(Image) empty = image_new(900, 700, 3);
    g_autoptr(GArray) none = image_sheets(empty, 50000);
    assert_int_equal(none->len, 0);
}

static void test_pictures_survive_their_codecs(void **state)
{
    (void)state;
    g_autoptr(Image) image = coordinates(90, 70);
    g_autoptr(Image) gray = image_gray(image);
    const struct image *const all[] = {image, gray};
    for (size_t i = 0; i < 2; i++) {
        g_autoptr(GBytes) png = image_encode_png(all[i]);
        g_autoptr(Image) exact = image_decode(g_bytes_get_data(png, NULL), g_bytes_get_size(png), all[i]->channels);
        assert_true(equal(exact, all[i]));
        g_autoptr(GBytes) jpeg = image_encode_jpeg(all[i], 95);
        g_autoptr(Image) close = image_decode(g_bytes_get_data(jpeg, NULL), g_bytes_get_size(jpeg), 3);
        assert_int_equal(close->channels, 3);
        assert_float_equal(image_mean(close, NULL), image_mean(all[i], NULL), 2);
    }
    assert_null(image_decode((const uint8_t *)"nothing", 7, 3));
}

static void test_drawing_stays_inside(void **state)
{
    (void)state;
    g_autoptr(Image) image = image_new(60, 40, 3);
    image_draw_box(image, (struct image_box){-1e30F, -20, 1e30F, 1e20F}, 0xff0000, 3);
    image_draw_line(image, (struct image_point){NAN, 5}, (struct image_point){1e9F, 5}, 0x00ff00, 1);
    image_draw_point(image, (struct image_point){30, 20}, 0x0000ff, 3);
    image_draw_text(image, (struct image_point){2, 38}, "Zoë 王芳 ok\n", 0xffffff, 12);
    assert_memory_equal(pixel(image, 30, 20), ((uint8_t[]){255, 0, 0}), 3);
    assert_true(image_mean(image, &(struct image_box){0, 24, 60, 16}) > 5);
}

static void test_equalising_brings_contrast(void **state)
{
    (void)state;
    for (int channels = 1; channels <= 3; channels += 2) {
        g_autoptr(Image) image = image_new(128, 128, channels);
        for (int y = 0; y < 128; y++) {
            for (int x = 0; x < 128; x++) {
                memset(pixel(image, x, y), 100 + (x * 7 + y * 13) % 10, (size_t)channels);
            }
        }
        g_autoptr(Image) better = image_equalise(image, 4, 4);
        assert_true(image_deviation(better, NULL) > 2 * image_deviation(image, NULL));
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_rows_of_a_longer_stride_are_read_as_rows),
        cmocka_unit_test(test_quarter_turns_are_clockwise_and_exact),
        cmocka_unit_test(test_crop_of_the_whole_is_the_whole),
        cmocka_unit_test(test_crop_beyond_the_edge_shows_the_border),
        cmocka_unit_test(test_large_reduction_takes_means_not_samples),
        cmocka_unit_test(test_reduction_stays_where_it_is),
        cmocka_unit_test(test_similarity_is_found_and_degenerate_points_are_not),
        cmocka_unit_test(test_measures_outside_the_picture_are_zero),
        cmocka_unit_test(test_region_is_found_with_its_angle_and_area),
        cmocka_unit_test(test_sheet_on_a_table_is_found),
        cmocka_unit_test(test_pictures_survive_their_codecs),
        cmocka_unit_test(test_drawing_stays_inside),
        cmocka_unit_test(test_equalising_brings_contrast),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
