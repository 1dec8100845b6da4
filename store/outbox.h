/* outbox: events for order services, written in the transaction of the fact they tell of: both are there or neither.
 * store.h reads them. Nothing personal goes in: ids, states and words of ours. */
#pragma once

#include <jansson.h>

#include "store/db.h"

enum outbox_subject { OUTBOX_INTERVIEW, OUTBOX_FACECHECK, OUTBOX_ORDER };

struct outbox_event {
    enum outbox_subject kind;
    const char *subject; /* id of the interview, face check or order, stored already: mission and order are its own */
    const char *type;    /* "interview.scheduled", … */
    int64_t at_us;
    json_t *data; /* an object; taken, also on failure */
};

bool outbox_add(db_transaction *tx, struct outbox_event event, GError **error);
/* Reading: the columns of table `event e`, and the event in them. */
#define SELECT_EVENT "SELECT e.seq, e.id, e.type, e.mission, e.order_ref, e.subject, e.at_us, e.data"
struct store_event *outbox_read(struct db_statement *row);
/* db_commit of a transaction that added events: then wakes whoever watches them. */
bool outbox_commit(struct store *store, db_transaction *tx, GError **error);
