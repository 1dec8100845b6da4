/* capture: one keyframe of a peer's video for evidence, from the request for it to the call of `captured`. */
#pragma once

#include "media/room/room.h"
#include "media/room/track.h"

struct capture {
    bool active;
    int64_t begun_us, deadline_us;
    int64_t wall_offset_us; /* UTC minus monotonic time */
};

/* What room.h says of room_capture. */
bool capture_begin(struct peer *peer, int64_t deadline_us, int64_t wall_offset_us, int64_t now_us, GError **error);
/* A packet of the peer's video, after its cache has it. */
void capture_packet(struct peer *peer, const struct track_packet *packet);
void capture_tick(struct peer *peer, int64_t now_us);
/* The peer leaves: a running capture fails with MEDIA_ERROR_GONE. */
void capture_abandon(struct peer *peer);
