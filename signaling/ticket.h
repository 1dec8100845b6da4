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

/* The same for one that is sent when an interview is required: `link_days` from now, and no less than until the
 * appointment's, if there is one (0: none). */
int64_t ticket_required_expires_us(const struct config *config, unsigned link_days, int64_t scheduled_us,
                                   int64_t now_us);

/* Gives a party of an interview that is not over, or was missed, a new ticket, which works as one of a required
 * interview does; the earlier one is unknown from then on. Wipe with store_secret_free. NULL: an RPC_ERROR. */
char *ticket_issue(struct service *service, const struct store_interview *interview, const char *party,
                   int64_t *expires_us, GError **error);

/* What a party comes for. Joining: from shortly before its appointment on. Its ticket follows the appointment that the
 * applicant books, moves or gives back through it (store_interview_appoint), so one link serves from being told of the
 * interview to joining it; but nobody gets in with it at the old time, for it is the present appointment that opens,
 * and when others move the appointment the link is dead, as is an expired one.
 * Scheduling: the applicant alone, at any time, also after an appointment was missed. The session is the same; what it
 * may do depends on state and time. */
enum ticket_purpose { TICKET_TO_JOIN, TICKET_TO_SCHEDULE };

/* The party whose ticket this is, tied to `device` from now on. A NULL `device` is one that never comes again: the
 * ticket then works once. Fails with RPC_ERROR_TICKET_*, _NOT_OPEN, _INTERVIEW_OVER or _FORBIDDEN (who is no
 * applicant and comes to schedule), and changes nothing then;
 * officers of the mission are told of a second device. */
struct store_party *ticket_redeem(struct service *service, enum ticket_purpose purpose, const char *ticket,
                                  const char *device, int64_t now_us, GError **error);
/* The same for the ticket of a face check, which is open until it expires. */
struct store_facecheck *ticket_redeem_facecheck(struct service *service, const char *ticket, const char *device,
                                                int64_t now_us, GError **error);
