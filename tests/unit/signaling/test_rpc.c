/* JSON-RPC 2.0: what a message may be, who may call what, and that nothing wrong reaches a handler. */
#include "signaling/rpc.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include <string.h>

static unsigned calls_made;

static json_t *echo(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    (void)service;
    (void)caller;
    (void)error;
    calls_made++;
    return json_incref(params);
}

static json_t *refuse_with_data(struct service *service, const struct rpc_caller *caller, json_t *params,
                                GError **error)
{
    (void)service;
    (void)caller;
    (void)params;
    rpc_set_error(error, RPC_ERROR_NOT_OPEN, json_pack("{s:s}", "opens_at", "soon"), "Too early");
    return NULL;
}

static json_t *fail_inside(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    (void)service;
    (void)caller;
    (void)params;
    g_set_error_literal(error, G_FILE_ERROR, G_FILE_ERROR_IO, "secret: /var/lib/viva");
    return NULL;
}

static json_t *forget_the_error(struct service *service, const struct rpc_caller *caller, json_t *params,
                                GError **error)
{
    (void)service;
    (void)caller;
    (void)params;
    (void)error;
    return NULL;
}

static const char *const kinds[] = {"face", "document", NULL};
static const struct rpc_param take_params[] = {
    {.name = "kind", .type = RPC_STRING, .values = kinds, .max = 16, .summary = "What is in the picture."},
    {.name = "text", .type = RPC_STRING, .optional = true, .min = 2, .max = 6},
    {.name = "count", .type = RPC_INTEGER, .optional = true, .min = 1, .max = 10},
    {.name = "sure", .type = RPC_BOOLEAN, .optional = true},
    {0},
};
static const struct rpc_method first_group[] = {
    {"open.echo", RPC_ANYONE, NULL, false, "Gives back nothing.", NULL, "Empty", echo},
    {"take", RPC_ANYONE, NULL, false, "Takes parameters.", take_params, "Empty", echo},
    {0},
};
static const struct rpc_method second_group[] = {
    {"officers.only", RPC_OFFICER, NULL, false, "For officers.", NULL, "Empty", echo},
    {"parties.only", RPC_PARTY, NULL, false, "For parties.", NULL, "Empty", echo},
    {"refuse", RPC_ANYONE, NULL, false, "Refuses.", NULL, "Empty", refuse_with_data},
    {"fail", RPC_ANYONE, NULL, false, "Fails.", NULL, "Empty", fail_inside},
    {"forget", RPC_ANYONE, NULL, false, "Forgets.", NULL, "Empty", forget_the_error},
    {0},
};
static const struct rpc_method *const groups[] = {first_group, second_group, NULL};
static const struct rpc_table table = {groups};

static json_t *dispatch_as(const struct rpc_caller *caller, const char *text, size_t length, bool *malformed)
{
    char *reply = rpc_dispatch(&table, NULL, caller, text, length, malformed);
    json_t *parsed = reply != NULL ? json_loads(reply, 0, NULL) : NULL;
    assert_true(reply == NULL || parsed != NULL);
    free(reply);
    return parsed;
}

static json_t *dispatch(const char *text, bool *malformed)
{
    const struct rpc_caller nobody = {.role = RPC_ANYONE};
    return dispatch_as(&nobody, text, strlen(text), malformed);
}

static const char *code_of(const json_t *reply)
{
    const json_t *error = json_object_get(reply, "error");
    return error == NULL ? "ok" : json_string_value(json_object_get(json_object_get(error, "data"), "code"));
}

static void a_request_is_answered_with_its_own_id(void **state)
{
    (void)state;
    static const char *const ids[] = {"1", "-3", "1.5", "\"a\"", "\"\\u00e9\"", "null"};
    for (unsigned i = 0; i < G_N_ELEMENTS(ids); i++) {
        bool malformed;
        g_autofree char *text = g_strdup_printf("{\"jsonrpc\":\"2.0\",\"id\":%s,\"method\":\"open.echo\"}", ids[i]);
        json_t *reply = dispatch(text, &malformed);
        json_t *id = json_loads(ids[i], JSON_DECODE_ANY, NULL);
        assert_true(json_equal(json_object_get(reply, "id"), id));
        assert_string_equal(json_string_value(json_object_get(reply, "jsonrpc")), "2.0");
        assert_non_null(json_object_get(reply, "result"));
        assert_false(malformed);
        json_decref(id);
        json_decref(reply);
    }
}

static void what_is_no_request_is_refused_and_counted(void **state)
{
    (void)state;
    static const struct {
        const char *hazard, *text, *code;
        bool malformed;
        int number;
    } cases[] = {
        {"nothing", "", "parse_error", true, -32700},
        {"half", "{\"jsonrpc\":\"2.0\"", "parse_error", true, -32700},
        {"two", "{}{}", "parse_error", true, -32700},
        {"key twice", "{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"open.echo\"}", "parse_error", true, -32700},
        {"zero in a string", "{\"jsonrpc\":\"2.0\",\"id\":\"\\u0000\",\"method\":\"open.echo\"}", "parse_error", true,
         -32700},
        {"broken UTF-8", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\xff\"}", "parse_error", true, -32700},
        {"lone surrogate", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\\ud800\"}", "parse_error", true, -32700},
        {"number past 64 bits", "{\"jsonrpc\":\"2.0\",\"id\":99999999999999999999,\"method\":\"open.echo\"}",
         "parse_error", true, -32700},
        {"batch", "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"open.echo\"}]", "invalid_request", true, -32600},
        {"text", "\"open.echo\"", "parse_error", true, -32700},
        {"no version", "{\"id\":1,\"method\":\"open.echo\"}", "invalid_request", true, -32600},
        {"old version", "{\"jsonrpc\":\"1.0\",\"id\":1,\"method\":\"open.echo\"}", "invalid_request", true, -32600},
        {"no method", "{\"jsonrpc\":\"2.0\",\"id\":1}", "invalid_request", true, -32600},
        {"method a number", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":1}", "invalid_request", true, -32600},
        {"id a list", "{\"jsonrpc\":\"2.0\",\"id\":[],\"method\":\"open.echo\"}", "invalid_request", true, -32600},
        {"unknown method", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"open.ech\"}", "method_not_found", false, -32601},
        {"unknown method, longer", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"open.echoo\"}", "method_not_found",
         false, -32601},
        {"params a list", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"open.echo\",\"params\":[]}", "invalid_params",
         false, -32602},
        {"params null", "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"open.echo\",\"params\":null}", "invalid_params",
         false, -32602},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        bool malformed;
        calls_made = 0;
        json_t *reply = dispatch(cases[i].text, &malformed);
        const json_t *error = json_object_get(reply, "error");
        if (strcmp(code_of(reply), cases[i].code) != 0 || malformed != cases[i].malformed || calls_made != 0 ||
            json_integer_value(json_object_get(error, "code")) != cases[i].number) {
            fail_msg("%s: %s", cases[i].hazard, code_of(reply));
        }
        json_decref(reply);
    }
}

static void a_tower_of_brackets_is_no_stack_overflow(void **state)
{
    (void)state;
    const size_t length = 200000;
    g_autofree char *text = g_strnfill(length, '[');
    const struct rpc_caller nobody = {.role = RPC_ANYONE};
    bool malformed;
    json_t *reply = dispatch_as(&nobody, text, length, &malformed);
    assert_string_equal(code_of(reply), "parse_error");
    json_decref(reply);
}

static void a_message_need_not_be_terminated(void **state)
{
    (void)state;
    static const char text[] = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"open.echo\"}";
    g_autofree char *exact = g_memdup2(text, sizeof text - 1); /* a byte read past it is seen by ASan */
    const struct rpc_caller nobody = {.role = RPC_ANYONE};
    bool malformed;
    json_t *reply = dispatch_as(&nobody, exact, sizeof text - 1, &malformed);
    assert_string_equal(code_of(reply), "ok");
    json_decref(reply);
}

static void a_notification_is_neither_run_nor_answered(void **state)
{
    (void)state;
    bool malformed;
    calls_made = 0;
    assert_null(dispatch("{\"jsonrpc\":\"2.0\",\"method\":\"open.echo\"}", &malformed));
    assert_null(dispatch("{\"jsonrpc\":\"2.0\",\"method\":\"nowhere\"}", &malformed));
    assert_false(malformed);
    assert_int_equal(calls_made, 0);
}

static void parameters_that_the_method_does_not_take_never_reach_it(void **state)
{
    (void)state;
    static const struct {
        const char *hazard, *params, *says; /* NULL: taken */
    } cases[] = {
        {"required alone", "{\"kind\":\"face\"}", NULL},
        {"all", "{\"kind\":\"document\",\"text\":\"ab\",\"count\":10,\"sure\":false}", NULL},
        {"longest in bytes", "{\"kind\":\"face\",\"text\":\"\xe4\xbd\xa0\xe5\xa5\xbd\"}", NULL},
        {"none", "{}", "params.kind is missing; take takes one of \"face\", \"document\""},
        {"unknown", "{\"kind\":\"face\",\"knid\":1}", "params.knid is not known to take"},
        {"prefix of a known one", "{\"kind\":\"face\",\"tex\":\"ab\"}", "params.tex is not known"},
        {"not one of the values", "{\"kind\":\"faces\"}", "params.kind is not allowed"},
        {"null for a string", "{\"kind\":null}", "params.kind is not allowed"},
        {"null for an optional one", "{\"kind\":\"face\",\"text\":null}", "params.text is not allowed"},
        {"too short", "{\"kind\":\"face\",\"text\":\"a\"}", "a string of 2 to 6 bytes"},
        {"too long in bytes", "{\"kind\":\"face\",\"text\":\"\xe4\xbd\xa0\xe5\xa5\xbd!\"}", "a string of 2 to 6 bytes"},
        {"number for a string", "{\"kind\":\"face\",\"text\":12}", "params.text is not allowed"},
        {"string for a number", "{\"kind\":\"face\",\"count\":\"3\"}", "a whole number from 1 to 10"},
        {"fraction", "{\"kind\":\"face\",\"count\":3.0}", "a whole number from 1 to 10"},
        {"below", "{\"kind\":\"face\",\"count\":0}", "a whole number from 1 to 10"},
        {"above", "{\"kind\":\"face\",\"count\":11}", "a whole number from 1 to 10"},
        {"negative", "{\"kind\":\"face\",\"count\":-1}", "a whole number from 1 to 10"},
        {"number for a boolean", "{\"kind\":\"face\",\"sure\":1}", "true or false"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        bool malformed;
        calls_made = 0;
        g_autofree char *text =
            g_strdup_printf("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"take\",\"params\":%s}", cases[i].params);
        json_t *reply = dispatch(text, &malformed);
        const char *message = json_string_value(json_object_get(json_object_get(reply, "error"), "message"));
        const bool taken = message == NULL;
        if (taken != (cases[i].says == NULL) || (!taken && strstr(message, cases[i].says) == NULL) ||
            calls_made != taken) {
            fail_msg("%s: %s", cases[i].hazard, taken ? "was taken" : message);
        }
        json_decref(reply);
    }
}

static void only_the_right_role_with_a_living_session_gets_through(void **state)
{
    (void)state;
    const int64_t past_us = g_get_real_time() - 1, future_us = g_get_real_time() + G_TIME_SPAN_HOUR;
    const struct {
        const char *hazard, *method;
        struct rpc_caller caller;
        const char *code;
    } cases[] = {
        {"nobody", "officers.only", {.role = RPC_ANYONE}, "not_signed_in"},
        {"nobody", "parties.only", {.role = RPC_ANYONE}, "not_signed_in"},
        {"applicant as officer", "officers.only", {.role = RPC_APPLICANT}, "forbidden"},
        {"officer as party", "parties.only", {.role = RPC_OFFICER}, "forbidden"},
        {"officer", "officers.only", {.role = RPC_OFFICER}, "ok"},
        {"guardian", "parties.only", {.role = RPC_GUARDIAN}, "ok"},
        {"session over", "officers.only", {.role = RPC_OFFICER, .expires_us = past_us}, "session_expired"},
        {"session lives", "officers.only", {.role = RPC_OFFICER, .expires_us = future_us}, "ok"},
        {"session over, open to all", "open.echo", {.role = RPC_OFFICER, .expires_us = past_us}, "ok"},
    };
    for (unsigned i = 0; i < G_N_ELEMENTS(cases); i++) {
        bool malformed;
        g_autofree char *text = g_strdup_printf("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\"}", cases[i].method);
        json_t *reply = dispatch_as(&cases[i].caller, text, strlen(text), &malformed);
        if (strcmp(code_of(reply), cases[i].code) != 0) {
            fail_msg("%s calls %s: %s", cases[i].hazard, cases[i].method, code_of(reply));
        }
        json_decref(reply);
    }
}

static void a_domain_error_brings_its_data_along(void **state)
{
    (void)state;
    bool malformed;
    json_t *reply = dispatch("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"refuse\"}", &malformed);
    json_t *expected = json_pack("{s:i, s:s, s:{s:s, s:s}}", "code", -32000, "message", "Too early", "data", "code",
                                 "not_open", "opens_at", "soon");
    assert_true(json_equal(json_object_get(reply, "error"), expected));
    json_decref(expected);
    json_decref(reply);
}

static void a_copied_error_keeps_its_data(void **state)
{
    (void)state;
    g_autoptr(GError) error = NULL;
    rpc_set_error(&error, RPC_ERROR_WRONG_STATE, json_pack("{s:s}", "state", "ended"), "Over");
    g_autoptr(GError) copy = g_error_copy(error);
    assert_true(g_error_matches(copy, RPC_ERROR, RPC_ERROR_WRONG_STATE));
    rpc_set_error(NULL, RPC_ERROR_WRONG_STATE, json_object(), "Nobody asks"); /* must not leak */
}

static void what_went_wrong_inside_stays_inside(void **state)
{
    (void)state;
    static const char *const methods[] = {"fail", "forget"};
    for (unsigned i = 0; i < G_N_ELEMENTS(methods); i++) {
        bool malformed;
        g_autofree char *text = g_strdup_printf("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"%s\"}", methods[i]);
        json_t *reply = dispatch(text, &malformed);
        assert_string_equal(code_of(reply), "internal_error");
        const char *message = json_string_value(json_object_get(json_object_get(reply, "error"), "message"));
        assert_null(strstr(message, "secret"));
        json_decref(reply);
    }
}

static void a_request_that_is_not_even_queued_gets_its_id_back(void **state)
{
    (void)state;
    static const char request[] = "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":\"open.echo\"}";
    static const char notification[] = "{\"jsonrpc\":\"2.0\",\"method\":\"open.echo\"}";
    char *text = rpc_refuse(request, sizeof request - 1, RPC_ERROR_BUSY, "Later");
    json_t *reply = json_loads(text, 0, NULL);
    assert_string_equal(code_of(reply), "busy");
    assert_string_equal(json_string_value(json_object_get(reply, "id")), "x");
    json_decref(reply);
    free(text);
    text = rpc_refuse("{", 1, RPC_ERROR_BUSY, "Later");
    assert_non_null(strstr(text, "parse_error"));
    free(text);
    assert_null(rpc_refuse(notification, sizeof notification - 1, RPC_ERROR_BUSY, "Later"));
}

static void the_document_describes_the_table(void **state)
{
    (void)state;
    json_t *document = rpc_discover(&table);
    const json_t *methods = json_object_get(document, "methods");
    assert_string_equal(json_string_value(json_object_get(document, "openrpc")), "1.3.2");
    assert_int_equal(json_array_size(methods), 7);
    const json_t *take = json_array_get(methods, 1);
    json_t *params = json_loads("[{\"name\":\"kind\",\"required\":true,\"summary\":\"What is in the picture.\","
                                "\"schema\":{\"type\":\"string\",\"enum\":[\"face\",\"document\"]}},"
                                "{\"name\":\"text\",\"required\":false,"
                                "\"schema\":{\"type\":\"string\",\"minLength\":1,\"maxLength\":6}},"
                                "{\"name\":\"count\",\"required\":false,"
                                "\"schema\":{\"type\":\"integer\",\"minimum\":1,\"maximum\":10}},"
                                "{\"name\":\"sure\",\"required\":false,\"schema\":{\"type\":\"boolean\"}}]",
                                0, NULL);
    assert_true(json_equal(json_object_get(take, "params"), params));
    json_decref(params);
    json_t *roles = json_pack("[s, s, s]", "applicant", "guardian", "interpreter");
    assert_true(json_equal(json_object_get(json_array_get(methods, 3), "x-roles"), roles));
    json_decref(roles);
    json_decref(document);
}

int main(void)
{
    g_log_set_writer_func(g_log_writer_standard_streams, NULL, NULL);
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_request_is_answered_with_its_own_id),
        cmocka_unit_test(what_is_no_request_is_refused_and_counted),
        cmocka_unit_test(a_tower_of_brackets_is_no_stack_overflow),
        cmocka_unit_test(a_message_need_not_be_terminated),
        cmocka_unit_test(a_notification_is_neither_run_nor_answered),
        cmocka_unit_test(parameters_that_the_method_does_not_take_never_reach_it),
        cmocka_unit_test(only_the_right_role_with_a_living_session_gets_through),
        cmocka_unit_test(a_domain_error_brings_its_data_along),
        cmocka_unit_test(a_copied_error_keeps_its_data),
        cmocka_unit_test(what_went_wrong_inside_stays_inside),
        cmocka_unit_test(a_request_that_is_not_even_queued_gets_its_id_back),
        cmocka_unit_test(the_document_describes_the_table),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
