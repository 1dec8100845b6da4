/* presence: who is there. A subject (a party, or an officer) is present while a connection of it is open, and for a
 * grace after the last one is lost; after that it is lost for good.
 *
 * A pure table: time is handed in, nothing is sent. Not thread-safe: it lives under the calls' lock. */
#pragma once

#include <glib.h>
#include <stdbool.h>
#include <stdint.h>

struct presence;

struct presence *presence_new(int64_t grace_us);
void presence_free(struct presence *presence);

/* `connection` now belongs to `subject` (and to no other any more). `exclusive`: of a party's pages the newest takes
 * over, the ids of its earlier ones are appended to `replaced` and forgotten. Returns whether the subject was absent
 * before. */
bool presence_attach(struct presence *presence, const char *subject, uint64_t connection, bool exclusive,
                     int64_t now_us, GArray *replaced);
/* The connection closed; the subject's grace begins if it was the last. An unknown one is no error. */
void presence_detach(struct presence *presence, uint64_t connection, int64_t now_us);
/* The same without a grace: the subject signed out. */
void presence_leave(struct presence *presence, uint64_t connection, int64_t now_us);
/* Gives a subject that is not there a grace to come (back): after a restart of the server. */
void presence_expect(struct presence *presence, const char *subject, int64_t now_us);

bool presence_is(const struct presence *presence, const char *subject);
/* Since when it is present without a break; 0: it is not. */
int64_t presence_since_us(const struct presence *presence, const char *subject);
/* The connection's subject, or NULL. */
const char *presence_subject(const struct presence *presence, uint64_t connection);
/* The subject's open connections, oldest first (uint64_t); NULL when there is none. */
const GArray *presence_connections(const struct presence *presence, const char *subject);

/* Forgets whose grace is over and returns them: owned strings. */
GPtrArray *presence_expire(struct presence *presence, int64_t now_us);
