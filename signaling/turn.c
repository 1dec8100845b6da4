#include "signaling/calls_private.h"

#include "signaling/failure.h"
#include "signaling/stage.h"
#include "signaling/view.h"

#define CONFLICT_TRIES 3

/* ---- begin and end ---- */

/* What the store says of the interview. */
static bool load_rows(struct turn *turn, const char *interview_id, GError **error)
{
    GError *cause = NULL;
    struct store *store = turn->service->store;
    g_clear_pointer(&turn->interview, store_interview_free);
    g_clear_pointer(&turn->conduct, store_conduct_free);
    g_clear_pointer(&turn->parties, g_ptr_array_unref);
    turn->interview = store_interview_get(store, interview_id, &cause);
    if (turn->interview != NULL && turn->mission == NULL) {
        turn->mission = store_mission_get(store, turn->interview->mission, &cause);
    }
    if (turn->mission != NULL && cause == NULL) {
        turn->conduct = store_conduct_get(store, interview_id, &cause);
    }
    if (turn->conduct != NULL) {
        turn->parties = store_party_list(store, interview_id, &cause);
    }
    if (turn->interview == NULL || turn->parties == NULL) {
        failure_store(error, cause, "interview");
        return false;
    }
    return true;
}

static bool load(struct turn *turn, const char *interview_id, GError **error)
{
    if (!load_rows(turn, interview_id, error)) {
        return false;
    }
    turn->call = calls_get(turn->calls, interview_id);
    turn->call->state = turn->interview->state;
    turn->call->ring_expires_us = turn->interview->ring_expires_us;
    turn->self = NULL;
    for (guint i = 0; i < turn->parties->len; i++) {
        struct store_party *party = g_ptr_array_index(turn->parties, i);
        if (!view_shows(party)) {
            continue;
        }
        turn_live(turn, party);
        const char *own = turn->caller == NULL                ? NULL
                          : turn->caller->role == RPC_OFFICER ? turn->caller->officer
                                                              : turn->caller->party;
        if (g_strcmp0(call_subject(party), own) == 0) {
            turn->self = party;
        }
    }
    return true;
}

static bool check_asked(const struct rpc_caller *caller, const char *interview_id, GError **error)
{
    const bool of_mission = (caller->role & RPC_MISSION) != 0;
    if (of_mission && interview_id == NULL) {
        rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, NULL,
                      "params.interview_id is missing; officers and services give it");
        return false;
    }
    if (!of_mission && interview_id != NULL && !g_str_equal(interview_id, caller->interview)) {
        rpc_set_error(error, RPC_ERROR_FORBIDDEN, NULL, "interview_id is not the interview of this ticket");
        return false;
    }
    return true;
}

bool turn_begin(struct turn *turn, struct service *service, const struct rpc_caller *caller, const char *interview_id,
                GError **error)
{
    if (!check_asked(caller, interview_id, error)) {
        return false;
    }
    *turn = (struct turn){
        .service = service, .calls = service->calls, .caller = caller, .now_us = g_get_real_time(), .locked = true};
    g_mutex_lock(&turn->calls->lock);
    const bool of_mission = (caller->role & RPC_MISSION) != 0;
    if (!load(turn, of_mission ? interview_id : caller->interview, error)) {
        return false;
    }
    if (of_mission && !g_str_equal(turn->interview->mission, caller->mission)) {
        rpc_set_error(error, RPC_ERROR_NOT_FOUND, NULL, "there is no such interview");
        return false;
    }
    return true;
}

bool turn_begin_locked(struct turn *turn, struct calls *calls, const char *interview_id, GError **error)
{
    *turn = (struct turn){.service = calls->service, .calls = calls, .now_us = g_get_real_time()};
    return load(turn, interview_id, error);
}

static void publish(struct turn *turn);

void turn_clear(struct turn *turn)
{
    if (turn->changed && turn->parties != NULL) { /* a reload may have failed */
        publish(turn);
    }
    if (turn->locked) {
        g_mutex_unlock(&turn->calls->lock);
    }
    g_clear_pointer(&turn->interview, store_interview_free);
    g_clear_pointer(&turn->mission, store_mission_free);
    g_clear_pointer(&turn->conduct, store_conduct_free);
    g_clear_pointer(&turn->parties, g_ptr_array_unref);
    *turn = (struct turn){0};
}

/* ---- parties ---- */

struct store_party *turn_party(const struct turn *turn, const char *id, GError **error)
{
    for (guint i = 0; i < turn->parties->len; i++) {
        struct store_party *party = g_ptr_array_index(turn->parties, i);
        if (g_str_equal(party->id, id)) {
            return party;
        }
    }
    rpc_set_error(error, RPC_ERROR_NOT_FOUND, NULL, "there is no such party in this interview");
    return NULL;
}

struct call_party *turn_live(const struct turn *turn, const struct store_party *party)
{
    struct call_party *live = call_find_party(turn->call, party->id);
    if (live == NULL) {
        live = g_new0(struct call_party, 1);
        live->id = g_strdup(party->id);
        live->subject = g_strdup(call_subject(party));
        live->name = g_strdup(party->name);
        live->role = party->role;
        g_ptr_array_add(turn->call->parties, live);
    }
    return live;
}

bool turn_set_party(struct turn *turn, struct store_party *party, bool ready, bool admitted, GError **error)
{
    GError *cause = NULL;
    if (party->ready == ready && party->admitted == admitted) {
        return true;
    }
    if (!store_party_set(turn->service->store, party->id, ready, admitted, &cause)) {
        failure_store(error, cause, "party");
        return false;
    }
    party->ready = ready;
    party->admitted = admitted;
    turn->changed = true;
    return true;
}

/* An officer who starts a call for the second time keeps the row, and with it the id, of the first. */
static struct store_party *officer_row(struct turn *turn, GError **error)
{
    const char *officer_id = turn->caller->officer;
    for (guint i = 0; i < turn->parties->len; i++) {
        struct store_party *party = g_ptr_array_index(turn->parties, i);
        if (party->role == STORE_OFFICER && g_strcmp0(party->officer, officer_id) == 0) {
            return party;
        }
    }
    GError *cause = NULL;
    struct store_officer *officer = store_officer_get(turn->service->store, officer_id, &cause);
    struct store_party *party = g_new0(struct store_party, 1);
    bool ok = officer != NULL;
    if (ok) {
        *party = (struct store_party){
            .id = store_id_new(),
            .interview = g_strdup(turn->interview->id),
            .role = STORE_OFFICER,
            .name = g_strdup(officer->name),
            .officer = g_strdup(officer_id),
        };
        ok = store_party_add(turn->service->store, party, NULL, &cause);
        store_officer_free(officer);
    }
    if (!ok) {
        store_party_free(party);
        failure_store(error, cause, "officer");
        return NULL;
    }
    g_ptr_array_add(turn->parties, party);
    return party;
}

bool turn_admit_officer(struct turn *turn, GError **error)
{
    struct store_party *own = officer_row(turn, error);
    if (own == NULL || !turn_set_party(turn, own, true, true, error)) {
        return false;
    }
    turn_live(turn, own);
    turn->self = own;
    return true;
}

/* ---- the interview ---- */

/* A call that rang and was not taken leaves nobody admitted; an applicant who was lost is not ready any more. */
static bool end_admissions(struct turn *turn, GError **error)
{
    for (guint i = 0; i < turn->parties->len; i++) {
        struct store_party *party = g_ptr_array_index(turn->parties, i);
        const bool gone = turn->interview->state == INTERVIEW_SCHEDULED && party->role == STORE_APPLICANT;
        turn_live(turn, party)->invited = false;
        if (!turn_set_party(turn, party, party->ready && !gone, false, error)) {
            return false;
        }
    }
    return true;
}

static bool follow(struct turn *turn, GError **error)
{
    const enum store_interview_state state = turn->interview->state;
    turn->changed = true;
    turn->call->state = state;
    turn->call->ring_expires_us = turn->interview->ring_expires_us;
    if (!interview_has_room(state)) {
        stage_close(turn->calls, turn->call, "ended");
        call_offer_clear(&turn->call->offer);
    }
    return interview_is_over(state) || interview_has_room(state) || end_admissions(turn, error);
}

static const char *actor(const struct turn *turn)
{
    return turn->caller == NULL ? "system" : rpc_caller_id(turn->caller);
}

static bool save(struct turn *turn, const struct interview_change *change, GError **error)
{
    struct store *store = turn->service->store;
    const char *event = interview_event_name(change->event);
    const struct store_booking booking = {change->capacity, change->tickets_until_us};
    return interview_appoints(change->event)
               ? store_interview_appoint(store, turn->interview, &booking, actor(turn), event, turn->now_us, error)
               : store_interview_update(store, turn->interview, actor(turn), event, turn->now_us, error);
}

/* Takes `cause`. */
static void set_save_error(GError **error, GError *cause)
{
    if (g_error_matches(cause, STORE_ERROR, STORE_ERROR_TAKEN)) {
        rpc_set_error(error, RPC_ERROR_SLOT_TAKEN, NULL, "that time is taken by now: choose another one");
        g_error_free(cause);
    } else if (g_error_matches(cause, STORE_ERROR, STORE_ERROR_SUPERSEDED)) {
        rpc_set_error(error, RPC_ERROR_CONFLICT, NULL, "the order has another interview by now: use its link");
        g_error_free(cause);
    } else {
        failure_store(error, cause, "interview");
    }
}

bool turn_apply(struct turn *turn, struct interview_change change, GError **error)
{
    g_autofree char *id = g_strdup(turn->interview->id);
    change.now_us = turn->now_us;
    for (unsigned tries = CONFLICT_TRIES;; tries--) {
        const enum store_interview_state before = turn->interview->state;
        if (!interview_apply(turn->interview, &change, error)) {
            return false;
        }
        if (turn->interview->state == before && !interview_appoints(change.event)) {
            return true;
        }
        GError *cause = NULL;
        if (save(turn, &change, &cause)) {
            g_message("event=interview_%s interview=%s from=%s to=%s", interview_event_name(change.event), id,
                      interview_state_name(before), interview_state_name(turn->interview->state));
            return follow(turn, error);
        }
        const bool again = g_error_matches(cause, STORE_ERROR, STORE_ERROR_CONFLICT) && tries > 1;
        if (!again) {
            set_save_error(error, g_steal_pointer(&cause));
        }
        g_clear_error(&cause);
        if (!load(turn, id, again ? error : NULL) || !again) {
            return false;
        }
    }
}

bool turn_stored(struct turn *turn, bool ok, GError *cause, const char *what, GError **error)
{
    struct store_conduct *conduct = NULL;
    if (ok) {
        turn->interview->version++;
        turn->changed = true;
        conduct = store_conduct_get(turn->service->store, turn->interview->id, &cause);
    }
    if (conduct == NULL) {
        failure_store(error, cause, what);
        return false;
    }
    store_conduct_free(turn->conduct);
    turn->conduct = conduct;
    return true;
}

/* ---- telling ---- */

static json_t *view_for(const struct turn *turn, const struct rpc_caller *viewer)
{
    struct calls *calls = turn->calls;
    g_autofree struct view_party *parties = g_new0(struct view_party, turn->parties->len + 1);
    for (guint i = 0; i < turn->parties->len; i++) {
        const struct store_party *party = g_ptr_array_index(turn->parties, i);
        const struct call_party *live = call_find_party(turn->call, party->id);
        parties[i] = (struct view_party){
            .party = party,
            .present_since_us = presence_since_us(calls->presence, call_subject(party)),
            .media_joined = live != NULL && live->peer != 0,
            .media = live != NULL ? live->state : MEDIA_PEER_CLOSED,
        };
    }
    const struct view_facts facts = {
        .interview = turn->interview,
        .mission = turn->mission,
        .conduct = turn->conduct,
        .offer = call_offer(turn->call, turn->now_us),
        .opens_us = interview_opens_us(turn->interview, turn->service->config->interview.join_before_min),
        .version = calls->version,
        .parties = parties,
        .party_count = turn->parties->len,
    };
    return view_interview(&facts, viewer);
}

/* interview.changed, to each as it may see it. */
static void tell_view(const struct rpc_caller *receiver, void *context)
{
    const struct turn *turn = context;
    const bool concerned = receiver->role == RPC_OFFICER ? g_str_equal(receiver->mission, turn->interview->mission)
                                                         : g_strcmp0(receiver->interview, turn->interview->id) == 0;
    if (concerned) {
        hub_send(turn->service->hub, receiver->connection,
                 rpc_notification("interview.changed", json_pack("{s:o}", "interview", view_for(turn, receiver))));
    }
}

static void publish(struct turn *turn)
{
    turn->changed = false;
    turn->calls->version++;
    hub_each(turn->service->hub, RPC_OFFICER | RPC_PARTY, tell_view, turn);
}

json_t *turn_view(const struct turn *turn)
{
    return view_for(turn, turn->caller);
}

json_t *turn_result(struct turn *turn)
{
    if (turn->changed) {
        publish(turn);
    }
    return turn_view(turn);
}

void turn_tell_call(const struct turn *turn, uint64_t except, const char *method, json_t *params)
{
    g_autofree char *text = rpc_notification(method, params);
    for (guint i = 0; i < turn->parties->len; i++) {
        const struct store_party *party = g_ptr_array_index(turn->parties, i);
        if (party->admitted) {
            calls_tell(turn->calls, call_subject(party), except, text);
        }
    }
}

void turn_tell_officers(const struct turn *turn, const char *method, json_t *params)
{
    g_autofree char *text = rpc_notification(method, params);
    hub_send_officers(turn->service->hub, turn->interview->mission, text);
}

void turn_tell_officer(const struct turn *turn, const char *officer, const char *method)
{
    const struct rpc_caller viewer = {.role = RPC_OFFICER, .officer = officer, .mission = turn->interview->mission};
    g_autofree char *text = rpc_notification(method, json_pack("{s:o}", "interview", view_for(turn, &viewer)));
    calls_tell(turn->calls, officer, 0, text);
}
