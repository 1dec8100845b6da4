/* demo_orders: account holders of the demo and orders of theirs, one in each state that is worth a look. */
#pragma once

#include "signaling/service.h"

/* Makes them at `mission` (a demo's), reviewed by its officer, once, and prints how their holders sign in. Where the
 * built-in book is off, nothing. */
bool demo_orders_fill(struct service *service, const struct store_mission *mission, const char *officer,
                      GError **error);
