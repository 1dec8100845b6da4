/* limit: how often somebody may try a password or a ticket, or ask for work on a face check: a token bucket for each
 * address, each login, each face check, each contact and each account.
 *
 * Addresses are counted by what one subscriber holds: an IPv4 address, an IPv6 /64. The table is bounded; when it is
 * full, sources whose bucket is full again are forgotten, and if there is none a new source has to wait.
 * Every function may be called from any thread; time is handed in (g_get_monotonic_time). */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct limiter;

struct limit_rule {
    unsigned burst;   /* tries at once, 1..1000 */
    unsigned per_min; /* tries given back each minute, 1..1000 */
};

#define LIMITER_SOURCES_MAX  16384u
#define LIMIT_ADDRESS_FACTOR 5u

/* `sign_in` is for one login, `facecheck` for one face check, uploads and starts each for themselves, `code` for one
 * contact or account. */
struct limiter *limiter_new(struct limit_rule sign_in, struct limit_rule ticket, struct limit_rule facecheck,
                            struct limit_rule code);
void limiter_free(struct limiter *limiter);

/* Each takes one try and says whether it was there; if not, `retry_after_ms` is when the next one is. A sign-in counts
 * against its login and, separately, against its address, which has LIMIT_ADDRESS_FACTOR times as many: guessing at one
 * login from one address must not shut out the office around it. */
bool limit_sign_in(struct limiter *limiter, const char *address, const char *login, int64_t now_us,
                   int64_t *retry_after_ms);
bool limit_ticket(struct limiter *limiter, const char *address, int64_t now_us, int64_t *retry_after_ms);
/* A service's token, against its address: as many tries as one login has. */
bool limit_service(struct limiter *limiter, const char *address, int64_t now_us, int64_t *retry_after_ms);
/* A code that is asked for, against its contact and, separately, its address, as a sign-in. It costs a message: what
 * was asked for is not given back. */
bool limit_code(struct limiter *limiter, const char *address, const char *contact, int64_t now_us,
                int64_t *retry_after_ms);
/* A code that is tried, against its address; each code itself counts the wrong ones. */
bool limit_confirm(struct limiter *limiter, const char *address, int64_t now_us, int64_t *retry_after_ms);
/* An account's try to verify itself: whether somebody else has a document is not for guessing. */
bool limit_verify(struct limiter *limiter, const char *account, int64_t now_us, int64_t *retry_after_ms);
/* Gives the tries of somebody who succeeded back, so that an office behind one address is not shut out by its own
 * successes. */
void limit_sign_in_succeeded(struct limiter *limiter, const char *address, const char *login);
void limit_ticket_succeeded(struct limiter *limiter, const char *address);
void limit_service_succeeded(struct limiter *limiter, const char *address);
void limit_confirm_succeeded(struct limiter *limiter, const char *address);

/* Each takes one and is not given back: decoding and looking is what costs. */
bool limit_upload(struct limiter *limiter, const char *facecheck, int64_t now_us, int64_t *retry_after_ms);
bool limit_start(struct limiter *limiter, const char *facecheck, int64_t now_us, int64_t *retry_after_ms);
/* A hint to a party of a call: a few at once, so that the officer's finger does not fill the party's screen. */
bool limit_hint(struct limiter *limiter, const char *party, int64_t now_us, int64_t *retry_after_ms);

/* An order that an account holder or officer asks for by its id; given back when there was one: nobody guesses. */
bool limit_order(struct limiter *limiter, const char *who, int64_t now_us, int64_t *retry_after_ms);
void limit_order_succeeded(struct limiter *limiter, const char *who);
