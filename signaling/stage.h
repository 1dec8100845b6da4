/* stage: the media of an interview: its room, and each party's peer in it. Everything here runs inside a turn, or under
 * the calls' lock. */
#pragma once

#include "signaling/turn.h"

struct calls;
struct call;
struct call_party;

/* Joins `party`, replacing its earlier peer. The room is made when there is none. On success the caller owns
 * `*answer_sdp` and `*slots`. Fails with RPC_ERROR_SDP_REFUSED, _LIMIT, _PEER_GONE or _DRAINING. */
bool stage_join(struct turn *turn, const struct store_party *party, const char *sdp, char **answer_sdp, json_t **slots,
                GError **error);
/* ICE restart. RPC_ERROR_PEER_GONE: join anew. */
bool stage_restart(struct turn *turn, const struct store_party *party, const char *sdp, char **answer_sdp,
                   GError **error);
/* Ends a party's media, if it has any, and tells its page why, unless that is `except`. Returns whether there was any.
 */
bool stage_leave(struct calls *calls, struct call *call, struct call_party *party, const char *reason, uint64_t except);
/* Ends everybody's media and the room. */
void stage_close(struct calls *calls, struct call *call, const char *reason);

/* A connection test: a room of one's own until `stage_test_end`, or for test_call_s. */
bool stage_test(struct turn *turn, const char *sdp, char **answer_sdp, GError **error);
void stage_test_end(struct calls *calls, const char *party);
/* Ends tests that are over; INT64_MAX: all. */
void stage_test_sweep(struct calls *calls, int64_t now_us);
/* For GHashTable. */
void stage_test_free(void *test);

/* What the media engine told of a peer. */
void stage_peer_state(struct calls *calls, media_room_id room, media_peer_id peer, enum media_peer_state state,
                      enum media_close_reason reason);
void stage_peer_slots(struct calls *calls, media_room_id room, media_peer_id peer, const struct media_slot *slots,
                      unsigned count);

/* Sends call.quality to everybody in the call. */
void stage_tell_quality(struct calls *calls, struct call *call);
