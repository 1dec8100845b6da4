#include "signaling/refusal.h"

#include "signaling/rpc.h"
#include "vision/vision.h"

#define RETRY_AFTER_S 3

static unsigned status_of_rpc(enum rpc_error code)
{
    switch (code) {
    case RPC_ERROR_NOT_SIGNED_IN:
    case RPC_ERROR_SESSION_EXPIRED:
        return 401;
    case RPC_ERROR_FORBIDDEN:
        return 403;
    case RPC_ERROR_NOT_FOUND:
        return 404;
    case RPC_ERROR_WRONG_STATE:
    case RPC_ERROR_CONFLICT:
        return 409;
    case RPC_ERROR_RATE_LIMITED:
        return 429;
    case RPC_ERROR_BUSY:
    case RPC_ERROR_STORAGE_FAILED:
    case RPC_ERROR_DRAINING:
        return 503;
    default:
        return 500;
    }
}

static unsigned status_of_vision(const GError *error)
{
    switch ((enum vision_error)error->code) {
    case VISION_ERROR_FILE_TOO_LARGE:
        return 413;
    case VISION_ERROR_WRONG_TYPE:
        return 415;
    case VISION_ERROR_BUSY:
    case VISION_ERROR_TIMEOUT:
    case VISION_ERROR_WORKER_LOST:
        return 503;
    default:
        return vision_error_is_input(error) ? 422 : 500;
    }
}

struct answer *refusal_answer(const GError *error)
{
    unsigned status = 500;
    const char *code = NULL;
    if (error != NULL && error->domain == RPC_ERROR) {
        status = status_of_rpc((enum rpc_error)error->code);
        code = rpc_error_name((enum rpc_error)error->code);
    } else if (error != NULL && error->domain == VISION_ERROR) {
        status = status_of_vision(error);
        code = vision_error_code((enum vision_error)error->code);
    }
    if (status == 500) {
        g_warning("event=request_failed error=\"%s\"", error != NULL ? error->message : "none given");
        return answer_error(status, "internal_error", "The server failed; its log says why. Try again later");
    }
    struct answer *answer = answer_error(status, code, error->message);
    answer->retry_after_s = status == 503 || status == 429 ? RETRY_AFTER_S : 0;
    return answer;
}
