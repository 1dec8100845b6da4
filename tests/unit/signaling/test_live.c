/* What is drawn for a try, and what is known of cameras. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "signaling/config.h"
#include "signaling/live.h"

#include <string.h>

#define DRAWS 2000

static struct config *config_with(const char *facecheck)
{
    g_autofree char *text = g_strconcat("[facecheck]\n", facecheck, NULL);
    g_autoptr(GError) error = NULL;
    struct config *config = config_parse(text, strlen(text), "test", &error);
    if (config == NULL) {
        fail_msg("%s", error->message);
    }
    return config;
}

static bool is_turn(enum vision_task task)
{
    return task == VISION_TURN_LEFT || task == VISION_TURN_RIGHT;
}

/* Draws often; checks every rule that holds for any draw; returns the tasks that came, as bits, and lengths alike. */
static unsigned draw_often(const char *settings, bool turns_alone_allowed, unsigned *lengths)
{
    struct config *config = config_with(settings);
    unsigned seen = 0;
    *lengths = 0;
    for (unsigned i = 0; i < DRAWS; i++) {
        enum vision_task script[VISION_SCRIPT_MAX];
        const unsigned count = live_draw(config, script);
        bool all_turns = true;
        assert_in_range(count, config->facecheck.tasks_min, config->facecheck.tasks_max);
        *lengths |= 1u << count;
        for (unsigned k = 0; k < count; k++) {
            assert_true(k == 0 || script[k] != script[k - 1]);
            all_turns = all_turns && is_turn(script[k]);
            seen |= 1u << script[k];
        }
        assert_true(turns_alone_allowed || !all_turns);
    }
    config_free(config);
    return seen;
}

static void every_task_and_every_length_comes(void **state)
{
    (void)state;
    unsigned lengths;
    assert_int_equal(draw_often("", false, &lengths), (1u << VISION_TASKS) - 1);
    assert_int_equal(lengths, 1u << 2 | 1u << 3 | 1u << 4);
}

static void only_what_is_configured_is_drawn(void **state)
{
    (void)state;
    unsigned lengths;
    assert_int_equal(draw_often("tasks = turn_left, turn_right\ntasks_max = 2\n", true, &lengths),
                     1u << VISION_TURN_LEFT | 1u << VISION_TURN_RIGHT);
    assert_int_equal(lengths, 1u << 2);
    assert_int_equal(draw_often("tasks = nod, turn_right, turn_left\ntasks_min = 3\n", false, &lengths),
                     1u << VISION_TURN_LEFT | 1u << VISION_TURN_RIGHT | 1u << VISION_NOD);
    assert_int_equal(lengths, 1u << 3 | 1u << 4);
    assert_int_equal(draw_often("tasks = blink, come_closer\n", false, &lengths),
                     1u << VISION_BLINK | 1u << VISION_COME_CLOSER);
}

static void a_script_cannot_be_told_beforehand(void **state)
{
    (void)state;
    struct config *config = config_with("tasks_min = 4\n");
    enum vision_task first[VISION_SCRIPT_MAX], next[VISION_SCRIPT_MAX];
    unsigned same = 0;
    live_draw(config, first);
    for (unsigned i = 0; i < 100; i++) {
        live_draw(config, next);
        same += memcmp(first, next, sizeof first) == 0;
    }
    assert_in_range(same, 0, 10); /* about one in 750 is */
    config_free(config);
}

static void virtual_cameras_are_known_by_name_and_real_ones_are_not(void **state)
{
    (void)state;
    static const char *const virtual[] = {"OBS Virtual Camera", "obs-camera",   "ManyCam Virtual Webcam",
                                          "XSplit VCam",        "e2eSoft VCam", "Dummy video device (0x0000)",
                                          "fake_device_0",      "Snap Camera"};
    static const char *const real[] = {"",
                                       "FaceTime HD Camera (Built-in) (05ac:8514)",
                                       "Integrated Camera",
                                       "Logitech BRIO (046d:085e)",
                                       "camera2 1, facing front",
                                       "Front Camera",
                                       "Käsekamera 7"};
    for (size_t i = 0; i < G_N_ELEMENTS(virtual); i++) {
        assert_true(live_is_virtual(virtual[i]));
    }
    for (size_t i = 0; i < G_N_ELEMENTS(real); i++) {
        assert_false(live_is_virtual(real[i]));
    }
    assert_false(live_is_virtual(NULL));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_task_and_every_length_comes),
        cmocka_unit_test(only_what_is_configured_is_drawn),
        cmocka_unit_test(a_script_cannot_be_told_beforehand),
        cmocka_unit_test(virtual_cameras_are_known_by_name_and_real_ones_are_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
