/* Paths of face checks' pictures: what is one, and what only looks like one. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "signaling/facecheck_rest.h"

struct row {
    const char *path;
    const char *facecheck; /* NULL: it is none */
    enum facecheck_picture picture;
    const char *entry;
};

static const struct row rows[] = {
    {"/v1/facechecks/abc/portrait", "abc", FACECHECK_PORTRAIT, NULL},
    {"/v1/facechecks/abc/page", "abc", FACECHECK_PAGE, NULL},
    {"/v1/facechecks/abc/page-portrait", "abc", FACECHECK_PAGE_PORTRAIT, NULL},
    {"/v1/facechecks/abc/tries/def2/frame", "abc", FACECHECK_FRAME, "def2"},
    {"/v1/facechecks/abc", NULL, 0, NULL},
    {"/v1/facechecks/", NULL, 0, NULL},
    {"/v1/facechecks//portrait", NULL, 0, NULL},
    {"/v1/facechecks/abc/", NULL, 0, NULL},
    {"/v1/facechecks/abc/portrait/", NULL, 0, NULL},
    {"/v1/facechecks/abc/portrait/x", NULL, 0, NULL},
    {"/v1/facechecks/abc/selfie", NULL, 0, NULL},
    {"/v1/facechecks/abc/frame", NULL, 0, NULL},
    {"/v1/facechecks/abc/tries/frame", NULL, 0, NULL},
    {"/v1/facechecks/abc/tries//frame", NULL, 0, NULL},
    {"/v1/facechecks/abc/tries/d/frame/x", NULL, 0, NULL},
    {"/v1/facechecks/abc/tries/d/portrait", NULL, 0, NULL},
    {"/v1/facechecks/../portrait", NULL, 0, NULL},
    {"/v1/facechecks/a b/portrait", NULL, 0, NULL},
    {"/v1/facechecks/ABC/portrait", NULL, 0, NULL},
    {"/v1/facechecks/a%2e/portrait", NULL, 0, NULL},
    {"/v1/facechecks/\xc3\xa4/portrait", NULL, 0, NULL},
    {"/v1/facechecksabc/portrait", NULL, 0, NULL},
    {"/v1/captures/abc", NULL, 0, NULL},
    {"", NULL, 0, NULL},
};

static void only_what_is_served_is_a_path(void **state)
{
    (void)state;
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        struct facecheck_path path = {0};
        print_message("%s\n", rows[i].path);
        assert_int_equal(facecheck_path_parse(rows[i].path, &path), rows[i].facecheck != NULL);
        assert_int_equal(g_strcmp0(path.facecheck, rows[i].facecheck), 0);
        assert_int_equal(g_strcmp0(path.entry, rows[i].entry), 0);
        if (rows[i].facecheck != NULL) {
            enum material_kind kind;
            assert_int_equal(path.picture, rows[i].picture);
            assert_int_equal(facecheck_path_material(&path, &kind), rows[i].picture <= FACECHECK_PAGE);
        }
        facecheck_path_clear(&path);
    }
}

static void an_id_has_a_bound(void **state)
{
    (void)state;
    for (unsigned length = 64; length <= 65; length++) {
        g_autofree char *id = g_strnfill(length, 'a');
        g_autofree char *text = g_strdup_printf("/v1/facechecks/%s/page", id);
        struct facecheck_path path = {0};
        assert_int_equal(facecheck_path_parse(text, &path), length == 64);
        facecheck_path_clear(&path);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(only_what_is_served_is_a_path),
        cmocka_unit_test(an_id_has_a_bound),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
