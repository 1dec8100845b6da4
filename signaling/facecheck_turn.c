#include "signaling/facecheck_turn.h"

#include "signaling/facecheck_view.h"
#include "signaling/failure.h"
#include "signaling/live_private.h"
#include "signaling/policy.h"
#include "signaling/ticket.h"
#include "signaling/worker_pool.h"

#define STOP_WAIT_US (4 * G_USEC_PER_SEC)

struct facechecks {
    struct service *service;
    GMutex lock;
    GCond ended;
    GHashTable *running;         /* face check id → struct live_try */
    struct worker_pool *threads; /* for tries */
    gint stopped;                /* atomic */
    uint64_t version; /* of views: grows with each change; starts at the time, so that it grows over restarts too */
};

struct facechecks *facechecks_new(struct service *service)
{
    struct facechecks *facechecks = g_new0(struct facechecks, 1);
    facechecks->service = service;
    g_mutex_init(&facechecks->lock);
    g_cond_init(&facechecks->ended);
    facechecks->threads = worker_pool_new(service->config->vision.live_max);
    facechecks->running = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    facechecks->version = (uint64_t)g_get_real_time() / 1000;
    return facechecks;
}

static void end_drained(struct live_try *running, void *context)
{
    (void)context;
    live_try_end(running, LIVE_DRAINED);
}

void facechecks_stop(struct facechecks *facechecks)
{
    const int64_t deadline_us = g_get_monotonic_time() + STOP_WAIT_US;
    g_atomic_int_set(&facechecks->stopped, 1);
    facechecks_each_running(facechecks, end_drained, NULL);
    g_mutex_lock(&facechecks->lock);
    while (g_hash_table_size(facechecks->running) > 0 &&
           g_cond_wait_until(&facechecks->ended, &facechecks->lock, deadline_us)) {
    }
    g_mutex_unlock(&facechecks->lock);
}

bool facechecks_stopped(struct facechecks *facechecks)
{
    return g_atomic_int_get(&facechecks->stopped) != 0;
}

void facechecks_free(struct facechecks *facechecks)
{
    if (facechecks != NULL) {
        facechecks_stop(facechecks);
        worker_pool_free(facechecks->threads);
        g_hash_table_unref(facechecks->running);
        g_cond_clear(&facechecks->ended);
        g_mutex_clear(&facechecks->lock);
        g_free(facechecks);
    }
}

struct store_facecheck *facecheck_new(const struct config *config, const char *mission, const char *order_ref,
                                      const char *document, const struct vision_identity *identity)
{
    const int64_t now_us = g_get_real_time();
    struct store_facecheck *facecheck = g_new0(struct store_facecheck, 1);
    json_t *said = json_pack("{s:s?, s:s?, s:s?, s:s?, s:s?}", "name", identity->name, "document_number",
                             identity->document_number, "birth_date", identity->birth_date, "expiry_date",
                             identity->expiry_date, "sex", identity->sex);
    char *text = json_dumps(said, JSON_COMPACT);
    *facecheck = (struct store_facecheck){
        .id = store_id_new(),
        .mission = g_strdup(mission),
        .order_ref = g_strdup(order_ref),
        .document = g_strdup(document),
        .version = 1,
        .created_us = now_us,
        .identity = g_strdup(text),
        .ticket_expires_us = ticket_facecheck_expires_us(config, now_us),
    };
    free(text);
    json_decref(said);
    return facecheck;
}

/* ---- begin and end ---- */

static void forget(struct facecheck_turn *turn)
{
    g_clear_pointer(&turn->row, store_facecheck_free);
    g_clear_pointer(&turn->tries, g_ptr_array_unref);
    for (unsigned i = 0; i < MATERIAL_KINDS; i++) {
        g_clear_pointer(&turn->materials[i], store_material_free);
    }
}

static bool load_materials(struct facecheck_turn *turn, GError **cause)
{
    for (unsigned i = 0; i < MATERIAL_KINDS; i++) {
        GError *missing = NULL;
        turn->materials[i] = store_material_get(turn->service->store, turn->row->id,
                                                material_kind_name((enum material_kind)i), &missing);
        if (missing != NULL && !g_error_matches(missing, STORE_ERROR, STORE_ERROR_NOT_FOUND)) {
            g_propagate_error(cause, missing);
            return false;
        }
        g_clear_error(&missing);
    }
    return true;
}

static bool load(struct facecheck_turn *turn, const char *id, GError **error)
{
    GError *cause = NULL;
    struct store *store = turn->service->store;
    forget(turn);
    turn->row = store_facecheck_get(store, id, &cause);
    if (turn->row != NULL && turn->mission == NULL) {
        turn->mission = store_mission_get(store, turn->row->mission, &cause);
    }
    if (turn->row != NULL && cause == NULL && load_materials(turn, &cause)) {
        turn->tries = store_try_list(store, id, &cause);
    }
    if (turn->tries == NULL) {
        failure_store(error, cause, "face check");
        return false;
    }
    return true;
}

bool facecheck_turn_reload(struct facecheck_turn *turn, GError **error)
{
    g_autofree char *id = g_strdup(turn->row->id);
    return load(turn, id, error);
}

bool facecheck_turn_begin_system(struct facecheck_turn *turn, struct service *service, const char *id, GError **error)
{
    *turn = (struct facecheck_turn){.service = service, .now_us = g_get_real_time()};
    g_mutex_lock(&service->facechecks->lock);
    return load(turn, id, error);
}

bool facecheck_turn_begin(struct facecheck_turn *turn, struct service *service, const struct rpc_caller *caller,
                          const char *id, GError **error)
{
    const bool of_mission = (caller->role & RPC_MISSION) != 0;
    const char *wanted = id != NULL ? id : caller->facecheck;
    if (wanted == NULL || (!of_mission && g_strcmp0(wanted, caller->facecheck) != 0)) {
        rpc_set_error(error, RPC_ERROR_NOT_FOUND, NULL, "there is no such face check");
        return false;
    }
    if (!facecheck_turn_begin_system(turn, service, wanted, error)) {
        return false;
    }
    if (of_mission && !g_str_equal(turn->row->mission, caller->mission)) {
        rpc_set_error(error, RPC_ERROR_NOT_FOUND, NULL, "there is no such face check");
        return false;
    }
    return true;
}

static void publish(const struct facecheck_turn *turn);

void facecheck_turn_clear(struct facecheck_turn *turn)
{
    if (turn->service == NULL) {
        return;
    }
    if (turn->changed && turn->tries != NULL) { /* a reload may have failed */
        publish(turn);
    }
    g_mutex_unlock(&turn->service->facechecks->lock);
    forget(turn);
    g_clear_pointer(&turn->mission, store_mission_free);
    *turn = (struct facecheck_turn){0};
}

/* ---- what is, and what changes ---- */

struct facecheck_policy facecheck_turn_policy(const struct facecheck_turn *turn)
{
    const struct config *config = turn->service->config;
    const unsigned own = policies_get(turn->service->policies, turn->row->mission)->facecheck.tries_max;
    const unsigned tries_max = own != 0 ? own : config->facecheck.tries_max;
    return (struct facecheck_policy){tries_max, MAX(tries_max, config->facecheck.tries_stop)};
}

struct facecheck_facts facecheck_turn_facts(const struct facecheck_turn *turn)
{
    return (struct facecheck_facts){
        .state = turn->row->state,
        .tries = turn->row->tries,
        .portrait_usable = material_usable(turn->materials[MATERIAL_PORTRAIT]),
        .page_usable = material_usable(turn->materials[MATERIAL_PAGE]),
        .running = facecheck_turn_running(turn) != NULL,
    };
}

bool facecheck_turn_apply(struct facecheck_turn *turn, enum facecheck_event event, const char *actor, GError **error)
{
    GError *cause = NULL;
    if (!facecheck_apply(turn->row, event, turn->now_us)) {
        rpc_set_error(error, RPC_ERROR_WRONG_STATE, NULL, "the face check is %s",
                      facecheck_state_name(turn->row->state));
        return false;
    }
    if (!store_facecheck_update(turn->service->store, turn->row, actor, facecheck_event_name(event), turn->now_us,
                                &cause)) {
        failure_store(error, cause, "face check");
        facecheck_turn_reload(turn, NULL);
        return false;
    }
    turn->changed = true;
    g_message("event=facecheck_%s facecheck=%s state=%s tries=%u", facecheck_event_name(event), turn->row->id,
              facecheck_state_name(turn->row->state), turn->row->tries);
    return true;
}

bool facecheck_turn_issue(struct facecheck_turn *turn, const char *ticket, GError **error)
{
    GError *cause = NULL;
    if (turn->row->state != FACECHECK_OPEN) {
        const char *state = facecheck_state_name(turn->row->state);
        rpc_set_error(error, RPC_ERROR_WRONG_STATE, json_pack("{s:s, s:[s]}", "state", state, "allowed", "open"),
                      "the face check is %s: nobody needs a link to it any more", state);
        return false;
    }
    if (!store_facecheck_ticket_issue(turn->service->store, turn->row->id, ticket,
                                      ticket_facecheck_expires_us(turn->service->config, turn->now_us), &cause)) {
        failure_store(error, cause, "face check");
        return false;
    }
    return true;
}

/* ---- tries that run ---- */

struct live_try *facecheck_turn_running(const struct facecheck_turn *turn)
{
    return g_hash_table_lookup(turn->service->facechecks->running, turn->row->id);
}

void facecheck_turn_set_running(struct facecheck_turn *turn, struct live_try *running)
{
    g_hash_table_insert(turn->service->facechecks->running, g_strdup(turn->row->id), running);
    turn->changed = true;
}

void facecheck_turn_end_running(struct facecheck_turn *turn, const char *id)
{
    g_hash_table_remove(turn->service->facechecks->running, id);
    g_cond_broadcast(&turn->service->facechecks->ended);
    turn->changed = true;
}

unsigned facecheck_turn_all_running(const struct facecheck_turn *turn)
{
    return g_hash_table_size(turn->service->facechecks->running);
}

void facechecks_run(struct facechecks *facechecks, void (*run)(void *context), void *context)
{
    worker_pool_post(facechecks->threads, run, context);
}

void facechecks_each_running(struct facechecks *facechecks, void (*visit)(struct live_try *running, void *context),
                             void *context)
{
    GHashTableIter iter;
    void *value;
    g_mutex_lock(&facechecks->lock);
    g_hash_table_iter_init(&iter, facechecks->running);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        visit(value, context);
    }
    g_mutex_unlock(&facechecks->lock);
}

unsigned facechecks_running(struct facechecks *facechecks)
{
    g_mutex_lock(&facechecks->lock);
    const unsigned count = g_hash_table_size(facechecks->running);
    g_mutex_unlock(&facechecks->lock);
    return count;
}

/* ---- telling ---- */

json_t *facecheck_turn_view(const struct facecheck_turn *turn, enum facecheck_view view)
{
    return facecheck_view(turn, view, turn->service->facechecks->version);
}

static void publish(const struct facecheck_turn *turn)
{
    struct hub *hub = turn->service->hub;
    turn->service->facechecks->version++;
    g_autofree char *submitter = rpc_notification(
        "facecheck.changed", json_pack("{s:o}", "facecheck", facecheck_turn_view(turn, FACECHECK_FOR_SUBMITTER)));
    g_autofree char *officer = rpc_notification(
        "facecheck.changed", json_pack("{s:o}", "facecheck", facecheck_turn_view(turn, FACECHECK_FOR_OFFICER)));
    hub_send_facecheck(hub, turn->row->id, submitter);
    hub_send_officers(hub, turn->row->mission, officer);
}

json_t *facecheck_turn_result(struct facecheck_turn *turn, const struct rpc_caller *caller)
{
    if (turn->changed) {
        turn->changed = false;
        publish(turn);
    }
    return facecheck_turn_view(turn, caller->role == RPC_OFFICER ? FACECHECK_WHOLE : FACECHECK_FOR_SUBMITTER);
}
