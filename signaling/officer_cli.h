/* officer_cli: `viva officer add LOGIN --name NAME --mission MISSION [--config FILE]`: accounts of officers.
 *
 * The password is read from the terminal (twice, without echo) or, where standard input is none, as its first line;
 * never from the arguments, which every user of the machine can read. */
#pragma once

/* `argv[0]` is "officer". Result as JSON on stdout, words on stderr. Returns the exit code: 0 done, 2 usage, 3 the
 * input cannot be used. */
int officer_cli(int argc, char **argv);
