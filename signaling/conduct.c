#include "signaling/conduct.h"

#include "signaling/calls_private.h"
#include "signaling/failure.h"
#include "signaling/instant.h"
#include "signaling/policy.h"
#include "signaling/stage.h"

#include <sodium.h>

/* ---- checks ---- */

bool conduct_check_running(const struct turn *turn, GError **error)
{
    if (turn->interview->state == INTERVIEW_IN_CALL) {
        return true;
    }
    if (interview_check_alive(turn->interview, error)) {
        const char *state = interview_state_name(turn->interview->state);
        rpc_set_error(error, RPC_ERROR_WRONG_STATE, json_pack("{s:s, s:[s]}", "state", state, "allowed", "in_call"),
                      "this is for the running call: the interview is %s", state);
    }
    return false;
}

bool conduct_check_in_call(const struct turn *turn, GError **error)
{
    if (!conduct_check_running(turn, error)) {
        return false;
    }
    if (turn->self == NULL) {
        rpc_set_error(error, RPC_ERROR_NOT_ADMITTED, NULL, "only the officer who is in the call does this");
    }
    return turn->self != NULL;
}

bool conduct_is_own(const struct turn *turn, const char *officer)
{
    bool own = g_strcmp0(turn->conduct->assigned, officer) == 0;
    for (guint i = 0; i < turn->parties->len; i++) {
        const struct store_party *party = g_ptr_array_index(turn->parties, i);
        own |= party->role == STORE_OFFICER && g_strcmp0(party->officer, officer) == 0;
    }
    return own;
}

struct store_officer *conduct_officer(const struct turn *turn, const char *id, GError **error)
{
    GError *cause = NULL;
    struct store_officer *officer = store_officer_get(turn->service->store, id, &cause);
    if (officer == NULL) {
        failure_store(error, cause, "officer");
    } else if (!g_str_equal(officer->mission, turn->interview->mission)) {
        rpc_set_error(error, RPC_ERROR_NOT_FOUND, NULL, "there is no such officer");
        g_clear_pointer(&officer, store_officer_free);
    }
    return officer;
}

/* ---- whose it is ---- */

bool conduct_assign(struct turn *turn, const char *officer, const char *event, GError **error)
{
    if (g_strcmp0(turn->conduct->assigned, officer) == 0) {
        return true;
    }
    GError *cause = NULL;
    const char *actor = turn->caller != NULL ? rpc_caller_id(turn->caller) : "system";
    const bool ok =
        store_interview_assign(turn->service->store, turn->interview->id, officer, actor, event, turn->now_us, &cause);
    if (!turn_stored(turn, ok, cause, "interview", error)) {
        return false;
    }
    g_message("event=interview_%s interview=%s officer=%s", event, turn->interview->id, officer);
    return true;
}

static bool holds(const GPtrArray *ids, const char *id)
{
    return g_ptr_array_find_with_equal_func((GPtrArray *)ids, id, g_str_equal, NULL);
}

/* The officers of the mission who are in a call; NULL with the error set. */
static GPtrArray *officers_in_call(const struct turn *turn, GError **error)
{
    GError *cause = NULL;
    GPtrArray *in_call = store_officers_in_call(turn->service->store, turn->interview->mission, &cause);
    if (in_call == NULL) {
        failure_store(error, cause, "officers");
    }
    return in_call;
}

/* Ids of those who may be drawn, borrowed from `officers`. */
static GPtrArray *find_free(const struct turn *turn, const GPtrArray *officers, GError **error)
{
    GError *cause = NULL;
    g_autoptr(GPtrArray) in_call = officers_in_call(turn, error);
    g_autoptr(GPtrArray) engaged =
        in_call != NULL ? store_officers_engaged(turn->service->store, turn->interview, &cause) : NULL;
    if (engaged == NULL) {
        if (cause != NULL) {
            failure_store(error, cause, "interviews");
        }
        return NULL;
    }
    GPtrArray *found = g_ptr_array_new();
    for (guint i = 0; i < officers->len; i++) {
        const struct store_officer *officer = g_ptr_array_index(officers, i);
        if (presence_is(turn->calls->presence, officer->id) && !holds(in_call, officer->id) &&
            !holds(engaged, officer->id)) {
            g_ptr_array_add(found, officer->id);
        }
    }
    return found;
}

/* By a lot that nobody can foresee: which officer an applicant meets is nobody's choice. */
char *conduct_draw(const struct turn *turn, GError **error)
{
    GError *cause = NULL;
    g_autoptr(GPtrArray) officers = store_officer_list(turn->service->store, turn->interview->mission, &cause);
    if (officers == NULL) {
        failure_store(error, cause, "officers");
        return NULL;
    }
    g_autoptr(GPtrArray) found = find_free(turn, officers, error);
    if (found != NULL && found->len == 0) {
        rpc_set_error(error, RPC_ERROR_BUSY, NULL,
                      "no officer is free: name one (officer_id), or wait until one is at the desk");
    }
    return found != NULL && found->len > 0 ? g_strdup(g_ptr_array_index(found, randombytes_uniform(found->len))) : NULL;
}

/* ---- handing over ---- */

/* RPC_ERROR_BUSY when an officer is in a call. */
static bool check_not_in_call(const struct turn *turn, const char *officer, GError **error)
{
    g_autoptr(GPtrArray) in_call = officers_in_call(turn, error);
    if (in_call != NULL && holds(in_call, officer)) {
        rpc_set_error(error, RPC_ERROR_BUSY, NULL, "that officer is in a call: end or hand that one over first");
        return false;
    }
    return in_call != NULL;
}

bool conduct_offer(struct turn *turn, const struct store_officer *officer, GError **error)
{
    const char *own = turn->caller->officer;
    if (!conduct_check_in_call(turn, error)) {
        return false;
    }
    if (turn->conduct->assigned != NULL && !g_str_equal(turn->conduct->assigned, own)) {
        rpc_set_error(error, RPC_ERROR_FORBIDDEN, NULL, "the call was handed over already: it is another officer's");
        return false;
    }
    if (!check_not_in_call(turn, officer->id, error)) { /* neither in another one nor in this one */
        return false;
    }
    if (!presence_is(turn->calls->presence, officer->id)) {
        rpc_set_error(error, RPC_ERROR_BUSY, NULL, "that officer is not at the desk: choose another one");
        return false;
    }
    struct call_offer *offer = &turn->call->offer;
    call_offer_clear(offer);
    *offer = (struct call_offer){
        .officer = g_strdup(officer->id),
        .name = g_strdup(officer->name),
        .expires_us = turn->now_us + (int64_t)turn->service->config->interview.ring_timeout_s * G_USEC_PER_SEC,
    };
    turn->changed = true;
    turn_tell_officer(turn, officer->id, "call.offered");
    g_message("event=call_offered interview=%s officer=%s", turn->interview->id, officer->id);
    return true;
}

/* An officer who is in the call and there, other than `except` (NULL: none). */
static struct store_party *present_officer(const struct turn *turn, const char *except)
{
    for (guint i = 0; i < turn->parties->len; i++) {
        struct store_party *party = g_ptr_array_index(turn->parties, i);
        if (party->role == STORE_OFFICER && party->admitted && g_strcmp0(party->officer, except) != 0 &&
            presence_is(turn->calls->presence, party->officer)) {
            return party;
        }
    }
    return NULL;
}

/* Out of the call, and nobody who counts there any more. */
static bool release(struct turn *turn, struct store_party *officer, GError **error)
{
    struct call_party *live = call_find_party(turn->call, officer->id);
    if (live != NULL) {
        stage_leave(turn->calls, turn->call, live, "handed_over", 0);
        g_ptr_array_remove(turn->call->parties, live);
    }
    g_message("event=officer_left interview=%s party=%s", turn->interview->id, officer->id);
    return turn_set_party(turn, officer, false, false, error);
}

bool conduct_release_others(struct turn *turn, const char *officer, GError **error)
{
    bool ok = true;
    for (guint i = 0; ok && i < turn->parties->len; i++) {
        struct store_party *party = g_ptr_array_index(turn->parties, i);
        if (party->role == STORE_OFFICER && party->admitted && !g_str_equal(party->officer, officer)) {
            ok = release(turn, party, error);
        }
    }
    return ok;
}

bool conduct_take_over(struct turn *turn, GError **error)
{
    const char *own = turn->caller->officer;
    if (!conduct_check_running(turn, error)) {
        return false;
    }
    if (turn->self != NULL) {
        return true;
    }
    const struct call_offer *offer = call_offer(turn->call, turn->now_us);
    const bool attended = present_officer(turn, NULL) != NULL;
    if (attended && (offer == NULL || !g_str_equal(offer->officer, own))) {
        rpc_set_error(error, RPC_ERROR_FORBIDDEN, NULL,
                      "this call is not offered to you (any more): the officer in it hands it over");
        return false;
    }
    /* Admitted first: whoever is in the call and not assigned is the one who gives way. */
    if (!check_not_in_call(turn, own, error) || !turn_admit_officer(turn, error) ||
        !conduct_assign(turn, own, "taken_over", error)) {
        return false;
    }
    call_offer_clear(&turn->call->offer);
    return attended || conduct_release_others(turn, own, error);
}

void conduct_joined(struct turn *turn, const char *party)
{
    g_autoptr(GError) error = NULL;
    const struct store_party *row = turn_party(turn, party, NULL);
    const bool second = row != NULL && row->role == STORE_OFFICER && row->admitted &&
                        turn->interview->state == INTERVIEW_IN_CALL &&
                        g_strcmp0(turn->conduct->assigned, row->officer) == 0;
    if (second && !conduct_release_others(turn, row->officer, &error)) {
        g_warning("event=hand_over_failed interview=%s reason=\"%s\"", turn->interview->id, error->message);
    }
}

bool conduct_lost(struct turn *turn, struct store_party *officer, GError **error)
{
    if (turn->interview->state != INTERVIEW_IN_CALL || !officer->admitted) {
        return true;
    }
    const struct store_party *other = present_officer(turn, officer->officer);
    if (other == NULL) {
        turn_tell_officers(
            turn, "call.unattended",
            json_pack("{s:s, s:o}", "interview_id", turn->interview->id, "since", instant_json(turn->now_us)));
        return true;
    }
    return conduct_assign(turn, other->officer, "handed_back", error) && release(turn, officer, error);
}

/* ---- ending ---- */

bool conduct_check_proof(const struct turn *turn, const char *outcome, GError **error)
{
    GError *cause = NULL;
    g_autoptr(GPtrArray) answers = store_script_answer_list(turn->service->store, turn->interview->id, &cause);
    if (answers == NULL) {
        failure_store(error, cause, "script");
        return false;
    }
    const struct script *script = policies_script(turn->service->policies, turn->interview->mission);
    const char *open_items[SCRIPT_ITEMS_MAX + 1] = {NULL};
    unsigned count = 0;
    for (unsigned i = 0; i < script->count; i++) {
        bool open = script->items[i].required;
        for (guint j = 0; j < answers->len; j++) {
            const struct store_script_answer *answer = g_ptr_array_index(answers, j);
            open = open && !g_str_equal(answer->item, script->items[i].id);
        }
        if (open) {
            open_items[count++] = script->items[i].id;
        }
    }
    const struct interview_proof proof = {
        .guardian_needed = turn->interview->guardian_needed,
        .guardian_identified = turn->conduct->guardian.party != NULL,
        .open_items = open_items,
    };
    return interview_check_proof(&proof, outcome, error);
}
