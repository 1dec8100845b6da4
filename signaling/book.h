/* book: the built-in order book as one more order service: it makes face checks and interviews by the functions that a
 * foreign service's calls end in, and hears of them as a consumer of the outbox. Its cursor moves in the transaction of
 * what it makes of an event, so each is dealt with once, whatever happens. What does not fit the order's state, or is
 * none of its orders', changes nothing.
 *
 * One thread; woken by each event, and now and then on its own for face checks that nobody finished (D-19). Lock order:
 * book → face checks → store, hub; calls → store, hub. */
#pragma once

#include "signaling/service.h"

struct book;

/* Without a thread, and doing nothing, where [book] enabled is false. */
struct book *book_new(struct service *service);
/* Ends the thread; before everything that it works with. */
void book_free(struct book *book);

/* Deals with all events there are before it returns: for whoever wants to see what became of an order. */
void book_catch_up(struct book *book);
/* What is due at `now_us`: face checks whose links have expired undecided are skipped. */
void book_tick(struct book *book, int64_t now_us);
