#include "signaling/order_details.h"

#include "signaling/instant.h"
#include "signaling/region.h"

#include <string.h>

#define PERSON_NAME_MAX 100 /* characters */
#define ADDRESS_MAX     300
#define NOTE_MAX        500
#define YEAR_MIN        "1900"

const char *const order_kinds[] = {"passport", "travel_document", "emergency_travel_document", NULL};
const char *const order_relations[] = {"self", "child", "parent", "spouse", "relative", "other", NULL};
const char *const order_issues[] = {"first", "renewal", "replacement", NULL};
const char *const order_conditions[] = {"never_held", "expired", "expiring",      "pages_full", "appearance", "lost",
                                        "stolen",     "damaged", "passport_lost", "emergency",  NULL};
const char *const order_sexes[] = {"F", "M", "X", NULL};

/* ---- what a field may be ---- */

static bool has_length(const char *text, glong max)
{
    return g_utf8_strlen(text, -1) <= max;
}

/* Readable on one line, `lines` on several. */
static bool is_text(const char *text, bool lines)
{
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
        const gunichar character = g_utf8_get_char(at);
        if (!g_unichar_isprint(character) && !(lines && character == '\n')) {
            return false;
        }
    }
    return true;
}

static bool has_letter(const char *text)
{
    for (const char *at = text; *at != '\0'; at = g_utf8_next_char(at)) {
        if (g_unichar_isalpha(g_utf8_get_char(at))) {
            return true;
        }
    }
    return false;
}

static bool is_name(const char *text, const char *today)
{
    (void)today;
    return has_length(text, PERSON_NAME_MAX) && is_text(text, false) && has_letter(text);
}

/* As the machine readable zone will have it: letters without accents. */
static bool is_latin_name(const char *text, const char *today)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz ,.'-";
    return is_name(text, today) && strspn(text, allowed) == strlen(text);
}

static bool is_past_day(const char *text, const char *today)
{
    return instant_is_day(text) && strcmp(text, YEAR_MIN) > 0 && strcmp(text, today) <= 0;
}

static bool is_day(const char *text, const char *today)
{
    (void)today;
    return instant_is_day(text) && strcmp(text, YEAR_MIN) > 0;
}

static bool is_document_number(const char *text, const char *today)
{
    (void)today;
    const size_t length = strlen(text);
    return length >= 5 && length <= 20 && strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") == length;
}

static bool is_phone(const char *text, const char *today)
{
    (void)today;
    const size_t length = strlen(text);
    unsigned digits = 0;
    for (size_t i = 0; i < length; i++) {
        digits += g_ascii_isdigit(text[i]) ? 1 : 0;
    }
    return length <= 32 && digits >= 5 && strspn(text, "+0123456789 ()-/") == length;
}

static bool is_region(const char *text, const char *today)
{
    (void)today;
    return region_is_code(text);
}

static bool is_address(const char *text, const char *today)
{
    (void)today;
    return has_length(text, ADDRESS_MAX) && is_text(text, true) && has_letter(text);
}

static bool is_note(const char *text, const char *today)
{
    (void)today;
    return has_length(text, NOTE_MAX) && is_text(text, true);
}

const char *const order_fields[] = {"relation",   "issue", "condition",       "applicant_name", "applicant_name_latin",
                                    "birth_date", "sex",   "document_number", "expiry_date",    "region",
                                    "address",    "phone", "guardian_name",   "note",           NULL};

static const struct field {
    const char *name;
    const char *const *values; /* the allowed ones; NULL: `holds` says */
    bool (*holds)(const char *text, const char *today);
    const char *allowed;
    bool identifies; /* the applicant: the declaration is theirs */
} fields[] = {
    {.name = "relation", .values = order_relations},
    {.name = "issue", .values = order_issues},
    {.name = "condition", .values = order_conditions},
    {"applicant_name", NULL, is_name, "a name of at most 100 characters", true},
    {"applicant_name_latin", NULL, is_latin_name, "a name in the letters A to Z, at most 100", true},
    {"birth_date", NULL, is_past_day, "a past day written YYYY-MM-DD", true},
    {.name = "sex", .values = order_sexes},
    {"document_number", NULL, is_document_number, "5 to 20 capital letters and digits", false},
    {"expiry_date", NULL, is_day, "a day written YYYY-MM-DD", false},
    {"region", NULL, is_region, "a country such as SE or a part of one such as US-NY", false},
    {"address", NULL, is_address, "an address of at most 300 characters", false},
    {"phone", NULL, is_phone, "a telephone number of at most 32 characters", false},
    {"guardian_name", NULL, is_name, "a name of at most 100 characters", false},
    {"note", NULL, is_note, "a text of at most 500 characters", false},
};

bool order_is_field(const char *name)
{
    return g_strv_contains(order_fields, name);
}

bool order_condition_fits(const char *issue, const char *condition)
{
    static const struct {
        const char *issue, *conditions[5];
    } rows[] = {
        {"first", {"never_held"}},
        {"renewal", {"expired", "expiring", "pages_full", "appearance"}},
        {"replacement", {"lost", "stolen", "damaged"}},
        {NULL, {"passport_lost", "emergency"}},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (g_strcmp0(rows[i].issue, issue) == 0) {
            return g_strv_contains(rows[i].conditions, condition);
        }
    }
    return false;
}

/* ---- reading ---- */

json_t *order_details(const struct store_order *order)
{
    json_t *details = order->details != NULL ? json_loads(order->details, 0, NULL) : NULL;
    return details != NULL ? details : json_object();
}

const char *order_field(const struct store_order *order, const json_t *details, const char *name)
{
    if (strcmp(name, "issue") == 0) {
        return order->issue;
    }
    if (strcmp(name, "condition") == 0) {
        return order->condition;
    }
    return json_string_value(json_object_get(details, name));
}

/* ---- writing ---- */

static bool check_field(const struct field *field, const char *text, const char *today, GError **error)
{
    const bool good =
        *text == '\0' || (field->values != NULL ? g_strv_contains(field->values, text) : field->holds(text, today));
    if (good) {
        return true;
    }
    g_autofree char *values = field->values != NULL ? g_strjoinv(", ", (char **)field->values) : NULL;
    rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, json_pack("{s:s}", "field", field->name),
                  "params.%s is not allowed; it is %s%s", field->name, values != NULL ? "one of " : "",
                  values != NULL ? values : field->allowed);
    return false;
}

bool order_name_check(const char *name, GError **error)
{
    if (!is_name(name, NULL)) {
        rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, NULL, "params.name is no name of at most %d characters",
                      PERSON_NAME_MAX);
        return false;
    }
    return true;
}

/* Without the spaces around it. */
static char *param_of(const json_t *params, const char *name)
{
    const char *text = json_string_value(json_object_get(params, name));
    return text != NULL ? g_strstrip(g_strdup(text)) : NULL;
}

/* An order that is being written; it becomes the order once all is well. */
struct draft {
    json_t *details;
    char *issue, *condition;
    bool other_applicant;
};

static void draft_clear(struct draft *draft)
{
    json_decref(draft->details);
    g_free(draft->issue);
    g_free(draft->condition);
}

static void draft_set(struct draft *draft, const struct field *field, const char *text)
{
    const bool empty = *text == '\0';
    const bool issue = strcmp(field->name, "issue") == 0;
    if (issue || strcmp(field->name, "condition") == 0) {
        char **word = issue ? &draft->issue : &draft->condition;
        g_free(*word);
        *word = empty ? NULL : g_strdup(text);
        return;
    }
    const char *before = json_string_value(json_object_get(draft->details, field->name));
    draft->other_applicant |= field->identifies && g_strcmp0(before, empty ? NULL : text) != 0;
    if (empty) {
        json_object_del(draft->details, field->name);
    } else {
        json_object_set_new(draft->details, field->name, json_string(text));
    }
}

/* What was a reason for one issue is none for another; what is said together must fit. */
static bool draft_check(struct draft *draft, const char *kind, bool condition_given, GError **error)
{
    const bool emergency = strcmp(kind, "emergency_travel_document") == 0;
    if (emergency && draft->issue != NULL) {
        rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, json_pack("{s:s}", "field", "issue"),
                      "params.issue is for passports and travel documents; leave it out");
        return false;
    }
    const bool fits = draft->condition == NULL || (!emergency && draft->issue == NULL) ||
                      order_condition_fits(draft->issue, draft->condition);
    if (!fits && condition_given) {
        rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, json_pack("{s:s}", "field", "condition"),
                      "params.condition is no reason for this issue (D-8): it is %s",
                      emergency ? "an emergency travel document" : draft->issue);
        return false;
    }
    if (!fits) {
        g_clear_pointer(&draft->condition, g_free);
    }
    return true;
}

static void draft_keep(struct draft *draft, struct store_order *order)
{
    char *text = json_dumps(draft->details, JSON_COMPACT);
    g_free(order->details);
    g_free(order->issue);
    g_free(order->condition);
    order->details = g_strdup(text);
    order->issue = g_steal_pointer(&draft->issue);
    order->condition = g_steal_pointer(&draft->condition);
    free(text);
    if (draft->other_applicant) {
        g_clear_pointer(&order->declaration, g_free);
        order->declared_us = 0;
    }
}

bool order_details_write(struct store_order *order, const json_t *params, const char *today, GError **error)
{
    struct draft draft = {order_details(order), g_strdup(order->issue), g_strdup(order->condition), false};
    bool ok = true;
    for (size_t i = 0; ok && i < G_N_ELEMENTS(fields); i++) {
        g_autofree char *text = param_of(params, fields[i].name);
        ok = text == NULL || check_field(&fields[i], text, today, error);
        if (ok && text != NULL) {
            draft_set(&draft, &fields[i], text);
        }
    }
    ok = ok && draft_check(&draft, order->kind, json_object_get(params, "condition") != NULL, error);
    if (ok) {
        draft_keep(&draft, order);
    }
    draft_clear(&draft);
    return ok;
}

/* ---- what the applicant is found by ---- */

static int compare(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* Letters and digits of `name` as one case and width, in parts. */
static GPtrArray *name_parts(const char *name)
{
    g_autofree char *even = g_utf8_normalize(name, -1, G_NORMALIZE_NFKC);
    g_autofree char *folded = g_utf8_casefold(even != NULL ? even : "", -1);
    GPtrArray *parts = g_ptr_array_new_with_free_func(g_free);
    const char *from = NULL;
    for (const char *at = folded;; at = g_utf8_next_char(at)) {
        const bool inside = *at != '\0' && g_unichar_isalnum(g_utf8_get_char(at));
        if (inside && from == NULL) {
            from = at;
        } else if (!inside && from != NULL) {
            g_ptr_array_add(parts, g_strndup(from, (gsize)(at - from)));
            from = NULL;
        }
        if (*at == '\0') {
            return parts;
        }
    }
}

char *order_name_key(const char *name)
{
    g_autoptr(GPtrArray) parts = name_parts(name);
    GString *key = g_string_new(NULL);
    bool latin = true;
    for (guint i = 0; i < parts->len; i++) {
        latin = latin && g_str_is_ascii(parts->pdata[i]);
    }
    if (latin) { /* the surname comes first, or last; a Chinese one is always first */
        g_ptr_array_sort(parts, compare);
    }
    for (guint i = 0; i < parts->len; i++) {
        g_string_append(key, parts->pdata[i]);
    }
    return g_string_free(key, key->len == 0);
}

void order_keys_init(struct order_keys *keys, const json_t *details)
{
    const char *name = json_string_value(json_object_get(details, "applicant_name"));
    const char *latin = json_string_value(json_object_get(details, "applicant_name_latin"));
    const char *birth_date = json_string_value(json_object_get(details, "birth_date"));
    keys->name = name != NULL ? order_name_key(name) : NULL;
    keys->latin = latin != NULL ? order_name_key(latin) : NULL;
    keys->applicant = keys->name != NULL && birth_date != NULL ? g_strconcat(keys->name, "\n", birth_date, NULL) : NULL;
}

void order_keys_clear(struct order_keys *keys)
{
    g_clear_pointer(&keys->applicant, g_free);
    g_clear_pointer(&keys->name, g_free);
    g_clear_pointer(&keys->latin, g_free);
}
