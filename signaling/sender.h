/* sender: how account holders are reached from outside the pages: by e-mail (SMTP), or by a program of the mission's
 * own, which may send text messages too ([sender] in the configuration).
 *
 * Codes wait in a bounded queue of memory for one thread: they are of no use after a restart, or once they are old.
 * Messages are kept in the store and come through mailer.h. Nothing of a message is ever logged. */
#pragma once

#include "signaling/config.h"

struct metrics;
struct sender;

struct sender_message {
    const char *purpose;  /* "code" | "message" */
    const char *to_kind;  /* "email" | "mobile" */
    const char *to;       /* as contact.h normalises it */
    const char *language; /* "zh-Hans" | "zh-Hant" | "en" */
    const char *id;       /* the same for each try */
    const char *subject, *text;
    const char *code; /* alone, for text messages with a form of their own; NULL: it is none */
};

/* Fails with a CONFIG_ERROR when the password cannot be read. `config` and `metrics` are borrowed. */
struct sender *sender_new(const struct config *config, struct metrics *metrics, GError **error);
/* Ends the thread; what is being sent is broken off. */
void sender_free(struct sender *sender);

bool sender_is_off(const struct sender *sender);
/* Whether it can reach contacts of a kind. */
bool sender_reaches(const struct sender *sender, const char *to_kind);
/* Sends at once, on the sender's thread, and again while it fails, until `valid_us` from now. The strings are copied.
 * False: too many are waiting. */
bool sender_queue(struct sender *sender, const struct sender_message *message, int64_t valid_us);
/* Sends now and blocks until that is done; any thread. NULL: it was taken. Otherwise why not, without anything of the
 * message; caller frees. */
char *sender_deliver(struct sender *sender, const struct sender_message *message);
/* Makes deliveries that are under way, and all after them, fail at once: before threads that deliver are joined. */
void sender_stop(struct sender *sender);

/* For doctor: whether the mail server takes us, or the program is there. Blocks. NULL: all is well. Caller frees. */
char *sender_examine(const struct config *config);
