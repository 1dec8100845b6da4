#include "signaling/order_turn.h"

#include "signaling/failure.h"
#include "signaling/limit.h"
#include "signaling/order_view.h"

#include <string.h>

#define STEPS_MAX 2

/* ---- begin and end ---- */

void order_turn_clear(struct order_turn *turn)
{
    g_clear_pointer(&turn->row, store_order_free);
    g_clear_pointer(&turn->mission, store_mission_free);
    g_clear_pointer(&turn->details, json_decref);
}

static bool none(GError **error)
{
    rpc_set_error(error, RPC_ERROR_NOT_FOUND, NULL, "there is no such order");
    return false;
}

/* Takes `row`, NULL with its `cause`. */
static bool begin(struct order_turn *turn, struct service *service, const struct rpc_caller *caller,
                  struct store_order *row, GError *cause, GError **error)
{
    if (row != NULL) {
        *turn = (struct order_turn){
            .service = service,
            .caller = caller,
            .row = row,
            .mission = store_mission_get(service->store, row->mission, &cause),
            .policy = policies_get(service->policies, row->mission),
            .now_us = g_get_real_time(),
        };
    }
    if (turn->mission == NULL) {
        failure_store(error, cause, "order");
        return false;
    }
    return true;
}

/* A draft is its holder's alone, and so is what was withdrawn as one. */
static bool may_see(const struct rpc_caller *caller, const struct store_order *order)
{
    return caller->role == RPC_OFFICER ? strcmp(order->mission, caller->mission) == 0 && order->submitted_us != 0
                                       : g_strcmp0(order->account, caller->holder) == 0;
}

bool order_turn_begin(struct order_turn *turn, struct service *service, const struct rpc_caller *caller, const char *id,
                      GError **error)
{
    GError *cause = NULL;
    int64_t retry_after_ms;
    if (!limit_order(service->limiter, rpc_caller_id(caller), g_get_monotonic_time(), &retry_after_ms)) {
        rpc_set_error(error, RPC_ERROR_RATE_LIMITED, json_pack("{s:I}", "retry_after_ms", (json_int_t)retry_after_ms),
                      "too many orders that are none: wait %" G_GINT64_FORMAT " ms", retry_after_ms);
        return false;
    }
    struct store_order *row = store_order_get(service->store, id, &cause);
    if (row != NULL && !may_see(caller, row)) {
        store_order_free(row);
        return none(error);
    }
    if (!begin(turn, service, caller, row, cause, error)) {
        return false;
    }
    limit_order_succeeded(service->limiter, rpc_caller_id(caller));
    return true;
}

bool order_turn_begin_at(struct order_turn *turn, struct service *service, const struct rpc_caller *caller,
                         const json_t *params, GError **error)
{
    const json_int_t version = json_integer_value(json_object_get(params, "version"));
    if (!order_turn_begin(turn, service, caller, json_string_value(json_object_get(params, "order_id")), error)) {
        return false;
    }
    if (turn->row->version != version) {
        rpc_set_error(error, RPC_ERROR_CONFLICT, json_pack("{s:i}", "version", (int)turn->row->version),
                      "the order is at version %u by now: read it again", turn->row->version);
        return false;
    }
    return true;
}

bool order_turn_begin_system(struct order_turn *turn, struct service *service, const char *id, GError **error)
{
    GError *cause = NULL;
    struct store_order *row = store_order_get(service->store, id, &cause);
    return begin(turn, service, NULL, row, cause, error);
}

bool order_turn_begin_book(struct order_turn *turn, struct service *service, const char *number, GError **error)
{
    GError *cause = NULL;
    struct store_order *row = store_order_by_number(service->store, number, &cause);
    return begin(turn, service, NULL, row, cause, error);
}

/* ---- views ---- */

static struct order_view view_of(const struct order_turn *turn, bool officer, bool verified)
{
    return (struct order_view){
        .order = turn->row,
        .mission = turn->mission,
        .policy = turn->policy,
        .config = turn->service->config,
        .now_us = turn->now_us,
        .officer = officer,
        .verified = verified,
    };
}

/* The missions that rows are of: a handful, each looked up once. */
static const struct store_mission *find_mission(GHashTable *missions, struct store *store, const char *id,
                                                GError **error)
{
    GError *cause = NULL;
    struct store_mission *mission = g_hash_table_lookup(missions, id);
    if (mission == NULL) {
        mission = store_mission_get(store, id, &cause);
        if (mission == NULL) {
            failure_store(error, cause, "mission");
            return NULL;
        }
        g_hash_table_insert(missions, mission->id, mission);
    }
    return mission;
}

static void free_mission(void *mission)
{
    store_mission_free(mission);
}

json_t *order_turn_list(struct service *service, const struct rpc_caller *caller, const GPtrArray *rows, bool verified,
                        GError **error)
{
    g_autoptr(GHashTable) missions = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, free_mission);
    struct order_view view = {.config = service->config,
                              .now_us = g_get_real_time(),
                              .officer = caller->role == RPC_OFFICER,
                              .verified = verified};
    json_t *list = json_array();
    for (guint i = 0; i < rows->len; i++) {
        view.order = rows->pdata[i];
        view.mission = find_mission(missions, service->store, view.order->mission, error);
        view.policy = policies_get(service->policies, view.order->mission);
        if (view.mission == NULL) {
            json_decref(list);
            return NULL;
        }
        json_array_append_new(list, order_view(&view));
    }
    return list;
}

/* What a whole view shows on top of a row. */
struct whole {
    GPtrArray *materials, *history;
    GHashTable *officers;
    bool verified;
};

static void whole_clear(struct whole *whole)
{
    g_clear_pointer(&whole->materials, g_ptr_array_unref);
    g_clear_pointer(&whole->history, g_ptr_array_unref);
    g_clear_pointer(&whole->officers, g_hash_table_unref);
}

/* Whoever acted and is no officer has no name here. */
static void name_officers(struct whole *whole, struct store *store)
{
    whole->officers = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (guint i = 0; i < whole->history->len; i++) {
        const struct store_order_history *row = whole->history->pdata[i];
        struct store_officer *officer =
            g_hash_table_contains(whole->officers, row->actor) ? NULL : store_officer_get(store, row->actor, NULL);
        if (officer != NULL) {
            g_hash_table_insert(whole->officers, g_strdup(row->actor), g_strdup(officer->name));
            store_officer_free(officer);
        }
    }
}

static bool whole_load(struct whole *whole, const struct order_turn *turn, GError **error)
{
    GError *cause = NULL;
    struct store *store = turn->service->store;
    whole->materials = store_order_material_list(store, turn->row->id, &cause);
    whole->history = whole->materials != NULL ? store_order_history(store, turn->row->id, &cause) : NULL;
    struct store_account *account =
        whole->history != NULL ? store_account_get(store, turn->row->account, &cause) : NULL;
    if (account == NULL) {
        failure_store(error, cause, "order");
        whole_clear(whole);
        return false;
    }
    whole->verified = account->verified_us != 0;
    store_account_free(account);
    name_officers(whole, store);
    return true;
}

static json_t *whole_view(const struct order_turn *turn, const struct whole *whole, bool officer)
{
    struct order_view view = view_of(turn, officer, whole->verified);
    view.materials = whole->materials;
    view.history = whole->history;
    view.officers = whole->officers;
    return order_view(&view);
}

json_t *order_turn_result(struct order_turn *turn, GError **error)
{
    struct whole whole = {0};
    if (!whole_load(&whole, turn, error)) {
        return NULL;
    }
    json_t *result = whole_view(turn, &whole, turn->caller->role == RPC_OFFICER);
    whole_clear(&whole);
    return result;
}

/* ---- telling ---- */

static char *changed_text(const struct order_turn *turn, const struct whole *whole, bool officer)
{
    return rpc_notification("order.changed", json_pack("{s:o}", "order", whole_view(turn, whole, officer)));
}

/* That it cannot be told is no reason to fail: it is done. */
static void publish(const struct order_turn *turn)
{
    struct whole whole = {0};
    g_autoptr(GError) error = NULL;
    if (!whole_load(&whole, turn, &error)) {
        g_warning("event=order_not_told order=%s reason=\"%s\"", turn->row->id, error->message);
        return;
    }
    g_autofree char *holder = changed_text(turn, &whole, false);
    hub_send_holder(turn->service->hub, turn->row->account, holder);
    if (turn->row->submitted_us != 0) {
        g_autofree char *officer = changed_text(turn, &whole, true);
        hub_send_officers(turn->service->hub, turn->row->mission, officer);
    }
    whole_clear(&whole);
}

bool order_turn_reload(struct order_turn *turn, GError **error)
{
    GError *cause = NULL;
    struct store_order *fresh = store_order_get(turn->service->store, turn->row->id, &cause);
    if (fresh == NULL) {
        failure_store(error, cause, "order");
        return false;
    }
    store_order_free(turn->row);
    turn->row = fresh;
    publish(turn);
    return true;
}

/* ---- changing ---- */

/* Takes `cause`. */
static void refuse(GError **error, GError *cause)
{
    static const struct failure_meaning meanings[] = {
        {STORE_ERROR_CONFLICT, RPC_ERROR_CONFLICT, "the order has changed meanwhile: read it again"},
        {STORE_ERROR_DUPLICATE, RPC_ERROR_DUPLICATE_ORDER,
         "this applicant has an order that is not over, at this mission or another (D-26)"},
        {STORE_ERROR_TAKEN, RPC_ERROR_DAY_FULL, "the day's capacity is used up: the others come another day (D-28)"},
    };
    if (g_error_matches(cause, STORE_ERROR, STORE_ERROR_SUPERSEDED)) {
        requirement_refuse(error, cause);
        return;
    }
    failure_store_as(error, cause, meanings, G_N_ELEMENTS(meanings), "order");
}

static const char *actor_of(const struct order_turn *turn, const struct order_change *change)
{
    if (change->actor != NULL) {
        return change->actor;
    }
    return turn->caller != NULL ? rpc_caller_id(turn->caller) : "system";
}

/* What a message's template may need; caller frees. Why an interview ended otherwise is for officers alone. */
static char *args_text(const struct order_change *change)
{
    json_t *args = change->args != NULL ? json_copy(change->args) : json_object();
    if (change->reason != NULL && order_reason_is_told(change->event)) {
        json_object_set_new(args, "reason", json_string(change->reason));
    }
    char *text = json_dumps(args, JSON_COMPACT);
    char *copy = g_strdup(text);
    free(text);
    json_decref(args);
    return copy;
}

struct steps {
    struct store_order_step list[STEPS_MAX];
    char *args[STEPS_MAX];
    size_t count;
};

static void steps_clear(struct steps *steps)
{
    for (size_t i = 0; i < steps->count; i++) {
        g_free(steps->args[i]);
    }
}

/* Along the state machine, whatever is refused on the way. */
static bool plan(const struct order_turn *turn, const struct order_change *changes, size_t count, struct steps *steps,
                 GError **error)
{
    struct store_order at = *turn->row;
    g_assert(count >= 1 && count <= STEPS_MAX);
    for (size_t i = 0; i < count; i++) {
        const struct order_change *change = &changes[i];
        if (!order_check(&at, change->event, error)) {
            return false;
        }
        at.state = (enum store_order_state)order_next(at.state, change->event, order_is_emergency(at.kind));
        steps->args[i] = args_text(change);
        steps->count = i + 1;
        steps->list[i] = (struct store_order_step){
            .to = at.state,
            .actor = actor_of(turn, change),
            .event = order_event_name(change->event),
            .reason = change->reason,
            .message = change->silent ? NULL : order_event_message(change->event),
            .message_args = steps->args[i],
        };
    }
    return true;
}

bool order_turn_apply(struct order_turn *turn, const struct order_change *changes, size_t count,
                      struct store_order_update *update, GError **error)
{
    struct steps steps = {0};
    struct store_order_update whole = update != NULL ? *update : (struct store_order_update){0};
    GError *cause = NULL;
    bool ok = plan(turn, changes, count, &steps, error);
    if (ok) {
        whole.steps = steps.list;
        whole.count = steps.count;
        whole.now_us = turn->now_us;
        ok = store_order_update(turn->service->store, turn->row, &whole, &cause);
    }
    if (cause != NULL) {
        refuse(error, cause);
    }
    for (size_t i = 0; ok && i < count; i++) {
        g_message("event=order_%s order=%s state=%s", steps.list[i].event, turn->row->id,
                  order_state_name(steps.list[i].to));
    }
    steps_clear(&steps);
    return ok && order_turn_reload(turn, error);
}

bool order_turn_check_edit(const struct order_turn *turn, GError **error)
{
    if (turn->row->state == ORDER_DRAFT || turn->row->state == ORDER_SUPPLEMENT_REQUIRED) {
        return true;
    }
    const char *state = order_state_name(turn->row->state);
    rpc_set_error(error, RPC_ERROR_WRONG_STATE,
                  json_pack("{s:s, s:[s, s]}", "state", state, "allowed", "draft", "supplement_required"),
                  "the order is %s: what it is reviewed on stays", state);
    return false;
}

bool order_turn_save(struct order_turn *turn, GError **error)
{
    GError *cause = NULL;
    g_auto(OrderKeys) keys = {0};
    json_t *details = order_details(turn->row);
    order_keys_init(&keys, details);
    json_decref(details);
    const struct store_order_names names = {keys.applicant, keys.name, keys.latin};
    if (!store_order_save(turn->service->store, turn->row, &names, &cause)) {
        refuse(error, cause);
        return false;
    }
    return order_turn_reload(turn, error);
}

bool order_requirement(struct requirement *requirement, struct order_turn *turn, const char *interpreter,
                       GError **error)
{
    const struct store_order *order = turn->row;
    json_decref(turn->details);
    turn->details = order_details(order);
    const struct requirement_people people = {
        .applicant = order_field(order, turn->details, "applicant_name"),
        .guardian = order_field(order, turn->details, "guardian_name"),
        .interpreter = interpreter,
    };
    if (people.applicant == NULL) {
        rpc_set_error(error, RPC_ERROR_WRONG_STATE, json_pack("{s:s}", "state", order_state_name(order->state)),
                      "what the order says of its applicant was erased");
        return false;
    }
    requirement_init(requirement, turn->service, order->mission, order->number, order_document(order), &people);
    return true;
}

json_t *order_material_view(const struct order_turn *turn, const struct store_order_material *material)
{
    g_auto(OrderFacts) facts = {0};
    order_facts_init(&facts, turn->row, turn->policy, turn->now_us);
    return order_view_material(material->slot, order_slot_use(&facts, material->slot) == ORDER_SLOT_NEEDED, material);
}
