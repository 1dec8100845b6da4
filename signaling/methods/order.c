/* Orders, as their holders make, fill in, sign, submit and follow them (D-6 … D-12, D-22 … D-31, D-52). */
#include "signaling/facecheck_turn.h"
#include "signaling/failure.h"
#include "signaling/holder.h"
#include "signaling/instant.h"
#include "signaling/interview.h"
#include "signaling/methods/methods.h"
#include "signaling/methods/params.h"
#include "signaling/order_turn.h"
#include "signaling/signature.h"
#include "signaling/ticket.h"
#include "signaling/wording.h"

#include <string.h>

#define LIST_MAX          200
#define DRAFTS_MAX        20                 /* of a holder at a time */
#define BYTES(characters) (4 * (characters)) /* of UTF-8, whatever the script */

/* ---- missions ---- */

static json_t *words_view(char **words)
{
    json_t *list = json_array();
    for (unsigned i = 0; words[i] != NULL; i++) {
        json_array_append_new(list, json_string(words[i]));
    }
    return list;
}

static json_t *payment_view(const struct policy *policy)
{
    const struct wording payment = wording_of_payment(policy);
    return wording_for(&payment, "en") == NULL
               ? json_null()
               : json_pack("{s:s, s:s, s:s}", "en", wording_for(&payment, "en"), "zh_hans",
                           wording_for(&payment, "zh-Hans"), "zh_hant", wording_for(&payment, "zh-Hant"));
}

static json_t *mission_view(const struct store_mission *mission, const struct policy *policy)
{
    const struct wording name = wording_of_mission(mission);
    return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:o, s:b, s:o, s:o, s:o}", "id", mission->id, "name_en",
                     wording_for(&name, "en"), "name_zh_hans", wording_for(&name, "zh-Hans"), "name_zh_hant",
                     wording_for(&name, "zh-Hant"), "time_zone", mission->time_zone, "countries",
                     words_view(policy->jurisdiction.countries), "districts",
                     words_view(policy->jurisdiction.districts), "cross_district", policy->jurisdiction.cross_district,
                     "languages", words_view(policy->mission.languages), "payment", payment_view(policy), "kinds",
                     words_view(policy->orders.kinds));
}

static json_t *missions(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    (void)caller;
    (void)params;
    GError *cause = NULL;
    g_autoptr(GPtrArray) rows = store_mission_list(service->store, &cause);
    if (rows == NULL) {
        failure_store(error, cause, "missions");
        return NULL;
    }
    json_t *list = json_array();
    for (guint i = 0; i < rows->len; i++) {
        const struct store_mission *mission = rows->pdata[i];
        json_array_append_new(list, mission_view(mission, policies_get(service->policies, mission->id)));
    }
    return json_pack("{s:o}", "missions", list);
}

/* ---- making and looking ---- */

static bool check_drafts(struct service *service, const struct rpc_caller *caller, GError **error)
{
    GError *cause = NULL;
    g_autoptr(GPtrArray) rows = store_order_of_account(service->store, caller->holder, LIST_MAX, &cause);
    unsigned drafts = 0;
    if (rows == NULL) {
        failure_store(error, cause, "orders");
        return false;
    }
    for (guint i = 0; i < rows->len; i++) {
        drafts += ((const struct store_order *)rows->pdata[i])->state == ORDER_DRAFT ? 1 : 0;
    }
    if (drafts >= DRAFTS_MAX || rows->len >= LIST_MAX) {
        rpc_set_error(error, RPC_ERROR_LIMIT, NULL, "this account has %u drafts: submit or withdraw some of them first",
                      drafts);
        return false;
    }
    return true;
}

static bool check_kind(const struct service *service, const char *mission, const char *kind, GError **error)
{
    char **kinds = policies_get(service->policies, mission)->orders.kinds;
    if (g_strv_contains((const char *const *)kinds, kind)) {
        return true;
    }
    g_autofree char *allowed = g_strjoinv(", ", kinds);
    rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, NULL, "this mission does not make that; it makes %s", allowed);
    return false;
}

static json_t *create(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    GError *cause = NULL;
    const char *kind = param_text(params, "kind");
    struct store_mission *mission = store_mission_get(service->store, param_text(params, "mission_id"), &cause);
    if (mission == NULL) {
        failure_store(error, cause, "mission");
        return NULL;
    }
    const int64_t now_us = g_get_real_time();
    g_autofree char *id = store_id_new(), *number = store_order_number_new(now_us);
    const struct store_order order = {
        .id = id,
        .number = number,
        .account = (char *)caller->holder,
        .mission = mission->id,
        .kind = (char *)kind,
        .created_us = now_us,
        .version = 1,
    };
    const bool allowed = check_kind(service, mission->id, kind, error) && check_drafts(service, caller, error);
    const bool made = allowed && store_order_add(service->store, &order, "created", &cause);
    store_mission_free(mission);
    if (!made) {
        if (allowed) {
            failure_store(error, cause, "order");
        }
        return NULL;
    }
    g_message("event=order_created order=%s", id);
    g_auto(OrderTurn) turn = {0};
    return order_turn_begin(&turn, service, caller, id, error) && order_turn_reload(&turn, error)
               ? order_turn_result(&turn, error)
               : NULL;
}

static json_t *list(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    (void)params;
    GError *cause = NULL;
    struct store_account *account = holder_account(service, caller, error);
    if (account == NULL) {
        return NULL;
    }
    const bool verified = account->verified_us != 0;
    store_account_free(account);
    g_autoptr(GPtrArray) rows = store_order_of_account(service->store, caller->holder, LIST_MAX, &cause);
    if (rows == NULL) {
        failure_store(error, cause, "orders");
        return NULL;
    }
    json_t *orders = order_turn_list(service, caller, rows, verified, error);
    return orders != NULL ? json_pack("{s:o}", "orders", orders) : NULL;
}

static json_t *get(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(OrderTurn) turn = {0};
    return order_turn_begin(&turn, service, caller, param_text(params, "order_id"), error)
               ? order_turn_result(&turn, error)
               : NULL;
}

/* ---- filling in ---- */

static json_t *update(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(OrderTurn) turn = {0};
    g_autofree char *today = instant_format(g_get_real_time());
    today[strlen("2026-11-21")] = '\0';
    if (!order_turn_begin_at(&turn, service, caller, params, error) || !order_turn_check_edit(&turn, error) ||
        !order_details_write(turn.row, params, today, error) || !order_turn_save(&turn, error)) {
        return NULL;
    }
    return order_turn_result(&turn, error);
}

static json_t *declare(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(OrderTurn) turn = {0};
    g_autofree char *name = g_strstrip(g_strdup(param_text(params, "name")));
    const char *signature = param_text(params, "signature");
    if (!order_name_check(name, error) || !signature_check(signature, error) ||
        !order_turn_begin_at(&turn, service, caller, params, error) || !order_turn_check_edit(&turn, error)) {
        return NULL;
    }
    json_t *declaration = json_pack("{s:s, s:s}", "name", name, "signature", signature);
    char *text = json_dumps(declaration, JSON_COMPACT);
    g_free(turn.row->declaration);
    turn.row->declaration = g_strdup(text);
    turn.row->declared_us = turn.now_us;
    free(text);
    json_decref(declaration);
    return order_turn_save(&turn, error) ? order_turn_result(&turn, error) : NULL;
}

/* ---- submitting ---- */

/* D-2. */
static bool check_verified(const struct order_turn *turn, GError **error)
{
    struct store_account *account = holder_account(turn->service, turn->caller, error);
    if (account == NULL) {
        return false;
    }
    const bool verified = account->verified_us != 0;
    store_account_free(account);
    if (!verified) {
        rpc_set_error(error, RPC_ERROR_NOT_VERIFIED, NULL,
                      "this account is not verified by name and document (D-2): verify it first");
    }
    return verified;
}

static bool check_complete(const struct order_facts *facts, GError **error)
{
    json_t *missing = order_missing(facts);
    if (!order_is_complete(missing)) {
        rpc_set_error(error, RPC_ERROR_MISSING, json_pack("{s:o}", "missing", missing),
                      "something is missing: data.missing says what");
        return false;
    }
    json_decref(missing);
    return true;
}

/* D-22 … D-25. */
static bool check_district(struct order_turn *turn, const struct order_facts *facts, GError **error)
{
    const char *region = order_field(turn->row, facts->details, "region");
    switch (policy_district(turn->policy, region)) {
    case DISTRICT_OWN:
        turn->row->own_district = true;
        return true;
    case DISTRICT_OTHER:
        turn->row->own_district = false;
        return true;
    case DISTRICT_NOT_ACCEPTED:
        rpc_set_error(error, RPC_ERROR_OUTSIDE_DISTRICT, json_pack("{s:s}", "region", "other_district"),
                      "this mission accepts applicants of its own district only: order at the mission of yours");
        return false;
    case DISTRICT_ABROAD:
        rpc_set_error(error, RPC_ERROR_OUTSIDE_DISTRICT, json_pack("{s:s}", "region", "other_country"),
                      "this mission is for another country than the applicant lives in (D-22)");
        return false;
    }
    g_assert_not_reached();
}

/* With a passport at hand the order gets its face check (D-16). */
static struct store_facecheck *facecheck_of(const struct order_turn *turn, const struct order_facts *facts)
{
    const struct store_order *order = turn->row;
    if (!order_has_document(order)) {
        return NULL;
    }
    const struct vision_identity identity = {
        .name = order_field(order, facts->details, "applicant_name"),
        .document_number = order_field(order, facts->details, "document_number"),
        .birth_date = order_field(order, facts->details, "birth_date"),
        .expiry_date = order_field(order, facts->details, "expiry_date"),
        .sex = order_field(order, facts->details, "sex"),
    };
    return facecheck_new(turn->service->config, order->mission, order->number, order_document(order), &identity);
}

static bool submit_checked(struct order_turn *turn, const struct order_facts *facts, GError **error)
{
    const struct order_change change = {.event = ORDER_EVENT_SUBMIT};
    g_autofree char *slots = g_strdup(turn->row->slots);
    struct store_facecheck *facecheck = facecheck_of(turn, facts);
    struct store_order_update update = {.slots = slots, .facecheck = facecheck};
    turn->row->submitted_us = turn->now_us;
    turn->row->facecheck_due = facecheck != NULL;
    turn->row->facecheck = facecheck != NULL ? g_strdup(facecheck->id) : NULL;
    const bool ok = order_turn_apply(turn, &change, 1, &update, error);
    store_facecheck_free(facecheck);
    return ok;
}

static json_t *submit(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(OrderTurn) turn = {0};
    g_auto(OrderFacts) facts = {0};
    if (!order_turn_begin_at(&turn, service, caller, params, error) ||
        !order_check(turn.row, ORDER_EVENT_SUBMIT, error)) {
        return NULL;
    }
    order_facts_init(&facts, turn.row, turn.policy, turn.now_us);
    return check_verified(&turn, error) && check_kind(service, turn.row->mission, turn.row->kind, error) &&
                   check_complete(&facts, error) && order_check_dates(&facts, error) &&
                   check_district(&turn, &facts, error) && submit_checked(&turn, &facts, error)
               ? order_turn_result(&turn, error)
               : NULL;
}

static json_t *supplemented(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(OrderTurn) turn = {0};
    g_auto(OrderFacts) facts = {0};
    if (!order_turn_begin_at(&turn, service, caller, params, error) ||
        !order_check(turn.row, ORDER_EVENT_SUPPLEMENTED, error)) {
        return NULL;
    }
    order_facts_init(&facts, turn.row, turn.policy, turn.now_us);
    const struct order_change change = {.event = ORDER_EVENT_SUPPLEMENTED};
    g_autofree char *slots = g_strdup(turn.row->slots);
    struct store_order_update whole = {.slots = slots};
    return check_complete(&facts, error) && order_check_dates(&facts, error) && check_district(&turn, &facts, error) &&
                   order_turn_apply(&turn, &change, 1, &whole, error)
               ? order_turn_result(&turn, error)
               : NULL;
}

/* ---- afterwards ---- */

/* Nobody need go on with the face check of an order that is withdrawn. */
static void end_facecheck(struct service *service, const struct store_order *order)
{
    g_auto(FacecheckTurn) turn = {0};
    if (order->facecheck == NULL || order->facecheck_state != FACECHECK_OPEN ||
        !facecheck_turn_begin_system(&turn, service, order->facecheck, NULL) || facecheck_turn_running(&turn) != NULL) {
        return;
    }
    facecheck_turn_apply(&turn, FACECHECK_EXPIRED, order->account, NULL);
}

static json_t *withdraw(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(OrderTurn) turn = {0};
    const struct order_change change = {.event = ORDER_EVENT_WITHDRAW, .reason = param_text(params, "reason")};
    if (!order_reason_check(change.reason, error) || !order_turn_begin_at(&turn, service, caller, params, error) ||
        !order_turn_apply(&turn, &change, 1, NULL, error)) {
        return NULL;
    }
    end_facecheck(service, turn.row);
    return order_turn_result(&turn, error);
}

static json_t *complete(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(OrderTurn) turn = {0};
    const struct order_change change = {.event = ORDER_EVENT_COMPLETE};
    return order_turn_begin_at(&turn, service, caller, params, error) &&
                   order_turn_apply(&turn, &change, 1, NULL, error)
               ? order_turn_result(&turn, error)
               : NULL;
}

/* ---- going in ---- */

static json_t *entry(const char *ticket, int64_t expires_us)
{
    return json_pack("{s:s, s:o}", "ticket", ticket, "expires_at", instant_json(expires_us));
}

static json_t *enter_facecheck(struct service *service, const struct store_order *order, GError **error)
{
    g_auto(FacecheckTurn) turn = {0};
    if (order->facecheck == NULL || order->state != ORDER_SUBMITTED) {
        rpc_set_error(error, RPC_ERROR_WRONG_STATE, json_pack("{s:s}", "state", order_state_name(order->state)),
                      "this order has no face check that is due");
        return NULL;
    }
    char *ticket = store_secret_new();
    json_t *result = facecheck_turn_begin_system(&turn, service, order->facecheck, error) &&
                             facecheck_turn_issue(&turn, ticket, error)
                         ? entry(ticket, ticket_facecheck_expires_us(service->config, turn.now_us))
                         : NULL;
    store_secret_free(ticket);
    return result;
}

static char *party_of(struct service *service, const char *interview, enum store_role role, GError **error)
{
    GError *cause = NULL;
    g_autoptr(GPtrArray) parties = store_party_list(service->store, interview, &cause);
    if (parties == NULL) {
        failure_store(error, cause, "interview");
        return NULL;
    }
    for (guint i = 0; i < parties->len; i++) {
        const struct store_party *party = parties->pdata[i];
        if (party->role == role) {
            return g_strdup(party->id);
        }
    }
    rpc_set_error(error, RPC_ERROR_NOT_FOUND, NULL, "no guardian takes part in this interview");
    return NULL;
}

static json_t *enter_interview(struct service *service, const struct store_order *order, enum store_role role,
                               GError **error)
{
    GError *cause = NULL;
    struct store_interview *interview =
        order->interview != NULL ? store_interview_get(service->store, order->interview, &cause) : NULL;
    if (interview == NULL && cause != NULL) {
        failure_store(error, cause, "interview");
        return NULL;
    }
    json_t *result = NULL;
    if (interview == NULL) {
        rpc_set_error(error, RPC_ERROR_WRONG_STATE, json_pack("{s:s}", "state", order_state_name(order->state)),
                      "this order has no interview");
    } else if (interview->state == INTERVIEW_MISSED || interview_check_alive(interview, error)) {
        int64_t expires_us;
        g_autofree char *party = party_of(service, interview->id, role, error);
        char *ticket = party != NULL ? ticket_issue(service, interview, party, &expires_us, error) : NULL;
        result = ticket != NULL ? entry(ticket, expires_us) : NULL;
        store_secret_free(ticket);
    }
    store_interview_free(interview);
    return result;
}

static json_t *enter(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(OrderTurn) turn = {0};
    const char *what = param_text(params, "what");
    if (!order_turn_begin(&turn, service, caller, param_text(params, "order_id"), error)) {
        return NULL;
    }
    if (strcmp(what, "facecheck") == 0) {
        return enter_facecheck(service, turn.row, error);
    }
    return enter_interview(service, turn.row, strcmp(what, "guardian") == 0 ? STORE_GUARDIAN : STORE_APPLICANT, error);
}

/* ---- the table ---- */

#define FIELD(member, max_bytes, meaning)                                                                              \
    {                                                                                                                  \
        .name = member, .type = RPC_STRING, .optional = true, .min = 0, .max = (max_bytes), .summary = (meaning)       \
    }
#define TAKES_AWAY " An empty text takes it away."

static const char *const entries[] = {"facecheck", "interview", "guardian", NULL};
static const char *const kinds[] = {"passport", "travel_document", "emergency_travel_document", NULL};

static const struct rpc_param create_params[] = {
    {.name = "mission_id", .type = RPC_STRING, .min = 1, .max = ID_LENGTH_MAX, .summary = "Where it is ordered."},
    {.name = "kind", .type = RPC_STRING, .values = kinds, .summary = "What is ordered (D-6, D-7)."},
    {0},
};
static const struct rpc_param get_params[] = {PARAM_ORDER, {0}};
static const struct rpc_param change_params[] = {PARAM_ORDER, PARAM_VERSION, {0}};
static const struct rpc_param update_params[] = {
    PARAM_ORDER,
    PARAM_VERSION,
    FIELD("relation", 16, "Who the applicant is to the holder: self, child, parent, spouse, relative, other (D-3)."),
    FIELD("issue", 16, "first, renewal, replacement (D-6)." TAKES_AWAY),
    FIELD("condition", 16,
          "Why (D-8): never_held; expired, expiring, pages_full, appearance; lost, stolen, damaged; for an emergency "
          "travel document passport_lost, emergency." TAKES_AWAY),
    FIELD("applicant_name", BYTES(100), "The applicant's name." TAKES_AWAY),
    FIELD("applicant_name_latin", BYTES(100), "The same in the letters A to Z." TAKES_AWAY),
    FIELD("birth_date", 16, "YYYY-MM-DD." TAKES_AWAY),
    FIELD("sex", 1, "F, M, X." TAKES_AWAY),
    FIELD("document_number", 32, "Of the present passport." TAKES_AWAY),
    FIELD("expiry_date", 16, "Of the present passport, YYYY-MM-DD." TAKES_AWAY),
    FIELD("region", 16, "Where the applicant lives: a country or a part of one (ISO 3166), SE or US-NY." TAKES_AWAY),
    FIELD("address", BYTES(300), "The applicant's address." TAKES_AWAY),
    FIELD("phone", 64, "The applicant's telephone number." TAKES_AWAY),
    FIELD("guardian_name", BYTES(100), "Name of the parent or guardian of a minor (D-21)." TAKES_AWAY),
    FIELD("note", BYTES(500), "Anything else." TAKES_AWAY),
    {0},
};
static const struct rpc_param declare_params[] = {
    PARAM_ORDER,
    PARAM_VERSION,
    {.name = "name", .type = RPC_STRING, .min = 1, .max = BYTES(100), .summary = "Who signs."},
    {.name = "signature",
     .type = RPC_STRING,
     .min = 1,
     .max = SIGNATURE_BYTES_MAX,
     .summary = "As drawn: strokes \"x,y x,y;x,y\", x from 0 to 1000, y from 0 to 400, at least 10 points."},
    {0},
};
static const struct rpc_param withdraw_params[] = {
    PARAM_ORDER,
    PARAM_VERSION,
    {.name = "reason",
     .type = RPC_STRING,
     .optional = true,
     .min = 0,
     .max = BYTES(ORDER_REASON_MAX),
     .summary = "Why."},
    {0},
};
static const struct rpc_param enter_params[] = {
    PARAM_ORDER,
    {.name = "what",
     .type = RPC_STRING,
     .values = entries,
     .summary = "The face check, or the interview as its applicant or guardian."},
    {0},
};

#define OF_HOLDER .roles = RPC_HOLDER, .of_book = true

const struct rpc_method order_methods[] = {
    {.name = "order.missions",
     OF_HOLDER,
     .summary = "Where may be ordered what, and by whom (D-22 to D-25).",
     .result = "OrderMissions",
     .call = missions},
    {.name = "order.create",
     OF_HOLDER,
     .summary = "Makes a draft.",
     .params = create_params,
     .result = "Order",
     .call = create},
    {.name = "order.list",
     OF_HOLDER,
     .summary = "The holder's orders, newest first, without materials, history and declaration (D-29).",
     .result = "OrderList",
     .call = list},
    {.name = "order.get",
     .roles = RPC_HOLDER | RPC_OFFICER,
     .of_book = true,
     .summary = "One order: a holder's own, or one of the officer's mission that was submitted.",
     .params = get_params,
     .result = "Order",
     .call = get},
    {.name = "order.update",
     OF_HOLDER,
     .summary = "Fills a draft in, or an order that is being supplemented (D-30). Materials are uploaded by REST.",
     .params = update_params,
     .result = "Order",
     .call = update},
    {.name = "order.declare",
     OF_HOLDER,
     .summary = "Signs the declaration of nationality (D-9). Another name or birth date of the applicant undoes it.",
     .params = declare_params,
     .result = "Order",
     .call = declare},
    {.name = "order.submit",
     OF_HOLDER,
     .summary = "Submits a draft (D-27); with a passport at hand the face check is next (D-16).",
     .params = change_params,
     .result = "Order",
     .call = submit},
    {.name = "order.supplemented",
     OF_HOLDER,
     .summary = "What was asked for has been added (D-30); back to review.",
     .params = change_params,
     .result = "Order",
     .call = supplemented},
    {.name = "order.withdraw",
     OF_HOLDER,
     .summary = "Withdraws an order before it is approved; never an emergency travel document once submitted (D-52).",
     .params = withdraw_params,
     .result = "Order",
     .call = withdraw},
    {.name = "order.complete",
     OF_HOLDER,
     .summary = "The new document has been received.",
     .params = change_params,
     .result = "Order",
     .call = complete},
    {.name = "order.enter",
     OF_HOLDER,
     .summary = "A new ticket for the order's face check or interview, for ticket.redeem; the earlier one is dead.",
     .params = enter_params,
     .result = "OrderTicket",
     .call = enter},
    {0},
};
