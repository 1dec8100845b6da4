/* Pictures that stand still, and films that are shown again. */
#include "tests/unit/vision/person.h"
#include "vision/liveness/background.h"
#include "vision/liveness/repeat.h"

struct watch {
    struct repeat *repeat;
    GArray *frames;
};

static struct watch begin(void)
{
    return (struct watch){repeat_new(), g_array_new(false, false, sizeof(struct vision_frame))};
}

static void end(struct watch *watch)
{
    repeat_free(watch->repeat);
    g_array_unref(watch->frames);
}

static void show(struct watch *watch, struct vision_frame frame)
{
    frame.time_us = (int64_t)watch->frames->len * FRAME_US;
    g_array_append_val(watch->frames, frame);
    repeat_frame(watch->repeat, watch->frames);
}

/* The cells of the person change a little from frame to frame, as breath and a camera's noise change them. */
static struct vision_frame live(struct person *person, float swing)
{
    if (person->frames % 9 == 0) {
        person->toward = at_rest.yaw + swing * chance(person); /* nobody moves as a pendulum does */
    }
    person->pose.yaw += (person->toward - person->pose.yaw) / 3;
    struct vision_frame frame = look_at(person);
    for (unsigned i = 0; i < sizeof(frame.scene); i++) {
        if (frame.background[i] == 0) {
            frame.scene[i] = (uint8_t)((int)frame.scene[i] + (int)roundf(1.4f * chance(person)));
        }
    }
    return frame;
}

/* Encoded again: here and there a cell differs, and what is measured differs a little. */
static struct vision_frame again(struct person *noise, const struct vision_frame *frame)
{
    struct vision_frame copy = *frame;
    copy.yaw += 0.003f * chance(noise);
    copy.pitch += 0.003f * chance(noise);
    copy.mouth += 0.003f * chance(noise);
    for (unsigned i = 0; i < sizeof(copy.scene); i++) {
        copy.scene[i] = (uint8_t)((int)copy.scene[i] + (chance(noise) > 0.8f) - (chance(noise) > 0.8f));
    }
    return copy;
}

static void a_living_person_neither_stands_still_nor_comes_again(void **state)
{
    (void)state;
    static const float swings[] = {0, 0.02f, 0.1f, 0.4f};
    for (size_t i = 0; i < G_N_ELEMENTS(swings); i++) {
        struct watch watch = begin();
        struct person person = somebody();
        for (unsigned k = 0; k < 300; k++) {
            show(&watch, live(&person, swings[i]));
        }
        assert_in_range(repeat_seen(watch.repeat)->frozen_us, 0, 400000);
        assert_int_equal(repeat_seen(watch.repeat)->repeated_us, 0);
        end(&watch);
    }
}

static void a_frame_that_stays_is_frozen_for_as_long_as_it_stays(void **state)
{
    (void)state;
    struct watch watch = begin();
    struct person person = somebody();
    for (unsigned i = 0; i < 20; i++) {
        show(&watch, live(&person, 0.1f));
    }
    const struct vision_frame frozen = live(&person, 0.1f);
    for (unsigned i = 0; i < 16; i++) {
        struct vision_frame frame = frozen; /* a codec still works on it */
        frame.yaw += i % 2 == 0 ? 0.001f : -0.001f;
        frame.scene[i] = (uint8_t)(frame.scene[i] + i % 2);
        show(&watch, frame);
    }
    assert_int_equal(repeat_seen(watch.repeat)->frozen_us, 15 * FRAME_US);
    for (unsigned i = 0; i < 20; i++) {
        show(&watch, live(&person, 0.1f));
    }
    assert_int_equal(repeat_seen(watch.repeat)->frozen_us, 15 * FRAME_US);
    end(&watch);
}

static void an_empty_room_is_not_frozen(void **state)
{
    (void)state;
    struct watch watch = begin();
    struct person person = somebody();
    person.faces = 0;
    for (unsigned i = 0; i < 40; i++) {
        show(&watch, look_at(&person));
    }
    assert_int_equal(repeat_seen(watch.repeat)->frozen_us, 0);
    end(&watch);
}

static void a_film_shown_again_is_repeated(void **state)
{
    (void)state;
    static const struct {
        float swing;
        bool encoded_again;
    } cases[] = {{0.02f, false}, {0.02f, true}, {0.3f, false}, {0.3f, true}};
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct watch watch = begin();
        struct person person = somebody(), noise = somebody();
        for (unsigned k = 0; k < 40; k++) {
            show(&watch, live(&person, cases[i].swing));
        }
        assert_int_equal(repeat_seen(watch.repeat)->repeated_us, 0);
        for (unsigned k = 0; k < 40; k++) {
            const struct vision_frame first = g_array_index(watch.frames, struct vision_frame, k);
            show(&watch, cases[i].encoded_again ? again(&noise, &first) : first);
        }
        const struct repeat_seen *seen = repeat_seen(watch.repeat);
        if (seen->repeated_us < 1000000 || ABS(seen->repeated_lag_us - 40 * FRAME_US) > FRAME_US) {
            fail_msg("case %zu: %d ms again after %d ms", i, (int)(seen->repeated_us / 1000),
                     (int)(seen->repeated_lag_us / 1000));
        }
        end(&watch);
    }
}

static void a_fan_behind_a_person_may_turn_evenly(void **state)
{
    (void)state;
    struct watch watch = begin();
    struct person person = somebody();
    for (unsigned k = 0; k < 150; k++) {
        struct vision_frame frame = live(&person, 0.02f);
        for (unsigned i = 0; i < 4; i++) {
            frame.scene[i] = frame.background[i] = (uint8_t)(125 + 75 * sinf((float)(k + i) * (float)G_PI / 6));
        }
        show(&watch, frame);
    }
    assert_int_equal(repeat_seen(watch.repeat)->repeated_us, 0);
    end(&watch);
}

static void fill(uint8_t background[VISION_SCENE * VISION_SCENE], unsigned kind)
{
    for (unsigned i = 0; i < VISION_SCENE * VISION_SCENE; i++) {
        background[i] = (uint8_t)(40 + i * (kind * 31 + 7) % 97);
    }
}

static void a_background_may_get_lighter_but_not_be_another(void **state)
{
    (void)state;
    struct vision_frame one = {0}, other = {0};
    fill(one.background, 1);
    other = one;
    assert_true(background_jump(&one, &other) < 0.01);
    for (unsigned i = 0; i < sizeof(other.background); i++) {
        other.background[i] = (uint8_t)(one.background[i] * 1.3 + 8); /* a lamp */
    }
    assert_true(background_jump(&one, &other) < 0.1);
    for (unsigned i = 1; i < sizeof(other.background); i++) {
        other.background[i] = (uint8_t)((one.background[i] + one.background[i - 1]) / 2); /* a shaken hand */
    }
    other.background[0] = one.background[0];
    fill(other.background, 2);
    assert_true(background_jump(&one, &other) >= 1);
    memset(other.background, 0, sizeof(other.background)); /* the face fills the picture */
    assert_true(background_jump(&one, &other) < 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_living_person_neither_stands_still_nor_comes_again),
        cmocka_unit_test(a_frame_that_stays_is_frozen_for_as_long_as_it_stays),
        cmocka_unit_test(an_empty_room_is_not_frozen),
        cmocka_unit_test(a_film_shown_again_is_repeated),
        cmocka_unit_test(a_fan_behind_a_person_may_turn_evenly),
        cmocka_unit_test(a_background_may_get_lighter_but_not_be_another),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
