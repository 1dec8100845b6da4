#include "signaling/files.h"

#include <string.h>

#define DEPTH_MAX 8

struct files {
    GHashTable *by_path; /* "/assets/…" → struct file */
    gsize bytes;
};

static const struct {
    const char *ending, *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".json", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".jpg", "image/jpeg"},
    {".ico", "image/x-icon"},
    {".woff2", "font/woff2"},
    {".mp3", "audio/mpeg"},
    {".ogg", "audio/ogg"},
    {".wav", "audio/wav"},
    {".wasm", "application/wasm"},
    {".txt", "text/plain; charset=utf-8"},
};

static const char *type_of(const char *name)
{
    for (unsigned i = 0; i < G_N_ELEMENTS(types); i++) {
        if (g_str_has_suffix(name, types[i].ending)) {
            return types[i].type;
        }
    }
    return "application/octet-stream";
}

static void file_free(void *data)
{
    struct file *file = data;
    g_bytes_unref(file->bytes);
    g_free(file->etag);
    g_free(file);
}

static bool add_file(struct files *files, const char *place, const char *path, GError **error)
{
    char *content;
    gsize length;
    if (!g_file_get_contents(place, &content, &length, error)) {
        return false;
    }
    g_autoptr(GBytes) bytes = g_bytes_new_take(content, length);
    if (length > FILES_BYTES_MAX - files->bytes) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOMEM,
                    "%s: the pages are larger than %u MiB together; is this the right folder?", place,
                    FILES_BYTES_MAX >> 20);
        return false;
    }
    files->bytes += length;
    g_autofree char *hash = g_compute_checksum_for_bytes(G_CHECKSUM_SHA256, bytes);
    struct file *file = g_new(struct file, 1);
    *file = (struct file){
        .bytes = g_steal_pointer(&bytes),
        .type = type_of(path),
        .etag = g_strdup_printf("\"%.32s\"", hash),
        .immutable = g_str_has_prefix(path, "/assets/"), /* Vite puts hashed names there, and only those */
    };
    const bool is_index = g_str_has_suffix(path, "/index.html");
    const size_t kept = strlen(path) - (is_index ? strlen("index.html") : 0);
    g_hash_table_insert(files->by_path, g_strndup(path, kept), file);
    return true;
}

static bool add_folder(struct files *files, const char *place, const char *path, unsigned depth, GError **error)
{
    g_autoptr(GDir) folder = g_dir_open(place, 0, error);
    if (folder == NULL) {
        return false;
    }
    const char *name;
    while ((name = g_dir_read_name(folder)) != NULL) {
        g_autofree char *inner_place = g_build_filename(place, name, NULL);
        g_autofree char *inner_path = g_strconcat(path, "/", name, NULL);
        if (name[0] == '.' || g_file_test(inner_place, G_FILE_TEST_IS_SYMLINK)) {
            continue;
        }
        bool good = true;
        if (g_file_test(inner_place, G_FILE_TEST_IS_REGULAR)) {
            good = add_file(files, inner_place, inner_path, error);
        } else if (depth < DEPTH_MAX && g_file_test(inner_place, G_FILE_TEST_IS_DIR)) {
            good = add_folder(files, inner_place, inner_path, depth + 1, error);
        }
        if (!good) {
            return false;
        }
    }
    return true;
}

struct files *files_load(const char *folder, GError **error)
{
    struct files *files = g_new0(struct files, 1);
    files->by_path = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, file_free);
    if (!add_folder(files, folder, "", 0, error)) {
        g_clear_pointer(&files, files_free);
    }
    return files;
}

void files_free(struct files *files)
{
    if (files != NULL) {
        g_hash_table_unref(files->by_path);
        g_free(files);
    }
}

const struct file *files_find(const struct files *files, const char *path)
{
    return g_hash_table_lookup(files->by_path, path);
}
