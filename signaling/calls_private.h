/* What calls.c, turn.c and stage.c share; nobody else includes this. Everything is guarded by the calls' lock. */
#pragma once

#include "signaling/calls.h"
#include "signaling/presence.h"
#include "signaling/turn.h"
#include "signaling/view.h"

struct call_party {
    char *id;
    char *subject; /* whose presence counts: the officer's id, or the party's own */
    char *name;
    enum store_role role;
    bool invited;       /* a third party that was ready when the officer started: it may accept */
    bool capturing;     /* a screenshot is being taken */
    media_peer_id peer; /* 0: no media */
    enum media_peer_state state;
    uint64_t connection; /* the page that joined */
    struct media_slot slots[MEDIA_SLOTS_MAX];
    unsigned slot_count;
    char *microphone, *camera; /* as told by media.state; NULL: not yet */
};

struct call {
    char *id;
    enum store_interview_state state; /* as stored */
    int64_t ring_expires_us;
    int64_t empty_since_us; /* in_call and nobody there since; 0: somebody is */
    media_room_id room;     /* 0: none yet */
    GPtrArray *parties;     /* of struct call_party */
    struct call_offer offer;
};

struct calls {
    struct service *service;
    GMutex lock;
    GHashTable *by_interview; /* id → struct call */
    struct presence *presence;
    GHashTable *tests; /* party id → struct stage_test */
    uint64_t version;  /* of views: grows with each change; starts at the time, so that it grows over restarts too */
    int64_t up_since_us;
    unsigned ticks;
    bool stopped;

    GMutex queue_lock; /* innermost */
    GCond queue_filled;
    GQueue queue; /* of struct calls_event */
    bool closing;
    GThread *thread;
};

/* Begins a turn of the server's own (`caller` NULL) with the lock already held; clearing it does not unlock. */
bool turn_begin_locked(struct turn *turn, struct calls *calls, const char *interview_id, GError **error);

struct call *calls_get(struct calls *calls, const char *interview_id); /* makes it */
struct call_party *call_find_party(const struct call *call, const char *party_id);
const char *call_subject(const struct store_party *party);
/* The offer that stands at `now_us`, or NULL. */
const struct call_offer *call_offer(const struct call *call, int64_t now_us);
void call_offer_clear(struct call_offer *offer);
#define CALLS_ANYBODY (~0u)
/* Whether a party with one of `roles` (1 << enum store_role, or-ed) is present. */
bool calls_has_present(const struct calls *calls, const struct call *call, unsigned roles);
/* Begins a turn for each interview in which `subject` takes part and calls `act`. */
void calls_each_interview_of(struct calls *calls, const char *subject,
                             void (*act)(struct turn *turn, struct call_party *party));
/* Handles what the media engine has told so far, in order. */
void calls_drain(struct calls *calls);
/* Sends to every connection of a subject but `except` (0: none). */
void calls_tell(struct calls *calls, const char *subject, uint64_t except, const char *text);
