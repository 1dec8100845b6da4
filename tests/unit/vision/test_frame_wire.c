/* What a worker says of frames, believed only when it can be true. */
#include "tests/unit/vision/person.h"
#include "vision/liveness/frame_wire.h"

static GArray *some_frames(unsigned count)
{
    GArray *frames = g_array_new(false, false, sizeof(struct vision_frame));
    struct person person = somebody();
    for (unsigned i = 0; i < count; i++) {
        person.faces = i % 4 == 3 ? 0 : 1;
        const struct vision_frame frame = look_at(&person);
        g_array_append_val(frames, frame);
    }
    return frames;
}

static GArray *no_frames(void)
{
    return g_array_new(false, false, sizeof(struct vision_frame));
}

static bool reads(const GArray *frames, int64_t after_us)
{
    g_autoptr(GBytes) bytes = frames_write(frames);
    g_autoptr(GArray) read = no_frames();
    const bool ok = frames_read(bytes, after_us, read);
    assert_int_equal(read->len, ok ? frames->len : 0);
    return ok;
}

static void frames_come_back_as_they_went(void **state)
{
    (void)state;
    g_autoptr(GArray) frames = some_frames(14);
    g_autoptr(GBytes) bytes = frames_write(frames);
    g_autoptr(GArray) read = some_frames(2);
    assert_true(frames_read(bytes, -1, read));
    assert_int_equal(read->len, 16);
    for (unsigned i = 0; i < frames->len; i++) {
        const struct vision_frame *a = &g_array_index(frames, struct vision_frame, i);
        const struct vision_frame *b = &g_array_index(read, struct vision_frame, i + 2);
        assert_int_equal(a->time_us, b->time_us);
        assert_int_equal(a->faces, b->faces);
        assert_int_equal(a->has_face, b->has_face);
        assert_int_equal(a->has_embedding, b->has_embedding);
        assert_memory_equal(a->box, b->box, sizeof(a->box));
        assert_memory_equal(a->embedding, b->embedding, sizeof(a->embedding));
        assert_memory_equal(a->scene, b->scene, sizeof(a->scene));
        assert_memory_equal(a->background, b->background, sizeof(a->background));
        assert_true(a->yaw == b->yaw && a->pitch == b->pitch && a->mouth == b->mouth && a->passive == b->passive);
    }
}

static void no_frames_are_no_bytes(void **state)
{
    (void)state;
    g_autoptr(GArray) frames = no_frames();
    assert_true(reads(frames, -1));
}

static void answers_cut_off_anywhere_are_refused(void **state)
{
    (void)state;
    g_autoptr(GArray) frames = some_frames(1);
    g_autoptr(GBytes) bytes = frames_write(frames);
    for (size_t size = 1; size < g_bytes_get_size(bytes); size++) {
        g_autoptr(GBytes) cut = g_bytes_new(g_bytes_get_data(bytes, NULL), size);
        g_autoptr(GArray) read = no_frames();
        assert_false(frames_read(cut, -1, read));
        assert_int_equal(read->len, 0);
    }
}

static void time_that_stands_or_runs_backwards_is_refused(void **state)
{
    (void)state;
    g_autoptr(GArray) frames = some_frames(3);
    struct vision_frame *at = &g_array_index(frames, struct vision_frame, 0);
    assert_true(reads(frames, -1));
    assert_false(reads(frames, at[0].time_us)); /* already seen */
    at[2].time_us = at[1].time_us;
    assert_false(reads(frames, -1));
    at[2].time_us = at[1].time_us - 1;
    assert_false(reads(frames, -1));
    at[0].time_us = -5;
    assert_false(reads(frames, -1));
}

static void what_cannot_be_measured_is_refused(void **state)
{
    (void)state;
#define LIE(change)                                                                                                    \
    do {                                                                                                               \
        g_autoptr(GArray) frames = some_frames(1);                                                                     \
        struct vision_frame *frame = &g_array_index(frames, struct vision_frame, 0);                                   \
        assert_true(reads(frames, -1));                                                                                \
        change;                                                                                                        \
        assert_false(reads(frames, -1));                                                                               \
    } while (0)
    LIE(frame->yaw = NAN);
    LIE(frame->yaw = INFINITY);
    LIE(frame->pitch = 1.5f);
    LIE(frame->eye_closed[1] = -0.1f);
    LIE(frame->box[2] = -1);
    LIE(frame->box[3] = NAN);
    LIE(frame->score = 2);
    LIE(frame->passive = -1);
    LIE(frame->brightness = 256);
    LIE(frame->width = 0);
    LIE(frame->height = 0);
    LIE(frame->faces = 0);         /* but one is measured */
    LIE(frame->has_face = false);  /* but one is counted */
    LIE(frame->embedding[3] += 1); /* no unit vector */
    LIE(frame->embedding[0] = NAN);
    LIE(memset(frame->embedding, 0, sizeof(frame->embedding)));
#undef LIE
}

static void noise_is_refused(void **state)
{
    (void)state;
    GRand *chance_of = g_rand_new_with_seed(1);
    for (unsigned round = 0; round < 2000; round++) {
        const size_t size = (size_t)g_rand_int_range(chance_of, 1, 4000);
        uint8_t *noise = g_malloc(size);
        for (size_t i = 0; i < size; i++) {
            noise[i] = (uint8_t)g_rand_int(chance_of);
        }
        g_autoptr(GBytes) bytes = g_bytes_new_take(noise, size);
        g_autoptr(GArray) read = no_frames();
        assert_false(frames_read(bytes, -1, read));
    }
    g_rand_free(chance_of);
}

static void pictures_begin_and_end_as_pictures_do(void **state)
{
    (void)state;
    static const struct {
        const char *bytes;
        size_t size;
        bool jpeg, png;
    } cases[] = {
        {"\xff\xd8\xff\xe0\xff\xd9", 6, true, false},
        {"\xff\xd8\xff\xe0\xff\xd8", 6, false, false},
        {"\xff\xd8", 2, false, false},
        {"\x89PNG\r\n\x1a\n........IEND\xae\x42\x60\x82", 24, false, true},
        {"\x89PNG\r\n\x1a\n........IENX\xae\x42\x60\x82", 24, false, false},
        {"\x89PNG", 4, false, false},
        {"", 0, false, false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GBytes) bytes = g_bytes_new(cases[i].bytes, cases[i].size);
        assert_int_equal(looks_like_jpeg(bytes), cases[i].jpeg);
        assert_int_equal(looks_like_png(bytes), cases[i].png);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_come_back_as_they_went),
        cmocka_unit_test(no_frames_are_no_bytes),
        cmocka_unit_test(answers_cut_off_anywhere_are_refused),
        cmocka_unit_test(time_that_stands_or_runs_backwards_is_refused),
        cmocka_unit_test(what_cannot_be_measured_is_refused),
        cmocka_unit_test(noise_is_refused),
        cmocka_unit_test(pictures_begin_and_end_as_pictures_do),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
