#include "signaling/signature.h"

#include "signaling/rpc.h"

#include <string.h>

#define X_MAX 1000
#define Y_MAX 400

/* A number of at most four digits at `*at`, which then is behind it. */
static bool read_number(const char **at, unsigned max)
{
    unsigned value = 0, digits = 0;
    for (; g_ascii_isdigit(**at) && digits < 4; (*at)++, digits++) {
        value = value * 10 + (unsigned)(**at - '0');
    }
    return digits > 0 && value <= max;
}

static bool read_point(const char **at)
{
    if (!read_number(at, X_MAX) || **at != ',') {
        return false;
    }
    (*at)++;
    return read_number(at, Y_MAX);
}

bool signature_check(const char *text, GError **error)
{
    const char *at = text;
    unsigned points = 0;
    bool good = strlen(text) <= SIGNATURE_BYTES_MAX;
    while (good && (good = read_point(&at)) && *at != '\0') {
        points++;
        good = *at == ' ' || *at == ';';
        at++;
    }
    if (!good || points + 1 < SIGNATURE_POINTS_MIN) {
        rpc_set_error(
            error, RPC_ERROR_INVALID_PARAMS, NULL,
            "params.signature is no drawing: strokes \"x,y x,y;x,y\" with x up to %d and y up to %d, at least "
            "%d points in all",
            X_MAX, Y_MAX, SIGNATURE_POINTS_MIN);
        return false;
    }
    return true;
}
