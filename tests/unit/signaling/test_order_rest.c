/* Paths of orders' pictures, signatures and regions: what is one, and what only looks like one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>
#include <string.h>

#include "signaling/order_rest.h"
#include "signaling/region.h"
#include "signaling/signature.h"

static void only_what_is_served_is_a_path(void **state)
{
    (void)state;
    static const struct {
        const char *path, *order, *slot;
        bool progress;
    } rows[] = {
        {"/v1/orders/abc/materials/page", "abc", "page", false},
        {"/v1/orders/abc/materials/portrait/upload", "abc", "portrait", true},
        {"/v1/orders/abc/materials/selfie", NULL, NULL, false},
        {"/v1/orders/abc/materials/", NULL, NULL, false},
        {"/v1/orders/abc/materials", NULL, NULL, false},
        {"/v1/orders/abc/materials/page/", NULL, NULL, false},
        {"/v1/orders/abc/materials/page/upload/x", NULL, NULL, false},
        {"/v1/orders/abc/materials/page/download", NULL, NULL, false},
        {"/v1/orders/abc/history/page", NULL, NULL, false},
        {"/v1/orders//materials/page", NULL, NULL, false},
        {"/v1/orders/../materials/page", NULL, NULL, false},
        {"/v1/orders/ABC/materials/page", NULL, NULL, false},
        {"/v1/orders/a%2e/materials/page", NULL, NULL, false},
        {"/v1/facechecks/abc/page", NULL, NULL, false},
        {"", NULL, NULL, false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct order_path path = {0};
        if (order_path_parse(rows[i].path, &path) != (rows[i].order != NULL) ||
            g_strcmp0(path.order, rows[i].order) != 0 || g_strcmp0(path.slot, rows[i].slot) != 0 ||
            path.progress != rows[i].progress) {
            fail_msg("%s", rows[i].path);
        }
        order_path_clear(&path);
    }
}

#define NINE "0,0 1,1 2,2 3,3 4,4 5,5 6,6 7,7 8,8"

static void a_signature_is_a_drawing_within_its_frame(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool good;
    } rows[] = {
        {NINE " 1000,400", true},
        {NINE ";9,9", true},
        {"0,0;1,1;2,2;3,3;4,4;5,5;6,6;7,7;8,8;9,9", true},
        {NINE, false},
        {NINE " 1001,9", false},
        {NINE " 9,401", false},
        {NINE " 9,9 ", false},
        {NINE " 9,9;", false},
        {NINE "  9,9", false},
        {NINE " -1,9", false},
        {NINE " 9.5,9", false},
        {NINE " 99999,9", false},
        {NINE " 9", false},
        {NINE " 9,", false},
        {"", false},
        {"<svg onload=x>", false},
        {NINE " 9,9\n9,9", false},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (signature_check(rows[i].text, NULL) != rows[i].good) {
            fail_msg("%s", rows[i].text);
        }
    }
    g_autoptr(GString) much = g_string_new("0,0");
    while (much->len <= SIGNATURE_BYTES_MAX) {
        g_string_append(much, " 1,1");
    }
    assert_false(signature_check(much->str, NULL));
}

static void a_region_is_a_country_or_a_part_of_one(void **state)
{
    (void)state;
    static const struct {
        const char *text;
        bool good;
    } rows[] = {{"SE", true},   {"US-NY", true},  {"SE-AB", true},    {"FR-2A", true},
                {"US-", false}, {"USA", false},   {"us-NY", false},   {"U", false},
                {"", false},    {"US_NY", false}, {"US-NEWY", false}, {"US-ny", false}};
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (region_is_code(rows[i].text) != rows[i].good) {
            fail_msg("%s", rows[i].text);
        }
    }
    char *list[] = {(char *)"US-NY", (char *)"SE", NULL};
    assert_true(region_is_within("US-NY", list));
    assert_true(region_is_within("SE-AB", list));
    assert_false(region_is_within("US", list));
    assert_false(region_is_within("US-NJ", list));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_is_served_is_a_path),
        cmocka_unit_test(a_signature_is_a_drawing_within_its_frame),
        cmocka_unit_test(a_region_is_a_country_or_a_part_of_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
