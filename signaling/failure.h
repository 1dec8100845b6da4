/* failure: what went wrong in another module, as the API's error. */
#pragma once

#include "signaling/rpc.h"
#include "store/store.h"

/* Turns a STORE_ERROR (taken) into an RPC_ERROR: _NOT_FOUND naming `what`, _STORAGE_FAILED where the disk is at fault,
 * else _INTERNAL. */
void failure_store(GError **error, GError *cause, const char *what);
/* What one STORE_ERROR means where it occurred. */
struct failure_meaning {
    enum store_error cause;
    enum rpc_error code;
    const char *message;
};
/* As failure_store, but for those that `meanings` has. */
void failure_store_as(GError **error, GError *cause, const struct failure_meaning *meanings, size_t count,
                      const char *what);
/* The same for a MEDIA_ERROR. */
void failure_media(GError **error, GError *cause);
/* The same for a VISION_ERROR. */
void failure_vision(GError **error, GError *cause);

/* Sets RPC_ERROR_RATE_LIMITED with what limit.h says. */
void failure_rate(GError **error, int64_t retry_after_ms);
