#include "media/net/path.h"

#include <arpa/inet.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

static struct sockaddr_in v4(const char *address, uint16_t port)
{
    struct sockaddr_in v4 = {.sin_family = AF_INET, .sin_port = htons(port)};
    assert_int_equal(inet_pton(AF_INET, address, &v4.sin_addr), 1);
    return v4;
}

static struct sockaddr_in6 v6(const char *address, uint16_t port, uint32_t flow, uint32_t scope)
{
    struct sockaddr_in6 v6 = {
        .sin6_family = AF_INET6, .sin6_port = htons(port), .sin6_flowinfo = flow, .sin6_scope_id = scope};
    assert_int_equal(inet_pton(AF_INET6, address, &v6.sin6_addr), 1);
    return v6;
}

static struct path path_v4(unsigned socket, const char *address, uint16_t port)
{
    struct path path;
    struct sockaddr_in remote = v4(address, port);
    memset(&path, 0xaa, sizeof path); /* what was there before must not show */
    assert_true(path_set(&path, socket, (const struct sockaddr *)&remote));
    return path;
}

static struct path path_v6(unsigned socket, const char *address, uint16_t port, uint32_t flow, uint32_t scope)
{
    struct path path;
    struct sockaddr_in6 remote = v6(address, port, flow, scope);
    memset(&path, 0x55, sizeof path);
    assert_true(path_set(&path, socket, (const struct sockaddr *)&remote));
    return path;
}

static void equal_addresses_are_equal_whatever_memory_held_before(void **state)
{
    (void)state;
    struct path a = path_v4(1, "192.0.2.1", 5000);
    struct path b;
    memset(&b, 0, sizeof b);
    struct sockaddr_in remote = v4("192.0.2.1", 5000);
    memset(remote.sin_zero, 0xff, sizeof remote.sin_zero); /* not a part of the address either */
    assert_true(path_set(&b, 1, (const struct sockaddr *)&remote));
    assert_true(path_equal(&a, &b));
    assert_int_equal(path_hash(&a), path_hash(&b));
}

static void a_changed_flow_label_is_the_same_path(void **state)
{
    (void)state;
    struct path a = path_v6(0, "2001:db8::1", 5000, 0, 0), b = path_v6(0, "2001:db8::1", 5000, htonl(0x12345), 0);
    assert_true(path_equal(&a, &b));
}

static void every_part_of_an_address_makes_another_path(void **state)
{
    (void)state;
    const struct path base4 = path_v4(0, "192.0.2.1", 5000), base6 = path_v6(0, "fe80::1", 5000, 0, 2);
    const struct {
        struct path a, b;
    } different[] = {
        {base4, path_v4(1, "192.0.2.1", 5000)},
        {base4, path_v4(0, "192.0.2.2", 5000)},
        {base4, path_v4(0, "192.0.2.1", 5001)},
        {base6, path_v6(1, "fe80::1", 5000, 0, 2)},
        {base6, path_v6(0, "fe80::2", 5000, 0, 2)},
        {base6, path_v6(0, "fe80::1", 5001, 0, 2)},
        {base6, path_v6(0, "fe80::1", 5000, 0, 3)},
        {base4, base6},
        {base4, path_v6(0, "::ffff:192.0.2.1", 5000, 0, 0)},
    };
    for (size_t i = 0; i < sizeof different / sizeof *different; i++) {
        assert_false(path_equal(&different[i].a, &different[i].b));
        assert_int_not_equal(path_hash(&different[i].a), path_hash(&different[i].b));
    }
}

static void the_length_fits_the_family(void **state)
{
    (void)state;
    struct path a = path_v4(0, "192.0.2.1", 5000), b = path_v6(0, "::1", 5000, 0, 0);
    assert_int_equal(path_remote_length(&a), sizeof(struct sockaddr_in));
    assert_int_equal(path_remote_length(&b), sizeof(struct sockaddr_in6));
}

static void another_family_is_refused_and_leaves_the_path_alone(void **state)
{
    (void)state;
    struct path path = path_v4(0, "192.0.2.1", 5000), before = path;
    struct sockaddr local = {.sa_family = AF_UNIX};
    assert_false(path_set(&path, 1, &local));
    assert_true(path_equal(&path, &before));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_addresses_are_equal_whatever_memory_held_before),
        cmocka_unit_test(a_changed_flow_label_is_the_same_path),
        cmocka_unit_test(every_part_of_an_address_makes_another_path),
        cmocka_unit_test(the_length_fits_the_family),
        cmocka_unit_test(another_family_is_refused_and_leaves_the_path_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
