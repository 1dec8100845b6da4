/* contact: where an account holder is reached (D-1): an e-mail address, or a mobile number of any country. Pure. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define CONTACT_LENGTH_MAX 254 /* of a normalised one (RFC 5321 §4.5.3.1.3) */

struct contact {
    const char *kind; /* "email" | "mobile"; static */
    char text[CONTACT_LENGTH_MAX + 1];
};

/* Reads what somebody typed into its one normal form, by which an account is found: an address in lower case, ASCII
 * alone (a domain in other letters is written in its "xn--" form, so none only looks like another); a number as E.164
 * has it, +8613800138000, where 11 digits that begin with 1 are a Chinese one. Fails with RPC_ERROR_INVALID_PARAMS,
 * without repeating what was typed. */
bool contact_parse(const char *typed, struct contact *contact, GError **error);
/* What its holder knows it by and nobody else: z***@example.org, +86***00. Caller frees. */
char *contact_mask(const char *text);
