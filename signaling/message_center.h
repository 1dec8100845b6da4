/* message_center: the message center (D-29) on its way to the pages of account holders who are there: message.added for
 * each message, once it is committed, in order.
 *
 * One thread looks at the store with each event, as every change of an order makes one, and once a second; now and then
 * it sends reminders. Who comes later asks by message.list. Lock order:
 * nothing is held while store and hub are called. */
#pragma once

#include "signaling/service.h"

struct message_center *message_center_new(struct service *service, GError **error);
/* Ends the thread; before the store and the hub. */
void message_center_free(struct message_center *center);
