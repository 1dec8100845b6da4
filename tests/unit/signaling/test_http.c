/* Which pages may open our WebSocket. */
#include "signaling/http.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

static void pages_of_other_sites_may_not_connect(void **state)
{
    (void)state;
    static const struct {
        const char *hazard, *public_url, *certificate, *origin, *host;
        bool allowed;
    } cases[] = {
        {"no browser", NULL, NULL, NULL, "127.0.0.1:8080", true},
        {"own page", NULL, NULL, "http://127.0.0.1:8080", "127.0.0.1:8080", true},
        {"own page by name", NULL, NULL, "http://localhost:8080", "localhost:8080", true},
        {"other site", NULL, NULL, "http://evil.example", "127.0.0.1:8080", false},
        {"other port", NULL, NULL, "http://127.0.0.1:8081", "127.0.0.1:8080", false},
        {"other scheme", NULL, "c.pem", "http://a.example", "a.example", false},
        {"own page, TLS", NULL, "c.pem", "https://a.example", "a.example", true},
        {"sandboxed page", NULL, NULL, "null", "127.0.0.1:8080", false},
        {"longer name", NULL, NULL, "http://127.0.0.1:8080.evil.example", "127.0.0.1:8080", false},
        {"no host", NULL, NULL, "http://evil.example", NULL, false},
        {"public page", "https://a.example", NULL, "https://a.example", "127.0.0.1:8080", true},
        {"public page in capitals", "https://a.example", NULL, "https://A.example", "a.example", true},
        {"rebound name", "https://a.example", NULL, "https://evil.example", "evil.example", false},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        const struct config config = {
            .http = {.public_url = (char *)cases[i].public_url, .certificate = (char *)cases[i].certificate}};
        if (http_origin_allowed(&config, cases[i].origin, cases[i].host) != cases[i].allowed) {
            fail_msg("%s: %s", cases[i].hazard, cases[i].allowed ? "was refused" : "was allowed");
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(pages_of_other_sites_may_not_connect)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
