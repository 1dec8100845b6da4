/* Live streams as a worker decodes and measures them. The pictures are drawn: nobody is in them. */
#include <gst/gst.h>

#include "tests/unit/vision/packets.h"
#include "vision/liveness/stream.h"

#define PX_MAX (1920u * 1080)

static struct networks *networks;

static int load(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    gst_init(NULL, NULL);
    if (!stream_load(&error)) {
        fail_msg("%s", error->message);
    }
    networks = networks_load(VIVA_MODELS, &error);
    if (networks == NULL) {
        fail_msg("%s", error->message);
    }
    return 0;
}

static int unload(void **state)
{
    (void)state;
    networks_free(networks);
    return 0;
}

static struct stream *open_stream(enum vision_codec codec)
{
    struct stream *stream = stream_new(networks, codec, PAYLOAD_TYPE, PX_MAX, NULL);
    assert_non_null(stream);
    return stream;
}

static GPtrArray *slice(const GPtrArray *packets, unsigned from, unsigned to)
{
    GPtrArray *part = g_ptr_array_new();
    for (unsigned i = from; i < MIN(to, packets->len); i++) {
        g_ptr_array_add(part, packets->pdata[i]);
    }
    return part;
}

static void push(struct stream *stream, const GPtrArray *packets, unsigned from, unsigned to, GArray *frames)
{
    g_autoptr(GPtrArray) part = slice(packets, from, to);
    assert_true(stream_push(stream, part, frames, NULL));
}

static GArray *no_frames(void)
{
    return g_array_new(false, false, sizeof(struct vision_frame));
}

static const struct vision_frame *frame_at(const GArray *frames, unsigned i)
{
    assert_in_range(i, 0, frames->len - 1);
    return &g_array_index(frames, struct vision_frame, i);
}

/* The first packet of frame `number`. */
static unsigned packet_of(const GPtrArray *packets, unsigned number)
{
    for (unsigned i = 0; i < packets->len; i++) {
        if (number == 0) {
            return i;
        }
        number -= ((const uint8_t *)g_bytes_get_data(packets->pdata[i], NULL))[1] >> 7;
    }
    return packets->len;
}

static void run_both(void (*test)(enum vision_codec codec))
{
    test(VISION_CODEC_VP8);
    if (can_encode(VISION_CODEC_H264)) {
        test(VISION_CODEC_H264);
    } else {
        print_message("skipped: no H.264 encoder\n");
    }
}

static void half_of_thirty(enum vision_codec codec)
{
    g_autoptr(GPtrArray) packets = film(codec, 320, 240, 30, 30, 1000, 1);
    struct stream *stream = open_stream(codec);
    g_autoptr(GArray) frames = no_frames();
    push(stream, packets, 0, packets->len, frames);
    assert_in_range(frames->len, 14, 16);
    for (unsigned i = 0; i < frames->len; i++) {
        const struct vision_frame *frame = frame_at(frames, i);
        assert_in_range(ABS(frame->time_us - (int64_t)i * 66667), 0, 34000);
        assert_int_equal(frame->width, 320);
        assert_int_equal(frame->height, 240);
        assert_false(frame->has_face);
    }
    assert_memory_not_equal(frame_at(frames, 0)->scene, frame_at(frames, 8)->scene, VISION_SCENE * VISION_SCENE);
    stream_free(stream);
}

static void about_fifteen_of_thirty_frames_a_second_are_measured(void **state)
{
    (void)state;
    run_both(half_of_thirty);
}

static void all_of_twelve(enum vision_codec codec)
{
    g_autoptr(GPtrArray) packets = film(codec, 320, 240, 12, 12, 1000, 1);
    struct stream *stream = open_stream(codec);
    g_autoptr(GArray) frames = no_frames();
    push(stream, packets, 0, packets->len, frames);
    assert_in_range(frames->len, 11, 12);
    stream_free(stream);
}

static void all_frames_of_a_slow_camera_are_measured(void **state)
{
    (void)state;
    run_both(all_of_twelve);
}

static void frame_by_frame(enum vision_codec codec)
{
    g_autoptr(GPtrArray) packets = film(codec, 320, 240, 10, 6, 1000, 1);
    struct stream *stream = open_stream(codec);
    g_autoptr(GArray) frames = no_frames();
    for (unsigned i = 0; i < 6; i++) {
        push(stream, packets, packet_of(packets, i), packet_of(packets, i + 1), frames);
        assert_int_equal(frames->len, i + 1);
    }
    stream_free(stream);
}

/* Prompts have to follow within 300 ms: nothing may lie in a decoder until the next frame comes. */
static void a_push_gives_the_frames_that_its_packets_complete(void **state)
{
    (void)state;
    run_both(frame_by_frame);
}

static void lose_one(enum vision_codec codec)
{
    g_autoptr(GPtrArray) packets = film(codec, 320, 240, 12, 12, 1000, 1);
    const unsigned lost = packet_of(packets, 4);
    g_autoptr(GPtrArray) again = film(codec, 320, 240, 12, 4, 1000 + 12 * 7500, 5000); /* begins with a keyframe */
    struct stream *stream = open_stream(codec);
    g_autoptr(GArray) frames = no_frames();
    push(stream, packets, 0, lost, frames);
    const unsigned before = frames->len;
    assert_in_range(before, 3, 4);
    push(stream, packets, lost + 1, packets->len, frames);
    assert_in_range(frames->len, before, before + 1); /* what was whole before the gap may come out now */
    push(stream, again, 0, again->len, frames);
    assert_in_range(frames->len, before + 3, before + 5);
    assert_in_range(frame_at(frames, frames->len - 1)->time_us, 900000, 1400000);
    stream_free(stream);
}

static void after_a_gap_nothing_is_believed_until_the_next_keyframe(void **state)
{
    (void)state;
    run_both(lose_one);
}

static void wrap(enum vision_codec codec)
{
    g_autoptr(GPtrArray) packets = film(codec, 320, 240, 12, 12, UINT32_MAX - 20000, 65530);
    struct stream *stream = open_stream(codec);
    g_autoptr(GArray) frames = no_frames();
    push(stream, packets, 0, packets->len, frames);
    assert_in_range(frames->len, 11, 12);
    for (unsigned i = 1; i < frames->len; i++) {
        assert_in_range(frame_at(frames, i)->time_us - frame_at(frames, i - 1)->time_us, 80000, 87000);
    }
    stream_free(stream);
}

static void the_clock_goes_on_when_sequence_and_timestamp_wrap(void **state)
{
    (void)state;
    run_both(wrap);
}

static void resize(enum vision_codec codec)
{
    g_autoptr(GPtrArray) large = film(codec, 640, 480, 12, 4, 1000, 1);
    g_autoptr(GPtrArray) small = film(codec, 320, 240, 12, 4, 1000 + 4 * 7500, 1 + large->len);
    struct stream *stream = open_stream(codec);
    g_autoptr(GArray) frames = no_frames();
    push(stream, large, 0, large->len, frames);
    push(stream, small, 0, small->len, frames);
    assert_in_range(frames->len, 7, 8);
    assert_int_equal(frame_at(frames, 0)->width, 640);
    assert_int_equal(frame_at(frames, frames->len - 1)->width, 320);
    stream_free(stream);
}

static void the_size_of_the_picture_may_change(void **state)
{
    (void)state;
    run_both(resize);
}

static void join_late(enum vision_codec codec)
{
    g_autoptr(GPtrArray) packets = film(codec, 320, 240, 12, 8, 1000, 1);
    struct stream *stream = open_stream(codec);
    g_autoptr(GArray) frames = no_frames();
    push(stream, packets, packet_of(packets, 2), packets->len, frames);
    assert_int_equal(frames->len, 0);
    stream_free(stream);
}

static void a_stream_joined_in_the_middle_waits_for_a_keyframe(void **state)
{
    (void)state;
    run_both(join_late);
}

static void refuse_large(enum vision_codec codec)
{
    g_autoptr(GPtrArray) packets = film(codec, 640, 480, 12, 2, 1000, 1);
    struct stream *stream = stream_new(networks, codec, PAYLOAD_TYPE, 640 * 479, NULL);
    g_autoptr(GArray) frames = no_frames();
    g_autoptr(GError) error = NULL;
    assert_false(stream_push(stream, packets, frames, &error));
    assert_true(g_error_matches(error, VISION_ERROR, VISION_ERROR_SIZE));
    assert_int_equal(frames->len, 0);
    stream_free(stream);
}

static void a_picture_too_large_is_refused_before_it_is_decoded(void **state)
{
    (void)state;
    run_both(refuse_large);
}

static GBytes *patched(GBytes *packet, size_t at, uint8_t value)
{
    size_t size;
    uint8_t *copy = g_memdup2(g_bytes_get_data(packet, &size), g_bytes_get_size(packet));
    size = g_bytes_get_size(packet);
    if (at < size) {
        copy[at] = value;
    }
    return g_bytes_new_take(copy, size);
}

static void strangers(enum vision_codec codec)
{
    g_autoptr(GPtrArray) packets = film(codec, 320, 240, 12, 6, 1000, 1);
    g_autoptr(GPtrArray) mixed = g_ptr_array_new_with_free_func(unref_bytes);
    for (unsigned i = 0; i < packets->len; i++) {
        GBytes *packet = packets->pdata[i];
        g_ptr_array_add(mixed, g_bytes_new(NULL, 0));
        g_ptr_array_add(mixed, g_bytes_new_from_bytes(packet, 0, MIN(11, g_bytes_get_size(packet))));
        g_ptr_array_add(mixed, patched(packet, 0, 0x00)); /* version 0 */
        g_ptr_array_add(mixed, patched(packet, 1, 99));   /* another payload type */
        g_ptr_array_add(mixed, g_bytes_ref(packet));
        g_ptr_array_add(mixed, g_bytes_ref(packet)); /* twice */
    }
    struct stream *stream = open_stream(codec);
    g_autoptr(GArray) frames = no_frames();
    push(stream, mixed, 0, mixed->len, frames);
    assert_in_range(frames->len, 5, 6);
    stream_free(stream);
}

static void bytes_that_are_no_packet_of_the_stream_are_passed_over(void **state)
{
    (void)state;
    run_both(strangers);
}

static void damage(enum vision_codec codec)
{
    g_autoptr(GPtrArray) packets = film(codec, 320, 240, 12, 12, 1000, 1);
    GRand *chance = g_rand_new_with_seed(5);
    for (unsigned round = 0; round < 12; round++) {
        g_autoptr(GPtrArray) hostile = g_ptr_array_new_with_free_func(unref_bytes);
        for (unsigned i = 0; i < packets->len; i++) {
            g_autoptr(GBytes) packet = g_bytes_ref(packets->pdata[i]);
            for (unsigned k = 0; k < 3; k++) {
                const size_t at = (size_t)g_rand_int_range(chance, k == 0 ? 12 : 0, (int)g_bytes_get_size(packet));
                GBytes *next = patched(packet, at, (uint8_t)g_rand_int_range(chance, 0, 256));
                g_bytes_unref(packet);
                packet = next;
            }
            g_ptr_array_add(hostile, g_steal_pointer(&packet));
        }
        struct stream *stream = open_stream(codec);
        g_autoptr(GArray) frames = no_frames();
        g_autoptr(GError) error = NULL;
        if (!stream_push(stream, hostile, frames, &error)) {
            assert_true(vision_error_is_input(error));
        }
        int64_t last_us = -1;
        for (unsigned i = 0; i < frames->len; i++) {
            assert_true(frame_at(frames, i)->time_us > last_us);
            last_us = frame_at(frames, i)->time_us;
        }
        stream_free(stream);
    }
    g_rand_free(chance);
}

static void damaged_packets_give_no_frames_out_of_order(void **state)
{
    (void)state;
    run_both(damage);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(about_fifteen_of_thirty_frames_a_second_are_measured),
        cmocka_unit_test(all_frames_of_a_slow_camera_are_measured),
        cmocka_unit_test(a_push_gives_the_frames_that_its_packets_complete),
        cmocka_unit_test(after_a_gap_nothing_is_believed_until_the_next_keyframe),
        cmocka_unit_test(the_clock_goes_on_when_sequence_and_timestamp_wrap),
        cmocka_unit_test(the_size_of_the_picture_may_change),
        cmocka_unit_test(a_stream_joined_in_the_middle_waits_for_a_keyframe),
        cmocka_unit_test(a_picture_too_large_is_refused_before_it_is_decoded),
        cmocka_unit_test(bytes_that_are_no_packet_of_the_stream_are_passed_over),
        cmocka_unit_test(damaged_packets_give_no_frames_out_of_order),
    };
    return cmocka_run_group_tests(tests, load, unload);
}
