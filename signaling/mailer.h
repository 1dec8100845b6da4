/* mailer: messages on their way out by e-mail, to account holders who want that: each at least once, tried again while
 * it fails, and given up after a day ([sender] give_up_s). How far each has got is in the store, so a restart forgets
 * none. One thread. */
#pragma once

#include "signaling/service.h"

/* The service's sender is there already, and stopped (sender_stop) before the mailer is freed. */
struct mailer *mailer_new(struct service *service);
void mailer_free(struct mailer *mailer);
