/* demo: `viva serve --demo`: something to look at on an empty store.
 *
 * Makes two missions with three officers each and today's interviews: one appointed for now, one of a minor with a
 * guardian (D-21), one with an interpreter, and later ones; and face checks of orders with and without an interview. A
 * later start keeps what is there, appoints anew what was still to come and remakes the tickets, so that the links
 * printed at this start work. */
#pragma once

#include "signaling/service.h"

/* Fills the store and prints the links and logins on stdout, for people. Call before calls_new. Fails when the store
 * holds a mission that is not the demo's: known passwords have no place beside real data. */
bool demo_fill(struct service *service, GError **error);
