/* live: tries of the liveness check. A try has a media room alone with the server, a tap, and a thread that feeds a
 * vision worker, shows one task at a time, and at the end decides and stores. As many run as vision.live_max.
 *
 * A try ends by itself, or when its applicant stops it, its connection or its media is lost, or the server stops. What
 * was lost for technical reasons is not counted. */
#pragma once

#include "signaling/facecheck_turn.h"

struct live_started {
    char *answer_sdp, *try_id; /* owned by the caller: live_started_clear */
    unsigned tasks, window_ms;
};
void live_started_clear(struct live_started *started);

/* Starts a try inside a turn of its face check; the caller's connection is told of prompts. `device_label` is what its
 * browser calls the camera, NULL: nothing. Fails with RPC_ERROR_WRONG_STATE, _BUSY, _TRIES_EXHAUSTED, _LIMIT,
 * _SDP_REFUSED, _NO_VIDEO or _DRAINING. */
bool live_start(struct facecheck_turn *turn, const struct rpc_caller *caller, const char *sdp, const char *device_label,
                struct live_started *started, GError **error);
/* Ends the try that runs, if one does, and does not wait. */
void live_stop(struct facecheck_turn *turn);
/* The same for the try that a connection, or any connection of a session, started. */
void live_connection_closed(struct service *service, uint64_t connection);
void live_session_ended(struct service *service, const struct rpc_caller *caller);

/* Whether a camera of this name is known to be no camera. Pure. */
bool live_is_virtual(const char *device_label);
/* Draws the tasks of a try: tasks_min to tasks_max of those that are configured, none twice in a row, and not turns
 * alone where there is anything else. Returns how many. */
unsigned live_draw(const struct config *config, enum vision_task script[VISION_SCRIPT_MAX]);
