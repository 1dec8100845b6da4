#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "vision/face/detect.h"

static const struct image_box whole = {0, 0, 320, 240};

static GArray *decode(const float box[4], float score, struct image_box view)
{
    GArray *found = g_array_new(FALSE, FALSE, sizeof(struct detection));
    const float scores[2] = {1 - score, score};
    detect_decode(box, scores, 1, DETECT_SCORE_MIN, view, found);
    return found;
}

static void takes_boxes_and_refuses_what_is_none(void **state)
{
    static const struct {
        const char *hazard;
        float box[4];
        float score;
        unsigned found;
    } rows[] = {
        {"a face", {0.2f, 0.2f, 0.4f, 0.5f}, 0.9f, 1},
        {"at the least score", {0.2f, 0.2f, 0.4f, 0.5f}, DETECT_SCORE_MIN, 1},
        {"below it", {0.2f, 0.2f, 0.4f, 0.5f}, 0.79f, 0},
        {"a face that the edge cuts", {-0.1f, -0.2f, 0.4f, 0.5f}, 0.9f, 1},
        {"a score that is no number", {0.2f, 0.2f, 0.4f, 0.5f}, NAN, 0},
        {"a corner that is no number", {NAN, 0.2f, 0.4f, 0.5f}, 0.9f, 0},
        {"corners the wrong way round", {0.4f, 0.2f, 0.2f, 0.5f}, 0.9f, 0},
        {"no height", {0.2f, 0.5f, 0.4f, 0.5f}, 0.9f, 0},
        {"larger than any view", {-3, -3, 3, 3}, 0.9f, 0},
        {"endless", {0.2f, 0.2f, INFINITY, 0.5f}, 0.9f, 0},
        {"far away", {9, 0.2f, 9.2f, 0.5f}, 0.9f, 0},
    };
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        g_autoptr(GArray) found = decode(rows[i].box, rows[i].score, whole);
        if (found->len != rows[i].found) {
            fail_msg("%s: %u boxes", rows[i].hazard, found->len);
        }
    }
}

static void a_box_of_a_view_is_told_in_pixels_of_the_picture(void **state)
{
    (void)state;
    const float box[4] = {0.25f, 0.5f, 0.5f, 1};
    const struct image_box view = {-100, 200, 800, 600};
    g_autoptr(GArray) found = decode(box, 0.9f, view);
    const struct image_box *at = &g_array_index(found, struct detection, 0).box;
    assert_float_equal(at->x, 100, 1e-3);
    assert_float_equal(at->y, 500, 1e-3);
    assert_float_equal(at->width, 200, 1e-3);
    assert_float_equal(at->height, 300, 1e-3);
}

static void one_face_found_twice_is_one(void **state)
{
    (void)state;
    const struct detection boxes[] = {
        {{100, 100, 50, 60}, 0.90f},                              /* the same face, less sure */
        {{102, 98, 50, 60}, 0.99f},  {{110, 110, 20, 24}, 0.95f}, /* within it */
        {{300, 100, 50, 60}, 0.85f},                              /* another */
        {{145, 100, 50, 60}, 0.97f},                              /* cheek by cheek: another */
    };
    g_autoptr(GArray) found = g_array_new(FALSE, FALSE, sizeof(struct detection));
    g_array_append_vals(found, boxes, G_N_ELEMENTS(boxes));
    detect_suppress(found, 0.4f);
    static const float best_first[] = {102, 145, 300};
    assert_int_equal(found->len, G_N_ELEMENTS(best_first));
    for (unsigned i = 0; i < G_N_ELEMENTS(best_first); i++) {
        assert_float_equal(g_array_index(found, struct detection, i).box.x, best_first[i], 1e-3);
    }
}

static void a_view_of_the_whole_shows_all_of_any_shape_at_the_networks_own(void **state)
{
    static const int sides[][2] = {{320, 240}, {4000, 100}, {100, 4000}, {1, 1}, {960, 1280}};
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(sides); i++) {
        g_autoptr(Image) picture = image_new(sides[i][0], sides[i][1], 1);
        const struct image_box view = detect_whole(picture, 1);
        assert_float_equal(view.width * DETECT_HEIGHT, view.height * DETECT_WIDTH, view.width);
        assert_true(view.x <= 0.01f && view.y <= 0.01f);
        assert_true(view.x + view.width >= (float)sides[i][0] - 0.01f);
        assert_true(view.y + view.height >= (float)sides[i][1] - 0.01f);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(takes_boxes_and_refuses_what_is_none),
        cmocka_unit_test(a_box_of_a_view_is_told_in_pixels_of_the_picture),
        cmocka_unit_test(one_face_found_twice_is_one),
        cmocka_unit_test(a_view_of_the_whole_shows_all_of_any_shape_at_the_networks_own),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
