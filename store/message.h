/* message: what an account holder is told of an order, written in the transaction of the change it tells of: both are
 * there or neither. store.h reads them. */
#pragma once

#include "store/db.h"

struct message_draft {
    const char *account, *mission;
    const char *order_id, *order_number;
    const char *template; /* a name in deploy/messages */
    const char *args;     /* JSON object: what is put into its text; NULL: nothing */
    const char *state;    /* of the order, after the change */
    int64_t at_us;
};

/* Sealed with the account's key. An account that was erased is told nothing: that is no error. */
bool message_add(struct store *store, db_transaction *tx, const struct message_draft *draft, GError **error);
