/* order_details: what an order says of its applicant, as its holder fills it in: checked field by field, kept as one
 * JSON object (store_order.details) and the two words issue and condition beside it. Pure. */
#pragma once

#include "signaling/rpc.h"
#include "store/store.h"

/* The fields' names, in the order of the form: NULL-terminated. */
extern const char *const order_fields[];
bool order_is_field(const char *name);

extern const char *const order_kinds[];      /* D-6, D-7 */
extern const char *const order_relations[];  /* of the applicant to the holder (D-3) */
extern const char *const order_issues[];     /* D-6 */
extern const char *const order_conditions[]; /* D-8 */
extern const char *const order_sexes[];
/* Whether `condition` is a reason for this issue (NULL: an emergency's) of a document (D-8). */
bool order_condition_fits(const char *issue, const char *condition);

/* The stored object; an empty one where there is none (any more). New reference. */
json_t *order_details(const struct store_order *order);
/* A field's text; NULL: not filled in. Borrowed from `details`, or from the order for issue and condition. */
const char *order_field(const struct store_order *order, const json_t *details, const char *name);

/* Writes those of `params` that are there into the order; an empty text takes a field away. What changes who the
 * applicant is takes the declaration away, which was another's. `today` is YYYY-MM-DD. Fails with
 * RPC_ERROR_INVALID_PARAMS, naming the field, and `order` is then as it was. */
bool order_details_write(struct store_order *order, const json_t *params, const char *today, GError **error);

/* Whether `name` may stand for a person (who signs); RPC_ERROR_INVALID_PARAMS. */
bool order_name_check(const char *name, GError **error);

/* What the applicant is found by. The texts are equal for names that differ in case, width, spaces, punctuation or, in
 * Latin letters, in the order of their parts. */
struct order_keys {
    char *applicant, *name, *latin; /* NULL: not filled in */
};
void order_keys_init(struct order_keys *keys, const json_t *details);
void order_keys_clear(struct order_keys *keys);
typedef struct order_keys OrderKeys; /* for g_auto */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(OrderKeys, order_keys_clear)
/* The key of a name; NULL when there is no letter in it. Caller frees. */
char *order_name_key(const char *name);
