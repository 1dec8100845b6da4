/* lines: one file, or several, each of which becomes an object of JSON: pretty alone, a line each together. */
#pragma once

#include "vision/cli/session.h"

struct lines {
    const char *usage;
    struct cli_options *options;
    /* A new reference, or NULL with an error. On any thread; options->draw is set only where there is one file. */
    json_t *(*read)(struct vision_pool *pool, struct cli_options *options, GBytes *bytes, GError **error);
};

/* Reads options->files. Returns the exit code: a single file that cannot be used is CLI_INPUT, one of several a line
 * with its error. */
int lines_run(const struct lines *lines);
