/* requirement: an interview that an order's applicant is to have (D-33, D-34), with a ticket for everybody who takes
 * part: made by officers for any order, and by the built-in book for its own. */
#pragma once

#include "signaling/rpc.h"
#include "store/store.h"

#define REQUIREMENT_PEOPLE 3

/* Their names; NULL: nobody. A guardian who is named is needed (D-21). */
struct requirement_people {
    const char *applicant, *guardian, *interpreter;
};

/* Borrows its words: they outlive it. */
struct requirement {
    struct store_interview interview;
    struct {
        struct store_party party;
        char *ticket;
    } invited[REQUIREMENT_PEOPLE];
    struct store_invitation invitations[REQUIREMENT_PEOPLE]; /* the same, for the store */
    size_t count;
};
/* As the mission's policy has it; stored by requirement_store, or with its order's change. The requirement must not be
 * moved afterwards. */
void requirement_init(struct requirement *requirement, const struct service *service, const char *mission,
                      const char *order_ref, const char *document, const struct requirement_people *people);
void requirement_clear(struct requirement *requirement);
typedef struct requirement Requirement; /* for g_auto */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Requirement, requirement_clear)

/* Fails with RPC_ERROR_CONFLICT when the order has an interview that is not over. */
bool requirement_store(const struct requirement *requirement, struct service *service, GError **error);
/* The API's error for a failure (taken) to store one, with or without its order. */
void requirement_refuse(GError **error, GError *cause);
