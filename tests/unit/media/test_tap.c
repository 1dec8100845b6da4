#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>
#include <glib.h>

#include "media/room/tap.h"
#include "media/room/track.h"

#define MAX_BYTES 2000
#define PACKET    100 /* bytes of each */
#define RING      32768
#define BASE      UINT64_C(65536)

/* What arrives, in this order: 'K' begins a keyframe, 'k' goes on with it, 'M' is its last packet, 'd' and 'D' the same
 * of a predicted frame; then the sequence number and the timestamp, one digit each. */
static const struct {
    const char *hazard;
    const char *arrivals;
    enum tap_verdict verdict; /* after the last */
    unsigned collected, missing;
} rows[] = {
    {"nothing but predicted frames", "d11 D21 D32", TAP_WAITING, 0, 0},
    {"in order", "K11 k21 M31", TAP_COMPLETE, 3, 0},
    {"predicted frames around it", "D11 K22 k32 d43 M52", TAP_WAITING, 3, 1},
    {"marker lost", "K11 k21 d42", TAP_WAITING, 2, 0},
    {"a gap before the marker", "K11 M31", TAP_WAITING, 2, 1},
    {"a gap filled by a retransmission", "K11 M31 k21", TAP_COMPLETE, 3, 0},
    {"marker before the rest", "K11 M41 k31 k21", TAP_COMPLETE, 4, 0},
    {"its beginning comes last", "k21 M31 K11", TAP_COMPLETE, 3, 0},
    {"its beginning comes late and there is a gap", "k21 M41 K11", TAP_WAITING, 3, 1},
    {"its beginning comes late, behind it the next frame", "k21 D42 K11 M31", TAP_COMPLETE, 3, 0},
    {"began before the tap was there", "k21 M31", TAP_WAITING, 0, 0},
    {"a newer keyframe takes the place of an incomplete one", "K11 k21 K42 M52", TAP_COMPLETE, 2, 0},
    {"the rest of the older one does not disturb", "K11 K42 k21 M31 M52", TAP_COMPLETE, 2, 0},
    {"an older keyframe that comes late is not taken", "K42 K11 M21", TAP_WAITING, 1, 0},
    {"a second parameter set in the same picture", "K11 K21 M31", TAP_COMPLETE, 3, 0},
    {"the same packet twice", "K11 K11 M21", TAP_COMPLETE, 2, 0},
};

struct bench {
    struct tap tap;
    struct rtp_cache *cache;
};

static enum tap_verdict offer(struct bench *bench, char kind, unsigned number, unsigned frame)
{
    uint8_t bytes[PACKET] = {0x80};
    struct track_packet packet = {.bytes = bytes, .length = sizeof bytes, .sequence = BASE + number};
    packet.rtp.marker = g_ascii_isupper(kind) && kind != 'K';
    packet.rtp.timestamp = frame;
    bytes[1] = packet.rtp.marker ? 0x80 : 0;
    bytes[3] = (uint8_t)number;
    bytes[7] = (uint8_t)frame;
    packet.keyframe = kind == 'K';
    rtp_cache_add(bench->cache, packet.sequence, bytes, sizeof bytes, 0);
    return tap_offer(&bench->tap, &packet);
}

static enum tap_verdict offer_all(struct bench *bench, const char *arrivals)
{
    enum tap_verdict verdict = TAP_WAITING;
    for (const char *at = arrivals; *at; at += at[3] ? 4 : 3) {
        if (verdict != TAP_WAITING) {
            fail_msg("%s: over before %s", arrivals, at);
        }
        verdict = offer(bench, at[0], (unsigned)(at[1] - '0'), (unsigned)(at[2] - '0'));
    }
    return verdict;
}

static void collects_what_the_table_says(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct bench bench = {.cache = rtp_cache_new(RING)};
        tap_begin(&bench.tap, MAX_BYTES, bench.cache);
        const enum tap_verdict verdict = offer_all(&bench, rows[i].arrivals);
        unsigned collected, missing;
        tap_progress(&bench.tap, &collected, &missing);
        if (verdict != rows[i].verdict || collected != rows[i].collected || missing != rows[i].missing) {
            fail_msg("%s: verdict %d, %u collected, %u missing", rows[i].hazard, (int)verdict, collected, missing);
        }
        tap_end(&bench.tap);
        rtp_cache_free(bench.cache);
    }
}

static void hands_the_packets_out_in_order_and_is_idle_then(void **state)
{
    (void)state;
    struct bench bench = {.cache = rtp_cache_new(RING)};
    tap_begin(&bench.tap, MAX_BYTES, bench.cache);
    offer(&bench, 'K', 1, 1);
    offer(&bench, 'M', 3, 1);
    assert_int_equal(offer(&bench, 'k', 2, 1), TAP_COMPLETE);
    GPtrArray *packets = tap_take(&bench.tap);
    assert_false(bench.tap.active);
    assert_int_equal(packets->len, 3);
    for (unsigned i = 0; i < packets->len; i++) {
        gsize length;
        const uint8_t *bytes = g_bytes_get_data(packets->pdata[i], &length);
        assert_int_equal(length, PACKET);
        assert_int_equal(bytes[3], i + 1);
    }
    g_ptr_array_unref(packets);
    rtp_cache_free(bench.cache);
}

static void a_keyframe_over_the_limit_is_an_error_not_a_flood(void **state)
{
    (void)state;
    struct bench bench = {.cache = rtp_cache_new(RING)};
    tap_begin(&bench.tap, MAX_BYTES, bench.cache);
    for (unsigned i = 1; i <= MAX_BYTES / PACKET; i++) {
        assert_int_equal(offer(&bench, i == 1 ? 'K' : 'k', i, 1), TAP_WAITING);
    }
    assert_int_equal(offer(&bench, 'k', MAX_BYTES / PACKET + 1, 1), TAP_TOO_LARGE);
    tap_end(&bench.tap);

    tap_begin(&bench.tap, MAX_BYTES, bench.cache); /* also when most of it comes out of the cache */
    for (unsigned i = 2; i <= MAX_BYTES / PACKET + 1; i++) {
        offer(&bench, 'k', i, 1);
    }
    assert_int_equal(offer(&bench, 'K', 1, 1), TAP_TOO_LARGE);
    tap_end(&bench.tap);
    rtp_cache_free(bench.cache);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(collects_what_the_table_says),
        cmocka_unit_test(hands_the_packets_out_in_order_and_is_idle_then),
        cmocka_unit_test(a_keyframe_over_the_limit_is_an_error_not_a_flood),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
