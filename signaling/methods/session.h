/* session: what the methods that sign somebody in share. */
#pragma once

#include "signaling/session.h"

/* Opens a session for whom `session` holds, on the caller's connection, and signs it in. The answer has the session's
 * own side (officer, interview, or role with facecheck or account), token and expires_at. New reference. */
json_t *session_begin(struct service *service, const struct rpc_caller *caller, struct session *session,
                      GError **error);
