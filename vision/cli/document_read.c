#include "vision/cli/commands.h"
#include "vision/cli/lines.h"

#define DEADLINE_MS 120000

static const char usage[] = "viva document read FILE...";
static const char summary[] =
    "Reads the data page of a passport or another travel document (JPEG or PNG): machine readable zone, portrait,\n"
    "page, as JSON. Of several files, a line of JSON for each.";

static json_t *read_document(struct vision_pool *pool, struct cli_options *options, GBytes *bytes, GError **error)
{
    const struct vision_input input = {.bytes = bytes,
                                       .priority = VISION_SUBMISSION,
                                       .drawing = options->draw != NULL ? VISION_DRAW : VISION_NO_DRAWING,
                                       .deadline_ms = DEADLINE_MS};
    struct vision_document document = {0};
    if (!vision_document(pool, &input, &document, error)) {
        return NULL;
    }
    if (options->draw != NULL) {
        options->draw_failed = !cli_write(options->draw, document.drawing);
    }
    json_t *report = json_incref(document.report);
    vision_document_clear(&document);
    return report;
}

int cli_document_read(int argc, char **argv)
{
    struct cli_options options = {0};
    int status = CLI_OK;
    if (cli_parse(usage, summary, NULL, &options, argc, argv, &status)) {
        const struct lines lines = {.usage = usage, .options = &options, .read = read_document};
        status = lines_run(&lines);
    }
    cli_clear(&options);
    return status;
}
