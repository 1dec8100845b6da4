/* mailbox: how other threads ask a worker to do something. A call is carried out on the worker's thread while the
 * caller waits; the only lock of a worker is the one around this queue, and the packet path never takes it. */
#pragma once

#include <glib.h>
#include <stdbool.h>

struct mailbox;
struct mailbox_call; /* lives until it is answered */

/* Carries out one call on the worker's thread. Answers `call` itself, at once or later. `data` is the caller's. */
typedef void mailbox_function(void *context, void *data, struct mailbox_call *call);

struct mailbox *mailbox_new(void);
void mailbox_free(struct mailbox *mailbox); /* empty */

/* Any thread but the worker's: puts the call into the queue and blocks until it is answered. */
void mailbox_call(struct mailbox *mailbox, mailbox_function *function, void *data);

/* The rest is the worker's. Readable when calls are waiting. */
int mailbox_fd(const struct mailbox *mailbox);
/* Carries out what is waiting; `context` is handed to the functions. */
void mailbox_drain(struct mailbox *mailbox, void *context);
/* Lets the caller go on; neither `call` nor its data may be touched afterwards. */
void mailbox_answer(struct mailbox_call *call);
