/* order_need: what an order needs by what is applied for and by whom (D-8 … D-12, D-20, D-21): fields, pictures, a face
 * check, a guardian. Pure. */
#pragma once

#include "signaling/order_details.h"
#include "signaling/policy.h"

/* The names of all slots, in the order in which they are shown: NULL-terminated. */
extern const char *const order_slots[];
bool order_is_slot(const char *name);

/* All that decides. Borrows the row. */
struct order_facts {
    const struct store_order *order;
    json_t *details;
    json_t *supplement; /* what is asked for (D-30); NULL: nothing, or no more */
    bool age_known;
    unsigned age;
    bool minor;           /* by the mission's policy */
    bool guardian_needed; /* in an interview, and so in the order */
    char today[11];       /* YYYY-MM-DD, UTC: a day's difference is an officer's to see */
};
void order_facts_init(struct order_facts *facts, const struct store_order *order, const struct policy *policy,
                      int64_t now_us);
void order_facts_clear(struct order_facts *facts);
typedef struct order_facts OrderFacts; /* for g_auto */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OrderFacts, order_facts_clear)

/* Whether the applicant has a passport at hand: then portrait and page are looked at in a face check, and the order
 * itself takes neither. */
bool order_has_document(const struct store_order *order);

/* "passport" or "travel_document", as interviews and face checks have it; static. */
const char *order_document(const struct store_order *order);

enum order_use { ORDER_SLOT_CLOSED, ORDER_SLOT_OPTIONAL, ORDER_SLOT_NEEDED };
enum order_use order_slot_use(const struct order_facts *facts, const char *slot);
/* When a slot's picture was uploaded; 0: not yet. */
int64_t order_slot_uploaded_us(const struct store_order *order, const char *slot);

/* What is missing, by kind, each a JSON array of names; new references. Of a supplement, what was asked for and has not
 * come since. */
json_t *order_missing_fields(const struct order_facts *facts);
json_t *order_missing_slots(const struct order_facts *facts);
bool order_missing_declaration(const struct order_facts *facts);
/* All of them, by kind: an address is both a field and a slot. {"fields": […], "declaration": …, "slots": […]} */
json_t *order_missing(const struct order_facts *facts);
/* The same of an order that nothing can be given to. */
json_t *order_missing_nothing(void);
/* Whether nothing is in one of these. */
bool order_is_complete(const json_t *missing);
/* Whether what is said can be true together: an expired passport has expired (D-8). RPC_ERROR_INVALID_PARAMS, naming
 * the field. */
bool order_check_dates(const struct order_facts *facts, GError **error);
