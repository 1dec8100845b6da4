/* book_plan: what an event of the outbox means for an order of the built-in book. Reads the store; changes nothing. */
#pragma once

#include "signaling/order_turn.h"
#include "signaling/requirement.h"

#define BOOK_CHANGES_MAX 2

struct book_plan {
    struct order_change changes[BOOK_CHANGES_MAX];
    size_t count;
    struct store_order_update update;
    struct requirement requirement; /* the interview that is made with the change, if `update.interview` is set */
    struct store_order_interview interview;
    /* What the changes borrow. */
    json_t *args;
    char *actor, *reason;
};
void book_plan_clear(struct book_plan *plan);
typedef struct book_plan BookPlan; /* for g_auto */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(BookPlan, book_plan_clear)

/* Whether events of this type ever mean anything. */
bool book_concerns(const struct store_event *event);
/* Fills `plan` and writes into the turn's row what goes with it. False: the event changes nothing, neither has it then.
 * `plan` must not be moved afterwards. */
bool book_plan(struct book_plan *plan, struct order_turn *turn, const struct store_event *event);
