/* files: the built pages (http.web_root), read into memory once at start.
 *
 * A request's path is looked up among what was read, so no path can lead outside, whatever it is made of. Symbolic
 * links are not followed. Constant after loading: any thread may look up. */
#pragma once

#include <glib.h>
#include <stdbool.h>

struct file {
    GBytes *bytes;
    const char *type; /* Content-Type; static */
    char *etag;       /* quoted, of the content (RFC 9110 §8.8.3) */
    bool immutable;   /* its name holds a hash of its content, so it may be kept for ever */
};

struct files;

#define FILES_BYTES_MAX (64u * 1024 * 1024)

/* Fails (G_FILE_ERROR) when the folder cannot be read or holds more than FILES_BYTES_MAX. */
struct files *files_load(const char *folder, GError **error);
void files_free(struct files *files);
/* The file of a URL path: "/" and "/officer/" are their index.html. NULL: none. */
const struct file *files_find(const struct files *files, const char *path);
