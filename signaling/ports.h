/* ports: whether an address and port can be bound, asked before the real owner tries, for an error that says why. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

/* `type` is SOCK_STREAM or SOCK_DGRAM; `address` numeric. Binds and closes at once. Fails with a G_FILE_ERROR. */
bool port_check(int type, const char *address, uint16_t port, GError **error);
