/* peer, from inside the room: the transport, the tracks that a party sends and the slots in which it receives others.
 *
 * The functions that the worker calls are in room.h. */
#pragma once

#include "media/room/capture.h"
#include "media/room/negotiate.h"
#include "media/room/room.h"
#include "media/room/slot.h"
#include "media/room/track.h"

struct peer {
    media_peer_id id;
    struct room *room;                /* borrowed: the owner */
    const struct room_config *config; /* borrowed: the room's */
    const struct room_output *output; /* borrowed: the room's */
    struct transport *transport;
    char fingerprint[MEDIA_FINGERPRINT_LENGTH + 1]; /* the client's */

    uint32_t ssrc; /* of our reports; the slots have the numbers behind it */
    char cname[SLOT_CNAME_LENGTH + 1];
    struct track tracks[MEDIA_KINDS];
    struct slot slots[MEDIA_KINDS][MEDIA_SLOTS_MAX];
    struct peer *sources[MEDIA_SLOTS_MAX]; /* who is shown in slot i, sound and picture; borrowed, NULL: nobody */
    unsigned slot_count;

    unsigned media_count; /* what was answered, line by line */
    struct sdp_answer_media media[SDP_MEDIA_MAX];

    struct capture capture;
    uint64_t forwarded, dropped;
    int64_t round_trip_us; /* < 0: not known yet */
    uint64_t estimate_bps; /* the peer's own REMB: what it can take */
    int64_t estimate_us;   /* when it said so; 0: never */
    int64_t report_us;     /* when the next receiver report is due, INT64_MAX before the first packet */
    int64_t bitrate_us;    /* and the next REMB */
};

/* Fails with MEDIA_ERROR_SDP. */
struct peer *peer_new(struct room *room, media_peer_id id, const struct room_config *config,
                      const struct room_output *output, const struct sdp_offer *offer, int64_t now_us, GError **error);
/* Ends its capture and its transport and empties its slots. No other peer shows it any more: the caller saw to that. */
void peer_free(struct peer *peer, int64_t now_us);

/* The answer to `offer`, as negotiated when the peer was made. Caller frees. */
char *peer_answer(const struct peer *peer, const struct sdp_offer *offer);
/* RFC 8445 §9. Fails with MEDIA_ERROR_SDP when `offer` changes more than the credentials. */
bool peer_restart_ice(struct peer *peer, const struct sdp_offer *offer, GError **error);

/* Shows `source` in the first free slot; false when there is none. */
bool peer_show(struct peer *peer, struct peer *source);
/* Empties the slot that shows `source`; false when none does. */
bool peer_hide(struct peer *peer, const struct peer *source);

int64_t peer_deadline_us(const struct peer *peer);
void peer_tick(struct peer *peer, int64_t now_us);

void peer_stats(const struct peer *peer, int64_t now_us, struct media_peer_stats *stats);
