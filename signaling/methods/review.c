/* Orders, as officers review them (D-27 … D-33, D-40 … D-44). */
#include "signaling/book.h"
#include "signaling/failure.h"
#include "signaling/instant.h"
#include "signaling/interview.h"
#include "signaling/methods/methods.h"
#include "signaling/methods/params.h"
#include "signaling/order_turn.h"
#include "signaling/turn.h"

#include <string.h>

#define NEXT_TRIES        8                  /* of a queue that others take from at the same time */
#define TEXT_MAX          2000               /* characters, of what is asked for */
#define BYTES(characters) (4 * (characters)) /* of UTF-8, whatever the script */

/* ---- taking ---- */

static bool take_order(struct order_turn *turn, GError **error)
{
    struct instant_day day;
    const struct order_change change = {.event = ORDER_EVENT_TAKE};
    if (!order_check(turn->row, ORDER_EVENT_TAKE, error)) {
        return false;
    }
    if (turn->row->facecheck_due) {
        rpc_set_error(error, RPC_ERROR_WRONG_STATE, json_pack("{s:s}", "state", order_state_name(turn->row->state)),
                      "the order's face check is not decided yet: it is not its turn");
        return false;
    }
    if (!instant_day(turn->mission->time_zone, NULL, turn->now_us, &day, error)) {
        return false;
    }
    struct store_order_update update = {.day = {day.from_us, day.to_us, turn->policy->review.capacity_per_day}};
    g_free(turn->row->officer);
    turn->row->officer = g_strdup(turn->caller->officer);
    turn->row->taken_us = turn->now_us;
    return order_turn_apply(turn, &change, 1, &update, error);
}

/* `*gone`: somebody else has been faster. */
static json_t *take_one(struct service *service, const struct rpc_caller *caller, const char *id, bool *gone,
                        GError **error)
{
    g_auto(OrderTurn) turn = {0};
    g_autoptr(GError) cause = NULL;
    if (order_turn_begin(&turn, service, caller, id, &cause) && take_order(&turn, &cause)) {
        return order_turn_result(&turn, error);
    }
    *gone = g_error_matches(cause, RPC_ERROR, RPC_ERROR_CONFLICT) ||
            g_error_matches(cause, RPC_ERROR, RPC_ERROR_WRONG_STATE);
    g_propagate_error(error, g_steal_pointer(&cause));
    return NULL;
}

static char *first_waiting(struct service *service, const char *mission, GError **error)
{
    GError *cause = NULL;
    const struct store_order_page page = {.list = ORDER_LIST_WAITING, .mission = mission, .limit = 1};
    g_autoptr(GPtrArray) rows = store_order_page(service->store, &page, &cause);
    if (rows == NULL) {
        failure_store(error, cause, "orders");
        return NULL;
    }
    if (rows->len == 0) {
        rpc_set_error(error, RPC_ERROR_NOT_FOUND, NULL, "no order waits to be taken");
        return NULL;
    }
    return g_strdup(((struct store_order *)rows->pdata[0])->id);
}

static json_t *take_next(struct service *service, const struct rpc_caller *caller, GError **error)
{
    for (unsigned i = 0;; i++) {
        g_autofree char *id = first_waiting(service, caller->mission, error);
        bool gone = false;
        json_t *result = id != NULL ? take_one(service, caller, id, &gone, error) : NULL;
        if (result != NULL || !gone || i == NEXT_TRIES) {
            return result;
        }
        g_clear_error(error);
    }
}

static json_t *take(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    const char *id = param_text(params, "order_id");
    bool gone;
    return id != NULL ? take_one(service, caller, id, &gone, error) : take_next(service, caller, error);
}

static bool check_officer(struct service *service, const char *mission, const char *officer, GError **error)
{
    GError *cause = NULL;
    struct store_officer *row = store_officer_get(service->store, officer, &cause);
    if (row == NULL) {
        failure_store(error, cause, "officer");
        return false;
    }
    const bool own = strcmp(row->mission, mission) == 0;
    store_officer_free(row);
    if (!own) {
        rpc_set_error(error, RPC_ERROR_NOT_FOUND, NULL, "there is no such officer");
    }
    return own;
}

static json_t *assign(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    const char *named = param_text(params, "officer_id");
    const char *officer = named != NULL ? named : caller->officer;
    const struct order_change change = {.event = ORDER_EVENT_ASSIGN};
    g_auto(OrderTurn) turn = {0};
    if (!check_officer(service, caller->mission, officer, error) ||
        !order_turn_begin(&turn, service, caller, param_text(params, "order_id"), error)) {
        return NULL;
    }
    g_free(turn.row->officer);
    turn.row->officer = g_strdup(officer);
    return order_turn_apply(&turn, &change, 1, NULL, error) ? order_turn_result(&turn, error) : NULL;
}

/* ---- deciding ---- */

static json_t *apply(struct order_turn *turn, const struct order_change *change, GError **error)
{
    return order_turn_apply(turn, change, 1, NULL, error) ? order_turn_result(turn, error) : NULL;
}

static json_t *decide(struct service *service, const struct rpc_caller *caller, json_t *params, enum order_event event,
                      GError **error)
{
    g_auto(OrderTurn) turn = {0};
    const struct order_change change = {.event = event};
    return order_turn_begin_at(&turn, service, caller, params, error) ? apply(&turn, &change, error) : NULL;
}

static json_t *approve(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    return decide(service, caller, params, ORDER_EVENT_APPROVE, error);
}

static json_t *produced(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    return decide(service, caller, params, ORDER_EVENT_PRODUCED, error);
}

static json_t *in_person_done(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    return decide(service, caller, params, ORDER_EVENT_IN_PERSON_DONE, error);
}

static json_t *reject(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(OrderTurn) turn = {0};
    const struct order_change change = {.event = ORDER_EVENT_REJECT, .reason = param_text(params, "reason")};
    if (!order_reason_check(change.reason, error) || !order_turn_begin_at(&turn, service, caller, params, error)) {
        return NULL;
    }
    g_free(turn.row->reason);
    turn.row->reason = g_strdup(change.reason);
    return apply(&turn, &change, error);
}

/* "a, b" without the spaces; no text, or an empty one, has no names. */
static char **split_names(const char *text)
{
    char **names = g_strsplit(text != NULL ? text : "", ",", -1);
    for (char **name = names; *name != NULL; name++) {
        g_strstrip(*name);
    }
    return names;
}

/* Names of `known`, comma-separated, none twice, as an array; NULL: RPC_ERROR_INVALID_PARAMS. */
static json_t *read_names(const json_t *params, const char *param, bool (*known)(const char *name), GError **error)
{
    g_auto(GStrv) names = split_names(param_text(params, param));
    json_t *list = json_array();
    for (unsigned i = 0; names[i] != NULL; i++) {
        if (!known(names[i]) || g_strv_contains((const char *const *)names + i + 1, names[i])) {
            rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, NULL, "params.%s names what is none, or one twice", param);
            json_decref(list);
            return NULL;
        }
        json_array_append_new(list, json_string(names[i]));
    }
    return list;
}

/* What is asked for (D-30); NULL: RPC_ERROR_INVALID_PARAMS. */
static json_t *read_supplement(const json_t *params, GError **error)
{
    const char *text = param_text(params, "text");
    if (g_utf8_strlen(text, -1) > TEXT_MAX) {
        rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, NULL, "params.text has more than %d characters", TEXT_MAX);
        return NULL;
    }
    json_t *slots = read_names(params, "slots", order_is_slot, error);
    json_t *fields = slots != NULL ? read_names(params, "fields", order_is_field, error) : NULL;
    if (fields == NULL) {
        json_decref(slots);
        return NULL;
    }
    return json_pack("{s:s, s:o, s:o}", "text", text, "slots", slots, "fields", fields);
}

static json_t *supplement(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(OrderTurn) turn = {0};
    json_t *asked = read_supplement(params, error);
    json_t *result = NULL;
    if (asked != NULL && order_turn_begin_at(&turn, service, caller, params, error)) {
        const struct order_change change = {
            .event = ORDER_EVENT_SUPPLEMENT, .reason = param_text(params, "text"), .args = asked};
        json_object_set_new(asked, "since_us", json_integer(turn.now_us));
        char *text = json_dumps(asked, JSON_COMPACT);
        g_free(turn.row->supplement);
        turn.row->supplement = g_strdup(text);
        free(text);
        result = apply(&turn, &change, error);
    }
    json_decref(asked);
    return result;
}

static json_t *dispatched(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(OrderTurn) turn = {0};
    if (!order_turn_begin_at(&turn, service, caller, params, error)) {
        return NULL;
    }
    json_t *sent =
        json_pack("{s:s, s:s?}", "way", param_text(params, "way"), "tracking", param_text(params, "tracking"));
    const struct order_change change = {.event = ORDER_EVENT_DISPATCHED, .args = sent};
    char *text = json_dumps(sent, JSON_COMPACT);
    g_free(turn.row->tracking);
    turn.row->tracking = g_strdup(text);
    free(text);
    json_t *result = apply(&turn, &change, error);
    json_decref(sent);
    return result;
}

/* ---- interviews ---- */

static json_t *require_interview(struct service *service, const struct rpc_caller *caller, json_t *params,
                                 GError **error)
{
    g_auto(OrderTurn) turn = {0};
    g_auto(Requirement) requirement = {0};
    const struct order_change change = {.event = ORDER_EVENT_INTERVIEW_REQUIRED};
    if (!order_turn_begin_at(&turn, service, caller, params, error) ||
        !order_check(turn.row, ORDER_EVENT_INTERVIEW_REQUIRED, error) ||
        !order_requirement(&requirement, &turn, param_text(params, "interpreter"), error)) {
        return NULL;
    }
    const struct store_order_interview made = {&requirement.interview, requirement.invitations, requirement.count};
    struct store_order_update update = {.interview = &made};
    g_free(turn.row->interview);
    turn.row->interview = g_strdup(requirement.interview.id);
    if (!order_turn_apply(&turn, &change, 1, &update, error)) {
        return NULL;
    }
    g_auto(Turn) told = {0};
    told.changed = turn_begin(&told, service, caller, requirement.interview.id, NULL);
    return order_turn_result(&turn, error);
}

/* One that was missed could be booked once more: nobody may any more. */
static bool end_missed(struct service *service, const struct store_order *order, GError **error)
{
    GError *cause = NULL;
    g_autoptr(GPtrArray) parties =
        order->interview != NULL ? store_party_list(service->store, order->interview, &cause) : g_ptr_array_new();
    bool ok = parties != NULL;
    for (guint i = 0; ok && i < parties->len; i++) {
        ok = store_ticket_revoke(service->store, ((const struct store_party *)parties->pdata[i])->id, &cause);
    }
    if (!ok) {
        failure_store(error, cause, "interview");
    }
    return ok;
}

/* Its end is what the book hears of. */
static bool abort_interview(struct service *service, const struct rpc_caller *caller, const char *id,
                            const char *reason, GError **error)
{
    g_auto(Turn) turn = {0};
    const struct interview_change change = {.event = EVENT_ABORT, .reason = reason};
    if (!turn_begin(&turn, service, caller, id, error)) {
        return false;
    }
    if (interview_has_room(turn.interview->state)) {
        const char *state = interview_state_name(turn.interview->state);
        rpc_set_error(error, RPC_ERROR_WRONG_STATE, json_pack("{s:s}", "state", state),
                      "the interview is %s: end it there", state);
        return false;
    }
    return turn_apply(&turn, change, error);
}

static json_t *drop_interview(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(OrderTurn) turn = {0};
    const struct order_change change = {.event = ORDER_EVENT_INTERVIEW_DROPPED, .reason = param_text(params, "reason")};
    if (!order_reason_check(change.reason, error) || !order_turn_begin_at(&turn, service, caller, params, error) ||
        !order_check(turn.row, ORDER_EVENT_INTERVIEW_DROPPED, error)) {
        return NULL;
    }
    if (turn.row->interview == NULL || interview_is_over(turn.row->interview_state)) {
        return end_missed(service, turn.row, error) ? apply(&turn, &change, error) : NULL;
    }
    if (!abort_interview(service, caller, turn.row->interview, change.reason, error)) {
        return NULL;
    }
    book_catch_up(service->book);
    g_auto(OrderTurn) after = {0};
    return order_turn_begin(&after, service, caller, turn.row->id, error) ? order_turn_result(&after, error) : NULL;
}

/* ---- the table ---- */

#define REASON(meaning)                                                                                                \
    {                                                                                                                  \
        .name = "reason", .type = RPC_STRING, .min = 1, .max = BYTES(ORDER_REASON_MAX), .summary = (meaning)           \
    }

static const char *const ways[] = {"courier", "collect", NULL};

static const struct rpc_param take_params[] = {
    {.name = "order_id",
     .type = RPC_STRING,
     .optional = true,
     .min = 1,
     .max = ID_LENGTH_MAX,
     .summary = "The order; left out: the one whose turn it is."},
    {0},
};
static const struct rpc_param assign_params[] = {
    PARAM_ORDER,
    {.name = "officer_id",
     .type = RPC_STRING,
     .optional = true,
     .min = 1,
     .max = ID_LENGTH_MAX,
     .summary = "An officer of the mission; left out: the caller."},
    {0},
};
static const struct rpc_param change_params[] = {PARAM_ORDER, PARAM_VERSION, {0}};
static const struct rpc_param supplement_params[] = {
    PARAM_ORDER,
    PARAM_VERSION,
    {.name = "text", .type = RPC_STRING, .min = 1, .max = BYTES(TEXT_MAX), .summary = "What is asked for, and why."},
    {.name = "slots",
     .type = RPC_STRING,
     .min = 0,
     .max = 128,
     .summary = "Materials, comma-separated: portrait, page, annotation, address, nationality, loss, guardianship, "
                "other. Each is to be uploaded anew."},
    {.name = "fields",
     .type = RPC_STRING,
     .optional = true,
     .min = 0,
     .max = 256,
     .summary = "Fields of order.update to be put right, comma-separated."},
    {0},
};
static const struct rpc_param reject_params[] = {
    PARAM_ORDER, PARAM_VERSION, REASON("Why (D-31); the holder sees it."), {0}};
static const struct rpc_param dispatched_params[] = {
    PARAM_ORDER,
    PARAM_VERSION,
    {.name = "way", .type = RPC_STRING, .values = ways, .summary = "Sent, or ready to be collected (D-44)."},
    {.name = "tracking", .type = RPC_STRING, .optional = true, .min = 1, .max = 64, .summary = "The courier's number."},
    {0},
};
static const struct rpc_param require_params[] = {
    PARAM_ORDER,
    PARAM_VERSION,
    {.name = "interpreter",
     .type = RPC_STRING,
     .optional = true,
     .min = 1,
     .max = 256,
     .summary = "Name of the interpreter."},
    {0},
};
static const struct rpc_param drop_params[] = {PARAM_ORDER, PARAM_VERSION, REASON("Why; officers see it."), {0}};

#define OF_OFFICER                     .roles = RPC_OFFICER, .of_book = true
#define ORDER_OF(parameters, function) .params = (parameters), .result = "Order", .call = (function)

const struct rpc_method review_methods[] = {
    {.name = "review.take",
     OF_OFFICER,
     .summary = "Takes an order into review, up to the day's capacity (D-28).",
     ORDER_OF(take_params, take)},
    {.name = "review.assign",
     OF_OFFICER,
     .summary = "Gives an order that is under way to an officer of the mission.",
     ORDER_OF(assign_params, assign)},
    {.name = "review.supplement",
     OF_OFFICER,
     .summary = "Asks for more or corrected material (D-30).",
     ORDER_OF(supplement_params, supplement)},
    {.name = "review.approve",
     OF_OFFICER,
     .summary = "Approves: now the holder sends the old passport and the payment (D-41).",
     ORDER_OF(change_params, approve)},
    {.name = "review.reject", OF_OFFICER, .summary = "Rejects, with a reason (D-31).", ORDER_OF(reject_params, reject)},
    {.name = "review.produced",
     OF_OFFICER,
     .summary = "The new document is made (D-44).",
     ORDER_OF(change_params, produced)},
    {.name = "review.dispatched",
     OF_OFFICER,
     .summary = "The new document is on its way, or ready to be collected.",
     ORDER_OF(dispatched_params, dispatched)},
    {.name = "review.require_interview",
     OF_OFFICER,
     .summary = "Requires an interview (D-33) with what the order says of its applicant and guardian.",
     ORDER_OF(require_params, require_interview)},
    {.name = "review.drop_interview",
     OF_OFFICER,
     .summary = "Does without an interview that was required and has not begun (D-33).",
     ORDER_OF(drop_params, drop_interview)},
    {.name = "review.in_person_done",
     OF_OFFICER,
     .summary = "The applicant has come in person (D-40); back to review.",
     ORDER_OF(change_params, in_person_done)},
    {0},
};
