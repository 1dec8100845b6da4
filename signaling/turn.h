/* turn: one thing done to one interview, under the calls' lock: load, check, change, store, tell.
 *
 *     g_auto(Turn) turn = {0};
 *     if (!turn_begin(&turn, service, caller, interview_id, error) || !turn_apply(&turn, &change, error)) {
 *         return NULL;
 *     }
 *     return turn_result(&turn);
 *
 * The lock is released when the turn is cleared; what changed is told to everybody concerned before that. */
#pragma once

#include "signaling/calls.h"
#include "signaling/interview.h"

struct call;       /* calls_private.h: what is alive of an interview */
struct call_party; /* and of a party */

struct turn {
    struct service *service;
    struct calls *calls;
    const struct rpc_caller *caller; /* NULL: the server itself */
    struct store_interview *interview;
    struct store_mission *mission;
    struct store_conduct *conduct;
    GPtrArray *parties;       /* of struct store_party */
    struct store_party *self; /* the caller's; NULL: an officer who is not in the call */
    struct call *call;
    int64_t now_us;
    bool changed; /* interview.changed is due */
    bool locked;
};

/* Takes the lock and loads the interview: the one of a party's ticket, or `interview_id` for an officer or service of
 * its mission. Fails with RPC_ERROR_NOT_FOUND (also for another mission's), _FORBIDDEN (a party asking for another
 * interview) or _INVALID_PARAMS (an officer asking for none). */
bool turn_begin(struct turn *turn, struct service *service, const struct rpc_caller *caller, const char *interview_id,
                GError **error);
void turn_clear(struct turn *turn);
typedef struct turn Turn; /* for g_auto */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Turn, turn_clear)

/* The one place where an interview's state changes: state machine, store with history, and what follows from it:
 * admissions end when ringing ends without a call, media ends when the interview leaves its room. `now_us` of the
 * change is filled in. An event that appoints fails with RPC_ERROR_SLOT_TAKEN, or with _CONFLICT when the order has
 * another interview by now. A version conflict is tried again on the fresh state. */
bool turn_apply(struct turn *turn, struct interview_change change, GError **error);

/* A party of this interview by id, or RPC_ERROR_NOT_FOUND. */
struct store_party *turn_party(const struct turn *turn, const char *id, GError **error);
struct store_party *turn_party_of_role(const struct turn *turn, enum store_role role);
/* Writes the flags if they differ from the stored ones. */
bool turn_set_party(struct turn *turn, struct store_party *party, bool ready, bool admitted, GError **error);
/* Makes the calling officer an admitted party beside those who are; `self` from then on. */
bool turn_admit_officer(struct turn *turn, GError **error);
/* What is alive of a party: made when it is asked for. Valid until the turn is cleared. */
struct call_party *turn_live(const struct turn *turn, const struct store_party *party);

/* To be called after each change that the store has made beside turn_apply (assignment, guardian, opinion), with what
 * it returned and its error (taken): reads what it made of it. `what` is what was to be stored. */
bool turn_stored(struct turn *turn, bool ok, GError *cause, const char *what, GError **error);

/* Tells what changed and returns the caller's own view of the interview. */
json_t *turn_result(struct turn *turn);
/* The caller's view alone. */
json_t *turn_view(const struct turn *turn);

/* Notifications; each takes `params`. To the admitted parties, but not on connection `except` (0: none), and to all
 * officers of the mission. */
void turn_tell_call(const struct turn *turn, uint64_t except, const char *method, json_t *params);
void turn_tell_officers(const struct turn *turn, const char *method, json_t *params);
/* {interview}, to one officer as that one may see it. */
void turn_tell_officer(const struct turn *turn, const char *officer, const char *method);
