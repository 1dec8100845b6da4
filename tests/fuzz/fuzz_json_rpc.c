/* JSON-RPC: one message of a stranger through the dispatcher, over a table with every kind of parameter. */
#include "signaling/rpc.h"
#include "tests/fuzz/input.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(bool holds)
{
    if (!holds) {
        abort();
    }
}

static json_t *echo(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    (void)service, (void)caller, (void)error;
    return json_incref(params);
}

static json_t *refuse(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    (void)service, (void)caller;
    rpc_set_error(error, RPC_ERROR_NOT_OPEN, json_pack("{s:O}", "opens_at", params), "Not open yet");
    return NULL;
}

static const char *const kinds[] = {"face", "document", "other", NULL};
static const struct rpc_param params[] = {
    {.name = "text", .type = RPC_STRING, .min = 1, .max = 8},
    {.name = "kind", .type = RPC_STRING, .min = 1, .max = 16, .values = kinds, .optional = true},
    {.name = "count", .type = RPC_INTEGER, .min = 1, .max = 100, .optional = true},
    {.name = "on", .type = RPC_BOOLEAN, .optional = true},
    {0},
};
static const struct rpc_method methods[] = {
    {.name = "test.echo", .roles = RPC_ANYONE, .params = params, .result = "Empty", .call = echo, .summary = "echo"},
    {.name = "test.officer", .roles = RPC_OFFICER, .result = "Empty", .call = echo, .summary = "officers only"},
    {.name = "test.refuse",
     .roles = RPC_ANYONE | RPC_PARTY,
     .params = params,
     .result = "Empty",
     .call = refuse,
     .summary = "refuses"},
    {0},
};
static const struct rpc_method *const groups[] = {methods, NULL};
static const struct rpc_table table = {groups};

/* A reply is a JSON-RPC response with either a result or an error whose message is a sentence. */
static void check_reply(const char *text)
{
    json_error_t position;
    json_t *reply = json_loads(text, 0, &position);
    must(json_is_object(reply));
    must(strcmp(json_string_value(json_object_get(reply, "jsonrpc")), "2.0") == 0);
    must(json_object_get(reply, "id") != NULL);
    json_t *error = json_object_get(reply, "error");
    must((json_object_get(reply, "result") != NULL) != (error != NULL));
    if (error) {
        must(json_is_integer(json_object_get(error, "code")));
        must(json_string_length(json_object_get(error, "message")) > 0);
        must(json_is_string(json_object_get(json_object_get(error, "data"), "code")));
    }
    json_decref(reply);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const enum rpc_role roles[] = {RPC_ANYONE, RPC_OFFICER, RPC_APPLICANT, RPC_INTERPRETER};
    struct input input = {data, size};
    const struct rpc_caller caller = {.connection = 1, .role = roles[input_u8(&input) % 4], .address = "192.0.2.1"};
    bool malformed = false;
    /* A copy without a terminator: the length alone counts. */
    g_autofree char *text = g_memdup2(input.bytes, input.left);
    g_autofree char *reply = rpc_dispatch(&table, NULL, &caller, text ? text : "", input.left, &malformed);
    must(!malformed || reply != NULL);
    if (reply) {
        check_reply(reply);
    }
    return 0;
}
