#include "vision/cli/lines.h"

#include <stdio.h>

#include "vision/cli/batch.h"

struct many {
    const struct lines *lines;
    struct vision_pool *pool;
    char **files;
    json_t **results; /* what waits for its turn */
    unsigned count, printed, unusable;
};

static json_t *read_file(const struct lines *lines, struct vision_pool *pool, const char *path, GError **error)
{
    g_autoptr(GBytes) bytes = cli_read(path, error);
    return bytes != NULL ? lines->read(pool, lines->options, bytes, error) : NULL;
}

static void measure(void *data, unsigned item)
{
    struct many *many = data;
    g_autoptr(GError) error = NULL;
    json_t *line = json_pack("{s:o}", "file", cli_name(many->files[item]));
    json_t *report = read_file(many->lines, many->pool, many->files[item], &error);
    if (report != NULL) {
        json_object_update(line, report);
        json_decref(report);
    } else {
        json_object_set_new(line, "error", cli_error(error));
    }
    g_atomic_pointer_set(&many->results[item], line);
}

static bool done(void *data, unsigned item)
{
    (void)item;
    struct many *many = data;
    while (many->printed < many->count && g_atomic_pointer_get(&many->results[many->printed]) != NULL) {
        json_t *line = g_steal_pointer(&many->results[many->printed]);
        many->unusable += json_object_get(line, "error") != NULL;
        many->printed++;
        if (!cli_print(line, false)) {
            return false;
        }
    }
    return true;
}

static int run_many(struct many *many)
{
    many->pool = cli_pool(many->lines->options, many->count);
    if (many->pool == NULL) {
        return CLI_FAIL;
    }
    struct vision_pool_stats stats;
    vision_pool_stats(many->pool, &stats);
    many->results = g_new0(json_t *, many->count);
    const struct batch batch = {
        .count = many->count, .threads = stats.workers, .data = many, .measure = measure, .done = done};
    const bool whole = batch_run(&batch);
    for (unsigned i = 0; i < many->count; i++) {
        json_decref(many->results[i]);
    }
    g_free(many->results);
    vision_pool_free(many->pool);
    fprintf(stderr, "%u files; %u could not be used\n", many->printed, many->unusable);
    return whole ? CLI_OK : CLI_FAIL;
}

/* The file is read before a worker is started for it. */
static int run_one(const struct lines *lines, const char *path)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GBytes) bytes = cli_read(path, &error);
    if (bytes == NULL) {
        return cli_refuse(error);
    }
    struct vision_pool *pool = cli_pool(lines->options, 1);
    if (pool == NULL) {
        return CLI_FAIL;
    }
    json_t *report = lines->read(pool, lines->options, bytes, &error);
    vision_pool_free(pool);
    if (report == NULL) {
        return cli_refuse(error);
    }
    return cli_print(report, true) && !lines->options->draw_failed ? CLI_OK : CLI_FAIL;
}

int lines_run(const struct lines *lines)
{
    struct many many = {.lines = lines, .files = lines->options->files};
    many.count = many.files != NULL ? g_strv_length(many.files) : 0;
    if (many.count == 0) {
        return cli_misused(lines->usage, "a file is needed");
    }
    if (many.count > 1 && lines->options->draw != NULL) {
        return cli_misused(lines->usage, "--draw takes one file");
    }
    return many.count == 1 ? run_one(lines, many.files[0]) : run_many(&many);
}
