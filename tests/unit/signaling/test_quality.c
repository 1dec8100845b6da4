#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "signaling/quality.h"

static const struct {
    const char *hazard;
    enum media_peer_state state;
    double sent_loss, received_loss, jitter_ms, round_trip_ms;
    const char *level;
} rows[] = {
    {"nothing known yet is no fault", MEDIA_PEER_CONNECTED, 0, 0, 0, -1, "good"},
    {"just under fair", MEDIA_PEER_CONNECTED, 0.029, 0.029, 39.9, 299, "good"},
    {"loss on the way to us", MEDIA_PEER_CONNECTED, 0.03, 0, 0, 20, "fair"},
    {"loss on the way to the party", MEDIA_PEER_CONNECTED, 0, 0.03, 0, 20, "fair"},
    {"jitter", MEDIA_PEER_CONNECTED, 0, 0, 40, 20, "fair"},
    {"a far country", MEDIA_PEER_CONNECTED, 0, 0, 0, 300, "fair"},
    {"much loss", MEDIA_PEER_CONNECTED, 0.1, 0, 0, 20, "poor"},
    {"much jitter", MEDIA_PEER_CONNECTED, 0, 0, 100, 20, "poor"},
    {"a satellite", MEDIA_PEER_CONNECTED, 0, 0, 0, 600, "poor"},
    {"away, though the last numbers were fine", MEDIA_PEER_AWAY, 0, 0, 0, 20, "lost"},
    {"not there yet", MEDIA_PEER_CONNECTING, 0, 0, 0, -1, "lost"},
};

static void the_worst_of_loss_jitter_and_round_trip_is_the_level(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        const struct media_peer_stats stats = {
            .state = rows[i].state,
            .round_trip_ms = rows[i].round_trip_ms,
            .track_count = 2,
            .tracks = {{.sent = true, .codec = MEDIA_CODEC_VP8, .loss_fraction = rows[i].sent_loss},
                       {.codec = MEDIA_CODEC_OPUS,
                        .loss_fraction = rows[i].received_loss,
                        .jitter_ms = rows[i].jitter_ms}},
        };
        json_t *quality = quality_json("p", &stats);
        const char *level = json_string_value(json_object_get(quality, "level"));
        if (strcmp(level, rows[i].level) != 0) {
            fail_msg("%s: %s, expected %s", rows[i].hazard, level, rows[i].level);
        }
        json_decref(quality);
    }
}

static void slots_are_put_together_and_missing_tracks_are_null(void **state)
{
    (void)state;
    const struct media_peer_stats stats = {
        .state = MEDIA_PEER_CONNECTED,
        .round_trip_ms = 12.34,
        .track_count = 3,
        .tracks = {{.codec = MEDIA_CODEC_VP8, .bitrate_bps = 1000, .loss_fraction = 0.0104, .jitter_ms = 3},
                   {.codec = MEDIA_CODEC_H264, .slot = 1, .bitrate_bps = 500, .loss_fraction = 0.01, .jitter_ms = 7.26},
                   {.codec = MEDIA_CODEC_NONE, .slot = 2, .bitrate_bps = 9}},
    };
    json_t *quality = quality_json("p", &stats);
    g_autofree char *text = json_dumps(quality, JSON_SORT_KEYS | JSON_REAL_PRECISION(6));
    assert_string_equal(text, "{\"level\": \"good\", \"party_id\": \"p\", \"received\": {\"audio\": null, \"video\": "
                              "{\"bitrate_bps\": 1500, \"jitter_ms\": 7.3, \"loss\": 0.01}}, \"round_trip_ms\": 12.3, "
                              "\"sent\": {\"audio\": null, \"video\": null}}");
    json_decref(quality);
}

static void a_party_without_media_is_lost(void **state)
{
    (void)state;
    json_t *quality = quality_json("p", NULL);
    assert_string_equal(json_string_value(json_object_get(quality, "level")), "lost");
    assert_true(json_is_null(json_object_get(quality, "round_trip_ms")));
    json_decref(quality);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_worst_of_loss_jitter_and_round_trip_is_the_level),
        cmocka_unit_test(slots_are_put_together_and_missing_tracks_are_null),
        cmocka_unit_test(a_party_without_media_is_lost),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
