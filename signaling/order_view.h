/* order_view: the API's Order, as its holder or an officer may see it. Pure; every function returns a new reference. */
#pragma once

#include "signaling/order_need.h"
#include "signaling/service.h"

struct order_view {
    const struct store_order *order;
    const struct store_mission *mission;
    const struct policy *policy;
    const struct config *config;
    int64_t now_us;
    bool officer;  /* who looks; false: the holder */
    bool verified; /* the holder is (D-2): may submit */
    /* NULL in lists, which leave out what it costs to read: materials, history and the declaration's words. */
    const GPtrArray *materials; /* of struct store_order_material */
    const GPtrArray *history;   /* of struct store_order_history */
    GHashTable *officers;       /* id → name, of those in the history */
};
json_t *order_view(const struct order_view *view);

/* What the applicant does next: "fill_in", …; static. `facts` are of the view's order. */
const char *order_view_next(const struct order_view *view, const struct order_facts *facts);

/* The API's OrderMaterial: a slot with its picture (NULL: none yet). */
json_t *order_view_material(const char *slot, bool needed, const struct store_order_material *material);
