/* session: what the commands share: their options, the workers they start, the files they read, what they print. */
#pragma once

#include "vision/vision.h"

#define CLI_OK    0
#define CLI_FAIL  1 /* of ours: models missing, output cannot be written */
#define CLI_USAGE 2
#define CLI_INPUT 3

struct cli_options {
    char *draw;   /* PNG to be written */
    char *models; /* folder */
    char *pairs;  /* CSV */
    char *script; /* tasks */
    int workers;
    char **files;
    bool draw_failed; /* stderr has said why */
};

/* `extra`: options beyond the common ones, or NULL. False: nothing is to be done but to return `status`. */
bool cli_parse(const char *usage, const char *summary, const GOptionEntry *extra, struct cli_options *options, int argc,
               char **argv, int *status);
void cli_clear(struct cli_options *options);
/* CLI_USAGE, after saying why. */
int cli_misused(const char *usage, const char *why);

/* As many workers as asked for, or cores, but no more than `inputs`. NULL: stderr says why. */
struct vision_pool *cli_pool(const struct cli_options *options, unsigned inputs);

/* A whole file, at most VISION_FILE_BYTES_MAX. Fails with G_FILE_ERROR, VISION_ERROR_EMPTY or _FILE_TOO_LARGE. */
GBytes *cli_read(const char *path, GError **error);
bool cli_write(const char *path, GBytes *bytes);

/* {"code", "message"}; "not_found" and "unreadable" for what cli_read says. New reference. */
json_t *cli_error(const GError *error);
/* Prints {"error": …}; words go to stderr. CLI_INPUT. */
int cli_refuse(const GError *error);
/* Takes the value over. Pretty, or as one line. False: stdout is closed. */
bool cli_print(json_t *value, bool pretty);
/* A path as a JSON string: what is no UTF-8 in it is replaced. New reference. */
json_t *cli_name(const char *path);
