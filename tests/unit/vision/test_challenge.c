/* The judge of liveness, before invented people. */
#include "tests/unit/vision/person.h"

static const struct vision_challenge_config config = {
    .task_window_ms = 4000, .baseline_ms = 700, .frame_rate_min = 6, .face_px_min = 60, .same_person_min = 0.4};

struct trial {
    struct vision_challenge *challenge;
    struct person person;
    json_t *report;
};

static struct trial begin(const char *script, bool live)
{
    enum vision_task tasks[VISION_SCRIPT_MAX];
    unsigned count = 0;
    g_auto(GStrv) names = g_strsplit(script, ",", 0);
    for (; names[count] != NULL; count++) {
        assert_true(vision_task_parse(names[count], &tasks[count]));
    }
    return (struct trial){.challenge = vision_challenge_new(&config, tasks, count, live), .person = somebody()};
}

static enum vision_challenge_state state_of(const struct trial *trial)
{
    struct vision_challenge_view view;
    vision_challenge_view(trial->challenge, &view);
    return view.state;
}

static void show(struct trial *trial)
{
    const struct vision_frame frame = look_at(&trial->person);
    vision_challenge_frame(trial->challenge, &frame);
}

static void wait(struct trial *trial, unsigned ms)
{
    for (unsigned i = 0; i < ms * 1000 / FRAME_US; i++) {
        show(trial);
    }
}

/* From the present pose to another, evenly. */
static void move(struct trial *trial, struct pose to, unsigned ms)
{
    const struct pose from = trial->person.pose;
    const unsigned frames = MAX(ms * 1000 / FRAME_US, 1);
    for (unsigned i = 1; i <= frames; i++) {
        const float part = (float)i / (float)frames;
        trial->person.pose = (struct pose){
            .yaw = from.yaw + (to.yaw - from.yaw) * part,
            .pitch = from.pitch + (to.pitch - from.pitch) * part,
            .mouth = from.mouth + (to.mouth - from.mouth) * part,
            .closed = from.closed + (to.closed - from.closed) * part,
            .height = from.height + (to.height - from.height) * part,
        };
        show(trial);
    }
}

static void there_and_back(struct trial *trial, struct pose pose, unsigned ms)
{
    move(trial, pose, ms);
    wait(trial, 200);
    move(trial, at_rest, ms);
}

static void perform(struct trial *trial, enum vision_task task)
{
    struct pose pose = at_rest;
    switch (task) {
    case VISION_TURN_LEFT:
        pose.yaw += 0.4f;
        break;
    case VISION_TURN_RIGHT:
        pose.yaw -= 0.4f;
        break;
    case VISION_NOD:
        pose.pitch += 0.15f;
        break;
    case VISION_BLINK:
        pose.closed = 0.95f;
        break;
    case VISION_OPEN_MOUTH:
        pose.mouth = 0.6f;
        break;
    case VISION_COME_CLOSER:
        pose.height *= 1.5f;
        break;
    }
    there_and_back(trial, pose, task == VISION_BLINK ? 70 : 400);
}

static const char *decide(struct trial *trial)
{
    vision_challenge_end(trial->challenge);
    json_decref(trial->report);
    trial->report = vision_challenge_report(trial->challenge);
    return json_string_value(json_object_get(trial->report, "decision"));
}

static bool has_reason(const struct trial *trial, const char *code)
{
    size_t i;
    json_t *reason;
    json_array_foreach(json_object_get(trial->report, "reasons"), i, reason)
    {
        if (strcmp(json_string_value(json_object_get(reason, "code")), code) == 0) {
            return true;
        }
    }
    return false;
}

static const char *first_reason(const struct trial *trial)
{
    const json_t *first = json_array_get(json_object_get(trial->report, "reasons"), 0);
    return first != NULL ? json_string_value(json_object_get(first, "code")) : "";
}

static void end(struct trial *trial)
{
    json_decref(trial->report);
    vision_challenge_free(trial->challenge);
}

/* ---- tasks ---- */

static void every_task_passes_when_it_is_done_and_no_other_does(void **state)
{
    (void)state;
    for (unsigned asked = 0; asked < VISION_TASKS; asked++) {
        for (unsigned done = 0; done < VISION_TASKS; done++) {
            struct trial trial = begin(vision_task_name((enum vision_task)asked), true);
            wait(&trial, 1000);
            assert_int_equal(state_of(&trial), VISION_CHALLENGE_TASK);
            perform(&trial, (enum vision_task)done);
            wait(&trial, 5000);
            const char *decision = decide(&trial);
            assert_string_equal(decision, asked == done ? "pass" : "fail");
            if (asked != done) {
                assert_true(has_reason(&trial, "task_not_done"));
                assert_int_equal(has_reason(&trial, "wrong_task"), done != VISION_BLINK);
            }
            end(&trial);
        }
    }
}

static void turning_to_the_persons_left_is_to_the_right_of_the_picture(void **state)
{
    (void)state;
    struct trial trial = begin("turn_left", true);
    wait(&trial, 1000);
    struct pose pose = at_rest;
    pose.yaw += 0.4f; /* the nose goes to the picture's right */
    there_and_back(&trial, pose, 300);
    wait(&trial, 1000);
    assert_string_equal(decide(&trial), "pass");
    end(&trial);
}

static void a_whole_script_passes_in_its_order(void **state)
{
    (void)state;
    static const char *const orders[] = {"turn_left,nod,turn_right,blink", "come_closer,open_mouth",
                                         "blink,turn_left,turn_right"};
    for (size_t i = 0; i < G_N_ELEMENTS(orders); i++) {
        struct trial trial = begin(orders[i], true);
        wait(&trial, 1000);
        for (unsigned k = 0; state_of(&trial) == VISION_CHALLENGE_TASK && k < 10; k++) {
            struct vision_challenge_view view;
            vision_challenge_view(trial.challenge, &view);
            perform(&trial, view.task);
            wait(&trial, 500);
        }
        assert_string_equal(decide(&trial), "pass");
        assert_true(json_is_true(json_object_get(trial.report, "same_person")));
        end(&trial);
    }
}

static void a_movement_made_before_it_is_asked_for_does_not_count(void **state)
{
    (void)state;
    struct trial trial = begin("turn_left,nod", true);
    wait(&trial, 1000);
    perform(&trial, VISION_NOD);
    perform(&trial, VISION_TURN_LEFT);
    wait(&trial, 5000);
    assert_string_equal(decide(&trial), "fail");
    assert_string_equal(first_reason(&trial), "wrong_task");
    end(&trial);
}

static void a_head_that_is_turned_already_has_not_turned(void **state)
{
    (void)state;
    struct trial trial = begin("nod,turn_left", true);
    wait(&trial, 1000);
    perform(&trial, VISION_NOD);
    struct pose pose = at_rest;
    pose.yaw += 0.4f;
    /* Turned in the very moment in which it is asked: that counts; staying so for a second task does not. */
    move(&trial, pose, 300);
    move(&trial, at_rest, 300);
    wait(&trial, 1000);
    assert_string_equal(decide(&trial), "pass");
    end(&trial);
}

static void small_natural_movements_are_no_tasks_and_no_failures(void **state)
{
    (void)state;
    struct trial trial = begin("turn_left", true);
    wait(&trial, 1000);
    for (unsigned i = 0; i < 4; i++) {
        struct pose pose = at_rest;
        pose.yaw += i % 2 == 0 ? 0.12f : -0.12f;
        pose.pitch += 0.03f;
        pose.mouth += 0.1f;
        there_and_back(&trial, pose, 150);
    }
    assert_int_equal(state_of(&trial), VISION_CHALLENGE_TASK);
    perform(&trial, VISION_TURN_LEFT);
    wait(&trial, 1000);
    assert_string_equal(decide(&trial), "pass");
    end(&trial);
}

static void one_bad_measurement_is_no_turn(void **state)
{
    (void)state;
    struct trial trial = begin("turn_left", true);
    wait(&trial, 1000);
    for (unsigned i = 0; i < 5; i++) {
        trial.person.pose.yaw = 0.6f;
        show(&trial);
        trial.person.pose = at_rest;
        wait(&trial, 200 + 100 * i); /* not evenly, or it would be a loop */
    }
    assert_int_equal(state_of(&trial), VISION_CHALLENGE_TASK);
    end(&trial);
}

static void a_task_after_its_window_is_too_late(void **state)
{
    (void)state;
    struct trial trial = begin("nod", true);
    wait(&trial, 1000);
    wait(&trial, config.task_window_ms - 200);
    struct pose pose = at_rest;
    pose.pitch += 0.15f;
    move(&trial, pose, 200);
    wait(&trial, 300);
    assert_int_equal(state_of(&trial), VISION_CHALLENGE_FAILED);
    decide(&trial);
    assert_string_equal(first_reason(&trial), "task_too_late");
    end(&trial);
}

static void people_differ_in_how_they_look_doing_nothing(void **state)
{
    (void)state;
    static const struct pose people[] = {
        {.yaw = 0.1f, .pitch = 0.3f, .mouth = 0.0f, .closed = 0.0f, .height = 120},
        {.yaw = -0.1f, .pitch = 0.6f, .mouth = 0.2f, .closed = 0.35f, .height = 300},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(people); i++) {
        struct trial trial = begin("turn_right,blink,open_mouth,turn_left", true);
        const struct pose rest = people[i];
        trial.person.pose = rest;
        wait(&trial, 1000);
        struct pose pose = rest;
        pose.yaw = rest.yaw - 0.3f;
        move(&trial, pose, 300);
        wait(&trial, 200);
        move(&trial, rest, 300);
        pose = rest;
        pose.closed = 0.97f;
        move(&trial, pose, 70);
        wait(&trial, 150);
        move(&trial, rest, 70);
        pose = rest;
        pose.mouth = rest.mouth + 0.4f;
        move(&trial, pose, 200);
        wait(&trial, 200);
        move(&trial, rest, 200);
        pose = rest;
        pose.yaw = rest.yaw + 0.3f;
        move(&trial, pose, 300);
        wait(&trial, 200);
        move(&trial, rest, 300);
        wait(&trial, 800);
        decide(&trial);
        assert_string_equal(first_reason(&trial), "");
        end(&trial);
    }
}

/* ---- looking for the baseline ---- */

static const char *hint_after(struct trial *trial, unsigned ms)
{
    wait(trial, ms);
    struct vision_challenge_view view;
    vision_challenge_view(trial->challenge, &view);
    assert_int_equal(view.state, VISION_CHALLENGE_LOOK);
    return view.hint;
}

static void nobody_is_asked_anything_before_looking_into_the_camera(void **state)
{
    (void)state;
    struct trial trial = begin("nod", true);
    trial.person.faces = 0;
    assert_string_equal(hint_after(&trial, 300), "no_face");
    trial.person.faces = 2;
    assert_string_equal(hint_after(&trial, 300), "several_faces");
    trial.person.faces = 1;
    trial.person.brightness = 20;
    assert_string_equal(hint_after(&trial, 300), "too_dark");
    trial.person.brightness = 120;
    trial.person.pose.height = 50;
    assert_string_equal(hint_after(&trial, 300), "come_closer");
    trial.person.pose = at_rest;
    trial.person.pose.yaw = 0.4f;
    assert_string_equal(hint_after(&trial, 1500), "look_straight");
    trial.person.pose = at_rest;
    for (unsigned i = 0; i < 10; i++) {
        trial.person.pose.yaw = i % 2 == 0 ? 0.12f : -0.12f;
        show(&trial);
    }
    assert_string_equal(hint_after(&trial, 0), "hold_still");
    trial.person.pose = at_rest;
    wait(&trial, 1200);
    assert_int_equal(state_of(&trial), VISION_CHALLENGE_TASK);
    end(&trial);
}

static void looking_for_a_face_ends_some_time(void **state)
{
    (void)state;
    struct trial trial = begin("nod", true);
    trial.person.faces = 0;
    wait(&trial, 50000);
    assert_int_equal(state_of(&trial), VISION_CHALLENGE_FAILED);
    decide(&trial);
    assert_string_equal(first_reason(&trial), "no_face");
    end(&trial);
}

/* ---- throughout ---- */

static void assert_fails_midway(void (*change)(struct trial *), const char *code)
{
    struct trial trial = begin("turn_left,nod", true);
    wait(&trial, 1500);
    perform(&trial, VISION_TURN_LEFT);
    assert_int_equal(state_of(&trial), VISION_CHALLENGE_TASK);
    change(&trial);
    wait(&trial, 1200);
    perform(&trial, VISION_NOD);
    wait(&trial, 1500);
    assert_string_equal(decide(&trial), "fail");
    if (strcmp(first_reason(&trial), code) != 0) {
        fail_msg("%s instead of %s", first_reason(&trial), code);
    }
    end(&trial);
}

static void someone_else_sits_down(struct trial *trial)
{
    trial->person.who = 2;
}

static void another_background(struct trial *trial)
{
    trial->person.where = 2;
}

static void a_second_face(struct trial *trial)
{
    trial->person.faces = 2;
}

static void nobody_any_more(struct trial *trial)
{
    trial->person.faces = 0;
    wait(trial, 1700);
}

static void a_frozen_picture(struct trial *trial)
{
    struct vision_frame frame = look_at(&trial->person);
    for (unsigned i = 0; i < 20; i++) {
        frame.time_us = trial->person.time_us;
        trial->person.time_us += FRAME_US;
        vision_challenge_frame(trial->challenge, &frame);
    }
}

static void what_must_hold_throughout_fails_with_its_own_reason(void **state)
{
    (void)state;
    assert_fails_midway(someone_else_sits_down, "different_person");
    assert_fails_midway(another_background, "background_jump");
    assert_fails_midway(a_second_face, "several_faces");
    assert_fails_midway(nobody_any_more, "face_lost");
    assert_fails_midway(a_frozen_picture, "frozen");
}

static void somebody_else_cannot_come_in_with_the_last_task(void **state)
{
    (void)state;
    struct trial trial = begin("turn_left", true);
    wait(&trial, 1500);
    struct pose pose = at_rest;
    pose.yaw += 0.45f;
    move(&trial, pose, 300); /* where embeddings say little */
    trial.person.who = 2;
    wait(&trial, 200);
    assert_int_not_equal(state_of(&trial), VISION_CHALLENGE_PASSED);
    move(&trial, at_rest, 300);
    wait(&trial, 1500);
    assert_string_equal(decide(&trial), "fail");
    assert_string_equal(first_reason(&trial), "different_person");
    end(&trial);
}

static void a_face_that_never_comes_back_has_not_passed(void **state)
{
    (void)state;
    struct trial trial = begin("turn_left", true);
    wait(&trial, 1500);
    struct pose pose = at_rest;
    pose.yaw += 0.6f;
    move(&trial, pose, 300);
    wait(&trial, 6000);
    assert_string_equal(decide(&trial), "fail");
    assert_string_equal(first_reason(&trial), "face_lost");
    end(&trial);
}

static void a_short_glance_aside_or_a_passer_by_is_forgiven(void **state)
{
    (void)state;
    struct trial trial = begin("turn_left,nod", true);
    wait(&trial, 1500);
    trial.person.faces = 0; /* turned too far for the detector */
    wait(&trial, 600);
    trial.person.faces = 2;
    wait(&trial, 300);
    trial.person.faces = 1;
    perform(&trial, VISION_TURN_LEFT);
    perform(&trial, VISION_NOD);
    wait(&trial, 800);
    assert_string_equal(decide(&trial), "pass");
    end(&trial);
}

static void a_camera_may_be_carried_to_its_place_first(void **state)
{
    (void)state;
    struct trial trial = begin("nod", true);
    trial.person.faces = 0;
    for (unsigned step = 0; step < 5; step++) {
        trial.person.where = 2 + step % 2;
        wait(&trial, 300);
    }
    trial.person.faces = 1;
    trial.person.where = 1;
    wait(&trial, 1500);
    perform(&trial, VISION_NOD);
    wait(&trial, 800);
    assert_string_equal(decide(&trial), "pass");
    end(&trial);
}

static void light_that_is_switched_on_is_no_other_place(void **state)
{
    (void)state;
    struct trial trial = begin("nod", true);
    wait(&trial, 1500);
    struct vision_frame frame = look_at(&trial.person);
    for (unsigned i = 0; i < 10; i++) {
        for (unsigned k = 0; k < sizeof(frame.background); k++) {
            frame.background[k] =
                (uint8_t)(frame.background[k] == 0 ? 0 : MIN(255, (unsigned)frame.background[k] * 5 / 4 + 10));
        }
        vision_challenge_frame(trial.challenge, &frame);
        frame = look_at(&trial.person);
    }
    perform(&trial, VISION_NOD);
    wait(&trial, 800);
    decide(&trial);
    assert_false(has_reason(&trial, "background_jump"));
    end(&trial);
}

static void too_few_pictures_a_second_fail(void **state)
{
    (void)state;
    struct trial trial = begin("turn_left", true);
    for (unsigned i = 0; i < 60 && state_of(&trial) != VISION_CHALLENGE_FAILED; i++) {
        trial.person.pose.yaw = i > 20 && i < 30 ? 0.5f : at_rest.yaw;
        trial.person.frames = 0;
        show(&trial);
        trial.person.time_us += 200000; /* 3.75 a second */
    }
    decide(&trial);
    assert_true(has_reason(&trial, "low_frame_rate"));
    end(&trial);
}

static void time_that_goes_backwards_is_passed_over(void **state)
{
    (void)state;
    struct trial trial = begin("nod", true);
    wait(&trial, 1000);
    struct vision_frame old = look_at(&trial.person);
    old.time_us = 5;
    assert_false(vision_challenge_frame(trial.challenge, &old));
    old.time_us = -1;
    assert_false(vision_challenge_frame(trial.challenge, &old));
    perform(&trial, VISION_NOD);
    wait(&trial, 800);
    assert_string_equal(decide(&trial), "pass");
    end(&trial);
}

static void nothing_changes_a_verdict(void **state)
{
    (void)state;
    struct trial trial = begin("nod", true);
    wait(&trial, 1000);
    perform(&trial, VISION_NOD);
    wait(&trial, 1000);
    assert_int_equal(state_of(&trial), VISION_CHALLENGE_PASSED);
    trial.person.who = 9;
    wait(&trial, 3000);
    assert_string_equal(decide(&trial), "pass");
    end(&trial);
}

/* ---- recorded clips ---- */

static const char *judge_clip(struct trial *trial, const char *performed)
{
    wait(trial, 800);
    g_auto(GStrv) names = g_strsplit(performed, ",", 0);
    for (unsigned i = 0; names[i] != NULL && names[i][0] != '\0'; i++) {
        enum vision_task task;
        assert_true(vision_task_parse(names[i], &task));
        perform(trial, task);
    }
    wait(trial, 400);
    return decide(trial);
}

static void a_clip_passes_what_it_shows_in_its_order_and_nothing_else(void **state)
{
    (void)state;
    static const struct {
        const char *performed, *script, *decision, *reason;
    } cases[] = {
        {"turn_left,turn_right", "turn_left,turn_right", "pass", ""},
        {"turn_left,turn_right", "turn_left", "pass", ""},
        {"turn_left,turn_right", "turn_right", "pass", ""},
        {"turn_left,turn_right", "turn_right,turn_left", "fail", "wrong_task"},
        {"turn_left,turn_right", "nod", "fail", "wrong_task"},
        {"turn_left,turn_right", "turn_left,turn_right,turn_left", "fail", "task_not_done"},
        {"nod,blink,open_mouth", "nod,blink,open_mouth", "pass", ""},
        {"nod,blink,open_mouth", "blink,nod", "fail", "wrong_task"},
        {"turn_left", "turn_left,turn_left", "fail", "task_not_done"},
        {"blink", "turn_left", "fail", "task_not_done"},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct trial trial = begin(cases[i].script, false);
        const char *decision = judge_clip(&trial, cases[i].performed);
        if (strcmp(decision, cases[i].decision) != 0 || strcmp(first_reason(&trial), cases[i].reason) != 0) {
            fail_msg("%s shown, %s asked: %s (%s)", cases[i].performed, cases[i].script, decision,
                     first_reason(&trial));
        }
        end(&trial);
    }
}

static void a_clip_that_begins_turned_has_not_shown_that_turn(void **state)
{
    (void)state;
    struct trial trial = begin("turn_right", false);
    trial.person.pose.yaw = -0.8f;
    wait(&trial, 500);
    move(&trial, at_rest, 300);
    wait(&trial, 1000);
    assert_string_equal(decide(&trial), "fail");
    end(&trial);
}

static void a_clip_without_a_face_or_of_a_single_picture_says_so(void **state)
{
    (void)state;
    struct trial trial = begin("", false);
    trial.person.faces = 0;
    wait(&trial, 2000);
    assert_string_equal(decide(&trial), "fail");
    assert_string_equal(first_reason(&trial), "no_face");
    end(&trial);
    trial = begin("", false);
    show(&trial);
    assert_string_equal(decide(&trial), "fail");
    assert_string_equal(first_reason(&trial), "still_picture");
    end(&trial);
    trial = begin("", false);
    assert_string_equal(decide(&trial), "fail");
    end(&trial);
}

static void a_photograph_of_a_face_never_moves_by_itself(void **state)
{
    (void)state;
    struct trial trial = begin("", false);
    trial.person.sway = 0;
    trial.person.noise = 0.5f; /* a camera's, of what does not move */
    for (unsigned i = 0; i < 60; i++) {
        trial.person.pose.height = 200 + 10 * sinf((float)i / 5); /* held by a hand */
        show(&trial);
    }
    assert_string_equal(decide(&trial), "fail");
    assert_string_equal(first_reason(&trial), "still_picture");
    end(&trial);
}

static void every_measurement_is_in_the_report(void **state)
{
    (void)state;
    struct trial trial = begin("nod", false);
    judge_clip(&trial, "nod");
    const json_t *measurements = json_object_get(trial.report, "measurements");
    assert_int_equal(json_integer_value(json_object_get(measurements, "frames")), trial.person.frames);
    assert_int_equal(json_array_size(json_object_get(measurements, "series")), trial.person.frames);
    assert_true(json_is_object(json_object_get(measurements, "baseline")));
    assert_int_equal(json_integer_value(json_object_get(measurements, "width")), 640);
    end(&trial);
}

/* ---- scripts ---- */

static void scripts_repeat_no_task_at_once_and_are_never_turns_alone(void **state)
{
    (void)state;
    unsigned seen[VISION_TASKS] = {0};
    for (unsigned i = 0; i < 2000; i++) {
        enum vision_task script[VISION_SCRIPT_MAX];
        const unsigned count = 2 + i % 3;
        vision_script_draw(count, script);
        bool other = false;
        for (unsigned k = 0; k < count; k++) {
            assert_in_range(script[k], 0, VISION_TASKS - 1);
            assert_true(k == 0 || script[k] != script[k - 1]);
            other = other || (script[k] != VISION_TURN_LEFT && script[k] != VISION_TURN_RIGHT);
            seen[script[k]]++;
        }
        assert_true(other);
    }
    for (unsigned i = 0; i < VISION_TASKS; i++) {
        assert_true(seen[i] > 600); /* of 1000 each, about */
    }
}

static void names_of_tasks_are_read_as_they_are_written(void **state)
{
    (void)state;
    for (unsigned i = 0; i < VISION_TASKS; i++) {
        enum vision_task task;
        assert_true(vision_task_parse(vision_task_name((enum vision_task)i), &task));
        assert_int_equal(task, i);
    }
    enum vision_task untouched = VISION_NOD;
    assert_false(vision_task_parse("turn", &untouched));
    assert_false(vision_task_parse("", &untouched));
    assert_int_equal(untouched, VISION_NOD);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_task_passes_when_it_is_done_and_no_other_does),
        cmocka_unit_test(turning_to_the_persons_left_is_to_the_right_of_the_picture),
        cmocka_unit_test(a_whole_script_passes_in_its_order),
        cmocka_unit_test(a_movement_made_before_it_is_asked_for_does_not_count),
        cmocka_unit_test(a_head_that_is_turned_already_has_not_turned),
        cmocka_unit_test(small_natural_movements_are_no_tasks_and_no_failures),
        cmocka_unit_test(one_bad_measurement_is_no_turn),
        cmocka_unit_test(a_task_after_its_window_is_too_late),
        cmocka_unit_test(people_differ_in_how_they_look_doing_nothing),
        cmocka_unit_test(nobody_is_asked_anything_before_looking_into_the_camera),
        cmocka_unit_test(looking_for_a_face_ends_some_time),
        cmocka_unit_test(what_must_hold_throughout_fails_with_its_own_reason),
        cmocka_unit_test(somebody_else_cannot_come_in_with_the_last_task),
        cmocka_unit_test(a_face_that_never_comes_back_has_not_passed),
        cmocka_unit_test(a_short_glance_aside_or_a_passer_by_is_forgiven),
        cmocka_unit_test(a_camera_may_be_carried_to_its_place_first),
        cmocka_unit_test(light_that_is_switched_on_is_no_other_place),
        cmocka_unit_test(too_few_pictures_a_second_fail),
        cmocka_unit_test(time_that_goes_backwards_is_passed_over),
        cmocka_unit_test(nothing_changes_a_verdict),
        cmocka_unit_test(a_clip_passes_what_it_shows_in_its_order_and_nothing_else),
        cmocka_unit_test(a_clip_that_begins_turned_has_not_shown_that_turn),
        cmocka_unit_test(a_clip_without_a_face_or_of_a_single_picture_says_so),
        cmocka_unit_test(a_photograph_of_a_face_never_moves_by_itself),
        cmocka_unit_test(every_measurement_is_in_the_report),
        cmocka_unit_test(scripts_repeat_no_task_at_once_and_are_never_turns_alone),
        cmocka_unit_test(names_of_tasks_are_read_as_they_are_written),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
