/* disk: what lies in the folder of a fixture's store. */
#pragma once

#include "tests/unit/store/fixture.h"

static inline void assert_not_in_file(const char *path, const void *needle, size_t needle_size)
{
    g_autofree char *bytes = NULL;
    size_t size;
    assert_true(g_file_get_contents(path, &bytes, &size, NULL));
    if (memmem(bytes, size, needle, needle_size) != NULL) {
        fail_msg("%s holds \"%.*s\" in the clear", path, (int)needle_size, (const char *)needle);
    }
}

static inline void assert_nowhere(const char *folder, const void *needle, size_t size)
{
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    for (const char *name = g_dir_read_name(dir); name != NULL; name = g_dir_read_name(dir)) {
        g_autofree char *path = g_build_filename(folder, name, NULL);
        if (g_file_test(path, G_FILE_TEST_IS_DIR)) {
            assert_nowhere(path, needle, size);
        } else {
            assert_not_in_file(path, needle, size);
        }
    }
}

static inline unsigned count_blobs(const char *path)
{
    g_autofree char *folder = g_build_filename(path, "blobs", NULL);
    g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);
    unsigned count = 0;
    while (g_dir_read_name(dir) != NULL) {
        count++;
    }
    return count;
}
