#include "media/net/demux.h"
#include "media/net/route.h"
#include "media/secure/certificate.h"
#include "media/secure/transport.h"
#include "tests/support/synthetic_secure.h"
#include "tests/unit/media/ice_client.h"
#include "tests/unit/media/virtual_clock.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>

#include <cmocka.h>

#define THEIRS     "clnt"
#define SECOND     INT64_C(1000000)
#define CONSENT_MS 30000
#define CONNECT_MS 15000
#define RTP_LENGTH 100

struct datagram {
    struct path path;
    size_t length;
    uint8_t bytes[SYNTHETIC_DATAGRAM_MAX];
};

/* Our transport, and a client of libnice's STUN, OpenSSL and libsrtp. */
struct world {
    struct certificate *certificate;
    struct transport *transport;
    struct synthetic_secure *client;
    GQueue sent; /* by the transport: struct datagram */
    unsigned lose;
    unsigned authenticated, states, rtp, rtcp;
    struct path last_authenticated;
    enum media_peer_state state;
    enum media_close_reason reason;
    uint8_t last_rtp[RTP_LENGTH];
};

static void on_send(void *context, const struct path *path, const uint8_t *bytes, size_t length)
{
    struct world *world = context;
    assert_in_range(length, 1, SYNTHETIC_DATAGRAM_MAX);
    if (world->lose > 0) {
        world->lose--;
        return;
    }
    struct datagram *datagram = g_new0(struct datagram, 1);
    datagram->path = *path;
    datagram->length = length;
    memcpy(datagram->bytes, bytes, length);
    g_queue_push_tail(&world->sent, datagram);
}

static void on_authenticated(void *context, const struct path *path)
{
    struct world *world = context;
    world->authenticated++;
    world->last_authenticated = *path;
}

static void on_state(void *context, enum media_peer_state state, enum media_close_reason reason)
{
    struct world *world = context;
    world->states++;
    world->state = state;
    world->reason = reason;
    assert_int_equal(transport_state(world->transport), state);
}

static void on_rtp(void *context, uint8_t *packet, size_t length, int64_t now_us)
{
    struct world *world = context;
    assert_int_equal(length, RTP_LENGTH);
    assert_int_equal(now_us, clock_us);
    memcpy(world->last_rtp, packet, length);
    world->rtp++;
}

static void on_rtcp(void *context, uint8_t *packet, size_t length, int64_t now_us)
{
    (void)packet, (void)length, (void)now_us;
    ((struct world *)context)->rtcp++;
}

/* A world whose offer says `fingerprint`; NULL: the client's own. */
static struct world *world_new(const char *fingerprint)
{
    struct world *world = g_new0(struct world, 1);
    world->certificate = certificate_new(NULL);
    world->client = synthetic_secure_new(false);
    const struct transport_config config = {
        .certificate = world->certificate,
        .remote_ufrag = THEIRS,
        .remote_pwd = "clientclientclientclient",
        .remote_fingerprint = fingerprint ? fingerprint : synthetic_secure_fingerprint(world->client),
        .consent_timeout_ms = CONSENT_MS,
        .connect_timeout_ms = CONNECT_MS,
    };
    const struct transport_output output = {world, on_send, on_authenticated, on_state, on_rtp, on_rtcp};
    world->transport = transport_new(&config, &output, clock_us);
    return world;
}

static void world_free(struct world *world)
{
    if (world->transport) {
        transport_free(world->transport, clock_us);
    }
    certificate_free(world->certificate);
    synthetic_secure_free(world->client);
    g_queue_clear_full(&world->sent, g_free);
    g_free(world);
}

static struct path client_at(uint16_t port)
{
    struct path path;
    struct sockaddr_in remote = {.sin_family = AF_INET, .sin_port = htons(port)};
    inet_pton(AF_INET, "192.0.2.7", &remote.sin_addr);
    path_set(&path, 0, (struct sockaddr *)&remote);
    return path;
}

static struct check right_check(const struct world *world)
{
    return (struct check){
        .ufrag = transport_ufrag(world->transport), .remote_ufrag = THEIRS, .pwd = transport_pwd(world->transport)};
}

static enum transport_verdict send_check(struct world *world, uint16_t port, const struct check *check)
{
    struct checker checker;
    struct path path = client_at(port);
    checker_make(&checker, check);
    unsigned sent = g_queue_get_length(&world->sent);
    enum transport_verdict verdict = transport_input(world->transport, &path, checker.bytes, checker.length, clock_us);
    if (verdict == TRANSPORT_ACCEPTED) {
        struct datagram *reply = g_queue_pop_nth(&world->sent, sent);
        assert_true(path_equal(&reply->path, &path));
        assert_int_not_equal(
            checker_read(&checker, reply->bytes, reply->length, &path.remote.any, path_remote_length(&path)), -1);
        g_free(reply);
    }
    return verdict;
}

static void pass_check(struct world *world, uint16_t port, bool use_candidate)
{
    struct check check = right_check(world);
    check.use_candidate = use_candidate;
    assert_int_equal(send_check(world, port, &check), TRANSPORT_ACCEPTED);
}

/* Takes the oldest thing sent; the caller frees. */
static struct datagram *take_sent(struct world *world)
{
    struct datagram *datagram = g_queue_pop_head(&world->sent);
    assert_non_null(datagram);
    return datagram;
}

static void expect_silence(struct world *world)
{
    assert_true(g_queue_is_empty(&world->sent));
}

/* Carries DTLS both ways, the client being at `port`, until both are silent. */
static void carry_dtls(struct world *world, uint16_t port)
{
    struct path path = client_at(port);
    uint8_t bytes[SYNTHETIC_DATAGRAM_MAX];
    size_t length;
    do {
        while ((length = synthetic_secure_output(world->client, bytes)) > 0) {
            transport_input(world->transport, &path, bytes, length, clock_us);
        }
        length = 0;
        for (struct datagram *datagram; (datagram = g_queue_pop_head(&world->sent)); g_free(datagram)) {
            assert_true(demux_is_dtls(datagram->bytes, datagram->length));
            synthetic_secure_input(world->client, datagram->bytes, datagram->length);
            length = datagram->length;
        }
    } while (length > 0);
}

static struct world *connected_world(void)
{
    struct world *world = world_new(NULL);
    pass_check(world, 1, false);
    synthetic_secure_start(world->client, certificate_fingerprint(world->certificate));
    carry_dtls(world, 1);
    assert_int_equal(world->state, MEDIA_PEER_CONNECTED);
    assert_int_equal(synthetic_secure_state(world->client), SECURE_UP);
    return world;
}

/* A packet of the client, protected. */
static struct datagram client_rtp(struct world *world, uint16_t port, uint16_t sequence)
{
    struct datagram datagram = {.path = client_at(port), .length = RTP_LENGTH};
    memcpy(datagram.bytes, (uint8_t[]){0x80, 96, (uint8_t)(sequence >> 8), (uint8_t)sequence, [11] = 1}, 12);
    assert_true(synthetic_secure_protect(world->client, false, datagram.bytes, &datagram.length));
    return datagram;
}

static enum transport_verdict deliver(struct world *world, struct datagram datagram)
{
    return transport_input(world->transport, &datagram.path, datagram.bytes, datagram.length, clock_us);
}

static bool send_rtp(struct world *world, uint16_t sequence)
{
    uint8_t packet[RTP_LENGTH + TRANSPORT_TRAILER_BYTES] = {0x80, 96, (uint8_t)(sequence >> 8),
                                                            (uint8_t)sequence, [11] = 2};
    return transport_send_rtp(world->transport, packet, RTP_LENGTH);
}

/* Where the transport sends RTP now. */
static uint16_t sending_to(struct world *world, uint16_t sequence)
{
    expect_silence(world);
    assert_true(send_rtp(world, sequence));
    g_autofree struct datagram *datagram = take_sent(world);
    assert_int_equal(synthetic_secure_unprotect(world->client, false, datagram->bytes, &datagram->length),
                     UNPROTECT_OK);
    return ntohs(datagram->path.remote.v4.sin_port);
}

static void advance(struct world *world, int64_t us)
{
    clock_us += us;
    if (clock_us >= transport_deadline_us(world->transport)) {
        transport_tick(world->transport, clock_us);
    }
}

static void a_check_and_a_handshake_connect_and_packets_go_both_ways(void **state)
{
    (void)state;
    struct world *world = connected_world();
    assert_int_equal(world->authenticated, 1);
    assert_int_equal(world->states, 1);
    assert_int_equal(deliver(world, client_rtp(world, 1, 7)), TRANSPORT_ACCEPTED);
    assert_int_equal(world->rtp, 1);
    assert_int_equal(world->last_rtp[3], 7);
    assert_int_equal(sending_to(world, 7), 1);

    struct datagram report = {.path = client_at(1), .length = 8, .bytes = {0x80, 201, 0, 1, 0, 0, 0, 1}};
    synthetic_secure_protect(world->client, true, report.bytes, &report.length);
    assert_int_equal(deliver(world, report), TRANSPORT_ACCEPTED);
    assert_int_equal(world->rtcp, 1);
    uint8_t packet[8 + TRANSPORT_TRAILER_BYTES] = {0x80, 201, 0, 1, 0, 0, 0, 2};
    assert_true(transport_send_rtcp(world->transport, packet, 8));
    g_autofree struct datagram *sent = take_sent(world);
    assert_int_equal(synthetic_secure_unprotect(world->client, true, sent->bytes, &sent->length), UNPROTECT_OK);
    world_free(world);
}

static void a_certificate_that_is_not_the_offers_is_refused_before_any_key_is_used(void **state)
{
    (void)state;
    struct synthetic_secure *somebody = synthetic_secure_new(false);
    struct world *world = world_new(synthetic_secure_fingerprint(somebody));
    pass_check(world, 1, false);
    synthetic_secure_start(world->client, certificate_fingerprint(world->certificate));
    carry_dtls(world, 1);
    assert_int_equal(world->state, MEDIA_PEER_CLOSED);
    assert_int_equal(world->reason, MEDIA_CLOSE_FINGERPRINT);
    assert_int_equal(world->states, 1);
    assert_false(send_rtp(world, 1));
    assert_int_not_equal(deliver(world, client_rtp(world, 1, 1)), TRANSPORT_ACCEPTED);
    assert_int_equal(world->rtp, 0);
    world_free(world);
    synthetic_secure_free(somebody);
}

static void dtls_from_an_address_without_a_check_is_refused_and_not_answered(void **state)
{
    (void)state;
    struct world *world = world_new(NULL);
    synthetic_secure_start(world->client, certificate_fingerprint(world->certificate));
    struct datagram hello = {.path = client_at(2)};
    hello.length = synthetic_secure_output(world->client, hello.bytes);
    assert_int_equal(deliver(world, hello), TRANSPORT_REFUSED_DTLS);
    pass_check(world, 1, false);
    assert_int_equal(deliver(world, hello), TRANSPORT_REFUSED_DTLS);
    expect_silence(world);
    hello.path = client_at(1);
    assert_int_equal(deliver(world, hello), TRANSPORT_ACCEPTED);
    assert_false(g_queue_is_empty(&world->sent));
    world_free(world);
}

static void wrong_integrity_from_another_address_changes_nothing(void **state)
{
    (void)state;
    struct world *world = connected_world();
    struct check check = right_check(world);
    check.pwd = "wrongwrongwrongwrongwron";
    check.use_candidate = true;
    assert_int_equal(send_check(world, 2, &check), TRANSPORT_REFUSED_STUN);
    expect_silence(world);
    assert_int_equal(world->authenticated, 1);
    assert_int_equal(sending_to(world, 1), 1);
    assert_int_equal(deliver(world, client_rtp(world, 2, 1)), TRANSPORT_REFUSED_SRTP); /* its address proved nothing */
    assert_int_equal(deliver(world, client_rtp(world, 1, 2)), TRANSPORT_ACCEPTED);
    world_free(world);
}

static void replayed_and_forged_packets_are_refused(void **state)
{
    (void)state;
    struct world *world = connected_world();
    struct datagram packet = client_rtp(world, 1, 1), forged = client_rtp(world, 1, 2);
    assert_int_equal(deliver(world, packet), TRANSPORT_ACCEPTED);
    assert_int_equal(deliver(world, packet), TRANSPORT_REFUSED_SRTP);
    forged.bytes[forged.length - 1] ^= 1;
    assert_int_equal(deliver(world, forged), TRANSPORT_REFUSED_SRTP);
    forged.bytes[forged.length - 1] ^= 1;
    assert_int_equal(deliver(world, forged), TRANSPORT_ACCEPTED);
    assert_int_equal(world->rtp, 2);
    world_free(world);
}

static void packets_before_the_handshake_and_unknown_kinds_are_refused(void **state)
{
    (void)state;
    struct world *world = world_new(NULL);
    pass_check(world, 1, false);
    const struct {
        uint8_t first, second;
        size_t length;
        enum transport_verdict verdict;
    } cases[] = {
        {0x80, 96, 40, TRANSPORT_REFUSED_SRTP}, {0x80, 201, 40, TRANSPORT_REFUSED_SRTP},
        {0x40, 0, 40, TRANSPORT_REFUSED_KIND},  {0x80, 96, 11, TRANSPORT_REFUSED_KIND},
        {22, 254, 40, TRANSPORT_REFUSED_DTLS},  {0, 1, 40, TRANSPORT_REFUSED_STUN},
        {0, 0, 0, TRANSPORT_REFUSED_KIND},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
        struct datagram datagram = {.path = client_at(1), .length = cases[i].length};
        memset(datagram.bytes, 0xff, datagram.length);
        datagram.bytes[0] = cases[i].first;
        datagram.bytes[1] = cases[i].second;
        assert_int_equal(deliver(world, datagram), cases[i].verdict);
    }
    uint8_t long_one[TRANSPORT_DATAGRAM_BYTES_MAX + 1] = {0x80, 96};
    struct path path = client_at(1);
    assert_int_equal(transport_input(world->transport, &path, long_one, sizeof long_one, clock_us),
                     TRANSPORT_REFUSED_KIND);
    expect_silence(world);
    assert_false(send_rtp(world, 1));
    world_free(world);
}

static void only_a_nomination_moves_where_we_send(void **state)
{
    (void)state;
    struct world *world = connected_world();
    pass_check(world, 2, false);
    assert_int_equal(sending_to(world, 1), 1);
    assert_int_equal(deliver(world, client_rtp(world, 2, 1)), TRANSPORT_ACCEPTED); /* but it may send from there */
    assert_int_equal(sending_to(world, 2), 1);
    pass_check(world, 2, true);
    assert_int_equal(sending_to(world, 3), 2);
    struct check conflict = right_check(world);
    conflict.controlled = conflict.use_candidate = true;
    assert_int_equal(send_check(world, 3, &conflict), TRANSPORT_ACCEPTED); /* answered, with an error */
    assert_int_equal(sending_to(world, 4), 2);
    world_free(world);
}

static void a_lost_flight_is_repeated_when_its_time_has_come(void **state)
{
    (void)state;
    struct world *world = world_new(NULL);
    pass_check(world, 1, false);
    synthetic_secure_start(world->client, certificate_fingerprint(world->certificate));
    world->lose = 1;
    carry_dtls(world, 1);
    assert_int_equal(world->states, 0);
    assert_int_equal(transport_deadline_us(world->transport), clock_us + SECOND / 5);
    advance(world, SECOND / 5);
    carry_dtls(world, 1);
    assert_int_equal(world->state, MEDIA_PEER_CONNECTED);
    world_free(world);
}

static void who_does_not_connect_in_time_is_closed(void **state)
{
    (void)state;
    struct world *world = world_new(NULL);
    assert_int_equal(transport_deadline_us(world->transport), clock_us + CONNECT_MS * 1000);
    advance(world, CONNECT_MS * 1000 - 1);
    pass_check(world, 1, false); /* checks alone do not count */
    assert_int_equal(world->states, 0);
    advance(world, 1);
    assert_int_equal(world->state, MEDIA_PEER_CLOSED);
    assert_int_equal(world->reason, MEDIA_CLOSE_TIMEOUT);
    assert_int_equal(transport_deadline_us(world->transport), INT64_MAX);
    struct check check = right_check(world);
    assert_int_not_equal(send_check(world, 1, &check), TRANSPORT_ACCEPTED);
    world_free(world);
}

static void silence_makes_a_peer_away_and_only_a_check_brings_it_back(void **state)
{
    (void)state;
    struct world *world = connected_world();
    advance(world, 20 * SECOND);
    deliver(world, client_rtp(world, 1, 1)); /* renews consent */
    struct datagram forged = client_rtp(world, 1, 2);
    forged.bytes[20] ^= 1;
    advance(world, 29 * SECOND);
    deliver(world, forged); /* does not */
    assert_int_equal(world->state, MEDIA_PEER_CONNECTED);
    advance(world, SECOND);
    assert_int_equal(world->state, MEDIA_PEER_AWAY);
    assert_int_equal(transport_deadline_us(world->transport), INT64_MAX);
    assert_false(send_rtp(world, 1));

    deliver(world, client_rtp(world, 1, 3));
    assert_int_equal(world->state, MEDIA_PEER_AWAY);
    pass_check(world, 2, false); /* from elsewhere: its network has changed */
    assert_int_equal(world->state, MEDIA_PEER_CONNECTED);
    assert_int_equal(sending_to(world, 2), 2);
    advance(world, CONSENT_MS * 1000);
    assert_int_equal(world->state, MEDIA_PEER_AWAY);
    assert_int_equal(world->states, 4);
    world_free(world);
}

static void an_ice_restart_keeps_media_going_on_old_and_new_credentials(void **state)
{
    (void)state;
    struct world *world = connected_world();
    g_autofree char *old_ufrag = g_strdup(transport_ufrag(world->transport));
    g_autofree char *old_pwd = g_strdup(transport_pwd(world->transport));
    struct check old = {.ufrag = old_ufrag, .remote_ufrag = THEIRS, .pwd = old_pwd};
    assert_null(transport_retired_ufrag(world->transport));

    transport_restart_ice(world->transport, "nw01", "newnewnewnewnewnewnewnew");
    assert_string_not_equal(transport_ufrag(world->transport), old_ufrag);
    assert_string_equal(transport_retired_ufrag(world->transport), old_ufrag);
    assert_int_equal(send_check(world, 1, &old), TRANSPORT_ACCEPTED);
    assert_int_equal(deliver(world, client_rtp(world, 1, 1)), TRANSPORT_ACCEPTED);
    assert_int_equal(sending_to(world, 1), 1);

    struct check new = right_check(world);
    new.remote_ufrag = "nw01";
    new.use_candidate = true;
    assert_int_equal(send_check(world, 2, &new), TRANSPORT_ACCEPTED);
    assert_null(transport_retired_ufrag(world->transport));
    assert_int_equal(send_check(world, 1, &old), TRANSPORT_REFUSED_STUN);
    assert_int_equal(sending_to(world, 2), 2);
    assert_int_equal(world->states, 1);
    world_free(world);
}

static void more_paths_than_allowed_forget_the_one_checked_longest_ago(void **state)
{
    (void)state;
    struct world *world = connected_world();
    for (uint16_t port = 2; port <= ROUTE_PATHS_MAX; port++) {
        pass_check(world, port, false);
    }
    pass_check(world, 1, false); /* the oldest is now 2 */
    pass_check(world, 100, false);
    assert_int_equal(deliver(world, client_rtp(world, 2, 1)), TRANSPORT_REFUSED_SRTP);
    assert_int_equal(deliver(world, client_rtp(world, 1, 2)), TRANSPORT_ACCEPTED);
    assert_int_equal(deliver(world, client_rtp(world, 3, 3)), TRANSPORT_ACCEPTED);
    assert_int_equal(deliver(world, client_rtp(world, 100, 4)), TRANSPORT_ACCEPTED);

    for (uint16_t port = 200; port < 200 + ROUTE_PATHS_MAX; port++) { /* the one we send to is not checked any more */
        pass_check(world, port, false);
    }
    assert_int_equal(deliver(world, client_rtp(world, 1, 5)), TRANSPORT_REFUSED_SRTP);
    assert_int_not_equal(sending_to(world, 1), 1);
    world_free(world);
}

static void close_notify_closes_for_good(void **state)
{
    (void)state;
    struct world *world = connected_world();
    synthetic_secure_close(world->client);
    carry_dtls(world, 1);
    assert_int_equal(world->state, MEDIA_PEER_CLOSED);
    assert_int_equal(world->reason, MEDIA_CLOSE_REMOTE);
    assert_int_equal(deliver(world, client_rtp(world, 1, 1)), TRANSPORT_REFUSED_KIND);
    assert_false(send_rtp(world, 1));
    assert_int_equal(world->states, 2);
    world_free(world);
}

static void letting_go_of_a_peer_says_so_to_it_alone(void **state)
{
    (void)state;
    struct world *world = connected_world();
    transport_free(g_steal_pointer(&world->transport), clock_us);
    assert_int_equal(world->states, 1);
    g_autofree struct datagram *notify = take_sent(world);
    synthetic_secure_input(world->client, notify->bytes, notify->length);
    assert_int_equal(synthetic_secure_state(world->client), SECURE_CLOSED);
    expect_silence(world);
    world_free(world);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_check_and_a_handshake_connect_and_packets_go_both_ways),
        cmocka_unit_test(a_certificate_that_is_not_the_offers_is_refused_before_any_key_is_used),
        cmocka_unit_test(dtls_from_an_address_without_a_check_is_refused_and_not_answered),
        cmocka_unit_test(wrong_integrity_from_another_address_changes_nothing),
        cmocka_unit_test(replayed_and_forged_packets_are_refused),
        cmocka_unit_test(packets_before_the_handshake_and_unknown_kinds_are_refused),
        cmocka_unit_test(only_a_nomination_moves_where_we_send),
        cmocka_unit_test(a_lost_flight_is_repeated_when_its_time_has_come),
        cmocka_unit_test(who_does_not_connect_in_time_is_closed),
        cmocka_unit_test(silence_makes_a_peer_away_and_only_a_check_brings_it_back),
        cmocka_unit_test(an_ice_restart_keeps_media_going_on_old_and_new_credentials),
        cmocka_unit_test(more_paths_than_allowed_forget_the_one_checked_longest_ago),
        cmocka_unit_test(close_notify_closes_for_good),
        cmocka_unit_test(letting_go_of_a_peer_says_so_to_it_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
