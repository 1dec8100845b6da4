#include "vision/cli/face_pairs.h"

#include <stdio.h>
#include <string.h>

#include "vision/cli/batch.h"
#include "vision/cli/csv.h"

/* A distinct file. Reports are kept as text, which takes a fraction of the space, and no longer than they are needed.
 */
struct measured {
    char *path;
    unsigned uses; /* by pairs not yet printed */
    bool done;
    float embedding[VISION_EMBEDDING];
    char *report; /* NULL: `error` says why */
    json_t *error;
};

struct pair {
    const char *names[2]; /* as the table has them */
    struct measured *files[2];
};

struct pairs {
    struct vision_pool *pool;
    GPtrArray *rows;
    GPtrArray *files; /* of struct measured, in the order of their first use */
    struct pair *pairs;
    unsigned count, printed, unusable;
    bool broken; /* stdout is closed */
};

/* ---- the table ---- */

static void free_measured(void *data)
{
    struct measured *file = data;
    g_free(file->path);
    g_free(file->report);
    json_decref(file->error);
    g_free(file);
}

static struct measured *use_file(struct pairs *pairs, GHashTable *known, const char *folder, const char *name)
{
    g_autofree char *path = name[0] != '\0' ? g_canonicalize_filename(name, folder) : g_strdup("");
    struct measured *file = g_hash_table_lookup(known, path);
    if (file == NULL) {
        file = g_new0(struct measured, 1);
        file->path = g_steal_pointer(&path);
        g_ptr_array_add(pairs->files, file);
        g_hash_table_insert(known, file->path, file);
    }
    file->uses++;
    return file;
}

static void list_pairs(struct pairs *pairs, const char *table, const int columns[2])
{
    g_autofree char *absolute = g_canonicalize_filename(table, NULL);
    g_autofree char *folder = g_path_get_dirname(absolute);
    GHashTable *known = g_hash_table_new(g_str_hash, g_str_equal);
    pairs->count = pairs->rows->len - 1;
    pairs->pairs = g_new0(struct pair, pairs->count);
    for (unsigned i = 0; i < pairs->count; i++) {
        for (size_t side = 0; side < 2; side++) {
            const char *name = csv_field(pairs->rows, i + 1, columns[side]);
            pairs->pairs[i].names[side] = name != NULL ? name : "";
            pairs->pairs[i].files[side] = use_file(pairs, known, folder, name != NULL ? name : "");
        }
    }
    g_hash_table_unref(known);
}

static bool read_table(struct pairs *pairs, const char *path, GError **error)
{
    g_autoptr(GBytes) bytes = cli_read(path, error);
    if (bytes == NULL) {
        return false;
    }
    size_t length;
    const char *text = g_bytes_get_data(bytes, &length);
    pairs->rows = csv_parse(text, length, error);
    if (pairs->rows == NULL) {
        return false;
    }
    const int columns[2] = {csv_column(pairs->rows, "a"), csv_column(pairs->rows, "b")};
    if (columns[0] < 0 || columns[1] < 0) {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_INVAL, "the first row must name the columns, a and b among them");
        return false;
    }
    list_pairs(pairs, path, columns);
    return true;
}

/* ---- measuring and printing ---- */

static void measure(void *data, unsigned item)
{
    struct pairs *pairs = data;
    struct measured *file = pairs->files->pdata[item];
    struct vision_face face = {0};
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = cli_read(file->path, &error);
    if (bytes != NULL && face_measure(pairs->pool, bytes, VISION_NO_DRAWING, &face, &error)) {
        memcpy(file->embedding, face.embedding, sizeof file->embedding);
        file->report = json_dumps(face.report, JSON_COMPACT);
    } else {
        file->error = cli_error(error);
    }
    vision_face_clear(&face);
}

static json_t *line_of(struct pairs *pairs, const struct pair *pair)
{
    struct measured *const *files = pair->files;
    json_t *line = json_pack("{s:o, s:o}", "a", cli_name(pair->names[0]), "b", cli_name(pair->names[1]));
    if (files[0]->error != NULL || files[1]->error != NULL) {
        json_t *error = json_copy(files[0]->error != NULL ? files[0]->error : files[1]->error);
        g_autofree char *message = g_strdup_printf("%s: %s", files[0]->error != NULL ? "a" : "b",
                                                   json_string_value(json_object_get(error, "message")));
        json_object_set_new(error, "message", json_string(message));
        json_object_set_new(line, "error", error);
        pairs->unusable++;
        return line;
    }
    json_t *faces = json_pack("[o, o]", json_loads(files[0]->report, 0, NULL), json_loads(files[1]->report, 0, NULL));
    json_t *verdict = face_verdict(pairs->pool, files[0]->embedding, files[1]->embedding, faces);
    json_object_update(line, verdict);
    json_decref(verdict);
    return line;
}

static void let_go(struct measured *file)
{
    if (--file->uses == 0) {
        g_clear_pointer(&file->report, g_free);
    }
}

/* Prints the pairs whose turn it is. */
static bool done(void *data, unsigned item)
{
    struct pairs *pairs = data;
    ((struct measured *)pairs->files->pdata[item])->done = true;
    while (pairs->printed < pairs->count && !pairs->broken) {
        const struct pair *pair = &pairs->pairs[pairs->printed];
        if (!pair->files[0]->done || !pair->files[1]->done) {
            break;
        }
        pairs->broken = !cli_print(line_of(pairs, pair), false);
        let_go(pair->files[0]);
        let_go(pair->files[1]);
        pairs->printed++;
    }
    return !pairs->broken;
}

static int compare_all(struct pairs *pairs, const struct cli_options *options)
{
    pairs->pool = cli_pool(options, pairs->files->len);
    if (pairs->pool == NULL) {
        return CLI_FAIL;
    }
    struct vision_pool_stats stats;
    vision_pool_stats(pairs->pool, &stats);
    const struct batch batch = {
        .count = pairs->files->len, .threads = stats.workers, .data = pairs, .measure = measure, .done = done};
    const bool whole = batch_run(&batch);
    vision_pool_free(pairs->pool);
    fprintf(stderr, "%u pairs of %u files; %u pairs could not be compared\n", pairs->printed, pairs->files->len,
            pairs->unusable);
    return whole ? CLI_OK : CLI_FAIL;
}

int face_pairs(const struct cli_options *options)
{
    struct pairs pairs = {.files = g_ptr_array_new_with_free_func(free_measured)};
    g_autoptr(GError) error = NULL;
    int status;
    if (!read_table(&pairs, options->pairs, &error)) {
        g_prefix_error(&error, "--pairs: ");
        status = cli_refuse(error);
    } else if (pairs.count == 0) {
        status = CLI_OK;
    } else {
        status = compare_all(&pairs, options);
    }
    g_clear_pointer(&pairs.rows, g_ptr_array_unref);
    g_ptr_array_unref(pairs.files);
    g_free(pairs.pairs);
    return status;
}
