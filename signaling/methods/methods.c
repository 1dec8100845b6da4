#include "signaling/methods/methods.h"

static const struct rpc_method *const groups[] = {
    server_methods,   session_methods,   interview_methods,   call_methods,   media_methods,   capture_methods,
    note_methods,     facecheck_methods, service_methods,     events_methods, booking_methods, webhooks_methods,
    schedule_methods, calendar_methods,  requirement_methods, script_methods, conduct_methods, officer_methods,
    account_methods,  message_methods,   order_methods,       queue_methods,  review_methods,  NULL,
};

const struct rpc_table viva_methods = {.groups = groups};
