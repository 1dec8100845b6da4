/* service_cli: `viva service add | rotate | revoke | list`: accounts of foreign order services. JSON on stdout; a token
 * is printed once, when it is made. */
#pragma once

/* `argv[0]` is "service". Returns the exit code (OPTIONS_EXIT_*). Works beside a running service. */
int service_cli(int argc, char **argv);
