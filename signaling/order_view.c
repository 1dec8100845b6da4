#include "signaling/order_view.h"

#include "signaling/facecheck.h"
#include "signaling/instant.h"
#include "signaling/interview.h"
#include "signaling/order.h"
#include "signaling/view.h"

#include <string.h>

/* ---- who and what ---- */

/* The fields `names` of the details, null where one is not filled in. */
static json_t *fields_view(const struct order_facts *facts, const char *const *names)
{
    json_t *object = json_object();
    for (unsigned i = 0; names[i] != NULL; i++) {
        const char *text = order_field(facts->order, facts->details, names[i]);
        json_object_set_new(object, names[i], text != NULL ? json_string(text) : json_null());
    }
    return object;
}

static json_t *applicant_view(const struct order_facts *facts)
{
    return json_pack("{s:s?, s:s?, s:s?, s:s?, s:s?, s:o, s:b, s:b}", "relation",
                     order_field(facts->order, facts->details, "relation"), "name",
                     order_field(facts->order, facts->details, "applicant_name"), "name_latin",
                     order_field(facts->order, facts->details, "applicant_name_latin"), "birth_date",
                     order_field(facts->order, facts->details, "birth_date"), "sex",
                     order_field(facts->order, facts->details, "sex"), "age",
                     facts->age_known ? json_integer(facts->age) : json_null(), "minor", facts->minor,
                     "guardian_needed", facts->guardian_needed);
}

static json_t *declaration_view(const struct store_order *order)
{
    json_t *stored = order->declaration != NULL ? json_loads(order->declaration, 0, NULL) : NULL;
    const char *name = NULL, *signature = NULL;
    if (order->declared_us == 0 || json_unpack(stored, "{s:s, s:s}", "name", &name, "signature", &signature) != 0) {
        json_decref(stored);
        return json_null();
    }
    json_t *view = json_pack("{s:o, s:s, s:s}", "signed_at", instant_json(order->declared_us), "name", name,
                             "signature", signature);
    json_decref(stored);
    return view;
}

/* ---- pictures ---- */

static const struct store_order_material *find_material(const struct order_view *view, const char *slot)
{
    for (guint i = 0; i < view->materials->len; i++) {
        const struct store_order_material *material = view->materials->pdata[i];
        if (strcmp(material->slot, slot) == 0) {
            return material;
        }
    }
    return NULL;
}

json_t *order_view_material(const char *slot, bool needed, const struct store_order_material *material)
{
    if (material == NULL) {
        return json_pack("{s:s, s:b, s:n, s:n, s:n, s:n}", "slot", slot, "needed", needed, "uploaded_at", "width",
                         "height", "file_bytes");
    }
    return json_pack("{s:s, s:b, s:o, s:i, s:i, s:I}", "slot", slot, "needed", needed, "uploaded_at",
                     instant_json(material->uploaded_us), "width", (int)material->width, "height",
                     (int)material->height, "file_bytes", (json_int_t)material->file_bytes);
}

static json_t *materials_view(const struct order_view *view, const struct order_facts *facts)
{
    json_t *list = json_array();
    for (unsigned i = 0; view->materials != NULL && order_slots[i] != NULL; i++) {
        const enum order_use use = order_slot_use(facts, order_slots[i]);
        const struct store_order_material *material = find_material(view, order_slots[i]);
        if (use != ORDER_SLOT_CLOSED || material != NULL) {
            json_array_append_new(list, order_view_material(order_slots[i], use == ORDER_SLOT_NEEDED, material));
        }
    }
    return list;
}

/* ---- face check and interview ---- */

static unsigned tries_max(const struct order_view *view)
{
    const unsigned own = view->policy->facecheck.tries_max;
    return own != 0 ? own : view->config->facecheck.tries_max;
}

static json_t *order_facecheck_view(const struct order_view *view)
{
    const struct store_order *order = view->order;
    if (order->facecheck == NULL) {
        return json_null();
    }
    return json_pack("{s:s, s:s, s:{s:i, s:i}}", "id", order->facecheck, "state",
                     facecheck_state_name(order->facecheck_state), "tries", "used", (int)order->facecheck_tries, "max",
                     (int)tries_max(view));
}

static int64_t opens_us(const struct order_view *view)
{
    const struct store_interview interview = {.scheduled_us = view->order->interview_scheduled_us};
    return interview.scheduled_us == 0 ? 0 : interview_opens_us(&interview, view->config->interview.join_before_min);
}

static json_t *order_interview_view(const struct order_view *view)
{
    const struct store_order *order = view->order;
    if (order->interview == NULL) {
        return json_null();
    }
    return json_pack("{s:s, s:s, s:o, s:o, s:s?}", "id", order->interview, "state",
                     interview_state_name(order->interview_state), "scheduled_at",
                     instant_json(order->interview_scheduled_us), "opens_at", instant_json(opens_us(view)), "outcome",
                     view->officer ? order->interview_outcome : NULL);
}

static json_t *proposals_view(const struct order_view *view, const struct order_facts *facts)
{
    const struct store_order *order = view->order;
    if (!view->officer) {
        return json_array();
    }
    const struct policy_order known = {
        .age_known = facts->age_known,
        .age = facts->age,
        .facecheck_undecided = order->facecheck == NULL || order->facecheck_state == FACECHECK_SKIPPED,
        .first_issue = g_strcmp0(order->issue, "first") == 0,
    };
    return policy_triggers(view->policy, &known);
}

/* ---- what happens next ---- */

/* NULL: nothing is missing in the kind of order that is asked for. */
static const char *next_of_draft(const struct order_facts *facts)
{
    json_t *fields = order_missing_fields(facts), *slots = order_missing_slots(facts);
    const char *next = json_array_size(fields) > 0        ? "fill_in"
                       : order_missing_declaration(facts) ? "sign"
                       : json_array_size(slots) > 0       ? "upload"
                                                          : "submit";
    json_decref(fields);
    json_decref(slots);
    return next;
}

const char *order_view_next(const struct order_view *view, const struct order_facts *facts)
{
    const struct store_order *order = view->order;
    switch (order->state) {
    case ORDER_DRAFT:
        return next_of_draft(facts);
    case ORDER_SUBMITTED:
        return order->facecheck != NULL && order->facecheck_state == FACECHECK_OPEN ? "face_check" : "wait_review";
    case ORDER_IN_REVIEW:
        return "wait_review";
    case ORDER_SUPPLEMENT_REQUIRED:
        return "supplement";
    case ORDER_INTERVIEW_REQUIRED:
        return "book";
    case ORDER_INTERVIEW_SCHEDULED:
        return view->now_us >= opens_us(view) ? "join" : "join_later";
    case ORDER_INTERVIEWING:
        return "join";
    case ORDER_IN_PERSON_REQUIRED:
        return "come_in_person";
    case ORDER_APPROVED: /* only now does the old passport go on its way (D-41) */
        return order_is_emergency(order->kind) ? "wait_made" : "send_passport";
    case ORDER_PRODUCED:
        return "wait_dispatch";
    case ORDER_DISPATCHED:
        return "receive";
    case ORDER_COMPLETED:
        return "done";
    case ORDER_REJECTED:
        return "rejected";
    case ORDER_WITHDRAWN:
        return "withdrawn";
    }
    g_assert_not_reached();
}

static bool may_interview(const struct store_order *order)
{
    const bool alive = order->interview != NULL &&
                       (!interview_is_over(order->interview_state) || order->interview_state == INTERVIEW_MISSED);
    return alive && (order->state == ORDER_INTERVIEW_REQUIRED || order->state == ORDER_INTERVIEW_SCHEDULED ||
                     order->state == ORDER_INTERVIEWING);
}

static json_t *can_view(const struct order_view *view, bool complete)
{
    const struct store_order *order = view->order;
    const bool draft = order->state == ORDER_DRAFT, supplement = order->state == ORDER_SUPPLEMENT_REQUIRED;
    const bool emergency = order_is_emergency(order->kind);
    return json_pack("{s:b, s:b, s:b, s:b, s:b, s:b}", "edit", draft || supplement, "submit",
                     complete && ((draft && view->verified) || supplement), "withdraw",
                     order_next(order->state, ORDER_EVENT_WITHDRAW, emergency) >= 0, "facecheck",
                     order->state == ORDER_SUBMITTED && order->facecheck != NULL &&
                         order->facecheck_state == FACECHECK_OPEN,
                     "interview", may_interview(order), "complete", order->state == ORDER_DISPATCHED);
}

/* ---- what was said, and what has been ---- */

static json_t *supplement_view(const struct order_facts *facts)
{
    if (facts->supplement == NULL) {
        return json_null();
    }
    return json_pack("{s:O, s:O, s:O, s:o}", "text", json_object_get(facts->supplement, "text"), "slots",
                     json_object_get(facts->supplement, "slots"), "fields",
                     json_object_get(facts->supplement, "fields"), "since",
                     instant_json(json_integer_value(json_object_get(facts->supplement, "since_us"))));
}

static json_t *actor_view(const struct order_view *view, const char *actor)
{
    if (strcmp(actor, view->order->account) == 0) {
        return json_string("holder");
    }
    if (strcmp(actor, "system") == 0) {
        return json_string("system");
    }
    const char *name = view->officer ? g_hash_table_lookup(view->officers, actor) : NULL;
    return json_string(name != NULL ? name : "officer");
}

static bool reason_shown(const struct order_view *view, const char *event)
{
    for (enum order_event each = 0; !view->officer && each < ORDER_EVENT_COUNT; each++) {
        if (strcmp(event, order_event_name(each)) == 0) {
            return order_reason_is_told(each);
        }
    }
    return view->officer;
}

static json_t *history_view(const struct order_view *view)
{
    json_t *list = json_array();
    for (guint i = 0; view->history != NULL && i < view->history->len; i++) {
        const struct store_order_history *row = view->history->pdata[i];
        json_array_append_new(list, json_pack("{s:o, s:s, s:s, s:s, s:o, s:s?}", "at", instant_json(row->at_us), "from",
                                              order_state_name(row->from), "to", order_state_name(row->to), "event",
                                              row->event, "actor", actor_view(view, row->actor), "reason",
                                              reason_shown(view, row->event) ? row->reason : NULL));
    }
    return list;
}

static json_t *officer_view(const struct order_view *view)
{
    const struct store_order *order = view->order;
    return view->officer && order->officer != NULL
               ? json_pack("{s:s, s:s?}", "id", order->officer, "name", order->officer_name)
               : json_null();
}

/* ---- the whole ---- */

static json_t *head_view(const struct order_view *view)
{
    const struct store_order *order = view->order;
    return json_pack("{s:s, s:s, s:i, s:s, s:s?, s:s?, s:s, s:o, s:o, s:o, s:o, s:o}", "id", order->id, "number",
                     order->number, "version", (int)order->version, "kind", order->kind, "issue", order->issue,
                     "condition", order->condition, "state", order_state_name(order->state), "state_since",
                     instant_json(order->state_since_us), "mission", view_mission(view->mission), "created_at",
                     instant_json(order->created_us), "submitted_at", instant_json(order->submitted_us), "own_district",
                     order->submitted_us != 0 ? json_boolean(order->own_district) : json_null());
}

static json_t *dispatch_view(const struct store_order *order)
{
    json_t *stored = order->tracking != NULL ? json_loads(order->tracking, 0, NULL) : NULL;
    const char *way = NULL, *tracking = NULL;
    json_unpack(stored, "{s?s, s?s}", "way", &way, "tracking", &tracking);
    json_t *view = json_pack("{s:s?, s:s?}", "way", way, "tracking", tracking);
    json_decref(stored);
    return view;
}

static void merge(json_t *view, json_t *part)
{
    json_object_update(view, part);
    json_decref(part);
}

json_t *order_view(const struct order_view *view)
{
    static const char *const details[] = {"document_number", "expiry_date",   "region", "address",
                                          "phone",           "guardian_name", "note",   NULL};
    const struct store_order *order = view->order;
    g_auto(OrderFacts) facts;
    order_facts_init(&facts, order, view->policy, view->now_us);
    const bool editable = order->state == ORDER_DRAFT || order->state == ORDER_SUPPLEMENT_REQUIRED;
    json_t *missing = editable ? order_missing(&facts) : order_missing_nothing();
    json_t *can = can_view(view, order_is_complete(missing));
    json_t *object = head_view(view);
    merge(object, json_pack("{s:o, s:o, s:o, s:o, s:o}", "applicant", applicant_view(&facts), "details",
                            fields_view(&facts, details), "declaration", declaration_view(order), "materials",
                            materials_view(view, &facts), "missing", missing));
    merge(object, json_pack("{s:o, s:o, s:o, s:o, s:s?}", "facecheck", order_facecheck_view(view), "interview",
                            order_interview_view(view), "proposals", proposals_view(view, &facts), "supplement",
                            supplement_view(&facts), "reason", order->reason));
    merge(object, dispatch_view(order));
    merge(object, json_pack("{s:o, s:s, s:o, s:o}", "officer", officer_view(view), "next",
                            order_view_next(view, &facts), "can", can, "history", history_view(view)));
    return object;
}
