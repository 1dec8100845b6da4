/* options: what the command line asks for. */
#pragma once

#include <glib.h>
#include <stdbool.h>

enum command {
    COMMAND_SERVE,
    COMMAND_DOCTOR,
    COMMAND_OFFICER,
    COMMAND_SERVICE,       /* accounts of foreign order services */
    COMMAND_VISION,        /* face, document, liveness: a check on the command line */
    COMMAND_VISION_WORKER, /* not for people: the service starts it */
    COMMAND_HELP,
    COMMAND_VERSION
};

struct options {
    enum command command;
    char *config; /* serve, doctor: the file; NULL: defaults. Owned. */
    bool demo;    /* serve */
    char **rest;  /* officer, service, vision, vision-worker: the arguments from the command on, NULL-terminated.
                     Borrowed from  argv. */
    int rest_count;
};

#define OPTIONS_EXIT_DONE     0
#define OPTIONS_EXIT_FAILED   1 /* a check found something */
#define OPTIONS_EXIT_USAGE    2
#define OPTIONS_EXIT_UNUSABLE 3 /* the input cannot be used */

/* Fails with a G_OPTION_ERROR; `options` is then untouched. */
bool options_parse(int argc, char **argv, struct options *options, GError **error);
void options_clear(struct options *options);
/* The help text; static. */
const char *options_help(void);
