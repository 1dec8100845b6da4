#include "media/secure/srtp.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>

#include <cmocka.h>

#define ROOM   64 /* behind a packet, for its tag */
#define LENGTH 200

struct packet {
    size_t length;
    uint8_t bytes[LENGTH + ROOM];
};

static struct srtp_keying keying_of(enum srtp_protection protection, bool client)
{
    struct srtp_keying keying = {.protection = protection};
    memset(client ? keying.theirs : keying.ours, 0x11, SRTP_KEYING_BYTES_MAX);
    memset(client ? keying.ours : keying.theirs, 0x22, SRTP_KEYING_BYTES_MAX);
    return keying;
}

struct pair {
    struct srtp_session *server, *client;
};

static struct pair pair_new(enum srtp_protection protection)
{
    struct srtp_keying server = keying_of(protection, false), client = keying_of(protection, true);
    struct pair pair = {srtp_session_new(&server), srtp_session_new(&client)};
    assert_non_null(pair.server);
    assert_non_null(pair.client);
    return pair;
}

static void pair_free(const struct pair *pair)
{
    srtp_session_free(pair->server);
    srtp_session_free(pair->client);
}

static struct packet rtp(uint32_t ssrc, uint16_t sequence)
{
    struct packet packet = {.length = LENGTH, .bytes = {0x80, 96, (uint8_t)(sequence >> 8), (uint8_t)sequence}};
    for (unsigned i = 0; i < 4; i++) {
        packet.bytes[8 + i] = (uint8_t)(ssrc >> (24 - 8 * i));
    }
    memset(packet.bytes + 12, 0x5a, LENGTH - 12);
    return packet;
}

static struct packet rtcp(uint32_t ssrc)
{
    struct packet packet = {.length = 8, .bytes = {0x80, 201, 0, 1}};
    for (unsigned i = 0; i < 4; i++) {
        packet.bytes[4 + i] = (uint8_t)(ssrc >> (24 - 8 * i));
    }
    return packet;
}

static struct packet protected_rtp(struct srtp_session *by, uint32_t ssrc, uint16_t sequence)
{
    struct packet packet = rtp(ssrc, sequence);
    assert_true(srtp_session_protect_rtp(by, packet.bytes, &packet.length));
    return packet;
}

static bool arrives(struct srtp_session *at, struct packet packet)
{
    return srtp_session_unprotect_rtp(at, packet.bytes, &packet.length);
}

static const enum srtp_protection protections[] = {SRTP_PROTECTION_GCM, SRTP_PROTECTION_CM};

static void what_one_side_protects_the_other_reads(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(protections); i++) {
        struct pair pair = pair_new(protections[i]);
        struct packet plain = rtp(1, 7), packet = protected_rtp(pair.client, 1, 7);
        assert_true(packet.length > plain.length);
        assert_memory_not_equal(packet.bytes + 12, plain.bytes + 12, LENGTH - 12);
        assert_true(srtp_session_unprotect_rtp(pair.server, packet.bytes, &packet.length));
        assert_int_equal(packet.length, plain.length);
        assert_memory_equal(packet.bytes, plain.bytes, plain.length);

        struct packet report = rtcp(1), sent = report;
        assert_true(srtp_session_protect_rtcp(pair.server, sent.bytes, &sent.length));
        assert_true(srtp_session_unprotect_rtcp(pair.client, sent.bytes, &sent.length));
        assert_int_equal(sent.length, report.length);
        assert_memory_equal(sent.bytes, report.bytes, report.length);
        pair_free(&pair);
    }
}

static void a_replayed_packet_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(protections); i++) {
        struct pair pair = pair_new(protections[i]);
        struct packet early = protected_rtp(pair.client, 1, 1), late = protected_rtp(pair.client, 1, 900);
        struct packet old = protected_rtp(pair.client, 1, 2), far = protected_rtp(pair.client, 1, 3000);
        assert_true(arrives(pair.server, early));
        assert_false(arrives(pair.server, early));
        assert_true(arrives(pair.server, late));
        assert_false(arrives(pair.server, early));
        assert_true(arrives(pair.server, far));
        assert_false(arrives(pair.server, old)); /* never seen, but too late to be sure of that */

        struct packet report = rtcp(1);
        assert_true(srtp_session_protect_rtcp(pair.client, report.bytes, &report.length));
        struct packet again = report;
        assert_true(srtp_session_unprotect_rtcp(pair.server, report.bytes, &report.length));
        assert_false(srtp_session_unprotect_rtcp(pair.server, again.bytes, &again.length));
        pair_free(&pair);
    }
}

static void a_forged_packet_is_refused_and_changes_nothing(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(protections); i++) {
        struct pair pair = pair_new(protections[i]);
        struct packet packet = protected_rtp(pair.client, 1, 7);
        for (size_t byte = 0; byte < packet.length; byte++) {
            struct packet forged = packet;
            forged.bytes[byte] ^= 0x01;
            assert_false(arrives(pair.server, forged));
        }
        /* Far ahead and unauthentic: believing it would move the window past the real packets. */
        struct packet ahead = rtp(1, 30000);
        ahead.length += 16;
        assert_false(arrives(pair.server, ahead));
        assert_true(arrives(pair.server, packet));
        pair_free(&pair);
    }
}

static void a_packet_cut_anywhere_is_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(protections); i++) {
        struct pair pair = pair_new(protections[i]);
        struct packet packet = protected_rtp(pair.client, 1, 7);
        packet.bytes[0] |= 0x10; /* says that there is an extension, which may not be */
        for (size_t length = 12; length < packet.length; length++) {
            g_autofree uint8_t *exact = g_memdup2(packet.bytes, length);
            size_t left = length;
            assert_false(srtp_session_unprotect_rtp(pair.server, exact, &left));
        }
        struct packet report = rtcp(1);
        assert_true(srtp_session_protect_rtcp(pair.client, report.bytes, &report.length));
        for (size_t length = 8; length < report.length; length++) {
            g_autofree uint8_t *exact = g_memdup2(report.bytes, length);
            size_t left = length;
            assert_false(srtp_session_unprotect_rtcp(pair.server, exact, &left));
        }
        pair_free(&pair);
    }
}

static void a_client_cannot_invent_sources_for_ever(void **state)
{
    (void)state;
    struct pair pair = pair_new(SRTP_PROTECTION_GCM);
    for (uint32_t ssrc = 1; ssrc <= SRTP_SOURCES_MAX; ssrc++) {
        struct packet forged = rtp(1000 + ssrc, 1); /* unauthentic ones take no place */
        forged.length += 16;
        assert_false(arrives(pair.server, forged));
        assert_true(arrives(pair.server, protected_rtp(pair.client, ssrc, 1)));
    }
    assert_false(arrives(pair.server, protected_rtp(pair.client, SRTP_SOURCES_MAX + 1, 1)));
    assert_true(arrives(pair.server, protected_rtp(pair.client, 1, 2)));
    pair_free(&pair);
}

static void the_same_packet_sent_again_is_the_same_on_the_wire(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(protections); i++) {
        struct pair pair = pair_new(protections[i]);
        struct packet first = protected_rtp(pair.server, 1, 7);
        protected_rtp(pair.server, 1, 500);
        struct packet again = protected_rtp(pair.server, 1, 7);
        assert_int_equal(first.length, again.length);
        assert_memory_equal(first.bytes, again.bytes, first.length);
        pair_free(&pair);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_one_side_protects_the_other_reads),
        cmocka_unit_test(a_replayed_packet_is_refused),
        cmocka_unit_test(a_forged_packet_is_refused_and_changes_nothing),
        cmocka_unit_test(a_packet_cut_anywhere_is_refused),
        cmocka_unit_test(a_client_cannot_invent_sources_for_ever),
        cmocka_unit_test(the_same_packet_sent_again_is_the_same_on_the_wire),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
