#include "signaling/rpc.h"

#include "signaling/account.h"
#include "signaling/metrics.h"
#include "signaling/service.h"

#include <string.h>

typedef struct {
    json_t *data;
} RpcErrorPrivate;

static void rpc_error_private_init(RpcErrorPrivate *private)
{
    private->data = NULL;
}

static void rpc_error_private_copy(const RpcErrorPrivate *from, RpcErrorPrivate *to)
{
    to->data = json_incref(from->data);
}

static void rpc_error_private_clear(RpcErrorPrivate *private)
{
    json_decref(private->data);
}

G_DEFINE_EXTENDED_ERROR(RpcError, rpc_error)

/* One row for each enum rpc_error, in its order; -32000 is ours (JSON-RPC 2.0 §5.1). */
static const struct {
    const char *name;
    int code;
} error_rows[] = {
    [RPC_ERROR_PARSE] = {"parse_error", -32700},
    [RPC_ERROR_INVALID_REQUEST] = {"invalid_request", -32600},
    [RPC_ERROR_METHOD_NOT_FOUND] = {"method_not_found", -32601},
    [RPC_ERROR_INVALID_PARAMS] = {"invalid_params", -32602},
    [RPC_ERROR_INTERNAL] = {"internal_error", -32603},
    [RPC_ERROR_NOT_SIGNED_IN] = {"not_signed_in", -32000},
    [RPC_ERROR_FORBIDDEN] = {"forbidden", -32000},
    [RPC_ERROR_BAD_CREDENTIALS] = {"bad_credentials", -32000},
    [RPC_ERROR_RATE_LIMITED] = {"rate_limited", -32000},
    [RPC_ERROR_SESSION_EXPIRED] = {"session_expired", -32000},
    [RPC_ERROR_TICKET_UNKNOWN] = {"ticket_unknown", -32000},
    [RPC_ERROR_TICKET_EXPIRED] = {"ticket_expired", -32000},
    [RPC_ERROR_TICKET_USED] = {"ticket_used", -32000},
    [RPC_ERROR_TICKET_REVOKED] = {"ticket_revoked", -32000},
    [RPC_ERROR_TICKET_RESCHEDULED] = {"ticket_rescheduled", -32000},
    [RPC_ERROR_NOT_OPEN] = {"not_open", -32000},
    [RPC_ERROR_INTERVIEW_OVER] = {"interview_over", -32000},
    [RPC_ERROR_WRONG_STATE] = {"wrong_state", -32000},
    [RPC_ERROR_NOT_ADMITTED] = {"not_admitted", -32000},
    [RPC_ERROR_NOT_FOUND] = {"not_found", -32000},
    [RPC_ERROR_BUSY] = {"busy", -32000},
    [RPC_ERROR_LIMIT] = {"limit", -32000},
    [RPC_ERROR_SDP_REFUSED] = {"sdp_refused", -32000},
    [RPC_ERROR_PEER_GONE] = {"peer_gone", -32000},
    [RPC_ERROR_NO_VIDEO] = {"no_video", -32000},
    [RPC_ERROR_NO_KEYFRAME] = {"no_keyframe", -32000},
    [RPC_ERROR_CAPTURE_FAILED] = {"capture_failed", -32000},
    [RPC_ERROR_STORAGE_FAILED] = {"storage_failed", -32000},
    [RPC_ERROR_DRAINING] = {"draining", -32000},
    [RPC_ERROR_TOO_LARGE] = {"too_large", -32000},
    [RPC_ERROR_CONFLICT] = {"conflict", -32000},
    [RPC_ERROR_TRIES_EXHAUSTED] = {"tries_exhausted", -32000},
    [RPC_ERROR_SLOT_TAKEN] = {"slot_taken", -32000},
    [RPC_ERROR_NOT_BOOKABLE] = {"not_bookable", -32000},
    [RPC_ERROR_TOO_LATE] = {"too_late", -32000},
    [RPC_ERROR_BOOKINGS_EXHAUSTED] = {"bookings_exhausted", -32000},
    [RPC_ERROR_GUARDIAN_MISSING] = {"guardian_missing", -32000},
    [RPC_ERROR_SCRIPT_OPEN] = {"script_open", -32000},
    [RPC_ERROR_NOT_WITHDRAWABLE] = {"not_withdrawable", -32000},
    [RPC_ERROR_DUPLICATE_ORDER] = {"duplicate_order", -32000},
    [RPC_ERROR_OUTSIDE_DISTRICT] = {"outside_district", -32000},
    [RPC_ERROR_NOT_VERIFIED] = {"not_verified", -32000},
    [RPC_ERROR_DAY_FULL] = {"day_full", -32000},
    [RPC_ERROR_MISSING] = {"missing", -32000},
};

const char *rpc_error_name(enum rpc_error code)
{
    g_return_val_if_fail((unsigned)code < G_N_ELEMENTS(error_rows), "internal_error");
    return error_rows[code].name;
}

void rpc_set_error(GError **error, enum rpc_error code, json_t *data, const char *format, ...)
{
    if (error == NULL) {
        json_decref(data);
        return;
    }
    va_list arguments;
    va_start(arguments, format);
    *error = g_error_new_valist(RPC_ERROR, (gint)code, format, arguments);
    va_end(arguments);
    rpc_error_get_private(*error)->data = data;
}

const char *rpc_caller_id(const struct rpc_caller *caller)
{
    const char *const ids[] = {caller->officer, caller->account, caller->holder, caller->party, caller->facecheck};
    for (unsigned i = 0; i < G_N_ELEMENTS(ids); i++) {
        if (ids[i] != NULL) {
            return ids[i];
        }
    }
    return NULL;
}

/* ---- parameters ---- */

static const struct rpc_param no_params[] = {{0}};

static const struct rpc_param *method_params(const struct rpc_method *method)
{
    return method->params != NULL ? method->params : no_params;
}

/* "a string of 1 to 64 bytes", "one of \"face\", \"document\"", … */
static char *param_allowed(const struct rpc_param *param)
{
    if (param->values != NULL) {
        g_autofree char *list = g_strjoinv("\", \"", (char **)param->values);
        return g_strdup_printf("one of \"%s\"", list);
    }
    switch (param->type) {
    case RPC_STRING:
        return g_strdup_printf("a string of %zu to %zu bytes", param->min, param->max);
    case RPC_INTEGER:
        return g_strdup_printf("a whole number from %zu to %zu", param->min, param->max);
    case RPC_BOOLEAN:
        return g_strdup("true or false");
    }
    g_assert_not_reached();
}

static bool param_holds(const struct rpc_param *param, const json_t *value)
{
    switch (param->type) {
    case RPC_STRING: {
        const size_t length = json_string_length(value);
        return json_is_string(value) &&
               (param->values != NULL ? g_strv_contains(param->values, json_string_value(value))
                                      : length >= param->min && length <= param->max);
    }
    case RPC_INTEGER: {
        const json_int_t number = json_integer_value(value);
        return json_is_integer(value) && number >= 0 && (uint64_t)number >= param->min &&
               (uint64_t)number <= param->max;
    }
    case RPC_BOOLEAN:
        return json_is_boolean(value);
    }
    g_assert_not_reached();
}

static bool check_known(const struct rpc_method *method, json_t *params, GError **error)
{
    const char *key;
    json_t *value;
    json_object_foreach(params, key, value)
    {
        const struct rpc_param *param = method_params(method);
        while (param->name != NULL && strcmp(param->name, key) != 0) {
            param++;
        }
        if (param->name == NULL) {
            g_autofree char *valid = g_utf8_substring(key, 0, MIN(g_utf8_strlen(key, -1), 40));
            rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, NULL, "params.%s is not known to %s; leave it out", valid,
                          method->name);
            return false;
        }
    }
    return true;
}

static bool check_params(const struct rpc_method *method, json_t *params, GError **error)
{
    for (const struct rpc_param *param = method_params(method); param->name != NULL; param++) {
        const json_t *value = json_object_get(params, param->name);
        if (value == NULL ? param->optional : param_holds(param, value)) {
            continue;
        }
        g_autofree char *allowed = param_allowed(param);
        rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, NULL, "params.%s %s; %s takes %s there", param->name,
                      value == NULL ? "is missing" : "is not allowed", method->name, allowed);
        return false;
    }
    return check_known(method, params, error);
}

/* An order service of somebody else's has the orders then, and accounts of its own. */
static bool check_book(const struct rpc_method *method, const struct service *service, GError **error)
{
    if (!method->of_book || service->config->book.enabled) {
        return true;
    }
    rpc_set_error(error, RPC_ERROR_FORBIDDEN, NULL,
                  "%s belongs to the built-in order book; this service works with a foreign order service",
                  method->name);
    return false;
}

static bool check_role(const struct rpc_method *method, struct service *service, const struct rpc_caller *caller,
                       GError **error)
{
    if ((method->roles & RPC_ANYONE) != 0) {
        return true;
    }
    if (caller->role == RPC_ANYONE) {
        rpc_set_error(error, RPC_ERROR_NOT_SIGNED_IN, NULL, "%s needs a session; sign in or redeem a ticket first",
                      method->name);
        return false;
    }
    if (caller->expires_us != 0 && caller->expires_us <= g_get_real_time()) {
        rpc_set_error(error, RPC_ERROR_SESSION_EXPIRED, NULL, "The session has ended; sign in again");
        return false;
    }
    if ((method->roles & caller->role) == 0) {
        rpc_set_error(error, RPC_ERROR_FORBIDDEN, NULL, "%s is not for this role", method->name);
        return false;
    }
    return caller->role != RPC_SERVICE || account_check(service, caller, method->scope, error);
}

/* ---- one request ---- */

static const struct rpc_method *find_method(const struct rpc_table *table, const char *name)
{
    for (const struct rpc_method *const *group = table->groups; *group != NULL; group++) {
        for (const struct rpc_method *method = *group; method->name != NULL; method++) {
            if (strcmp(method->name, name) == 0) {
                return method;
            }
        }
    }
    return NULL;
}

/* What the handler got wrong is our affair: the caller learns only that it failed. */
static void hide_internal(const struct rpc_method *method, GError **error)
{
    if (*error != NULL && (*error)->domain == RPC_ERROR && (*error)->code != RPC_ERROR_INTERNAL) {
        return;
    }
    const char *reason = *error != NULL ? (*error)->message : "no result and no error";
    g_autofree char *escaped = g_strescape(reason, NULL);
    g_warning("event=rpc_failed method=%s error=\"%s\"", method->name, escaped);
    g_clear_error(error);
    rpc_set_error(error, RPC_ERROR_INTERNAL, NULL, "%s failed inside the server; its log says why. Try again later",
                  method->name);
}

static json_t *call_method(const struct rpc_method *method, struct service *service, const struct rpc_caller *caller,
                           json_t *params, GError **error)
{
    if (!check_book(method, service, error) || !check_role(method, service, caller, error)) {
        return NULL;
    }
    json_t *given = params != NULL ? json_incref(params) : json_object();
    json_t *result = NULL;
    if (!json_is_object(given)) {
        rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, NULL, "params is not an object; parameters are given by name");
    } else if (check_params(method, given, error)) {
        result = method->call(service, caller, given, error);
        if (result == NULL) {
            hide_internal(method, error);
        }
    }
    json_decref(given);
    return result;
}

/* Takes `body`; `id` is borrowed, NULL stands for null. */
static char *reply_text(const json_t *id, const char *member, json_t *body)
{
    json_t *reply = json_object();
    json_object_set_new(reply, "jsonrpc", json_string("2.0"));
    json_object_set_new(reply, "id", id != NULL ? json_copy((json_t *)id) : json_null());
    json_object_set_new(reply, member, body);
    char *text = json_dumps(reply, JSON_COMPACT);
    json_decref(reply);
    return text;
}

static char *error_text(const json_t *id, const GError *error)
{
    const char *name = rpc_error_name((enum rpc_error)error->code);
    const RpcErrorPrivate *private = rpc_error_get_private(error);
    json_t *data = private->data != NULL ? json_copy(private->data) : json_object();
    json_object_set_new(data, "code", json_string(name));
    g_autofree char *message = g_utf8_make_valid(error->message, -1);
    return reply_text(
        id, "error",
        json_pack("{s:i, s:s, s:o}", "code", error_rows[error->code].code, "message", message, "data", data));
}

struct request {
    json_t *message; /* owns what is below */
    const char *method;
    json_t *params; /* NULL: none */
    json_t *id;     /* NULL: none, or none that can be answered with */
};

/* JSON-RPC 2.0 §4. On failure `id` is set if the message had a usable one. The caller always decrefs `message`. */
static bool request_parse(const char *text, size_t length, struct request *request, GError **error)
{
    json_error_t bad;
    *request = (struct request){.message = json_loadb(text, length, JSON_REJECT_DUPLICATES, &bad)};
    if (request->message == NULL) {
        rpc_set_error(error, RPC_ERROR_PARSE, NULL, "The message is not JSON: %s (line %d, column %d)", bad.text,
                      bad.line, bad.column);
        return false;
    }
    if (!json_is_object(request->message)) {
        rpc_set_error(error, RPC_ERROR_INVALID_REQUEST, NULL,
                      "The message is not one JSON object; batches are not supported");
        return false;
    }
    json_t *id = json_object_get(request->message, "id");
    if (id != NULL && !json_is_string(id) && !json_is_number(id) && !json_is_null(id)) {
        rpc_set_error(error, RPC_ERROR_INVALID_REQUEST, NULL, "id is not a string, a number or null");
        return false;
    }
    request->id = id;
    request->method = json_string_value(json_object_get(request->message, "method"));
    request->params = json_object_get(request->message, "params");
    if (g_strcmp0(json_string_value(json_object_get(request->message, "jsonrpc")), "2.0") != 0) {
        rpc_set_error(error, RPC_ERROR_INVALID_REQUEST, NULL, "jsonrpc is not \"2.0\"");
        return false;
    }
    if (request->method == NULL) {
        rpc_set_error(error, RPC_ERROR_INVALID_REQUEST, NULL, "method is missing or not a string");
        return false;
    }
    return true;
}

static void count(struct service *service, const char *method, const GError *error, int64_t started_us)
{
    if (service != NULL && service->metrics != NULL) {
        metrics_rpc(service->metrics, method, error != NULL ? rpc_error_name((enum rpc_error)error->code) : "ok",
                    g_get_monotonic_time() - started_us);
    }
}

char *rpc_dispatch(const struct rpc_table *table, struct service *service, const struct rpc_caller *caller,
                   const char *text, size_t length, bool *malformed)
{
    const int64_t started_us = g_get_monotonic_time();
    const struct rpc_method *method = NULL;
    struct request request;
    g_autoptr(GError) error = NULL;
    json_t *result = NULL;

    *malformed = !request_parse(text, length, &request, &error);
    const bool notification = !*malformed && request.id == NULL;
    if (!*malformed && !notification) {
        method = find_method(table, request.method);
        if (method == NULL) {
            rpc_set_error(&error, RPC_ERROR_METHOD_NOT_FOUND, NULL, "There is no such method; rpc.discover lists them");
        } else {
            result = call_method(method, service, caller, request.params, &error);
        }
    }
    char *reply = NULL;
    if (!notification) {
        reply = error != NULL ? error_text(request.id, error) : reply_text(request.id, "result", result);
        count(service, method != NULL ? method->name : "unknown", error, started_us);
    }
    json_decref(request.message);
    return reply;
}

char *rpc_refuse(const char *text, size_t length, enum rpc_error code, const char *message)
{
    struct request request;
    g_autoptr(GError) error = NULL;
    if (request_parse(text, length, &request, &error)) {
        rpc_set_error(&error, code, NULL, "%s", message);
    }
    char *reply = request.method != NULL && request.id == NULL ? NULL : error_text(request.id, error);
    json_decref(request.message);
    return reply;
}

char *rpc_notification(const char *method, json_t *params)
{
    json_t *message = json_pack("{s:s, s:s, s:o}", "jsonrpc", "2.0", "method", method, "params", params);
    char *text = json_dumps(message, JSON_COMPACT);
    json_decref(message);
    return text;
}
