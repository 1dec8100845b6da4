/* ticket: the link that brings a party into its interview, or an applicant to a face check. Bound to interview, role
 * and appointment, or to the face check; the first device that comes with it keeps it. */
#pragma once

#include "signaling/service.h"

/* When a ticket for an appointment stops working. */
int64_t ticket_expires_us(const struct config *config, int64_t scheduled_us);
/* The same for one of a face check that is issued at `now_us`. */
int64_t ticket_facecheck_expires_us(const struct config *config, int64_t now_us);
/* The page's address with the ticket in its fragment, which never reaches a server's log. Wipe with store_secret_free.
 */
char *ticket_link(const struct config *config, const char *ticket);

/* The party whose ticket this is, tied to `device` from now on. A NULL `device` is one that never comes again: the
 * ticket then works once. Fails with RPC_ERROR_TICKET_*, _NOT_OPEN or _INTERVIEW_OVER, and changes nothing then;
 * officers of the mission are told of a second device. */
struct store_party *ticket_redeem(struct service *service, const char *ticket, const char *device, int64_t now_us,
                                  GError **error);
/* The same for the ticket of a face check, which is open until it expires. */
struct store_facecheck *ticket_redeem_facecheck(struct service *service, const char *ticket, const char *device,
                                                int64_t now_us, GError **error);
