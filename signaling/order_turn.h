/* order_turn: one thing done to one order: load, check, change, store, tell. There is no lock: a change of a version
 * that is not the stored one any more is refused, and tried again by whoever knows that it still fits. */
#pragma once

#include "signaling/order.h"
#include "signaling/order_need.h"
#include "signaling/requirement.h"
#include "signaling/service.h"

struct order_turn {
    struct service *service;
    const struct rpc_caller *caller; /* NULL: the book */
    struct store_order *row;
    struct store_mission *mission;
    const struct policy *policy;
    int64_t now_us;
    json_t *details; /* kept for what borrows from them; NULL until then */
};

/* Loads a holder's own order, or one of an officer's mission that was submitted. Fails with RPC_ERROR_NOT_FOUND, also
 * for somebody else's, and _RATE_LIMITED for who guesses. */
bool order_turn_begin(struct order_turn *turn, struct service *service, const struct rpc_caller *caller, const char *id,
                      GError **error);
/* The same with the version that the caller has seen (params.version): RPC_ERROR_CONFLICT when it is another by now. */
bool order_turn_begin_at(struct order_turn *turn, struct service *service, const struct rpc_caller *caller,
                         const json_t *params, GError **error);
/* For the server itself. */
bool order_turn_begin_system(struct order_turn *turn, struct service *service, const char *id, GError **error);
/* The same by number. RPC_ERROR_NOT_FOUND: an order of somebody else's. */
bool order_turn_begin_book(struct order_turn *turn, struct service *service, const char *number, GError **error);
void order_turn_clear(struct order_turn *turn);
typedef struct order_turn OrderTurn; /* for g_auto */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OrderTurn, order_turn_clear)

struct order_change {
    enum order_event event;
    const char *actor;  /* NULL: the caller, or "system" */
    const char *reason; /* for the history; NULL: none */
    bool silent;        /* the holder is not told of this step, but of the one that follows at once */
    json_t *args;       /* what the message needs beside `reason`; borrowed; NULL: nothing */
};
/* The one place where an order's state changes: `changes` one after the other, in one transaction with what `update`
 * has more of (may be NULL; its steps and time are set here). What else is to be written stands in the row. The holder
 * and the mission's officers are told, and the row is the stored one then. Fails as order_check does, and with
 * RPC_ERROR_CONFLICT, _DUPLICATE_ORDER (D-26) or _DAY_FULL (D-28). */
bool order_turn_apply(struct order_turn *turn, const struct order_change *changes, size_t count,
                      struct store_order_update *update, GError **error);
/* RPC_ERROR_WRONG_STATE unless it is a draft or being supplemented. */
bool order_turn_check_edit(const struct order_turn *turn, GError **error);
/* Writes an edit of the holder's. */
bool order_turn_save(struct order_turn *turn, GError **error);

/* After a change that went to the store past the turn: loads the row anew and tells. */
bool order_turn_reload(struct order_turn *turn, GError **error);
/* The caller's view of the order, whole. NULL: an RPC_ERROR. */
json_t *order_turn_result(struct order_turn *turn, GError **error);
/* The same for `rows` (of struct store_order), for lists; `verified` says it of their holder. */
json_t *order_turn_list(struct service *service, const struct rpc_caller *caller, const GPtrArray *rows, bool verified,
                        GError **error);

/* The interview of the order's applicant, with the guardian that the order names (D-21), as policy has it. Borrows from
 * the turn and `interpreter` (a name; NULL: none). Fails with RPC_ERROR_WRONG_STATE where the order's details are
 * erased. */
bool order_requirement(struct requirement *requirement, struct order_turn *turn, const char *interpreter,
                       GError **error);

/* The API's OrderMaterial of one of the order's pictures. New reference. */
json_t *order_material_view(const struct order_turn *turn, const struct store_order_material *material);
