/* Webhooks: where a post may go, when the next try is, and what it is signed with. */
#include "signaling/webhook.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <arpa/inet.h>
#include <string.h>

static bool is_private(const char *text)
{
    struct sockaddr_in four = {.sin_family = AF_INET};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6};
    if (inet_pton(AF_INET, text, &four.sin_addr) == 1) {
        return webhook_address_is_private((const struct sockaddr *)&four);
    }
    assert_int_equal(inet_pton(AF_INET6, text, &six.sin6_addr), 1);
    return webhook_address_is_private((const struct sockaddr *)&six);
}

static void no_way_of_writing_a_private_address_gets_through(void **state)
{
    (void)state;
    static const char *const inside[] = {
        "0.0.0.0",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.1",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.168.1.1",
        "198.18.0.1",
        "224.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "fe80::1",
        "fc00::1",
        "fd12:3456::1",
        "ff02::1",
        "::ffff:10.0.0.1",
        "::ffff:127.0.0.1",
        "64:ff9b::10.0.0.1",
        "2002:0a00:0001::1",
        "2002:7f00:0001::",
    };
    static const char *const outside[] = {
        "8.8.8.8",     "9.255.255.255",  "11.0.0.0",       "100.63.255.255",   "100.128.0.0",       "126.255.255.255",
        "128.0.0.0",   "172.15.255.255", "172.32.0.0",     "192.0.1.0",        "192.167.255.255",   "198.20.0.0",
        "223.255.1.1", "2a00:1450::1",   "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:0808:0808::1",
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(inside); i++) {
        if (!is_private(inside[i])) {
            fail_msg("%s is let through", inside[i]);
        }
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(outside); i++) {
        if (is_private(outside[i])) {
            fail_msg("%s is refused", outside[i]);
        }
    }
    assert_true(webhook_address_is_private(&(const struct sockaddr){.sa_family = AF_UNIX}));
}

static void tries_become_rarer_up_to_an_hour_and_never_overflow(void **state)
{
    (void)state;
    static const struct {
        unsigned tries, first_ms;
        int64_t us;
    } cases[] = {
        {0, 1000, 1000000},
        {1, 1000, 1000000},
        {2, 1000, 2000000},
        {5, 1000, 16000000},
        {12, 1000, 2048000000},
        {13, 1000, INT64_C(3600000000)},
        {40, 1000, INT64_C(3600000000)},
        {4000000000u, 60000, INT64_C(3600000000)},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        assert_int_equal(webhook_retry_us(cases[i].tries, cases[i].first_ms), cases[i].us);
    }
}

/* As Python's hmac module has it. */
static void the_signature_is_hmac_sha256_of_timestamp_and_body(void **state)
{
    (void)state;
    uint8_t secret[32];
    for (unsigned i = 0; i < sizeof secret; i++) {
        secret[i] = (uint8_t)i;
    }
    g_autofree char *signature = webhook_signature(secret, "1795271400", "{\"seq\":1}");
    assert_string_equal(signature, "v1=5ab094775876d416e4a87c5fc90d33c9366043da85649a0f3c67444d5e9a46b5");
    g_autofree char *moved = webhook_signature(secret, "179527140", "0{\"seq\":1}");
    assert_string_not_equal(signature, moved);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(no_way_of_writing_a_private_address_gets_through),
        cmocka_unit_test(tries_become_rarer_up_to_an_hour_and_never_overflow),
        cmocka_unit_test(the_signature_is_hmac_sha256_of_timestamp_and_body),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
