#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#include "vision/face/portrait.h"

static const struct face_quality good = {
    .height_px = 300,
    .sharpness = 300,
    .brightness = 150,
    .contrast = 35,
    .yaw = 1,
    .pitch = -2,
    .roll = 0.5f,
    .eyes_open = 0.95f,
    .mouth_open = 0.02f,
    .occlusion = 0.2f,
};

static bool has(const json_t *reasons, const char *code)
{
    size_t i;
    json_t *reason;
    json_array_foreach(reasons, i, reason)
    {
        if (strcmp(json_string_value(json_object_get(reason, "code")), code) == 0) {
            return true;
        }
    }
    return false;
}

/* One measurement is off; one reason is to be given, and no other that only follows from it. */
static void each_fault_has_its_own_reason(void **state)
{
    static const struct {
        const char *code;
        size_t member;
        float value;
    } rows[] = {
        {"face_too_small", offsetof(struct face_quality, height_px), 62},
        {"too_dark", offsetof(struct face_quality, brightness), 20},
        {"too_bright", offsetof(struct face_quality, brightness), 240},
        {"low_contrast", offsetof(struct face_quality, contrast), 5},
        {"blurred", offsetof(struct face_quality, sharpness), 10},
        {"turned", offsetof(struct face_quality, yaw), -40},
        {"turned", offsetof(struct face_quality, pitch), 40},
        {"tilted", offsetof(struct face_quality, roll), -50},
        {"eyes_closed", offsetof(struct face_quality, eyes_open), 0.1f},
        {"occluded", offsetof(struct face_quality, occlusion), 0.9f},
    };
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct face_quality quality = good;
        memcpy((char *)&quality + rows[i].member, &rows[i].value, sizeof(float));
        json_t *reasons = face_quality_reasons(&quality);
        if (json_array_size(reasons) != 1 || !has(reasons, rows[i].code)) {
            char *text = json_dumps(reasons, 0);
            fail_msg("%s: %s", rows[i].code, text);
        }
        json_decref(reasons);
    }
    json_t *none = face_quality_reasons(&good);
    assert_int_equal(json_array_size(none), 0);
    json_decref(none);
}

static void the_dark_is_not_called_blurred_nor_the_turned_blind(void **state)
{
    (void)state;
    struct face_quality dark = good;
    dark.brightness = 12;
    dark.contrast = 4;
    dark.sharpness = 2;
    dark.eyes_open = 0;
    struct face_quality turned = good;
    turned.yaw = 60;
    turned.eyes_open = 0;
    struct face_quality small = good;
    small.height_px = 50;
    small.sharpness = 20;
    const struct {
        const struct face_quality *quality;
        const char *code;
    } rows[] = {{&dark, "too_dark"}, {&turned, "turned"}, {&small, "face_too_small"}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        json_t *reasons = face_quality_reasons(rows[i].quality);
        assert_int_equal(json_array_size(reasons), 1);
        assert_true(has(reasons, rows[i].code));
        json_decref(reasons);
    }
}

static void a_reason_says_how_much_and_how_much_is_needed(void **state)
{
    (void)state;
    struct face_quality quality = good;
    quality.height_px = 62;
    json_t *reasons = face_quality_reasons(&quality);
    assert_string_equal(json_string_value(json_object_get(json_array_get(reasons, 0), "message")),
                        "face too small: 62 px, at least 80");
    json_decref(reasons);
}

/* ---- D-10 ---- */

static void paint(struct image *picture, int x, int y, int width, int height, uint8_t luma)
{
    for (int row = y; row < y + height; row++) {
        memset(picture->pixels + (size_t)row * picture->stride + (size_t)x * 3, luma, (size_t)width * 3);
    }
}

/* 450 × 600, light, with a darker head. */
static struct image *portrait(void)
{
    struct image *picture = image_new(450, 600, 3);
    paint(picture, 0, 0, 450, 600, 225);
    paint(picture, 115, 130, 220, 330, 120);
    return picture;
}

static const struct face usual = {.box = {125, 150, 200, 280}};

/* The names of the checks that failed, in order. */
static char *failed(const struct image *picture, const struct face *face, unsigned faces,
                    const struct face_quality *quality)
{
    json_t *said = portrait_checks(picture, face, faces, quality);
    GString *names = g_string_new(NULL);
    size_t i;
    json_t *check;
    json_array_foreach(json_object_get(said, "checks"), i, check)
    {
        if (!json_is_true(json_object_get(check, "passed"))) {
            g_string_append_printf(names, "%s%s", names->len > 0 ? " " : "",
                                   json_string_value(json_object_get(check, "check")));
        }
    }
    assert_int_equal(json_is_true(json_object_get(said, "conforms")), names->len == 0);
    json_decref(said);
    return g_string_free(names, FALSE);
}

static void assert_failed(const struct image *picture, const struct face *face, unsigned faces,
                          const struct face_quality *quality, const char *names)
{
    g_autofree char *said = failed(picture, face, faces, quality);
    assert_string_equal(said, names);
}

static void a_portrait_conforms_and_each_fault_has_its_check(void **state)
{
    (void)state;
    g_autoptr(Image) picture = portrait();
    assert_failed(picture, &usual, 1, &good, "");
    assert_failed(picture, &usual, 2, &good, "one_face");

    g_autoptr(Image) afar = image_new(450, 600, 3);
    paint(afar, 0, 0, 450, 600, 225);
    paint(afar, 165, 180, 110, 160, 120);
    const struct face small = {.box = {175, 200, 90, 130}};
    assert_failed(afar, &small, 1, &good, "size");
    struct face aside = usual;
    aside.box.x = 20;
    g_autofree char *said = failed(picture, &aside, 1, &good);
    assert_non_null(strstr(said, "position"));

    struct face_quality turned = good;
    turned.yaw = 12;
    assert_failed(picture, &usual, 1, &turned, "frontal");
    struct face_quality tilted = good;
    tilted.roll = -12;
    assert_failed(picture, &usual, 1, &tilted, "frontal");
    struct face_quality asleep = good;
    asleep.eyes_open = 0.1f;
    assert_failed(picture, &usual, 1, &asleep, "eyes_visible");
    struct face_quality laughing = good;
    laughing.mouth_open = 0.4f;
    assert_failed(picture, &usual, 1, &laughing, "mouth_closed");
    struct face_quality dark = good;
    dark.brightness = 30;
    assert_failed(picture, &usual, 1, &dark, "exposure");
    struct face_quality soft = good;
    soft.sharpness = 30;
    assert_failed(picture, &usual, 1, &soft, "sharp");
}

static void the_background_is_seen_beside_the_head(void **state)
{
    (void)state;
    g_autoptr(Image) dark = portrait();
    paint(dark, 0, 0, 450, 130, 60);
    paint(dark, 0, 130, 55, 470, 60);
    paint(dark, 395, 130, 55, 470, 60);
    assert_failed(dark, &usual, 1, &good, "light_background");

    g_autoptr(Image) striped = portrait();
    for (int y = 0; y < 280; y += 40) {
        paint(striped, 0, y, 50, 20, 140);
    }
    assert_failed(striped, &usual, 1, &good, "plain_background");
}

static void a_portrait_on_its_side_is_judged_upright(void **state)
{
    (void)state;
    g_autoptr(Image) picture = portrait();
    for (int rotation = 90; rotation < 360; rotation += 90) {
        g_autoptr(Image) lying = image_rotate(picture, 360 - rotation); /* turned by `rotation` it stands again */
        struct face face = {.rotation = rotation};
        const struct image_box boxes[] = {
            [1] = {150, 125, 280, 200},
            [2] = {125, 170, 200, 280},
            [3] = {170, 125, 280, 200},
        };
        face.box = boxes[rotation / 90];
        assert_failed(lying, &face, 1, &good, "");
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(each_fault_has_its_own_reason),
        cmocka_unit_test(the_dark_is_not_called_blurred_nor_the_turned_blind),
        cmocka_unit_test(a_reason_says_how_much_and_how_much_is_needed),
        cmocka_unit_test(a_portrait_conforms_and_each_fault_has_its_check),
        cmocka_unit_test(the_background_is_seen_beside_the_head),
        cmocka_unit_test(a_portrait_on_its_side_is_judged_upright),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
