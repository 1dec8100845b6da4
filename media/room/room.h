/* room: up to four parties who see and hear each other; and peer: one of them.
 *
 * Sans-I/O like the transport below it: the worker hands datagrams and the time in and carries out what the output
 * callbacks say. Everything of a room runs on its worker's thread. Room owns peers, a peer owns its transport and
 * tracks. */
#pragma once

#include "media/packet_ring.h"
#include "media/sdp/answer.h"
#include "media/secure/transport.h"

struct room;
struct peer;

struct room_config {
    const struct media_config *media; /* borrowed: the engine's */
    const struct certificate *certificate;
    uint16_t port; /* of the worker: written into answers */
};

struct room_output {
    void *context;
    void (*send)(void *context, const struct path *path, const uint8_t *datagram, size_t length);
    void (*authenticated)(void *context, struct peer *peer, const struct path *path);
    void (*state)(void *context, struct peer *peer, enum media_peer_state state, enum media_close_reason reason);
    void (*slots)(void *context, struct peer *peer, const struct media_slot *slots, unsigned count);
    /* The capture that room_capture began is over: a keyframe (taken by the receiver) or an error (borrowed). */
    void (*captured)(void *context, struct peer *peer, struct media_keyframe *keyframe, const GError *error);
};

struct room *room_new(media_room_id id, const struct room_config *config, const struct room_output *output);
void room_free(struct room *room, int64_t now_us);
media_room_id room_id(const struct room *room);
unsigned room_peer_count(const struct room *room);

/* Adds a party. `id` is the engine's. On success `*sdp` is the answer (caller frees). */
struct peer *room_join(struct room *room, media_peer_id id, const struct sdp_offer *offer, int64_t now_us, char **sdp,
                       GError **error);
bool room_restart_ice(struct room *room, struct peer *peer, const struct sdp_offer *offer, char **sdp, GError **error);
/* Frees the peer and its slots at the others. Not from inside an output callback. */
void room_leave(struct room *room, struct peer *peer, int64_t now_us);

media_peer_id peer_id(const struct peer *peer);
struct room *peer_room(const struct peer *peer);
const char *peer_ufrag(const struct peer *peer);
/* One datagram for this peer; forwards what it carries. */
enum transport_verdict peer_input(struct peer *peer, const struct path *path, uint8_t *datagram, size_t length,
                                  int64_t now_us);

int64_t room_deadline_us(const struct room *room);
void room_tick(struct room *room, int64_t now_us);

/* Begins a capture of `peer`'s video; its end comes through `captured`, at the latest at `deadline_us`.
 * `wall_offset_us` turns monotonic time into UTC. False with MEDIA_ERROR_BUSY or _NO_VIDEO when it cannot begin. */
bool room_capture(struct room *room, struct peer *peer, int64_t deadline_us, int64_t wall_offset_us, int64_t now_us,
                  GError **error);

/* Hands `peer`'s video over to `ring`, whose writer the peer then is. False with MEDIA_ERROR_BUSY or _NO_VIDEO: `ring`
 * is still the caller's. It ends with the peer, or by peer_tap_end. */
bool peer_tap_begin(struct peer *peer, struct packet_ring *ring, struct media_tap_source *source, GError **error);
/* Another ring than the one that the peer writes is no error. */
void peer_tap_end(struct peer *peer, const struct packet_ring *ring);
void peer_tap_refresh(struct peer *peer);

unsigned room_stats(const struct room *room, int64_t now_us, struct media_peer_stats stats[MEDIA_PARTIES_MAX]);
uint64_t room_forwarded(const struct room *room); /* packets forwarded so far, one for each receiver */
