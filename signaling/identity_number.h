/* identity_number: the number of the document that an account holder is verified by (D-2): a resident's 18-digit
 * identity number (GB 11643) or the number of an ordinary passport. Pure: whether the document exists, only the
 * authority that issued it knows. */
#pragma once

#include <glib.h>
#include <stdbool.h>

#define IDENTITY_NUMBER_MAX 18

struct identity_number {
    char text[IDENTITY_NUMBER_MAX + 1]; /* upper case, without spaces */
};

/* Reads what somebody typed into the one normal form. `kind` is "id_card" or "passport", `today` YYYY-MM-DD. Fails with
 * RPC_ERROR_INVALID_PARAMS (data.param: id_number), saying what is wrong without repeating the number. */
bool identity_number_parse(const char *kind, const char *typed, const char *today, struct identity_number *number,
                           GError **error);
/* The check character (ISO 7064 MOD 11-2) of the 17 digits before it. */
char identity_number_check(const char digits[17]);
