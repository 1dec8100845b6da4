#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "vision/face/landmark.h"
#include "vision/face/warp.h"

/* A drawn face 100 px wide: eyes 40 px apart, the nose between eyes and mouth. */
static struct face drawn(void)
{
    struct face face = {.box = {0, 0, 100, 140}};
    struct image_point *at = face.landmarks;
    for (unsigned i = 0; i < FACE_LANDMARKS; i++) {
        at[i] = (struct image_point){50, 70};
    }
    for (unsigned i = 0; i < 6; i++) {
        at[36 + i] = (struct image_point){30, 50};
        at[42 + i] = (struct image_point){70, 50};
    }
    at[LANDMARK_NOSE_TIP] = (struct image_point){50, 75};
    at[48] = at[60] = (struct image_point){35, 100};
    at[54] = at[64] = (struct image_point){65, 100};
    for (unsigned i = 61; i <= 63; i++) {
        at[i] = at[128 - i] = (struct image_point){50, 100};
    }
    return face;
}

struct seen {
    float yaw, pitch, roll, mouth;
};

static struct seen see(const struct face *face)
{
    struct seen seen;
    face_geometry(face, &seen.yaw, &seen.pitch, &seen.roll, &seen.mouth);
    return seen;
}

static void a_face_straight_ahead(void **state)
{
    (void)state;
    const struct face face = drawn();
    const struct seen seen = see(&face);
    assert_float_equal(seen.yaw, 0, 1e-5);
    assert_float_equal(seen.pitch, 0.5, 1e-5);
    assert_float_equal(seen.roll, 0, 1e-4);
    assert_float_equal(seen.mouth, 0, 1e-5);
}

static void signs_are_those_of_the_contract(void **state)
{
    (void)state;
    struct face face = drawn();
    face.landmarks[LANDMARK_NOSE_TIP].x = 40; /* to the picture's left */
    assert_float_equal(see(&face).yaw, -0.25, 1e-5);
    face.landmarks[LANDMARK_NOSE_TIP] = (struct image_point){50, 90}; /* head down */
    assert_true(see(&face).pitch > 0.5f);
    for (unsigned i = 65; i <= 67; i++) {
        face.landmarks[i].y += 15; /* mouth open by half its width */
    }
    assert_float_equal(see(&face).mouth, 0.5, 1e-5);
}

/* Turned with its picture, a face stays what it was; only the roll tells, against the rotation that is known. */
static void a_tilted_head_is_turned_by_its_roll_alone(void **state)
{
    static const struct {
        float degrees;
        int rotation;
        float roll;
    } rows[] = {{20, 0, 20},   {-20, 0, -20},  {-90, 90, 0},   {-90, 0, -90},
                {180, 180, 0}, {100, 270, 10}, {-170, 180, 10}};
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct face face = drawn();
        face.landmarks[LANDMARK_NOSE_TIP].x = 40;
        const struct warp_square square = {.centre = {50, 70}, .side = 1, .degrees = rows[i].degrees};
        float transform[6];
        warp_square_transform(&square, 1, transform);
        for (unsigned k = 0; k < FACE_LANDMARKS; k++) {
            face.landmarks[k] = warp_point(transform, face.landmarks[k]);
        }
        face.rotation = rows[i].rotation;
        const struct seen seen = see(&face);
        assert_float_equal(seen.yaw, -0.25, 1e-4);
        assert_float_equal(seen.pitch, 0.5, 1e-4);
        assert_float_equal(seen.roll, rows[i].roll, 1e-2);
    }
}

static void landmarks_in_one_point_divide_by_nothing(void **state)
{
    (void)state;
    struct face face = {0};
    const struct seen seen = see(&face);
    assert_true(isfinite(seen.yaw) && isfinite(seen.pitch) && isfinite(seen.roll) && isfinite(seen.mouth));
    g_autoptr(Image) picture = image_new(20, 20, 3);
    g_autoptr(Image) aligned = face_align(picture, &face);
    assert_int_equal(aligned->width, 112);
}

static void a_square_is_cut_so_that_its_middle_stays_and_up_is_up(void **state)
{
    (void)state;
    const struct warp_square square = {.centre = {30, 40}, .side = 20, .degrees = 90};
    float transform[6];
    float inverse[6];
    warp_square_transform(&square, 10, transform);
    const struct image_point middle = warp_point(transform, square.centre);
    assert_float_equal(middle.x, 4.5, 1e-4);
    assert_float_equal(middle.y, 4.5, 1e-4);
    /* What lies to the left comes up when the picture is turned clockwise. */
    const struct image_point left = warp_point(transform, (struct image_point){20, 40});
    assert_float_equal(left.x, 4.5, 1e-4);
    assert_float_equal(left.y, -0.5, 1e-4);
    warp_invert(transform, inverse);
    const struct image_point back = warp_point(inverse, left);
    assert_float_equal(back.x, 20, 1e-3);
    assert_float_equal(back.y, 40, 1e-3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_face_straight_ahead),
        cmocka_unit_test(signs_are_those_of_the_contract),
        cmocka_unit_test(a_tilted_head_is_turned_by_its_roll_alone),
        cmocka_unit_test(landmarks_in_one_point_divide_by_nothing),
        cmocka_unit_test(a_square_is_cut_so_that_its_middle_stays_and_up_is_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
