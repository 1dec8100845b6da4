#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "signaling/demo.h"
#include "tests/unit/signaling/service_fixture.h"

static struct fixture *fixture;

/* A store of its own beside the fixture's, which has missions already. */
static int setup(void **state)
{
    (void)state;
    static const uint8_t key[32] = {1};
    fixture = fixture_new();
    store_close(fixture->service.store);
    g_autofree char *path = g_build_filename(fixture->folder, "demo", NULL);
    fixture->service.store = store_open(path, key, NULL);
    return fixture->service.store != NULL ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    fixture_free(fixture);
    return 0;
}

/* What demo_fill prints. */
static char *fill(void)
{
    g_autofree char *path = g_build_filename(fixture->folder, "printed", NULL);
    fflush(stdout);
    const int terminal = dup(STDOUT_FILENO), file = open(path, O_CREAT | O_TRUNC | O_WRONLY, 0600);
    dup2(file, STDOUT_FILENO);
    g_autoptr(GError) error = NULL;
    const bool ok = demo_fill(&fixture->service, &error);
    fflush(stdout);
    dup2(terminal, STDOUT_FILENO);
    close(terminal);
    close(file);
    char *printed = NULL;
    if (!ok) {
        return NULL;
    }
    g_file_get_contents(path, &printed, NULL, NULL);
    return printed;
}

static GPtrArray *live(void)
{
    return store_interview_live(fixture->service.store, NULL);
}

/* The tickets of all printed links. */
static GPtrArray *tickets(const char *printed)
{
    GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
    for (const char *at = printed; (at = strstr(at, "#t=")) != NULL; at += 3) {
        g_ptr_array_add(found, g_strndup(at + 3, strcspn(at + 3, "\n")));
    }
    return found;
}

static unsigned how_many_open(const GPtrArray *all)
{
    unsigned open = 0;
    for (guint i = 0; i < all->len; i++) {
        struct store_party *party =
            ticket_redeem(&fixture->service, TICKET_TO_JOIN, g_ptr_array_index(all, i), NULL, g_get_real_time(), NULL);
        open += party != NULL;
        store_party_free(party);
    }
    return open;
}

static unsigned how_many_checks(const GPtrArray *all)
{
    unsigned checks = 0;
    for (guint i = 0; i < all->len; i++) {
        struct store_facecheck *check =
            ticket_redeem_facecheck(&fixture->service, g_ptr_array_index(all, i), NULL, g_get_real_time(), NULL);
        checks += check != NULL && check->state == FACECHECK_OPEN;
        store_facecheck_free(check);
    }
    return checks;
}

static void an_empty_store_gets_interviews_for_now_and_for_later(void **state)
{
    (void)state;
    g_autofree char *printed = fill();
    assert_non_null(printed);
    g_autoptr(GPtrArray) all = tickets(printed);
    assert_int_equal(all->len, 8 + 3);
    assert_int_equal(how_many_open(all), 6);
    assert_int_equal(how_many_checks(all), 3);
    assert_non_null(strstr(printed, "guardian"));
    assert_non_null(strstr(printed, "interpreter"));
}

static void a_second_start_prints_links_that_work_and_doubles_nothing(void **state)
{
    (void)state;
    g_autofree char *first = fill();
    g_autoptr(GPtrArray) earlier = tickets(first);
    assert_int_equal(how_many_open(earlier), 6); /* and ties them to a device that never comes again */
    g_autoptr(GPtrArray) before = live();
    g_autofree char *second = fill();
    g_autoptr(GPtrArray) after = live();
    assert_int_equal(after->len, before->len);
    g_autoptr(GPtrArray) fresh = tickets(second);
    assert_int_equal(how_many_open(fresh), 6);
    assert_int_equal(how_many_open(earlier), 0);
}

static void a_face_check_is_of_an_order_with_an_interview_and_a_decided_one_is_made_anew(void **state)
{
    (void)state;
    g_free(fill());
    g_autoptr(GPtrArray) interviews = live();
    const struct store_interview *first = NULL;
    struct store_facecheck *check = NULL;
    for (guint i = 0; i < interviews->len && check == NULL; i++) {
        first = g_ptr_array_index(interviews, i);
        check = store_facecheck_of_order(fixture->service.store, first->mission, first->order_ref, NULL);
    }
    if (check == NULL) {
        fail_msg("no interview of the demo has a face check");
        return;
    }
    check->state = FACECHECK_SKIPPED;
    assert_true(store_facecheck_update(fixture->service.store, check, "system", "skip_tries", 1, NULL));
    g_autofree char *again = fill();
    g_autoptr(GPtrArray) all = tickets(again);
    assert_int_equal(how_many_checks(all), 3);
    struct store_facecheck *anew =
        store_facecheck_of_order(fixture->service.store, first->mission, first->order_ref, NULL);
    assert_string_not_equal(anew->id, check->id);
    store_facecheck_free(check);
    store_facecheck_free(anew);
}

static void what_is_over_is_appointed_anew(void **state)
{
    (void)state;
    g_free(fill());
    g_autoptr(GPtrArray) before = live();
    struct store_interview *one = g_ptr_array_index(before, 0);
    one->state = INTERVIEW_MISSED;
    assert_true(store_interview_update(fixture->service.store, one, "system", "missed", 1, NULL));
    g_free(fill());
    g_autoptr(GPtrArray) after = live();
    assert_int_equal(after->len, before->len);
}

static void a_store_with_real_missions_is_left_alone(void **state)
{
    (void)state;
    const struct store_mission mission = {.id = (char *)"real",
                                          .name_en = (char *)"Mission",
                                          .name_zh_hans = (char *)"领事馆",
                                          .time_zone = (char *)"Europe/Stockholm"};
    assert_true(store_mission_add(fixture->service.store, &mission, NULL));
    assert_null(fill());
    g_autoptr(GPtrArray) interviews = live();
    assert_int_equal(interviews->len, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(an_empty_store_gets_interviews_for_now_and_for_later),
        TEST(a_second_start_prints_links_that_work_and_doubles_nothing),
        TEST(a_face_check_is_of_an_order_with_an_interview_and_a_decided_one_is_made_anew),
        TEST(what_is_over_is_appointed_anew),
        TEST(a_store_with_real_missions_is_left_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
