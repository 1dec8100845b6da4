/* The OpenRPC document of the live method table (https://spec.open-rpc.org). */
#include "signaling/rpc.h"

static json_t *param_schema(const struct rpc_param *param)
{
    switch (param->type) {
    case RPC_BOOLEAN:
        return json_pack("{s:s}", "type", "boolean");
    case RPC_INTEGER:
        return json_pack("{s:s, s:I, s:I}", "type", "integer", "minimum", (json_int_t)param->min, "maximum",
                         (json_int_t)param->max);
    case RPC_STRING:
        break;
    }
    if (param->values == NULL) {
        /* JSON Schema counts characters, we count bytes: the same for all that is ASCII, never more. */
        return json_pack("{s:s, s:I, s:I}", "type", "string", "minLength", (json_int_t)MIN(param->min, 1), "maxLength",
                         (json_int_t)param->max);
    }
    json_t *values = json_array();
    for (unsigned i = 0; param->values[i] != NULL; i++) {
        json_array_append_new(values, json_string(param->values[i]));
    }
    return json_pack("{s:s, s:o}", "type", "string", "enum", values);
}

static json_t *method_params(const struct rpc_method *method)
{
    json_t *params = json_array();
    for (const struct rpc_param *param = method->params; param != NULL && param->name != NULL; param++) {
        json_t *entry = json_pack("{s:s, s:b, s:o}", "name", param->name, "required", !param->optional, "schema",
                                  param_schema(param));
        if (param->summary != NULL) {
            json_object_set_new(entry, "summary", json_string(param->summary));
        }
        json_array_append_new(params, entry);
    }
    return params;
}

static json_t *method_roles(const struct rpc_method *method)
{
    static const struct {
        unsigned role;
        const char *name;
    } names[] = {
        {RPC_ANYONE, "anyone"},     {RPC_OFFICER, "officer"},         {RPC_APPLICANT, "applicant"},
        {RPC_GUARDIAN, "guardian"}, {RPC_INTERPRETER, "interpreter"}, {RPC_SUBMITTER, "submitter"},
        {RPC_SERVICE, "service"},   {RPC_HOLDER, "holder"},
    };
    json_t *roles = json_array();
    for (unsigned i = 0; i < G_N_ELEMENTS(names); i++) {
        if ((method->roles & names[i].role) != 0) {
            json_array_append_new(roles, json_string(names[i].name));
        }
    }
    return roles;
}

static json_t *method_entry(const struct rpc_method *method)
{
    g_autofree char *schema = g_strconcat("#/components/schemas/", method->result, NULL);
    return json_pack("{s:s, s:s, s:s, s:o, s:{s:s, s:{s:s}}, s:o, s:s*}", "name", method->name, "summary",
                     method->summary, "paramStructure", "by-name", "params", method_params(method), "result", "name",
                     method->result, "schema", "$ref", schema, "x-roles", method_roles(method), "x-scope",
                     method->scope);
}

json_t *rpc_discover(const struct rpc_table *table)
{
    json_t *methods = json_array();
    for (const struct rpc_method *const *group = table->groups; *group != NULL; group++) {
        for (const struct rpc_method *method = *group; method->name != NULL; method++) {
            json_array_append_new(methods, method_entry(method));
        }
    }
    return json_pack("{s:s, s:{s:s, s:s}, s:o}", "openrpc", "1.3.2", "info", "title", "viva", "version", VIVA_VERSION,
                     "methods", methods);
}
