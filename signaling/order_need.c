#include "signaling/order_need.h"

#include "signaling/instant.h"
#include "signaling/order.h"

#include <string.h>

const char *const order_slots[] = {"portrait", "page",         "annotation", "address", "nationality",
                                   "loss",     "guardianship", "other",      NULL};

bool order_is_slot(const char *name)
{
    return g_strv_contains(order_slots, name);
}

static const char *field(const struct order_facts *facts, const char *name)
{
    return order_field(facts->order, facts->details, name);
}

void order_facts_init(struct order_facts *facts, const struct store_order *order, const struct policy *policy,
                      int64_t now_us)
{
    *facts = (struct order_facts){.order = order, .details = order_details(order)};
    g_autofree char *now = instant_format(now_us);
    g_strlcpy(facts->today, now, sizeof facts->today);
    if (order->state == ORDER_SUPPLEMENT_REQUIRED && order->supplement != NULL) {
        facts->supplement = json_loads(order->supplement, 0, NULL);
    }
    const char *birth_date = field(facts, "birth_date");
    facts->age_known = birth_date != NULL;
    if (facts->age_known) {
        facts->age = policy_age(birth_date, facts->today);
        facts->minor = facts->age < policy->interview.minor_age;
        facts->guardian_needed = policy_needs_guardian(policy, facts->age);
    }
}

void order_facts_clear(struct order_facts *facts)
{
    g_clear_pointer(&facts->details, json_decref);
    g_clear_pointer(&facts->supplement, json_decref);
}

/* ---- what is applied for ---- */

static bool is(const char *word, const char *expected)
{
    return g_strcmp0(word, expected) == 0;
}

bool order_has_document(const struct store_order *order)
{
    return is(order->issue, "renewal") || (is(order->issue, "replacement") && is(order->condition, "damaged"));
}

const char *order_document(const struct store_order *order)
{
    return is(order->kind, "passport") ? "passport" : "travel_document";
}

static bool lost_document(const struct store_order *order)
{
    return is(order->condition, "lost") || is(order->condition, "stolen") || is(order->condition, "passport_lost");
}

/* ---- pictures ---- */

/* By the documents of the domain (D-10, D-12), and by who the applicant is. */
static enum order_use use_of(const struct order_facts *facts, const char *slot)
{
    const struct store_order *order = facts->order;
    const bool first = is(order->issue, "first");
    if (is(slot, "portrait")) {
        return order_has_document(order) ? ORDER_SLOT_CLOSED : ORDER_SLOT_NEEDED;
    }
    if (is(slot, "page")) { /* a copy of the one that is lost; who never held one has none */
        return order_has_document(order) || first ? ORDER_SLOT_CLOSED : ORDER_SLOT_OPTIONAL;
    }
    if (is(slot, "annotation")) {
        return first ? ORDER_SLOT_CLOSED : ORDER_SLOT_OPTIONAL;
    }
    if (is(slot, "address")) { /* who travels lives elsewhere (D-7) */
        return order_is_emergency(order->kind) ? ORDER_SLOT_OPTIONAL : ORDER_SLOT_NEEDED;
    }
    if (is(slot, "nationality")) {
        return first ? ORDER_SLOT_NEEDED : ORDER_SLOT_OPTIONAL;
    }
    if (is(slot, "loss")) {
        return lost_document(order) ? ORDER_SLOT_NEEDED : ORDER_SLOT_CLOSED;
    }
    if (is(slot, "guardianship")) {
        return facts->minor ? ORDER_SLOT_NEEDED : ORDER_SLOT_CLOSED;
    }
    return ORDER_SLOT_OPTIONAL;
}

static bool asked_for(const struct order_facts *facts, const char *list, const char *name)
{
    size_t index;
    json_t *asked;
    json_array_foreach(json_object_get(facts->supplement, list), index, asked)
    {
        if (is(json_string_value(asked), name)) {
            return true;
        }
    }
    return false;
}

enum order_use order_slot_use(const struct order_facts *facts, const char *slot)
{
    return asked_for(facts, "slots", slot) ? ORDER_SLOT_NEEDED : use_of(facts, slot);
}

int64_t order_slot_uploaded_us(const struct store_order *order, const char *slot)
{
    g_auto(GStrv) entries = g_strsplit(order->slots != NULL ? order->slots : "", " ", -1);
    const size_t length = strlen(slot);
    for (unsigned i = 0; entries[i] != NULL; i++) {
        if (strncmp(entries[i], slot, length) == 0 && entries[i][length] == ':') {
            return g_ascii_strtoll(entries[i] + length + 1, NULL, 10);
        }
    }
    return 0;
}

json_t *order_missing_slots(const struct order_facts *facts)
{
    const int64_t since_us = json_integer_value(json_object_get(facts->supplement, "since_us"));
    json_t *missing = json_array();
    for (unsigned i = 0; order_slots[i] != NULL; i++) {
        const int64_t uploaded_us = order_slot_uploaded_us(facts->order, order_slots[i]);
        const bool stale = asked_for(facts, "slots", order_slots[i]) && uploaded_us < since_us;
        if (order_slot_use(facts, order_slots[i]) == ORDER_SLOT_NEEDED && (uploaded_us == 0 || stale)) {
            json_array_append_new(missing, json_string(order_slots[i]));
        }
    }
    return missing;
}

/* ---- fields ---- */

static bool field_needed(const struct order_facts *facts, const char *name)
{
    static const char *const optional[] = {"document_number", "expiry_date", "guardian_name", "note", NULL};
    if (asked_for(facts, "fields", name)) {
        return true;
    }
    if (is(name, "issue")) {
        return !order_is_emergency(facts->order->kind);
    }
    if (is(name, "document_number") || is(name, "expiry_date")) {
        return order_has_document(facts->order);
    }
    if (is(name, "guardian_name")) {
        return facts->guardian_needed;
    }
    return !g_strv_contains(optional, name);
}

json_t *order_missing_fields(const struct order_facts *facts)
{
    json_t *missing = json_array();
    for (unsigned i = 0; order_fields[i] != NULL; i++) {
        if (field(facts, order_fields[i]) == NULL && field_needed(facts, order_fields[i])) {
            json_array_append_new(missing, json_string(order_fields[i]));
        }
    }
    return missing;
}

bool order_missing_declaration(const struct order_facts *facts)
{
    return facts->order->declared_us == 0;
}

json_t *order_missing(const struct order_facts *facts)
{
    return json_pack("{s:o, s:b, s:o}", "fields", order_missing_fields(facts), "declaration",
                     order_missing_declaration(facts), "slots", order_missing_slots(facts));
}

json_t *order_missing_nothing(void)
{
    return json_pack("{s:[], s:b, s:[]}", "fields", "declaration", false, "slots");
}

bool order_is_complete(const json_t *missing)
{
    return json_array_size(json_object_get(missing, "fields")) == 0 &&
           !json_is_true(json_object_get(missing, "declaration")) &&
           json_array_size(json_object_get(missing, "slots")) == 0;
}

/* ---- what can be true together ---- */

static bool refuse_date(GError **error, const char *message)
{
    rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, json_pack("{s:s}", "field", "expiry_date"), "%s", message);
    return false;
}

/* A year after `day`, of the same month and day; sorts right also for 29 February. */
static void year_after(const char *day, char next[11])
{
    g_snprintf(next, 11, "%04d%s", atoi(day) + 1, day + 4);
}

bool order_check_dates(const struct order_facts *facts, GError **error)
{
    char next_year[11];
    const char *expiry_date = field(facts, "expiry_date"), *condition = facts->order->condition;
    if (expiry_date == NULL || condition == NULL) {
        return true;
    }
    year_after(facts->today, next_year);
    const bool expired = strcmp(expiry_date, facts->today) < 0;
    if (is(condition, "expired") && !expired) {
        return refuse_date(error, "expiry_date is not over: the passport has not expired (D-8)");
    }
    if (is(condition, "expiring") && (expired || strcmp(expiry_date, next_year) > 0)) {
        return refuse_date(error, "expiry_date is not within a year from today: the passport is not expiring (D-8)");
    }
    return true;
}
