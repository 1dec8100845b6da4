/* The pages: only what was in the folder, under its own path, with the right type. */
#include "signaling/files.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

struct site {
    char *folder;
    struct files *files;
};

static void write_file(const char *folder, const char *name, const char *content)
{
    g_autofree char *path = g_build_filename(folder, name, NULL);
    g_autofree char *parent = g_path_get_dirname(path);
    assert_int_equal(g_mkdir_with_parents(parent, 0700), 0);
    assert_true(g_file_set_contents(path, content, -1, NULL));
}

static int setup(void **state)
{
    struct site *site = g_new0(struct site, 1);
    site->folder = g_dir_make_tmp("viva-XXXXXX", NULL);
    g_autofree char *web = g_build_filename(site->folder, "web", NULL);
    g_autofree char *link = g_build_filename(web, "link.txt", NULL);
    write_file(site->folder, "secret.txt", "secret");
    write_file(web, "index.html", "applicant");
    write_file(web, "officer/index.html", "officer");
    write_file(web, "assets/app-1a2b.js", "code");
    write_file(web, ".hidden", "no");
    assert_int_equal(symlink("../secret.txt", link), 0);
    site->files = files_load(web, NULL);
    assert_non_null(site->files);
    *state = site;
    return 0;
}

static int teardown(void **state)
{
    struct site *site = *state;
    static const char *const names[] = {"web/assets/app-1a2b.js",
                                        "web/officer/index.html",
                                        "web/index.html",
                                        "web/.hidden",
                                        "web/link.txt",
                                        "web/assets",
                                        "web/officer",
                                        "web",
                                        "secret.txt",
                                        ""};
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *path = g_build_filename(site->folder, names[i], NULL);
        g_remove(path);
    }
    files_free(site->files);
    g_free(site->folder);
    g_free(site);
    return 0;
}

static void pages_are_at_their_folders(void **state)
{
    const struct site *site = *state;
    const struct file *file = files_find(site->files, "/");
    assert_non_null(file);
    assert_memory_equal(g_bytes_get_data(file->bytes, NULL), "applicant", 9);
    assert_string_equal(file->type, "text/html; charset=utf-8");
    assert_false(file->immutable);
    assert_non_null(files_find(site->files, "/officer/"));
}

static void hashed_names_may_be_kept_for_ever(void **state)
{
    const struct site *site = *state;
    const struct file *file = files_find(site->files, "/assets/app-1a2b.js");
    assert_non_null(file);
    assert_true(file->immutable);
    assert_string_equal(file->type, "text/javascript; charset=utf-8");
    assert_int_equal(strlen(file->etag), 34);
    assert_string_not_equal(file->etag, files_find(site->files, "/")->etag);
}

static void no_path_leads_outside(void **state)
{
    const struct site *site = *state;
    static const char *const paths[] = {
        "/../secret.txt",
        "/officer/../../secret.txt",
        "//etc/passwd",
        "../secret.txt",
        "/link.txt",
        "/.hidden",
        "/officer",
        "/index.html",
        "",
        "/officer/..",
        "/./",
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(paths); i++) {
        if (files_find(site->files, paths[i]) != NULL) {
            fail_msg("%s was found", paths[i]);
        }
    }
}

static void a_missing_folder_is_named(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    assert_null(files_load("/nowhere/web", &error));
    assert_non_null(strstr(error->message, "/nowhere/web"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(pages_are_at_their_folders, setup, teardown),
        cmocka_unit_test_setup_teardown(hashed_names_may_be_kept_for_ever, setup, teardown),
        cmocka_unit_test_setup_teardown(no_path_leads_outside, setup, teardown),
        cmocka_unit_test(a_missing_folder_is_named),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
