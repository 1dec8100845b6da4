#include "vision/cli/session.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#define WORKERS_MAX   16
#define PICTURE_PX    25000000
#define JPEG_QUALITY  92
#define READ_AT_ONCE  (1u << 18)
#define JSON_REAL_LEN 6

/* ---- options ---- */

static bool parse(GOptionContext *context, int argc, char **argv, GError **error)
{
    /* GOption rearranges the array, which is the caller's. */
    g_autofree char **words = g_new0(char *, (size_t)argc + 1);
    for (int i = 0; i < argc; i++) {
        words[i] = argv[i];
    }
    return g_option_context_parse(context, &argc, &words, error);
}

bool cli_parse(const char *usage, const char *summary, const GOptionEntry *extra, struct cli_options *options, int argc,
               char **argv, int *status)
{
    gboolean help = FALSE;
    const GOptionEntry common[] = {
        {"draw", 0, 0, G_OPTION_ARG_FILENAME, &options->draw, "write the picture with what was found drawn in", "PNG"},
        {"models", 0, 0, G_OPTION_ARG_FILENAME, &options->models, "folder of models.json and thresholds.json", "DIR"},
        {"workers", 0, 0, G_OPTION_ARG_INT, &options->workers, "worker processes (default: one for each core)", "N"},
        {"help", 'h', 0, G_OPTION_ARG_NONE, &help, "show this", NULL},
        {G_OPTION_REMAINING, 0, 0, G_OPTION_ARG_FILENAME_ARRAY, &options->files, NULL, NULL},
        {0},
    };
    g_autoptr(GOptionContext) context = g_option_context_new(NULL);
    g_option_context_set_help_enabled(context, FALSE);
    g_option_context_set_summary(context, summary);
    g_option_context_add_main_entries(context, common, NULL);
    if (extra != NULL) {
        g_option_context_add_main_entries(context, extra, NULL);
    }
    g_autoptr(GError) error = NULL;
    if (!parse(context, argc, argv, &error)) {
        *status = cli_misused(usage, error->message);
        return false;
    }
    if (help) {
        g_autofree char *text = g_option_context_get_help(context, TRUE, NULL);
        const char *rest = g_strstr_len(text, -1, "\n\n"); /* behind GOption's own idea of the usage */
        printf("usage: %s%s", usage, rest != NULL ? rest : "\n");
        *status = CLI_OK;
        return false;
    }
    if (options->workers < 0 || options->workers > WORKERS_MAX) {
        *status = cli_misused(usage, "--workers takes a number from 1 to 16");
        return false;
    }
    return true;
}

void cli_clear(struct cli_options *options)
{
    g_free(options->draw);
    g_free(options->models);
    g_free(options->pairs);
    g_free(options->script);
    g_strfreev(options->files);
}

int cli_misused(const char *usage, const char *why)
{
    fprintf(stderr, "viva: %s\nusage: %s\n", why, usage);
    return CLI_USAGE;
}

/* ---- workers ---- */

struct vision_pool *cli_pool(const struct cli_options *options, unsigned inputs)
{
    const unsigned wanted = options->workers > 0 ? (unsigned)options->workers : g_get_num_processors();
    const unsigned workers = MIN(MIN(wanted, WORKERS_MAX), MAX(inputs, 1));
    const struct vision_config config = {.models = options->models,
                                         .workers = workers,
                                         .queue_max = workers,
                                         .live_max = 1,
                                         .worker_memory_mib = VISION_MEMORY_MIB,
                                         .picture_px_max = PICTURE_PX,
                                         .jpeg_quality = JPEG_QUALITY};
    g_autoptr(GError) error = NULL;
    struct vision_pool *pool = vision_pool_new(&config, &error);
    if (pool == NULL) {
        fprintf(stderr, "viva: %s\n", error->message);
    }
    return pool;
}

/* ---- files ---- */

static bool read_all(int file, GByteArray *bytes, const char *path, GError **error)
{
    for (;;) {
        const guint before = bytes->len;
        g_byte_array_set_size(bytes, before + READ_AT_ONCE);
        const ssize_t length = read(file, bytes->data + before, READ_AT_ONCE);
        g_byte_array_set_size(bytes, before + (guint)MAX(length, 0));
        if (length < 0 && errno != EINTR) {
            g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(errno), "cannot read %s: %s", path,
                        g_strerror(errno));
            return false;
        }
        if (length == 0) {
            return true;
        }
        if (bytes->len > VISION_FILE_BYTES_MAX) {
            g_set_error(error, VISION_ERROR, VISION_ERROR_FILE_TOO_LARGE, "the file is too large: over %u MB",
                        VISION_FILE_BYTES_MAX >> 20);
            return false;
        }
    }
}

GBytes *cli_read(const char *path, GError **error)
{
    if (path[0] == '\0') {
        g_set_error(error, G_FILE_ERROR, G_FILE_ERROR_NOENT, "no file is named");
        return NULL;
    }
    g_autofree char *shown = g_filename_display_name(path);
    const int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0) {
        g_set_error(error, G_FILE_ERROR, (int)g_file_error_from_errno(errno), "cannot read %s: %s", shown,
                    g_strerror(errno));
        return NULL;
    }
    g_autoptr(GByteArray) bytes = g_byte_array_new();
    const bool whole = read_all(file, bytes, shown, error);
    close(file);
    if (whole && bytes->len == 0) {
        g_set_error(error, VISION_ERROR, VISION_ERROR_EMPTY, "the file is empty");
    }
    return whole && bytes->len > 0 ? g_byte_array_free_to_bytes(g_steal_pointer(&bytes)) : NULL;
}

bool cli_write(const char *path, GBytes *bytes)
{
    g_autoptr(GError) error = NULL;
    size_t length;
    const char *data = g_bytes_get_data(bytes, &length);
    if (!g_file_set_contents(path, data, (gssize)length, &error)) {
        fprintf(stderr, "viva: %s\n", error->message);
        return false;
    }
    return true;
}

/* ---- output ---- */

static const char *error_code(const GError *error)
{
    if (error->domain == VISION_ERROR) {
        return vision_error_code((enum vision_error)error->code);
    }
    return error->code == G_FILE_ERROR_NOENT || error->code == G_FILE_ERROR_NOTDIR ? "not_found" : "unreadable";
}

json_t *cli_error(const GError *error)
{
    g_autofree char *message = g_utf8_make_valid(error->message, -1);
    return json_pack("{s:s, s:s}", "code", error_code(error), "message", message);
}

int cli_refuse(const GError *error)
{
    fprintf(stderr, "viva: %s\n", error->message);
    if (g_error_matches(error, VISION_ERROR, VISION_ERROR_CONFIG)) {
        return CLI_FAIL; /* ours, not the input's */
    }
    cli_print(json_pack("{s:o}", "error", cli_error(error)), true);
    return CLI_INPUT;
}

bool cli_print(json_t *value, bool pretty)
{
    const size_t flags = (pretty ? JSON_INDENT(2) : JSON_COMPACT) | JSON_REAL_PRECISION(JSON_REAL_LEN);
    json_dumpf(value, stdout, flags);
    json_decref(value);
    putchar('\n');
    return fflush(stdout) == 0;
}

json_t *cli_name(const char *path)
{
    g_autofree char *shown = g_filename_display_name(path);
    return json_string(shown);
}
