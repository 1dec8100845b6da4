#include "media/handle.h"

#include <glib.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#define A ((void *)"a")
#define B ((void *)"b")

static void an_id_finds_its_own_thing_and_names_its_worker(void **state)
{
    (void)state;
    struct handle_table *table = handle_table_new(63, 2, 7);
    uint64_t a = handle_table_add(table, A), b = handle_table_add(table, B);
    assert_ptr_equal(handle_table_find(table, a), A);
    assert_ptr_equal(handle_table_find(table, b), B);
    assert_int_equal(handle_worker(a), 63);
    assert_int_equal(handle_table_count(table), 2);
    handle_table_free(table);
}

static void an_id_of_something_gone_never_finds_what_took_its_place(void **state)
{
    (void)state;
    struct handle_table *table = handle_table_new(0, 1, 7);
    uint64_t old = handle_table_add(table, A);
    handle_table_remove(table, old);
    assert_null(handle_table_find(table, old));
    uint64_t new = handle_table_add(table, B);
    assert_int_not_equal(old, new);
    assert_null(handle_table_find(table, old));
    handle_table_remove(table, old);
    assert_ptr_equal(handle_table_find(table, new), B);
    handle_table_free(table);
}

static void a_full_table_gives_no_id_until_there_is_room(void **state)
{
    (void)state;
    struct handle_table *table = handle_table_new(0, 2, 7);
    uint64_t a = handle_table_add(table, A);
    assert_int_not_equal(handle_table_add(table, B), 0);
    assert_int_equal(handle_table_add(table, B), 0);
    handle_table_remove(table, a);
    assert_int_not_equal(handle_table_add(table, B), 0);
    handle_table_free(table);
}

static void made_up_ids_and_those_of_other_workers_find_nothing(void **state)
{
    (void)state;
    struct handle_table *table = handle_table_new(1, 4, 7), *other = handle_table_new(2, 4, 7);
    uint64_t id = handle_table_add(table, A), foreign = handle_table_add(other, B);
    const uint64_t wrong[] = {0, UINT64_MAX, foreign, id + 1, id + 4, id | 0xffffff, id + (UINT64_C(1) << 32)};
    for (size_t i = 0; i < G_N_ELEMENTS(wrong); i++) {
        assert_null(handle_table_find(table, wrong[i]));
    }
    handle_table_free(table);
    handle_table_free(other);
}

static void no_id_is_zero_even_when_generations_wrap(void **state)
{
    (void)state;
    struct handle_table *table = handle_table_new(0, 1, UINT32_MAX);
    handle_table_remove(table, handle_table_add(table, A));
    assert_int_not_equal(handle_table_add(table, A), 0);
    handle_table_free(table);
    table = handle_table_new(0, 1, 0);
    assert_int_not_equal(handle_table_add(table, A), 0);
    handle_table_free(table);
}

static void walking_sees_each_thing_once_though_they_are_removed_on_the_way(void **state)
{
    (void)state;
    struct handle_table *table = handle_table_new(0, 8, 7);
    uint64_t ids[8];
    for (unsigned i = 0; i < G_N_ELEMENTS(ids); i++) {
        ids[i] = handle_table_add(table, &ids[i]);
    }
    handle_table_remove(table, ids[3]);
    unsigned seen = 0;
    uint64_t *id;
    for (unsigned cursor = 0; (id = handle_table_next(table, &cursor)); seen++) {
        handle_table_remove(table, *id);
    }
    assert_int_equal(seen, 7);
    assert_int_equal(handle_table_count(table), 0);
    handle_table_free(table);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_id_finds_its_own_thing_and_names_its_worker),
        cmocka_unit_test(an_id_of_something_gone_never_finds_what_took_its_place),
        cmocka_unit_test(a_full_table_gives_no_id_until_there_is_room),
        cmocka_unit_test(made_up_ids_and_those_of_other_workers_find_nothing),
        cmocka_unit_test(no_id_is_zero_even_when_generations_wrap),
        cmocka_unit_test(walking_sees_each_thing_once_though_they_are_removed_on_the_way),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
