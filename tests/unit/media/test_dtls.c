#include "media/secure/dtls.h"
#include "tests/support/synthetic_secure.h"
#include "tests/unit/media/virtual_clock.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

/* Our server, and a client of OpenSSL's, with a wire between them that loses what `lose_*` says. */
struct fixture {
    struct certificate *certificate;
    struct dtls *dtls;
    struct synthetic_secure *client;
    GQueue to_client; /* of GBytes */
    unsigned sent, received;
    unsigned lose_from_server, lose_from_client; /* the next so many datagrams */
};

static void on_send(void *context, const uint8_t *datagram, size_t length)
{
    struct fixture *f = context;
    assert_in_range(length, 1, 1200);
    f->sent++;
    g_queue_push_tail(&f->to_client, g_bytes_new(datagram, length));
}

static struct fixture *start(bool no_gcm)
{
    struct fixture *f = g_new0(struct fixture, 1);
    f->certificate = certificate_new(NULL);
    f->dtls = dtls_new(f->certificate, &(struct dtls_output){f, on_send});
    f->client = synthetic_secure_new(no_gcm);
    synthetic_secure_start(f->client, certificate_fingerprint(f->certificate));
    return f;
}

static void finish(struct fixture *f)
{
    dtls_free(f->dtls);
    certificate_free(f->certificate);
    synthetic_secure_free(f->client);
    g_queue_clear_full(&f->to_client, (GDestroyNotify)g_bytes_unref);
    g_free(f);
}

static bool is_lost(unsigned *lose)
{
    return *lose > 0 && (*lose)--;
}

/* Carries datagrams both ways until neither side has anything to say. */
static void carry(struct fixture *f)
{
    uint8_t datagram[SYNTHETIC_DATAGRAM_MAX];
    bool busy = true;
    while (busy) {
        size_t length;
        busy = false;
        while ((length = synthetic_secure_output(f->client, datagram)) > 0) {
            busy = true;
            if (!is_lost(&f->lose_from_client)) {
                assert_true(dtls_input(f->dtls, datagram, length, clock_us));
            }
        }
        for (GBytes *bytes; (bytes = g_queue_pop_head(&f->to_client)); g_bytes_unref(bytes)) {
            busy = true;
            if (!is_lost(&f->lose_from_server)) {
                synthetic_secure_input(f->client, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
            }
        }
    }
}

/* Lets time pass in steps of 10 ms, with the timers of both sides. */
static void pass(struct fixture *f, unsigned ms)
{
    for (unsigned i = 0; i < ms; i += 10) {
        clock_us += 10000;
        if (clock_us >= dtls_deadline_us(f->dtls)) {
            dtls_tick(f->dtls, clock_us);
        }
        if (synthetic_secure_timeout_us(f->client) == 0) {
            synthetic_secure_expired(f->client);
        }
        carry(f);
    }
}

static void a_handshake_gives_both_sides_the_same_keys(void **state)
{
    (void)state;
    const bool no_gcm[] = {false, true};
    for (size_t i = 0; i < G_N_ELEMENTS(no_gcm); i++) {
        struct fixture *f = start(no_gcm[i]);
        carry(f);
        assert_int_equal(dtls_state(f->dtls), DTLS_UP);
        assert_int_equal(synthetic_secure_state(f->client), SECURE_UP);
        assert_int_equal(dtls_deadline_us(f->dtls), INT64_MAX);

        struct srtp_keying keying;
        assert_true(dtls_export_keying(f->dtls, &keying));
        assert_int_equal(keying.protection, no_gcm[i] ? SRTP_PROTECTION_CM : SRTP_PROTECTION_GCM);
        struct srtp_session *session = srtp_session_new(&keying);
        uint8_t packet[SYNTHETIC_DATAGRAM_MAX] = {0x80, 96, 0, 1, 0, 0, 0, 0, 1, 2, 3, 4, 'h', 'e', 'l', 'l', 'o'};
        size_t length = 17;
        assert_true(synthetic_secure_protect(f->client, false, packet, &length));
        assert_true(srtp_session_unprotect_rtp(session, packet, &length));
        assert_memory_equal(packet + 12, "hello", 5);
        length = 17;
        assert_true(srtp_session_protect_rtp(session, packet, &length));
        assert_int_equal(synthetic_secure_unprotect(f->client, false, packet, &length), UNPROTECT_OK);
        srtp_session_free(session);
        finish(f);
    }
}

static void the_fingerprint_is_that_of_the_client_who_shook_hands(void **state)
{
    (void)state;
    struct fixture *f = start(false);
    char fingerprint[MEDIA_FINGERPRINT_LENGTH + 1];
    assert_false(dtls_fingerprint(f->dtls, fingerprint));
    carry(f);
    assert_true(dtls_fingerprint(f->dtls, fingerprint));
    assert_string_equal(fingerprint, synthetic_secure_fingerprint(f->client));
    finish(f);
}

static void a_lost_flight_of_ours_is_sent_again(void **state)
{
    (void)state;
    struct fixture *f = start(false);
    f->lose_from_server = 1;
    carry(f);
    assert_int_equal(dtls_state(f->dtls), DTLS_HANDSHAKING);
    unsigned sent = f->sent;
    pass(f, 190);
    assert_int_equal(f->sent, sent); /* not before its time */
    pass(f, 20);
    assert_true(f->sent > sent);
    assert_int_equal(dtls_state(f->dtls), DTLS_UP);
    assert_int_equal(synthetic_secure_state(f->client), SECURE_UP);
    finish(f);
}

static void any_two_lost_datagrams_delay_a_handshake_and_do_not_break_it(void **state)
{
    (void)state;
    for (unsigned server = 0; server <= 2; server++) {
        for (unsigned client = 0; client <= 2; client++) {
            struct fixture *f = start(false);
            f->lose_from_server = server;
            f->lose_from_client = client;
            carry(f);
            pass(f, 10000);
            assert_int_equal(dtls_state(f->dtls), DTLS_UP);
            assert_int_equal(synthetic_secure_state(f->client), SECURE_UP);
            finish(f);
        }
    }
}

static void a_lost_last_flight_is_repeated_when_the_client_asks(void **state)
{
    (void)state;
    struct fixture *f = start(false);
    uint8_t datagram[SYNTHETIC_DATAGRAM_MAX];
    for (size_t length; dtls_state(f->dtls) == DTLS_HANDSHAKING;) {
        while ((length = synthetic_secure_output(f->client, datagram)) > 0) {
            assert_true(dtls_input(f->dtls, datagram, length, clock_us));
        }
        if (dtls_state(f->dtls) == DTLS_UP) {
            f->lose_from_server = g_queue_get_length(&f->to_client);
        }
        for (GBytes *bytes; (bytes = g_queue_pop_head(&f->to_client)); g_bytes_unref(bytes)) {
            if (!is_lost(&f->lose_from_server)) {
                synthetic_secure_input(f->client, g_bytes_get_data(bytes, NULL), g_bytes_get_size(bytes));
            }
        }
    }
    assert_int_not_equal(synthetic_secure_state(f->client), SECURE_UP);
    pass(f, 5000);
    assert_int_equal(synthetic_secure_state(f->client), SECURE_UP);
    assert_int_equal(dtls_state(f->dtls), DTLS_UP);
    finish(f);
}

static void a_client_that_falls_silent_is_asked_ever_less_often(void **state)
{
    (void)state;
    struct fixture *f = start(false);
    f->lose_from_server = f->lose_from_client = UINT_MAX;
    f->lose_from_client = 0;
    carry(f);
    f->lose_from_client = UINT_MAX;
    unsigned sent = f->sent;
    pass(f, 10000);
    assert_in_range(f->sent - sent, 4, 8); /* 0.2 + 0.4 + 0.8 + 1.6 + 3.2 + 3.2 s */
    finish(f);
}

static void what_is_not_made_of_whole_records_is_refused(void **state)
{
    (void)state;
    struct fixture *f = start(false);
    uint8_t datagram[SYNTHETIC_DATAGRAM_MAX];
    size_t length = synthetic_secure_output(f->client, datagram);
    for (size_t cut = 1; cut < length; cut++) {
        g_autofree uint8_t *exact = g_memdup2(datagram, cut);
        assert_false(dtls_input(f->dtls, exact, cut, clock_us));
    }
    assert_int_equal(f->sent, 0);
    assert_true(dtls_input(f->dtls, datagram, length, clock_us));
    carry(f);
    assert_int_equal(dtls_state(f->dtls), DTLS_UP);
    finish(f);
}

static void a_handshake_made_of_nonsense_fails(void **state)
{
    (void)state;
    struct fixture *f = start(false);
    /* a whole handshake record whose ClientHello is cut short */
    uint8_t record[13 + 12 + 4] = {22, 254, 253, [12] = 16, [13] = 1, [16] = 4, [24] = 4};
    assert_true(dtls_input(f->dtls, record, sizeof record, clock_us));
    assert_int_equal(dtls_state(f->dtls), DTLS_FAILED);
    finish(f);
}

static void close_notify_ends_it_from_either_side(void **state)
{
    (void)state;
    struct fixture *f = start(false);
    carry(f);
    synthetic_secure_close(f->client);
    carry(f);
    assert_int_equal(dtls_state(f->dtls), DTLS_ENDED);
    finish(f);

    f = start(false);
    carry(f);
    dtls_close(f->dtls);
    carry(f);
    assert_int_equal(synthetic_secure_state(f->client), SECURE_CLOSED);
    finish(f);
}

static void an_unprotected_alert_cannot_end_what_is_up(void **state)
{
    (void)state;
    struct fixture *f = start(false);
    carry(f);
    const uint8_t fatal[] = {21, 254, 253, 0, 0, 0, 0, 0, 0, 0, 99, 0, 2, 2, 40};
    assert_true(dtls_input(f->dtls, fatal, sizeof fatal, clock_us));
    assert_int_equal(dtls_state(f->dtls), DTLS_UP);
    finish(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_handshake_gives_both_sides_the_same_keys),
        cmocka_unit_test(the_fingerprint_is_that_of_the_client_who_shook_hands),
        cmocka_unit_test(a_lost_flight_of_ours_is_sent_again),
        cmocka_unit_test(any_two_lost_datagrams_delay_a_handshake_and_do_not_break_it),
        cmocka_unit_test(a_lost_last_flight_is_repeated_when_the_client_asks),
        cmocka_unit_test(a_client_that_falls_silent_is_asked_ever_less_often),
        cmocka_unit_test(what_is_not_made_of_whole_records_is_refused),
        cmocka_unit_test(a_handshake_made_of_nonsense_fails),
        cmocka_unit_test(close_notify_ends_it_from_either_side),
        cmocka_unit_test(an_unprotected_alert_cannot_end_what_is_up),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
