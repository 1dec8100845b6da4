#include "media/net/route.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

struct fixture {
    struct route *route;
    struct route_peer *anna, *bela;
};

#define ANNA ((void *)"anna")
#define BELA ((void *)"bela")

static int setup(void **state)
{
    struct fixture *f = g_new0(struct fixture, 1);
    f->route = route_new();
    f->anna = route_peer_new(ANNA);
    f->bela = route_peer_new(BELA);
    *state = f;
    return 0;
}

static int teardown(void **state)
{
    struct fixture *f = *state;
    if (f->anna) {
        route_peer_free(f->route, f->anna);
    }
    route_peer_free(f->route, f->bela);
    route_free(f->route);
    g_free(f);
    return 0;
}

static struct path path_at(uint16_t port)
{
    struct path path;
    struct sockaddr_in remote = {.sin_family = AF_INET, .sin_port = htons(port)};
    path_set(&path, 0, (const struct sockaddr *)&remote);
    return path;
}

static void bind_path(struct fixture *f, struct route_peer *peer, uint16_t port)
{
    struct path path = path_at(port);
    route_bind_path(f->route, peer, &path);
}

static void *owner_at(const struct fixture *f, uint16_t port)
{
    struct path path = path_at(port);
    return route_find_path(f->route, &path);
}

static void an_unknown_ufrag_or_path_belongs_to_nobody(void **state)
{
    const struct fixture *f = *state;
    assert_null(route_find_ufrag(f->route, "abcdefgh"));
    assert_null(owner_at(f, 1));
}

static void a_restart_keeps_the_old_ufrag_until_it_is_the_oldest_of_too_many(void **state)
{
    struct fixture *f = *state;
    const char *ufrags[] = {"first000", "second00", "third000", "fourth00", "fifth000"};
    G_STATIC_ASSERT(G_N_ELEMENTS(ufrags) == ROUTE_UFRAGS_MAX + 1);
    for (unsigned i = 0; i < ROUTE_UFRAGS_MAX; i++) {
        route_bind_ufrag(f->route, f->anna, ufrags[i]);
    }
    assert_ptr_equal(route_find_ufrag(f->route, ufrags[0]), ANNA);
    route_bind_ufrag(f->route, f->anna, ufrags[ROUTE_UFRAGS_MAX]);
    assert_null(route_find_ufrag(f->route, ufrags[0]));
    for (unsigned i = 1; i < G_N_ELEMENTS(ufrags); i++) {
        assert_ptr_equal(route_find_ufrag(f->route, ufrags[i]), ANNA);
    }
}

static void a_taken_ufrag_stays_with_the_peer_who_had_it(void **state)
{
    struct fixture *f = *state;
    route_bind_ufrag(f->route, f->anna, "abcdefgh");
    route_bind_ufrag(f->route, f->bela, "abcdefgh");
    assert_ptr_equal(route_find_ufrag(f->route, "abcdefgh"), ANNA);
}

static void more_paths_than_allowed_push_out_the_one_checked_longest_ago(void **state)
{
    struct fixture *f = *state;
    for (uint16_t port = 1; port <= ROUTE_PATHS_MAX; port++) {
        bind_path(f, f->anna, port);
    }
    bind_path(f, f->anna, 1); /* checked again: now 2 is the oldest */
    bind_path(f, f->anna, 100);
    assert_null(owner_at(f, 2));
    assert_ptr_equal(owner_at(f, 1), ANNA);
    assert_ptr_equal(owner_at(f, 100), ANNA);
    for (uint16_t port = 3; port <= ROUTE_PATHS_MAX; port++) {
        assert_ptr_equal(owner_at(f, port), ANNA);
    }
}

static void a_path_that_another_peer_authenticated_changes_hands(void **state)
{
    struct fixture *f = *state;
    bind_path(f, f->anna, 1);
    bind_path(f, f->anna, 2);
    bind_path(f, f->bela, 1);
    assert_ptr_equal(owner_at(f, 1), BELA);
    assert_ptr_equal(owner_at(f, 2), ANNA);
}

static void a_peer_that_is_gone_leaves_nothing_and_takes_nothing_of_others(void **state)
{
    struct fixture *f = *state;
    route_bind_ufrag(f->route, f->anna, "abcdefgh");
    bind_path(f, f->anna, 1);
    bind_path(f, f->anna, 2);
    bind_path(f, f->bela, 1);
    route_peer_free(f->route, f->anna);
    f->anna = NULL;
    assert_null(route_find_ufrag(f->route, "abcdefgh"));
    assert_null(owner_at(f, 2));
    assert_ptr_equal(owner_at(f, 1), BELA);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
        TEST(an_unknown_ufrag_or_path_belongs_to_nobody),
        TEST(a_restart_keeps_the_old_ufrag_until_it_is_the_oldest_of_too_many),
        TEST(a_taken_ufrag_stays_with_the_peer_who_had_it),
        TEST(more_paths_than_allowed_push_out_the_one_checked_longest_ago),
        TEST(a_path_that_another_peer_authenticated_changes_hands),
        TEST(a_peer_that_is_gone_leaves_nothing_and_takes_nothing_of_others),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
