#include "signaling/instant.h"
#include "signaling/methods/methods.h"
#include "signaling/service.h"

static json_t *discover(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    (void)service, (void)caller, (void)params, (void)error;
    return rpc_discover(&viva_methods);
}

static json_t *hello(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    (void)caller, (void)params, (void)error;
    return json_pack("{s:s, s:s, s:b, s:o, s:b, s:b}", "name", "viva", "version", VIVA_VERSION, "draining",
                     g_atomic_int_get(&service->draining) != 0, "now", instant_json(g_get_real_time()), "demo",
                     service->demo, "book", service->config->book.enabled);
}

const struct rpc_method server_methods[] = {
    {.name = "rpc.discover",
     .roles = RPC_ANYONE,
     .summary = "This API as an OpenRPC document, made from the live method table.",
     .result = "OpenRpc",
     .call = discover},
    {.name = "server.hello",
     .roles = RPC_ANYONE,
     .summary = "Who is there, and the server's clock.",
     .result = "Hello",
     .call = hello},
    {0},
};
