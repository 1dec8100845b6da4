#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "vision/face/face.h"
#include "vision/face/match.h"
#include "vision/face/upright.h"
#include "vision/image/picture.h"

/* Real faces are in ../shared/data alone; what can be told without them is told of drawn pictures. */

static struct networks *networks;

static struct image *photograph(const char *name)
{
    const char *folder = g_getenv("VIVA_SHARED_DATA");
    g_autofree char *path =
        g_build_filename(folder != NULL ? folder : VIVA_MODELS "/../../shared/data", "faces", name, NULL);
    char *content;
    size_t length;
    if (!g_file_get_contents(path, &content, &length, NULL)) {
        print_message("skipped: ../shared/data/faces/%s is not there\n", name);
        skip();
    }
    g_autoptr(GBytes) bytes = g_bytes_new_take(content, length);
    const struct picture_limits limits = picture_limits(25000000, false);
    struct picture_head head;
    struct image *picture = picture_decode(bytes, &limits, &head, NULL);
    assert_non_null(picture);
    return picture;
}

struct found {
    struct face face;
    unsigned faces, similar;
    float embedding[VISION_EMBEDDING];
};

static bool find(const struct image *picture, struct found *found)
{
    g_autoptr(GError) error = NULL;
    if (!face_find(networks, picture, &found->face, &found->faces, &found->similar, &error)) {
        assert_null(error);
        return false;
    }
    g_autoptr(Image) aligned = face_align(picture, &found->face);
    assert_true(face_embed(networks, aligned, found->embedding, NULL));
    return true;
}

static struct found must_find(const struct image *picture)
{
    struct found found;
    assert_true(find(picture, &found));
    return found;
}

static void assert_same(const struct found *a, const struct found *b, double least)
{
    const double score = match_cosine(a->embedding, b->embedding);
    if (score < least) {
        fail_msg("score %.3f, at least %.3f", score, least);
    }
}

static void a_face_on_its_side_or_head_is_the_same_face(void **state)
{
    (void)state;
    g_autoptr(Image) picture = photograph("img53.jpg");
    const struct found upright = must_find(picture);
    assert_int_equal(upright.face.rotation, 0);
    for (int degrees = 90; degrees < 360; degrees += 90) {
        g_autoptr(Image) turned = image_rotate(picture, degrees);
        const struct found found = must_find(turned);
        assert_int_equal(found.face.rotation, 360 - degrees);
        assert_same(&upright, &found, 0.9);
        /* The landmarks are told in the picture as it is given: within the box, which lies on its side too. */
        const struct image_box *box = &found.face.box;
        assert_int_equal(box->width > box->height, degrees % 180 != 0);
        const struct image_point *nose = &found.face.landmarks[30];
        assert_true(nose->x > box->x && nose->x < box->x + box->width);
        assert_true(nose->y > box->y && nose->y < box->y + box->height);
    }
}

static void a_face_that_fills_its_picture_is_found(void **state)
{
    (void)state;
    g_autoptr(Image) picture = photograph("img53.jpg");
    const struct found whole = must_find(picture);
    g_autoptr(Image) tight =
        image_crop(picture, whole.face.box, (int)whole.face.box.width, (int)whole.face.box.height, 0);
    const struct found found = must_find(tight);
    assert_same(&whole, &found, 0.8);
}

static void a_small_face_in_a_large_picture_is_found(void **state)
{
    (void)state;
    g_autoptr(Image) picture = photograph("img53.jpg");
    const struct found whole = must_find(picture);
    const double scale = 60 / (double)whole.face.box.height;
    g_autoptr(Image) small = image_resize(picture, (int)(picture->width * scale), (int)(picture->height * scale));
    g_autoptr(Image) wall = image_new(2400, 1800, 3);
    memset(wall->pixels, 0x90, (size_t)wall->height * wall->stride);
    for (int y = 0; y < small->height; y++) {
        memcpy(wall->pixels + (size_t)(y + 1200) * wall->stride + 3 * (size_t)1700,
               small->pixels + (size_t)y * small->stride, 3 * (size_t)small->width);
    }
    const struct found found = must_find(wall);
    assert_true(found.face.box.height > 45 && found.face.box.height < 75);
    assert_same(&whole, &found, 0.7);
}

static struct image *side_by_side(const struct image *left, const struct image *right)
{
    struct image *both = image_new(left->width + right->width, MAX(left->height, right->height), 3);
    memset(both->pixels, 0x80, (size_t)both->height * both->stride);
    for (int y = 0; y < left->height; y++) {
        memcpy(both->pixels + (size_t)y * both->stride, left->pixels + (size_t)y * left->stride,
               3 * (size_t)left->width);
    }
    for (int y = 0; y < right->height; y++) {
        memcpy(both->pixels + (size_t)y * both->stride + 3 * (size_t)left->width,
               right->pixels + (size_t)y * right->stride, 3 * (size_t)right->width);
    }
    return both;
}

static void two_of_a_size_are_told_and_one_in_the_background_is_not_meant(void **state)
{
    (void)state;
    g_autoptr(Image) one = photograph("img53.jpg");
    g_autoptr(Image) other = photograph("img36.jpg");
    g_autoptr(Image) pair = side_by_side(one, other);
    const struct found two = must_find(pair);
    assert_int_equal(two.faces, 2);
    assert_int_equal(two.similar, 2);
    g_autoptr(Image) far = image_resize(other, other->width / 2, other->height / 2);
    g_autoptr(Image) background = side_by_side(one, far);
    const struct found chosen = must_find(background);
    const struct found alone = must_find(one);
    assert_int_equal(chosen.faces, 2);
    assert_int_equal(chosen.similar, 1);
    assert_same(&chosen, &alone, 0.95);
}

static void a_mirrored_face_is_the_same_face(void **state)
{
    (void)state;
    g_autoptr(Image) picture = photograph("img53.jpg");
    g_autoptr(Image) mirrored = image_copy(picture);
    for (int y = 0; y < picture->height; y++) {
        for (int x = 0; x < picture->width; x++) {
            memcpy(mirrored->pixels + (size_t)y * mirrored->stride + 3 * (size_t)x,
                   picture->pixels + (size_t)y * picture->stride + 3 * (size_t)(picture->width - 1 - x), 3);
        }
    }
    const struct found found = must_find(picture);
    const struct found back = must_find(mirrored);
    assert_same(&found, &back, 0.95);
}

/* ---- drawn ---- */

static uint32_t chance(uint32_t *seed)
{
    *seed = *seed * 1664525u + 1013904223u;
    return *seed >> 16;
}

static struct image *noise(int side)
{
    struct image *picture = image_new(side, side, 3);
    uint32_t seed = 7;
    for (size_t i = 0; i < (size_t)picture->height * picture->stride; i++) {
        picture->pixels[i] = (uint8_t)chance(&seed);
    }
    return picture;
}

static struct image *shapes(void)
{
    struct image *picture = image_new(640, 480, 3);
    uint32_t seed = 11;
    for (unsigned i = 0; i < 200; i++) {
        const struct image_box box = {(float)(chance(&seed) % 600), (float)(chance(&seed) % 440),
                                      (float)(chance(&seed) % 200), (float)(chance(&seed) % 200)};
        image_draw_box(picture, box, chance(&seed) << 8 | (chance(&seed) & 0xff), 1 + (int)(chance(&seed) % 20));
    }
    return picture;
}

static void nothing_is_found_where_no_face_is(void **state)
{
    (void)state;
    struct image *const pictures[] = {image_new(64, 64, 3), image_new(2000, 70, 3), noise(400), shapes()};
    for (size_t i = 0; i < G_N_ELEMENTS(pictures); i++) {
        struct found found;
        if (find(pictures[i], &found)) {
            fail_msg("picture %zu holds a face of score %.2f", i, (double)found.face.score);
        }
        image_free(pictures[i]);
    }
}

static void what_is_looked_for_hard_must_be_the_surer(void **state)
{
    (void)state;
    assert_true(upright_is_face(0.02f, 0.99f, true));
    assert_true(upright_is_face(0.1f, 0.99f, false));
    assert_false(upright_is_face(0.1f, 0.99f, true));
    assert_false(upright_is_face(0.1f, 0.85f, false));
    assert_false(upright_is_face(0.2f, 1, false));
    assert_false(upright_is_face(NAN, 1, false));
}

static int load(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    if (!g_file_test(VIVA_MODELS "/node_modules/onnxruntime-node", G_FILE_TEST_IS_DIR)) {
        print_message("skipped: the networks are not installed (deploy/build networks)\n");
        exit(0);
    }
    networks = networks_load(VIVA_MODELS, &error);
    if (networks == NULL) {
        print_message("%s\n", error->message);
    }
    return networks != NULL ? 0 : -1;
}

static int unload(void **state)
{
    (void)state;
    networks_free(networks);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_face_on_its_side_or_head_is_the_same_face),
        cmocka_unit_test(a_face_that_fills_its_picture_is_found),
        cmocka_unit_test(a_small_face_in_a_large_picture_is_found),
        cmocka_unit_test(two_of_a_size_are_told_and_one_in_the_background_is_not_meant),
        cmocka_unit_test(a_mirrored_face_is_the_same_face),
        cmocka_unit_test(nothing_is_found_where_no_face_is),
        cmocka_unit_test(what_is_looked_for_hard_must_be_the_surer),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
