/* A blob is a file of its name. It is written as ".name.part", synced, renamed, and the folder synced: under its name
 * there is a whole blob or none, whenever the power goes. */
#include "store/blob.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/blob_seal.h"
#include "store/store.h"

#define PART_SUFFIX ".part"

struct blobs {
    char *path;
    int folder;
};

static bool fail(const char *doing, const char *name, GError **error)
{
    const int cause = errno;
    const int code = cause == ENOSPC || cause == EDQUOT ? STORE_ERROR_FULL
                     : cause == ENOENT                  ? STORE_ERROR_NOT_FOUND
                                                        : STORE_ERROR_IO;
    g_set_error(error, STORE_ERROR, code, "cannot %s blob %s: %s", doing, name, g_strerror(cause));
    return false;
}

/* All files of the folder, whole and partial. */
static GPtrArray *list_files(struct blobs *blobs, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autoptr(GDir) folder = g_dir_open(blobs->path, 0, &cause);
    if (folder == NULL) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_IO, "cannot list %s: %s", blobs->path, cause->message);
        return NULL;
    }
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (const char *name = g_dir_read_name(folder); name != NULL; name = g_dir_read_name(folder)) {
        g_ptr_array_add(names, g_strdup(name));
    }
    return names;
}

static bool remove_partial(struct blobs *blobs, GError **error)
{
    g_autoptr(GPtrArray) names = list_files(blobs, error);
    for (unsigned i = 0; names != NULL && i < names->len; i++) {
        const char *name = names->pdata[i];
        if (g_str_has_suffix(name, PART_SUFFIX) && !blob_delete(blobs, name, error)) {
            return false;
        }
    }
    return names != NULL;
}

struct blobs *blobs_open(const char *path, bool alone, GError **error)
{
    if (mkdir(path, 0700) != 0 && errno != EEXIST) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_CONFIG, "cannot make the folder %s: %s", path, g_strerror(errno));
        return NULL;
    }
    struct blobs *blobs = g_new0(struct blobs, 1);
    blobs->path = g_strdup(path);
    blobs->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
    if (blobs->folder < 0) {
        g_set_error(error, STORE_ERROR, STORE_ERROR_CONFIG, "cannot open the folder %s: %s", path, g_strerror(errno));
        g_clear_pointer(&blobs, blobs_close);
    } else if (alone && !remove_partial(blobs, error)) {
        g_clear_pointer(&blobs, blobs_close);
    }
    return blobs;
}

void blobs_close(struct blobs *blobs)
{
    if (blobs == NULL) {
        return;
    }
    if (blobs->folder >= 0) {
        close(blobs->folder);
    }
    g_free(blobs->path);
    g_free(blobs);
}

static bool write_all(int fd, GBytes *content)
{
    size_t size;
    const uint8_t *bytes = g_bytes_get_data(content, &size);
    while (size > 0) {
        const ssize_t written = write(fd, bytes, size);
        if (written < 0 && errno != EINTR) {
            return false;
        }
        if (written > 0) {
            bytes += written;
            size -= (size_t)written;
        }
    }
    return true;
}

static bool write_part(struct blobs *blobs, const char *part, GBytes *content)
{
    const int fd = openat(blobs->folder, part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0) {
        return false;
    }
    const bool written = write_all(fd, content) && fsync(fd) == 0;
    const int cause = errno;
    close(fd);
    errno = cause;
    return written;
}

bool blob_put(struct blobs *blobs, const char *name, const aead_key *key, GBytes *content, GError **error)
{
    g_autoptr(GBytes) sealed = blob_seal(key, name, content);
    g_autofree char *part = g_strconcat(".", name, PART_SUFFIX, NULL);
    if (write_part(blobs, part, sealed) && renameat(blobs->folder, part, blobs->folder, name) == 0 &&
        fsync(blobs->folder) == 0) {
        return true;
    }
    fail("write", name, error);
    unlinkat(blobs->folder, part, 0);
    unlinkat(blobs->folder, name, 0);
    return false;
}

GBytes *blob_get(struct blobs *blobs, const char *name, const aead_key *key, GError **error)
{
    g_autofree char *path = g_build_filename(blobs->path, name, NULL);
    g_autoptr(GError) cause = NULL;
    g_autofree char *contents = NULL;
    size_t size;
    if (!g_file_get_contents(path, &contents, &size, &cause)) {
        const bool absent = g_error_matches(cause, G_FILE_ERROR, G_FILE_ERROR_NOENT);
        g_set_error(error, STORE_ERROR, absent ? STORE_ERROR_NOT_FOUND : STORE_ERROR_IO, "cannot read blob %s: %s",
                    name, cause->message);
        return NULL;
    }
    g_autoptr(GBytes) sealed = g_bytes_new_take(g_steal_pointer(&contents), size);
    return blob_unseal(key, name, sealed, error);
}

bool blob_delete(struct blobs *blobs, const char *name, GError **error)
{
    if (unlinkat(blobs->folder, name, 0) != 0 && errno != ENOENT) {
        return fail("delete", name, error);
    }
    return fsync(blobs->folder) == 0 || fail("delete", name, error);
}

GPtrArray *blob_names(struct blobs *blobs, GError **error)
{
    g_autoptr(GPtrArray) files = list_files(blobs, error);
    if (files == NULL) {
        return NULL;
    }
    GPtrArray *names = g_ptr_array_new_with_free_func(g_free);
    for (unsigned i = 0; i < files->len; i++) {
        if (((const char *)files->pdata[i])[0] != '.') {
            g_ptr_array_add(names, g_strdup(files->pdata[i]));
        }
    }
    return names;
}
