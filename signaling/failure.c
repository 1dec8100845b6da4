#include "signaling/failure.h"

#include "media/media.h"
#include "vision/vision.h"

void failure_store(GError **error, GError *cause, const char *what)
{
    if (g_error_matches(cause, STORE_ERROR, STORE_ERROR_NOT_FOUND)) {
        rpc_set_error(error, RPC_ERROR_NOT_FOUND, NULL, "there is no such %s", what);
    } else if (g_error_matches(cause, STORE_ERROR, STORE_ERROR_FULL)) {
        g_warning("event=storage_failed what=%s reason=\"%s\"", what, cause->message);
        rpc_set_error(error, RPC_ERROR_STORAGE_FAILED, NULL,
                      "the server's disk is full: the %s was not stored; tell whoever runs the server", what);
    } else if (g_error_matches(cause, STORE_ERROR, STORE_ERROR_IO) ||
               g_error_matches(cause, STORE_ERROR, STORE_ERROR_CORRUPT)) {
        g_warning("event=storage_failed what=%s reason=\"%s\"", what, cause->message);
        rpc_set_error(error, RPC_ERROR_STORAGE_FAILED, NULL,
                      "the server could not read or write the %s; its log says why", what);
    } else {
        rpc_set_error(error, RPC_ERROR_INTERNAL, NULL, "%s: %s", what, cause->message);
    }
    g_error_free(cause);
}

void failure_store_as(GError **error, GError *cause, const struct failure_meaning *meanings, size_t count,
                      const char *what)
{
    for (size_t i = 0; i < count; i++) {
        if (g_error_matches(cause, STORE_ERROR, (gint)meanings[i].cause)) {
            rpc_set_error(error, meanings[i].code, NULL, "%s", meanings[i].message);
            g_error_free(cause);
            return;
        }
    }
    failure_store(error, cause, what);
}

void failure_rate(GError **error, int64_t retry_after_ms)
{
    rpc_set_error(error, RPC_ERROR_RATE_LIMITED, json_pack("{s:I}", "retry_after_ms", (json_int_t)retry_after_ms),
                  "too many tries: wait %" G_GINT64_FORMAT " ms", retry_after_ms);
}

void failure_media(GError **error, GError *cause)
{
    static const enum rpc_error codes[] = {
        [MEDIA_ERROR_CONFIG] = RPC_ERROR_INTERNAL,   [MEDIA_ERROR_LIMIT] = RPC_ERROR_LIMIT,
        [MEDIA_ERROR_GONE] = RPC_ERROR_PEER_GONE,    [MEDIA_ERROR_SDP] = RPC_ERROR_SDP_REFUSED,
        [MEDIA_ERROR_NO_VIDEO] = RPC_ERROR_NO_VIDEO, [MEDIA_ERROR_NO_KEYFRAME] = RPC_ERROR_NO_KEYFRAME,
        [MEDIA_ERROR_BUSY] = RPC_ERROR_BUSY,
    };
    rpc_set_error(error, codes[cause->code], NULL, "%s", cause->message);
    g_error_free(cause);
}

void failure_vision(GError **error, GError *cause)
{
    const bool busy = g_error_matches(cause, VISION_ERROR, VISION_ERROR_BUSY);
    rpc_set_error(error, busy ? RPC_ERROR_BUSY : RPC_ERROR_CAPTURE_FAILED, NULL, "the picture was not made: %s",
                  cause->message);
    g_error_free(cause);
}
