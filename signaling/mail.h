/* mail: a message as the internet's mail has it (RFC 5322, MIME). Pure.
 *
 * All that is not ASCII travels as base64, subject (RFC 2047) and text: no server on the way can break it. Addresses
 * come from contact.h, so no header can be smuggled in. */
#pragma once

#include <glib.h>

struct mail {
    const char *id; /* of random characters; the same for each try of one message */
    const char *from, *to;
    const char *subject, *text; /* UTF-8; lines of `text` end with a line feed */
    int64_t date_us;
};

/* With lines ended by CRLF. Caller frees. */
char *mail_compose(const struct mail *mail);
