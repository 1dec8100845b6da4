/* methods: the API's methods, one file for each group. Each list ends with a NULL name. */
#pragma once

#include "signaling/rpc.h"

extern const struct rpc_method server_methods[];
extern const struct rpc_method session_methods[];
extern const struct rpc_method interview_methods[];
extern const struct rpc_method call_methods[];
extern const struct rpc_method media_methods[];
extern const struct rpc_method capture_methods[];
extern const struct rpc_method note_methods[];
extern const struct rpc_method facecheck_methods[];
extern const struct rpc_method service_methods[];
extern const struct rpc_method events_methods[];
extern const struct rpc_method schedule_methods[];
extern const struct rpc_method calendar_methods[];
extern const struct rpc_method requirement_methods[];
extern const struct rpc_method booking_methods[];
extern const struct rpc_method webhooks_methods[];
extern const struct rpc_method script_methods[];
extern const struct rpc_method conduct_methods[];
extern const struct rpc_method officer_methods[];
extern const struct rpc_method account_methods[];
extern const struct rpc_method message_methods[];
extern const struct rpc_method order_methods[];
extern const struct rpc_method queue_methods[];
extern const struct rpc_method review_methods[];

/* All of them: what rpc_dispatch serves and rpc_discover describes. */
extern const struct rpc_table viva_methods;
