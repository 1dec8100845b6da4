#include "media/net/udp.h"

#include <arpa/inet.h>
#include <poll.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cmocka.h>

static const struct media_address both[] = {{.bind = (char *)"127.0.0.1"}, {.bind = (char *)"::1"}};

static struct udp *open_both(void)
{
    GError *error = NULL;
    struct udp *udp = udp_open(both, 2, 0, &error);
    assert_null(error);
    return udp;
}

/* A plain client socket, connected to `udp` over the family of `socket`. */
static int client_of(const struct udp *udp, unsigned socket_index)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(udp_port(udp))};
    struct sockaddr_in6 v6 = {.sin6_family = AF_INET6, .sin6_port = htons(udp_port(udp))};
    v4.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    v6.sin6_addr = in6addr_loopback;
    int fd = socket(socket_index == 0 ? AF_INET : AF_INET6, SOCK_DGRAM, 0);
    assert_true(fd >= 0);
    assert_int_equal(socket_index == 0 ? connect(fd, (struct sockaddr *)&v4, sizeof v4)
                                       : connect(fd, (struct sockaddr *)&v6, sizeof v6),
                     0);
    return fd;
}

static void wait_readable(int fd)
{
    struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
    assert_int_equal(poll(&poll_fd, 1, 60 * 1000), 1);
}

/* Loopback delivers before send returns, so what was sent can be read at once. */
static unsigned receive(struct udp *udp, unsigned socket_index, const struct udp_datagram **datagrams)
{
    wait_readable(udp_fd(udp, socket_index));
    return udp_receive(udp, socket_index, datagrams);
}

static void an_answer_goes_back_the_way_the_datagram_came(void **state)
{
    (void)state;
    struct udp *udp = open_both();
    for (unsigned i = 0; i < 2; i++) {
        int client = client_of(udp, i);
        assert_int_equal(send(client, "question", 8, 0), 8);
        const struct udp_datagram *datagrams;
        assert_int_equal(receive(udp, i, &datagrams), 1);
        assert_int_equal(datagrams[0].path.socket, i);
        assert_int_equal(datagrams[0].length, 8);
        assert_memory_equal(datagrams[0].bytes, "question", 8);

        udp_send(udp, &datagrams[0].path, (const uint8_t *)"answer", 6);
        udp_flush(udp);
        char answer[16];
        wait_readable(client);
        assert_int_equal(recv(client, answer, sizeof answer, 0), 6);
        close(client);
    }
    assert_int_equal(udp_counters(udp)->received, 2);
    assert_int_equal(udp_counters(udp)->sent, 2);
    assert_int_equal(udp_counters(udp)->send_failed, 0);
    udp_close(udp);
}

static void a_datagram_longer_than_a_buffer_is_dropped_whole(void **state)
{
    (void)state;
    struct udp *udp = open_both();
    int client = client_of(udp, 0);
    uint8_t bytes[UDP_DATAGRAM_BYTES + 1] = {0};
    send(client, bytes, UDP_DATAGRAM_BYTES + 1, 0);
    send(client, bytes, UDP_DATAGRAM_BYTES, 0);
    send(client, bytes, 0, 0);
    const struct udp_datagram *datagrams;
    assert_int_equal(receive(udp, 0, &datagrams), 2);
    assert_int_equal(datagrams[0].length, UDP_DATAGRAM_BYTES);
    assert_int_equal(datagrams[1].length, 0);
    assert_int_equal(udp_counters(udp)->too_long, 1);
    close(client);
    udp_close(udp);
}

static void more_than_a_batch_goes_out_without_a_flush_between(void **state)
{
    (void)state;
    struct udp *udp = open_both();
    int client = client_of(udp, 0);
    send(client, "", 0, 0);
    const struct udp_datagram *datagrams;
    assert_int_equal(receive(udp, 0, &datagrams), 1);
    struct path path = datagrams[0].path;
    for (unsigned i = 0; i < UDP_BATCH + 3; i++) {
        udp_send(udp, &path, (const uint8_t *)&i, sizeof i);
    }
    assert_int_equal(udp_counters(udp)->sent, UDP_BATCH);
    udp_flush(udp);
    assert_int_equal(udp_counters(udp)->sent, UDP_BATCH + 3);
    for (unsigned i = 0; i < UDP_BATCH + 3; i++) {
        unsigned number;
        wait_readable(client);
        assert_int_equal(recv(client, &number, sizeof number, 0), sizeof number);
        assert_int_equal(number, i);
    }
    close(client);
    udp_close(udp);
}

static void one_datagram_that_cannot_go_does_not_hold_up_the_others(void **state)
{
    (void)state;
    struct udp *udp = open_both();
    int client = client_of(udp, 0);
    send(client, "", 0, 0);
    const struct udp_datagram *datagrams;
    assert_int_equal(receive(udp, 0, &datagrams), 1);
    struct path good = datagrams[0].path, no_port = good, no_socket = good;
    no_port.remote.v4.sin_port = 0; /* EINVAL */
    no_socket.socket = 2;
    udp_send(udp, &good, (const uint8_t *)"a", 1);
    udp_send(udp, &no_port, (const uint8_t *)"b", 1);
    udp_send(udp, &no_socket, (const uint8_t *)"c", 1);
    udp_send(udp, &good, (const uint8_t *)"d", 1);
    udp_flush(udp);
    assert_int_equal(udp_counters(udp)->sent, 2);
    assert_int_equal(udp_counters(udp)->send_failed, 2);
    close(client);
    udp_close(udp);
}

static void an_ipv6_socket_leaves_ipv4_to_the_other(void **state)
{
    (void)state;
    const struct media_address any[] = {{.bind = (char *)"::"}, {.bind = (char *)"0.0.0.0"}};
    GError *error = NULL;
    struct udp *udp = udp_open(any, 2, 0, &error);
    assert_null(error);
    udp_close(udp);
}

static void a_port_in_use_and_an_address_that_is_none_are_named(void **state)
{
    (void)state;
    struct udp *udp = open_both();
    GError *error = NULL;
    assert_null(udp_open(both, 2, udp_port(udp), &error));
    assert_int_equal(error->code, MEDIA_ERROR_CONFIG);
    assert_non_null(strstr(error->message, "127.0.0.1"));
    g_clear_error(&error);
    udp_close(udp);

    const struct media_address names[] = {{.bind = (char *)"127.0.0.1"}, {.bind = (char *)"localhost"}};
    assert_null(udp_open(names, 2, 0, &error));
    assert_int_equal(error->code, MEDIA_ERROR_CONFIG);
    assert_non_null(strstr(error->message, "localhost"));
    g_clear_error(&error);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_answer_goes_back_the_way_the_datagram_came),
        cmocka_unit_test(a_datagram_longer_than_a_buffer_is_dropped_whole),
        cmocka_unit_test(more_than_a_batch_goes_out_without_a_flush_between),
        cmocka_unit_test(one_datagram_that_cannot_go_does_not_hold_up_the_others),
        cmocka_unit_test(an_ipv6_socket_leaves_ipv4_to_the_other),
        cmocka_unit_test(a_port_in_use_and_an_address_that_is_none_are_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
