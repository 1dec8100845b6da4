#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "tests/unit/media/fake_transport.h"

#define TIMEOUT_US     (2 * SECOND_US)
#define WALL_OFFSET_US (INT64_C(1790000000) * SECOND_US)

static bool begin(struct world *world, struct party *party, GError **error)
{
    return room_capture(world->room, party->peer, world->now_us + TIMEOUT_US, WALL_OFFSET_US, world->now_us, error);
}

/* A frame of `count` packets from `first` on, without those that the mask `lost` names. */
static void send_frame(struct world *world, struct party *party, uint16_t first, unsigned count, bool keyframe,
                       unsigned lost)
{
    for (unsigned i = 0; i < count; i++) {
        if (i >= 32 || !(lost & 1u << i)) {
            world_send_packet(world, party,
                              &(struct sending){.payload_type = VP8_PT,
                                                .ssrc = VIDEO_SSRC,
                                                .sequence = (uint16_t)(first + i),
                                                .timestamp = first,
                                                .keyframe = keyframe && i == 0,
                                                .marker = i + 1 == count,
                                                .bytes = 500});
        }
    }
}

static void asks_at_once_and_hands_the_keyframe_over_with_its_record(void **state)
{
    (void)state;
    struct world world;
    world_open(&world);
    struct party *a = world_join_connected(&world, 1, 1);
    world_join_connected(&world, 2, 1);
    world_run(&world, 2000);
    send_frame(&world, a, 65533, 2, true, 0);
    const unsigned asked = world_count(a, RTCP_PLI);
    assert_true(begin(&world, a, NULL));
    world_run(&world, 2000); /* well within the interval since the last request */
    assert_int_equal(world_count(a, RTCP_PLI), asked + 1);
    send_frame(&world, a, 65535, 1, false, 0);
    assert_int_equal(world.captures, 0);
    send_frame(&world, a, 0, 3, true, 0);
    assert_int_equal(world.captures, 1);
    const struct media_keyframe *keyframe = &world.keyframe;
    assert_int_equal(keyframe->codec, MEDIA_CODEC_VP8);
    assert_int_equal(keyframe->payload_type, VP8_PT);
    assert_int_equal(keyframe->ssrc, VIDEO_SSRC);
    assert_int_equal(keyframe->rtp_timestamp, 0);
    assert_int_equal(keyframe->wall_us, world.now_us + WALL_OFFSET_US);
    assert_int_equal(keyframe->packets->len, 3);
    assert_int_equal(strlen(keyframe->fingerprint), MEDIA_FINGERPRINT_LENGTH);
    for (unsigned i = 0; i < 3; i++) {
        gsize length;
        const uint8_t *bytes = g_bytes_get_data(keyframe->packets->pdata[i], &length);
        assert_int_equal(length, 512);
        assert_int_equal(bytes[3], i);
        assert_int_equal(bytes[1] >> 7, i == 2);
    }
    world_run(&world, TIMEOUT_US);
    assert_int_equal(world.captures, 1);
    world_close(&world);
}

static void retransmissions_complete_it_in_any_order(void **state)
{
    (void)state;
    struct world world;
    world_open(&world);
    struct party *a = world_join_connected(&world, 1, 1);
    send_frame(&world, a, 9, 1, false, 0);
    assert_true(begin(&world, a, NULL));
    send_frame(&world, a, 10, 4, true, 0x5); /* its beginning and one in the middle are lost */
    world_run(&world, 50000);
    assert_int_equal(world_count(a, RTCP_NACK), 1);
    send_frame(&world, a, 10, 4, true, 0xb);
    assert_int_equal(world.captures, 0);
    send_frame(&world, a, 10, 4, true, 0xe);
    assert_int_equal(world.captures, 1);
    assert_int_equal(world.keyframe.packets->len, 4);
    world_close(&world);
}

static const struct {
    const char *hazard;
    unsigned packets, lost; /* of the frame that arrives; 0 packets: nothing does */
    bool keyframe;
    enum media_error code;
    const char *says;
} rows[] = {
    {"nothing arrives", 0, 0, false, MEDIA_ERROR_NO_VIDEO, "no video has arrived"},
    {"no keyframe begins", 3, 0, false, MEDIA_ERROR_NO_KEYFRAME, "no keyframe has begun"},
    {"a packet stays lost", 4, 0x4, true, MEDIA_ERROR_NO_KEYFRAME, "3 packets are here, 1 known to be missing"},
    {"the end stays lost", 4, 0x8, true, MEDIA_ERROR_NO_KEYFRAME, "3 packets are here, 0 known to be missing"},
};

static void says_how_far_it_came(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct world world;
        world_open(&world);
        struct party *a = world_join_connected(&world, 1, 1);
        assert_true(begin(&world, a, NULL));
        send_frame(&world, a, 10, rows[i].packets, rows[i].keyframe, rows[i].lost);
        world_run(&world, TIMEOUT_US - 2000);
        assert_int_equal(world.captures, 0);
        world_run(&world, 4000);
        assert_int_equal(world.captures, 1);
        if (!g_error_matches(world.error, MEDIA_ERROR, (gint)rows[i].code) ||
            !strstr(world.error->message, rows[i].says)) {
            fail_msg("%s: %s", rows[i].hazard, world.error->message);
        }
        world_close(&world);
    }
}

static void a_keyframe_over_the_limit_ends_it_at_once(void **state)
{
    (void)state;
    struct world world;
    world_open(&world);
    struct party *a = world_join_connected(&world, 1, 1);
    assert_true(begin(&world, a, NULL));
    send_frame(&world, a, 10, 250, true, 0);
    assert_int_equal(world.captures, 1);
    assert_true(g_error_matches(world.error, MEDIA_ERROR, MEDIA_ERROR_NO_KEYFRAME));
    assert_non_null(strstr(world.error->message, "larger than the 100000 bytes"));
    assert_true(begin(&world, a, NULL));
    world_close(&world); /* and what runs then ends with the room */
    assert_int_equal(world.captures, 2);
}

static void refuses_what_cannot_begin(void **state)
{
    (void)state;
    struct world world;
    world_open(&world);
    struct party *a = world_join(&world, 1, 1);
    g_autoptr(GError) error = NULL;
    assert_false(begin(&world, a, &error));
    assert_true(g_error_matches(error, MEDIA_ERROR, MEDIA_ERROR_NO_VIDEO));
    g_clear_error(&error);
    world_set_state(a, MEDIA_PEER_CONNECTED);
    assert_true(begin(&world, a, NULL));
    assert_false(begin(&world, a, &error));
    assert_true(g_error_matches(error, MEDIA_ERROR, MEDIA_ERROR_BUSY));
    g_clear_error(&error);
    assert_int_equal(world.captures, 0);

    struct sdp_offer offer;
    world_offer(&offer, 1);
    offer.media[1].sends = false;
    struct party *b = world_join_with(&world, 2, &offer, NULL);
    world_set_state(b, MEDIA_PEER_CONNECTED);
    assert_false(begin(&world, b, &error));
    assert_true(g_error_matches(error, MEDIA_ERROR, MEDIA_ERROR_NO_VIDEO));
    world_close(&world);
}

static void a_party_that_leaves_ends_its_capture(void **state)
{
    (void)state;
    struct world world;
    world_open(&world);
    struct party *a = world_join_connected(&world, 1, 1);
    assert_true(begin(&world, a, NULL));
    send_frame(&world, a, 10, 3, true, 0x2);
    room_leave(world.room, a->peer, world.now_us);
    assert_int_equal(world.captures, 1);
    assert_true(g_error_matches(world.error, MEDIA_ERROR, MEDIA_ERROR_GONE));
    world_close(&world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(asks_at_once_and_hands_the_keyframe_over_with_its_record),
        cmocka_unit_test(retransmissions_complete_it_in_any_order),
        cmocka_unit_test(says_how_far_it_came),
        cmocka_unit_test(a_keyframe_over_the_limit_ends_it_at_once),
        cmocka_unit_test(refuses_what_cannot_begin),
        cmocka_unit_test(a_party_that_leaves_ends_its_capture),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
