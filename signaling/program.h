/* program: runs a program of the mission's own, without a shell, for one message. */
#pragma once

#include <glib.h>

/* Runs `command` (the program's whole path and its arguments, quoted as for a shell) with `input` on its stdin, and
 * little else: no other descriptors, no environment but PATH, HOME, LANG and TZ, no output that is kept. It is killed,
 * with all that it has started, after `limit_us` or once `*stop` is set. Blocks; any thread.
 * NULL: it ended with 0. Otherwise what went wrong; caller frees. */
char *program_run(const char *command, const char *input, int64_t limit_us, const gint *stop);
/* NULL: there is such a program. Otherwise what is wrong; caller frees. */
char *program_missing(const char *command);
