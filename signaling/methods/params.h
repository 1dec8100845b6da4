/* params: what handlers take out of parameters that the dispatcher has checked. */
#pragma once

#include <jansson.h>

#define ID_LENGTH_MAX  64
#define SDP_LENGTH_MAX (64 * 1024)

#define PARAM_INTERVIEW                                                                                                \
    {                                                                                                                  \
        .name = "interview_id", .type = RPC_STRING, .min = 1, .max = ID_LENGTH_MAX, .summary = "The interview."        \
    }
#define PARAM_INTERVIEW_OF_OFFICER                                                                                     \
    {                                                                                                                  \
        .name = "interview_id", .type = RPC_STRING, .optional = true, .min = 1, .max = ID_LENGTH_MAX,                  \
        .summary = "The interview; officers give it, a party has only its own."                                        \
    }
#define PARAM_PARTY                                                                                                    \
    {                                                                                                                  \
        .name = "party_id", .type = RPC_STRING, .min = 1, .max = ID_LENGTH_MAX, .summary = "The party."                \
    }
#define PARAM_BIRTH_DATE                                                                                               \
    {                                                                                                                  \
        .name = "birth_date", .type = RPC_STRING, .optional = true, .min = 10, .max = 10,                              \
        .summary = "The applicant's, YYYY-MM-DD. It is not stored."                                                    \
    }
#define PARAM_OFFICER                                                                                                  \
    {                                                                                                                  \
        .name = "officer_id", .type = RPC_STRING, .min = 1, .max = ID_LENGTH_MAX,                                      \
        .summary = "The officer, of the same mission."                                                                 \
    }
#define PARAM_SDP                                                                                                      \
    {                                                                                                                  \
        .name = "sdp", .type = RPC_STRING, .min = 1, .max = SDP_LENGTH_MAX, .summary = "The client's SDP offer."       \
    }

#define PARAM_ORDER                                                                                                    \
    {                                                                                                                  \
        .name = "order_id", .type = RPC_STRING, .min = 1, .max = ID_LENGTH_MAX, .summary = "The order."                \
    }
#define PARAM_VERSION                                                                                                  \
    {                                                                                                                  \
        .name = "version", .type = RPC_INTEGER, .min = 1, .max = INT32_MAX,                                            \
        .summary = "The order's, as the caller has seen it; another by now is a conflict."                             \
    }

/* NULL when it was left out. */
static inline const char *param_text(const json_t *params, const char *name)
{
    return json_string_value(json_object_get(params, name));
}
