/* order_rest: the pictures of orders over REST (api/openapi.yaml): who may have which, and their bytes.
 *
 *   /v1/orders/{id}/materials/{slot}            a picture; GET ?width=320: its thumbnail
 *   /v1/orders/{id}/materials/{slot}/upload     how far its upload has come */
#pragma once

#include "signaling/answer.h"
#include "signaling/service.h"

#define ORDERS_PATH        "/v1/orders/"
#define ORDER_THUMBNAIL_PX 320

struct order_path {
    char *order, *slot;
    bool progress;  /* of the slot's upload */
    bool thumbnail; /* not the picture itself; not in the path */
};
void order_path_clear(struct order_path *path);
/* False, and nothing to clear, for any other path. Pure. */
bool order_path_parse(const char *text, struct order_path *path);

/* All block. `token` is of the session; NULL: none was given. */
struct answer *order_rest_get(struct service *service, const char *token, const struct order_path *path);
struct answer *order_rest_delete(struct service *service, const char *token, const struct order_path *path);
/* Whether the holder may put a picture there now. */
bool order_rest_may_put(struct service *service, const char *token, const struct order_path *path, GError **error);
/* Looks at a whole picture, stores it, and answers with the API's OrderMaterial. NULL: an RPC_ERROR or VISION_ERROR. */
struct answer *order_rest_put(struct service *service, const struct order_path *path, GBytes *jpeg, GError **error);
