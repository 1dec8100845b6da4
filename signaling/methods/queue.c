/* What officers have to do: the queue of their mission's day, its lists page by page, and what is looked for. */
#include "signaling/failure.h"
#include "signaling/instant.h"
#include "signaling/methods/methods.h"
#include "signaling/methods/params.h"
#include "signaling/order.h"
#include "signaling/order_turn.h"

#include <string.h>

#define QUEUE_PAGE        50
#define LIST_MAX          100
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

static const char *const list_names[] = {
    [ORDER_LIST_WAITING] = "waiting", [ORDER_LIST_MINE] = "mine", [ORDER_LIST_OTHERS] = "others", [ORDER_LISTS] = NULL};

/* "own.us.id" of the last order of a page, where its list goes on; see struct store_order_place. */
static char *write_place(enum store_order_list list, const struct store_order *last)
{
    return g_strdup_printf("%d.%" G_GINT64_FORMAT ".%s", last->own_district,
                           list == ORDER_LIST_WAITING ? last->submitted_us : last->state_since_us, last->id);
}

static bool read_place(const char *text, struct store_order_place *place, GError **error)
{
    char *end = NULL;
    const bool own = text[0] == '1';
    if ((own || text[0] == '0') && text[1] == '.') {
        place->us = g_ascii_strtoll(text + 2, &end, 10);
    }
    if (end == NULL || end == text + 2 || *end != '.') {
        rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, NULL, "params.after is not what an earlier answer's next was");
        return false;
    }
    place->own_district = own;
    place->id = end + 1;
    return true;
}

/* The orders of a page of a list, and where the next one begins: NULL when there is none. */
static json_t *page_view(struct service *service, const struct rpc_caller *caller, struct store_order_page *page,
                         char **next, GError **error)
{
    GError *cause = NULL;
    const unsigned limit = page->limit++; /* one more than is shown: there is a next page */
    page->mission = caller->mission;
    page->officer = caller->officer;
    g_autoptr(GPtrArray) rows = store_order_page(service->store, page, &cause);
    if (rows == NULL) {
        failure_store(error, cause, "orders");
        return NULL;
    }
    *next = rows->len > limit ? write_place(page->list, rows->pdata[limit - 1]) : NULL;
    g_ptr_array_set_size(rows, (gint)MIN(rows->len, limit));
    return order_turn_list(service, caller, rows, true, error);
}

static bool add_lists(json_t *result, struct service *service, const struct rpc_caller *caller, GError **error)
{
    json_t *nexts = json_object();
    json_object_set_new(result, "next", nexts);
    for (enum store_order_list each = 0; each < ORDER_LISTS; each++) {
        struct store_order_page page = {.list = each, .limit = QUEUE_PAGE};
        g_autofree char *next = NULL;
        json_t *orders = page_view(service, caller, &page, &next, error);
        if (orders == NULL) {
            return false;
        }
        json_object_set_new(result, list_names[each], orders);
        json_object_set_new(nexts, list_names[each], next != NULL ? json_string(next) : json_null());
    }
    return true;
}

static json_t *lengths_view(const unsigned lengths[ORDER_LISTS])
{
    json_t *object = json_object();
    for (enum store_order_list each = 0; each < ORDER_LISTS; each++) {
        json_object_set_new(object, list_names[each], json_integer(lengths[each]));
    }
    return object;
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
    unsigned counts[ORDER_STATES], lengths[ORDER_LISTS], taken;
    GError *cause = NULL;
    if (!today(service, caller->mission, &day, error)) {
        return NULL;
    }
    if (!store_order_counts(service->store, caller->mission, counts, &cause) ||
        !store_order_lengths(service->store, caller->mission, caller->officer, lengths, &cause) ||
        !store_order_taken(service->store, caller->mission, day.from_us, day.to_us, &taken, &cause)) {
        failure_store(error, cause, "orders");
        return NULL;
    }
    json_t *result = json_pack("{s:s, s:i, s:i, s:o, s:o}", "day", day.text, "capacity",
                               (int)policies_get(service->policies, caller->mission)->review.capacity_per_day, "taken",
                               (int)taken, "counts", counts_view(counts), "lengths", lengths_view(lengths));
    if (!add_lists(result, service, caller, error)) {
        g_clear_pointer(&result, json_decref);
    }
    return result;
}

/* The dispatcher has checked that `name` is one. */
static enum store_order_list list_named(const char *name)
{
    return g_strcmp0(name, list_names[ORDER_LIST_WAITING]) == 0 ? ORDER_LIST_WAITING
           : g_strcmp0(name, list_names[ORDER_LIST_MINE]) == 0  ? ORDER_LIST_MINE
                                                                : ORDER_LIST_OTHERS;
}

static json_t *more(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    const json_t *limit = json_object_get(params, "limit");
    struct store_order_page page = {.list = list_named(param_text(params, "list")),
                                    .limit = limit != NULL ? (unsigned)json_integer_value(limit) : QUEUE_PAGE};
    g_autofree char *next = NULL;
    json_t *orders = read_place(param_text(params, "after"), &page.after, error)
                         ? page_view(service, caller, &page, &next, error)
                         : NULL;
    return orders != NULL ? json_pack("{s:o, s:s?}", "orders", orders, "next", next) : NULL;
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

/* ---- the table ---- */

static const struct rpc_param more_params[] = {
    {.name = "list", .type = RPC_STRING, .values = list_names, .summary = "Of the queue."},
    {.name = "after",
     .type = RPC_STRING,
     .min = 1,
     .max = 100,
     .summary = "The list's next of an earlier answer: the orders after it."},
    {.name = "limit", .type = RPC_INTEGER, .optional = true, .min = 1, .max = LIST_MAX, .summary = "At most so many."},
    {0},
};
static const struct rpc_param list_params[] = {
    {.name = "state",
     .type = RPC_STRING,
     .optional = true,
     .values = order_state_names + ORDER_SUBMITTED,
     .summary = "In this state only."},
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

#define OF_OFFICER .roles = RPC_OFFICER, .of_book = true

const struct rpc_method queue_methods[] = {
    {.name = "review.queue",
     OF_OFFICER,
     .summary =
         "The mission's day: whose turn it is (D-28), what the officer has, what the others have; of each list its "
         "first page.",
     .result = "ReviewQueue",
     .call = queue},
    {.name = "review.more",
     OF_OFFICER,
     .summary = "The rest of one of the queue's lists, page by page.",
     .params = more_params,
     .result = "ReviewList",
     .call = more},
    {.name = "review.list",
     OF_OFFICER,
     .summary = "The mission's orders, those that changed last first.",
     .params = list_params,
     .result = "ReviewList",
     .call = list},
    {0},
};
