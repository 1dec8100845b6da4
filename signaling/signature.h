/* signature: a name drawn with a finger (D-9), as text: strokes "x,y x,y …;x,y …", whole numbers, x from 0 to 1000 and
 * y from 0 to 400. Pure. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define SIGNATURE_BYTES_MAX  (16 * 1024)
#define SIGNATURE_POINTS_MIN 10 /* fewer are a slip of the finger */

/* Fails with RPC_ERROR_INVALID_PARAMS. */
bool signature_check(const char *text, GError **error);
