/* failure: what went wrong in another module, as the API's error. */
#pragma once

#include "signaling/rpc.h"

/* Turns a STORE_ERROR (taken) into an RPC_ERROR: _NOT_FOUND naming `what`, _STORAGE_FAILED where the disk is at fault,
 * else _INTERNAL. */
void failure_store(GError **error, GError *cause, const char *what);
/* The same for a MEDIA_ERROR. */
void failure_media(GError **error, GError *cause);
/* The same for a VISION_ERROR. */
void failure_vision(GError **error, GError *cause);

/* Sets RPC_ERROR_RATE_LIMITED with what limit.h says. */
void failure_rate(GError **error, int64_t retry_after_ms);
