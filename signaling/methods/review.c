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

#define QUEUE_MAX         200
#define LIST_MAX          100
#define NEXT_TRIES        8                  /* of a queue that others take from at the same time */
#define TEXT_MAX          2000               /* characters, of what is asked for */
#define BYTES(characters) (4 * (characters)) /* of UTF-8, whatever the script */

/* ---- the queue ---- */

static bool today(struct service *service, const char *mission, struct instant_day *day, GError **error)
{
    GError *cause = NULL;
    struct store_mission *row = store_mission_get(service->store, mission, &cause);
    if (row == NULL) {
        failure_store(error, cause, "mission");
        return false;
    }
    const bool known = instant_day(row->time_zone, NULL, g_get_real_time(), day, error);
    store_mission_free(row);
    return known;
}

/* Takes `rows`, NULL with its `cause`. */
static json_t *orders_view(struct service *service, const struct rpc_caller *caller, GPtrArray *rows, GError *cause,
                           GError **error)
{
    if (rows == NULL) {
        failure_store(error, cause, "orders");
        return NULL;
    }
    json_t *list = order_turn_list(service, caller, rows, true, error);
    g_ptr_array_unref(rows);
    return list;
}

static bool add_lists(json_t *result, struct service *service, const struct rpc_caller *caller, GError **error)
{
    static const char *const names[] = {"waiting", "mine", "others"};
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        GError *cause = NULL;
        GPtrArray *rows =
            i == 0   ? store_order_waiting(service->store, caller->mission, QUEUE_MAX, &cause)
            : i == 1 ? store_order_of_officer(service->store, caller->officer, QUEUE_MAX, &cause)
                     : store_order_of_others(service->store, caller->mission, caller->officer, QUEUE_MAX, &cause);
        json_t *list = orders_view(service, caller, rows, cause, error);
        if (list == NULL) {
            return false;
        }
        json_object_set_new(result, names[i], list);
    }
    return true;
}

static json_t *counts_view(const unsigned counts[ORDER_STATES])
{
    json_t *object = json_object();
    for (enum store_order_state state = ORDER_SUBMITTED; state < ORDER_STATES; state++) {
        json_object_set_new(object, order_state_name(state), json_integer(counts[state]));
    }
    return object;
}

static json_t *queue(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    (void)params;
    struct instant_day day;
    unsigned counts[ORDER_STATES], taken;
    GError *cause = NULL;
    if (!today(service, caller->mission, &day, error)) {
        return NULL;
    }
    if (!store_order_counts(service->store, caller->mission, counts, &cause) ||
        !store_order_taken(service->store, caller->mission, day.from_us, day.to_us, &taken, &cause)) {
        failure_store(error, cause, "orders");
        return NULL;
    }
    json_t *result = json_pack("{s:s, s:i, s:i, s:o}", "day", day.text, "capacity",
                               (int)policies_get(service->policies, caller->mission)->review.capacity_per_day, "taken",
                               (int)taken, "counts", counts_view(counts));
    if (!add_lists(result, service, caller, error)) {
        g_clear_pointer(&result, json_decref);
    }
    return result;
}

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
    g_autoptr(GPtrArray) rows = store_order_waiting(service->store, mission, 1, &cause);
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

/* ---- looking for ---- */

/* "state_since_us.id" of the last order that was seen. */
static bool read_before(const char *text, struct store_order_search *search, GError **error)
{
    char *end = NULL;
    search->before_us = text != NULL ? g_ascii_strtoll(text, &end, 10) : 0;
    search->before_id = text != NULL && *end == '.' ? end + 1 : NULL;
    if (text != NULL && (search->before_id == NULL || search->before_us <= 0)) {
        rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, NULL, "params.before is not what an earlier answer's next was");
        return false;
    }
    return true;
}

/* Numbers are read as they are spoken: in any case, O for 0, I and L for 1. */
static char *number_of(const char *text)
{
    char *number = g_ascii_strup(text, -1);
    for (char *at = number; *at != '\0'; at++) {
        *at = *at == 'O' ? '0' : *at == 'I' || *at == 'L' ? '1' : *at;
    }
    return number;
}

/* An order's number begins with its year; anything else is a name. */
static bool looks_like_number(const char *text)
{
    return g_ascii_isdigit(text[0]) &&
           strspn(text, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz-") == strlen(text);
}

static json_t *found_view(struct service *service, const struct rpc_caller *caller, GPtrArray *rows, unsigned limit,
                          GError **error)
{
    g_autofree char *next = NULL;
    if (rows->len > limit) { /* one more than is shown: there is a next page */
        const struct store_order *last = rows->pdata[limit - 1];
        next = g_strdup_printf("%" G_GINT64_FORMAT ".%s", last->state_since_us, last->id);
        g_ptr_array_set_size(rows, (gint)limit);
    }
    json_t *orders = order_turn_list(service, caller, rows, true, error);
    return orders != NULL ? json_pack("{s:o, s:s?}", "orders", orders, "next", next) : NULL;
}

/* What `text` looks for: a number, or a name in its key, which is empty for what is no name at all. */
static void read_search(const char *text, char **number, char **name)
{
    g_autofree char *wanted = g_strstrip(g_strdup(text != NULL ? text : ""));
    if (looks_like_number(wanted)) {
        *number = number_of(wanted);
    } else if (*wanted != '\0') {
        char *key = order_name_key(wanted);
        *name = key != NULL ? key : g_strdup("");
    }
}

static json_t *list(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    const json_t *limit_param = json_object_get(params, "limit");
    const unsigned limit = limit_param != NULL ? (unsigned)json_integer_value(limit_param) : LIST_MAX;
    const char *state_name = param_text(params, "state");
    enum store_order_state state = ORDER_DRAFT;
    g_autofree char *number = NULL, *name = NULL;
    read_search(param_text(params, "search"), &number, &name);
    struct store_order_search search = {
        .mission = caller->mission, .state = -1, .number = number, .name = name, .limit = limit + 1};
    if (!read_before(param_text(params, "before"), &search, error)) {
        return NULL;
    }
    if (state_name != NULL && order_state_named(state_name, &state)) {
        search.state = (int)state;
    }
    GError *cause = NULL;
    g_autoptr(GPtrArray) rows = store_order_search(service->store, &search, &cause);
    if (rows == NULL) {
        failure_store(error, cause, "orders");
        return NULL;
    }
    return found_view(service, caller, rows, limit, error);
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

static const char *const states[] = {"submitted",
                                     "in_review",
                                     "supplement_required",
                                     "interview_required",
                                     "interview_scheduled",
                                     "interviewing",
                                     "in_person_required",
                                     "approved",
                                     "produced",
                                     "dispatched",
                                     "completed",
                                     "rejected",
                                     "withdrawn",
                                     NULL};
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
static const struct rpc_param list_params[] = {
    {.name = "state", .type = RPC_STRING, .optional = true, .values = states, .summary = "In this state only."},
    {.name = "search",
     .type = RPC_STRING,
     .optional = true,
     .min = 0,
     .max = BYTES(100),
     .summary = "The beginning of a number, or a whole name in either spelling; names are sealed, so no part of one."},
    {.name = "before",
     .type = RPC_STRING,
     .optional = true,
     .min = 1,
     .max = 100,
     .summary = "next of an earlier answer: those after it."},
    {.name = "limit", .type = RPC_INTEGER, .optional = true, .min = 1, .max = LIST_MAX, .summary = "At most so many."},
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
    {.name = "review.queue",
     OF_OFFICER,
     .summary = "The mission's day: whose turn it is (D-28), what the officer has, what the others have.",
     .result = "ReviewQueue",
     .call = queue},
    {.name = "review.take",
     OF_OFFICER,
     .summary = "Takes an order into review, up to the day's capacity (D-28).",
     ORDER_OF(take_params, take)},
    {.name = "review.assign",
     OF_OFFICER,
     .summary = "Gives an order that is under way to an officer of the mission.",
     ORDER_OF(assign_params, assign)},
    {.name = "review.list",
     OF_OFFICER,
     .summary = "The mission's orders, those that changed last first.",
     .params = list_params,
     .result = "ReviewList",
     .call = list},
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
