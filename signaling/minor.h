/* minor: how old an applicant is, and whether a parent or guardian has to come along (D-20, D-21). The birth date is
 * told when an interview is proposed or made, and not stored. */
#pragma once

#include "signaling/policy.h"

/* Age on today's day in UTC: a day's difference is an officer's to see. `birth_date` NULL: `*known` is false.
 * RPC_ERROR_INVALID_PARAMS for what is no past day written YYYY-MM-DD. */
bool minor_age(const char *birth_date, bool *known, unsigned *age, GError **error);
/* A child whose guardian nobody names (`guardian` NULL) is not interviewed: RPC_ERROR_INVALID_PARAMS, as for minor_age.
 */
bool minor_check_guardian(const struct policy *policy, const char *birth_date, const char *guardian, GError **error);
