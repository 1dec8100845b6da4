#include <stdio.h>

#include "vision/cli/commands.h"
#include "vision/cli/face_pairs.h"
#include "vision/cli/montage.h"

#define DEADLINE_MS 60000

static const char usage[] = "viva face compare A B\n       viva face compare --pairs FILE.csv";
static const char summary[] =
    "Compares the faces of two pictures (JPEG or PNG): match, review or no_match, as JSON.\n"
    "--pairs takes a table with the columns a and b, paths relative to it, and prints a line of JSON for each row.";

bool face_measure(struct vision_pool *pool, GBytes *bytes, enum vision_drawing drawing, struct vision_face *face,
                  GError **error)
{
    const struct vision_input input = {
        .bytes = bytes, .priority = VISION_SUBMISSION, .drawing = drawing, .deadline_ms = DEADLINE_MS};
    return vision_face(pool, &input, face, error);
}

json_t *face_verdict(const struct vision_pool *pool, const float a[VISION_EMBEDDING], const float b[VISION_EMBEDDING],
                     json_t *faces)
{
    const struct vision_comparison comparison = vision_compare(pool, a, b);
    return json_pack("{s:s, s:f, s:o, s:o}", "decision", vision_decision_name(comparison.decision), "score",
                     comparison.score, "thresholds", vision_thresholds(pool), "faces", faces);
}

/* Both pictures side by side, with the verdict below. */
static bool draw(struct vision_pool *pool, const char *path, const struct vision_face faces[2])
{
    const struct vision_comparison comparison = vision_compare(pool, faces[0].embedding, faces[1].embedding);
    g_autofree char *verdict =
        g_strdup_printf("%s   score %.3f", vision_decision_name(comparison.decision), comparison.score);
    static const uint32_t colours[] = {
        [VISION_MATCH] = 0x1b7a3d, [VISION_REVIEW] = 0x9a6700, [VISION_NO_MATCH] = 0xb42318};
    GBytes *const pictures[] = {faces[0].drawing, faces[1].drawing};
    return montage_write(pool, pictures, 2, verdict, colours[comparison.decision], path);
}

static int refuse(size_t side, GError *error)
{
    g_prefix_error(&error, "%s: ", side == 0 ? "A" : "B");
    const int status = cli_refuse(error);
    g_error_free(error);
    return status;
}

static int compare(struct vision_pool *pool, const struct cli_options *options, GBytes *const bytes[2])
{
    struct vision_face faces[2] = {0};
    int status = CLI_OK;
    for (size_t i = 0; i < 2 && status == CLI_OK; i++) {
        GError *error = NULL;
        const enum vision_drawing drawing = options->draw != NULL ? VISION_DRAW : VISION_NO_DRAWING;
        if (!face_measure(pool, bytes[i], drawing, &faces[i], &error)) {
            status = refuse(i, error);
        }
    }
    if (status == CLI_OK) {
        json_t *reports = json_pack("[O, O]", faces[0].report, faces[1].report);
        const bool drawn = options->draw == NULL || draw(pool, options->draw, faces);
        const bool told = cli_print(face_verdict(pool, faces[0].embedding, faces[1].embedding, reports), true);
        status = drawn && told ? CLI_OK : CLI_FAIL;
    }
    for (size_t i = 0; i < 2; i++) {
        vision_face_clear(&faces[i]);
    }
    return status;
}

/* The files are read before a worker is started for them. */
static int compare_files(const struct cli_options *options)
{
    GBytes *bytes[2] = {NULL, NULL};
    int status = CLI_OK;
    for (size_t i = 0; i < 2 && status == CLI_OK; i++) {
        GError *error = NULL;
        bytes[i] = cli_read(options->files[i], &error);
        if (bytes[i] == NULL) {
            status = refuse(i, error);
        }
    }
    if (status == CLI_OK) {
        struct vision_pool *pool = cli_pool(options, 1);
        status = pool != NULL ? compare(pool, options, bytes) : CLI_FAIL;
        vision_pool_free(pool);
    }
    g_clear_pointer(&bytes[0], g_bytes_unref);
    g_clear_pointer(&bytes[1], g_bytes_unref);
    return status;
}

static int run(const struct cli_options *options)
{
    const unsigned files = options->files != NULL ? g_strv_length(options->files) : 0;
    if (options->pairs != NULL) {
        if (files > 0 || options->draw != NULL) {
            return cli_misused(usage, "--pairs stands alone: without A and B, without --draw");
        }
        return face_pairs(options);
    }
    if (files != 2) {
        return cli_misused(usage, "two pictures are needed");
    }
    return compare_files(options);
}

int cli_face_compare(int argc, char **argv)
{
    struct cli_options options = {0};
    const GOptionEntry extra[] = {
        {"pairs", 0, 0, G_OPTION_ARG_FILENAME, &options.pairs, "compare the pairs of a table", "FILE.csv"}, {0}};
    int status = CLI_OK;
    if (cli_parse(usage, summary, extra, &options, argc, argv, &status)) {
        status = run(&options);
    }
    cli_clear(&options);
    return status;
}
