/* facecheck_turn: one thing done to one face check, under the face checks' lock: load, check, change, store, tell.
 *
 * Lock order: face checks → store, media engine, hub; never together with the calls' lock. What takes long (looking at
 * a picture, a try) happens between turns. Every function may be called from any thread but a media worker's and the
 * server loop's. */
#pragma once

#include "signaling/facecheck.h"
#include "signaling/material.h"
#include "signaling/service.h"

struct facechecks;
struct live_try; /* live.h */

struct facechecks *facechecks_new(struct service *service);
/* Ends every try and lets none start any more; waits a little for them to be told. */
void facechecks_stop(struct facechecks *facechecks);
bool facechecks_stopped(struct facechecks *facechecks);
/* Stops, and waits until every try has ended. */
void facechecks_free(struct facechecks *facechecks);

/* A new one for an order, open for as long as its ticket works; `identity` is what the order says of the applicant.
 * Caller frees with store_facecheck_free. */
struct store_facecheck *facecheck_new(const struct config *config, const char *mission, const char *order_ref,
                                      const char *document, const struct vision_identity *identity);

struct facecheck_turn {
    struct service *service;
    struct store_facecheck *row;
    struct store_mission *mission;
    struct store_material *materials[MATERIAL_KINDS]; /* NULL: there is none */
    GPtrArray *tries;                                 /* of struct store_try, oldest first */
    int64_t now_us;
    bool changed; /* facecheck.changed is due */
};

/* Takes the lock and loads the face check: a submitter's own (`id` is NULL or that), or `id` for an officer or service
 * of its mission. Fails with RPC_ERROR_NOT_FOUND, also for somebody else's. */
bool facecheck_turn_begin(struct facecheck_turn *turn, struct service *service, const struct rpc_caller *caller,
                          const char *id, GError **error);
/* The same for the server itself. */
bool facecheck_turn_begin_system(struct facecheck_turn *turn, struct service *service, const char *id, GError **error);
/* Tells what changed and releases the lock. */
void facecheck_turn_clear(struct facecheck_turn *turn);
typedef struct facecheck_turn FacecheckTurn; /* for g_auto */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(FacecheckTurn, facecheck_turn_clear)

/* Loads it anew, after what changed it in the store without facecheck_turn_apply. */
bool facecheck_turn_reload(struct facecheck_turn *turn, GError **error);
struct facecheck_policy facecheck_turn_policy(const struct facecheck_turn *turn);
struct facecheck_facts facecheck_turn_facts(const struct facecheck_turn *turn);
/* The one place where a face check's state changes. `actor` goes to its history. */
bool facecheck_turn_apply(struct facecheck_turn *turn, enum facecheck_event event, const char *actor, GError **error);

/* Gives an open face check a new ticket, valid as a first one is. An earlier one is unknown from then on; the
 * applicant's session goes on. RPC_ERROR_WRONG_STATE when it is decided. */
bool facecheck_turn_issue(struct facecheck_turn *turn, const char *ticket, GError **error);

/* The try that runs, or NULL; putting one there, and taking the one of face check `id` away (also when that could not
 * be loaded). */
struct live_try *facecheck_turn_running(const struct facecheck_turn *turn);
void facecheck_turn_set_running(struct facecheck_turn *turn, struct live_try *running);
void facecheck_turn_end_running(struct facecheck_turn *turn, const char *id);
unsigned facecheck_turn_all_running(const struct facecheck_turn *turn); /* of every face check */
/* Runs `run(context)` on a thread for tries. */
void facechecks_run(struct facechecks *facechecks, void (*run)(void *context), void *context);
/* Calls `visit` for each try that runs, of any face check, under the lock. */
void facechecks_each_running(struct facechecks *facechecks, void (*visit)(struct live_try *running, void *context),
                             void *context);
unsigned facechecks_running(struct facechecks *facechecks);

/* The API's FaceCheck. What it costs to read is left out but for `whole`: reports. */
enum facecheck_view { FACECHECK_FOR_SUBMITTER, FACECHECK_FOR_OFFICER, FACECHECK_WHOLE };
json_t *facecheck_turn_view(const struct facecheck_turn *turn, enum facecheck_view view);
/* The view that belongs to a caller; an officer's is whole. */
json_t *facecheck_turn_result(struct facecheck_turn *turn, const struct rpc_caller *caller);
