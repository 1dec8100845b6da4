/* view: the API's objects as JSON, each as its receiver may see it. Pure; every function returns a new reference.
 * What was erased in the store is null. */
#pragma once

#include "media/media.h"
#include "signaling/config.h"
#include "signaling/rpc.h"
#include "store/store.h"

/* "applicant", …; static. */
const char *view_role_name(enum store_role role);

/* A party with what is known of it beyond the store. */
struct view_party {
    const struct store_party *party;
    int64_t present_since_us; /* 0: not present */
    bool media_joined;
    enum media_peer_state media; /* counts when joined */
};

/* The call is offered to another officer, who may take it over until then. */
struct call_offer {
    char *officer, *name; /* NULL: to nobody */
    int64_t expires_us;
};

struct view_facts {
    const struct store_interview *interview;
    const struct store_mission *mission;
    const struct store_conduct *conduct;
    const struct call_offer *offer; /* NULL: there is none */
    int64_t opens_us;
    uint64_t version; /* grows with each change, presence and media included, also over a restart */
    const struct view_party *parties;
    size_t party_count;
};

/* Whether a party belongs into views: officers do while they are admitted. */
bool view_shows(const struct store_party *party);
/* The party that `viewer` is in this interview, or NULL: an officer who looks on. */
const struct store_party *view_self(const struct view_facts *facts, const struct rpc_caller *viewer);

json_t *view_mission(const struct store_mission *mission);
json_t *view_officer(const struct store_officer *officer, const struct store_mission *mission);
/* {"id", "name"}, or null without an id. */
json_t *view_officer_name(const char *id, const char *name);
/* Outcome, reason and how it is conducted are null to everybody but officers. */
json_t *view_interview(const struct view_facts *facts, const struct rpc_caller *viewer);
json_t *view_note(const struct store_note *note, const char *officer_name);
json_t *view_capture(const struct store_capture *capture, enum store_role party_role, const char *officer_name);
/* The link that a party comes with, in clear: told once, to whoever had it made. */
json_t *view_link(const struct config *config, const struct store_party *party, const char *ticket, int64_t expires_us);
