#include "media/room/room.h"

#include "media/room/peer.h"

struct room {
    media_room_id id;
    struct room_config config;
    struct room_output output;
    struct peer *peers[MEDIA_PARTIES_MAX]; /* in the order in which they joined */
    unsigned peer_count;
    uint64_t forwarded_before; /* by peers that have left */
};

struct room *room_new(media_room_id id, const struct room_config *config, const struct room_output *output)
{
    struct room *room = g_new0(struct room, 1);
    room->id = id;
    room->config = *config;
    room->output = *output;
    return room;
}

void room_free(struct room *room, int64_t now_us)
{
    for (unsigned i = 0; i < room->peer_count; i++) {
        for (unsigned other = 0; other < room->peer_count; other++) {
            peer_hide(room->peers[i], room->peers[other]);
        }
    }
    for (unsigned i = 0; i < room->peer_count; i++) {
        peer_free(room->peers[i], now_us);
    }
    g_free(room);
}

media_room_id room_id(const struct room *room)
{
    return room->id;
}

unsigned room_peer_count(const struct room *room)
{
    return room->peer_count;
}

static void tell_slots(struct room *room, struct peer *peer)
{
    struct media_slot slots[MEDIA_SLOTS_MAX];
    for (unsigned i = 0; i < peer->slot_count; i++) {
        slots[i] = (struct media_slot){.index = i, .source = peer->sources[i] ? peer->sources[i]->id : 0};
    }
    room->output.slots(room->output.context, peer, slots, peer->slot_count);
}

static bool shows(const struct peer *peer, const struct peer *source)
{
    for (unsigned i = 0; i < peer->slot_count; i++) {
        if (peer->sources[i] == source) {
            return true;
        }
    }
    return false;
}

/* Shows a peer those others that it does not see yet, as far as its slots go. True: something changed. */
static bool fill_slots(struct room *room, struct peer *peer)
{
    bool changed = false;
    for (unsigned i = 0; i < room->peer_count; i++) {
        struct peer *other = room->peers[i];
        if (other != peer && !shows(peer, other)) {
            changed |= peer_show(peer, other);
        }
    }
    return changed;
}

struct peer *room_join(struct room *room, media_peer_id id, const struct sdp_offer *offer, int64_t now_us, char **sdp,
                       GError **error)
{
    if (room->peer_count == MEDIA_PARTIES_MAX) {
        g_set_error(error, MEDIA_ERROR, MEDIA_ERROR_LIMIT, "the room already has %u parties", MEDIA_PARTIES_MAX);
        return NULL;
    }
    struct peer *peer = peer_new(room, id, &room->config, &room->output, offer, now_us, error);
    if (!peer) {
        return NULL;
    }
    room->peers[room->peer_count++] = peer;
    for (unsigned i = 0; i < room->peer_count; i++) {
        if (fill_slots(room, room->peers[i])) {
            tell_slots(room, room->peers[i]);
        }
    }
    *sdp = peer_answer(peer, offer);
    g_info("event=peer_joined room=%016" G_GINT64_MODIFIER "x peer=%016" G_GINT64_MODIFIER "x slots=%u video=%s",
           room->id, id, peer->slot_count, media_codec_name(peer->tracks[SDP_VIDEO].codec));
    return peer;
}

bool room_restart_ice(struct room *room, struct peer *peer, const struct sdp_offer *offer, char **sdp, GError **error)
{
    if (!peer_restart_ice(peer, offer, error)) {
        return false;
    }
    *sdp = peer_answer(peer, offer);
    g_info("event=ice_restarted room=%016" G_GINT64_MODIFIER "x peer=%016" G_GINT64_MODIFIER "x", room->id, peer->id);
    return true;
}

static void remove_peer(struct room *room, const struct peer *peer)
{
    unsigned kept = 0;
    for (unsigned i = 0; i < room->peer_count; i++) {
        if (room->peers[i] != peer) {
            room->peers[kept++] = room->peers[i];
        }
    }
    room->peer_count = kept;
}

void room_leave(struct room *room, struct peer *peer, int64_t now_us)
{
    remove_peer(room, peer);
    for (unsigned i = 0; i < room->peer_count; i++) {
        if (peer_hide(room->peers[i], peer)) {
            fill_slots(room, room->peers[i]);
            tell_slots(room, room->peers[i]);
        }
    }
    room->forwarded_before += peer->forwarded;
    g_info("event=peer_left room=%016" G_GINT64_MODIFIER "x peer=%016" G_GINT64_MODIFIER "x", room->id, peer->id);
    peer_free(peer, now_us);
}

int64_t room_deadline_us(const struct room *room)
{
    int64_t deadline_us = INT64_MAX;
    for (unsigned i = 0; i < room->peer_count; i++) {
        deadline_us = MIN(deadline_us, peer_deadline_us(room->peers[i]));
    }
    return deadline_us;
}

void room_tick(struct room *room, int64_t now_us)
{
    for (unsigned i = 0; i < room->peer_count; i++) {
        peer_tick(room->peers[i], now_us);
    }
}

bool room_capture(struct room *room, struct peer *peer, int64_t deadline_us, int64_t wall_offset_us, int64_t now_us,
                  GError **error)
{
    (void)room;
    return capture_begin(peer, deadline_us, wall_offset_us, now_us, error);
}

unsigned room_stats(const struct room *room, int64_t now_us, struct media_peer_stats stats[MEDIA_PARTIES_MAX])
{
    for (unsigned i = 0; i < room->peer_count; i++) {
        peer_stats(room->peers[i], now_us, &stats[i]);
    }
    return room->peer_count;
}

uint64_t room_forwarded(const struct room *room)
{
    uint64_t forwarded = room->forwarded_before;
    for (unsigned i = 0; i < room->peer_count; i++) {
        forwarded += room->peers[i]->forwarded;
    }
    return forwarded;
}
