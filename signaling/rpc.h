/* rpc: JSON-RPC 2.0 (https://www.jsonrpc.org/specification) over one declarative method table.
 *
 * A method is an entry (name, roles, parameters, result, function). The dispatcher parses, checks role and parameters
 * against the entry and calls the function; a handler therefore never sees a call it may not serve.
 * Handlers are plain blocking functions on a pool thread; calls of one connection run one at a time, in order. */
#pragma once

#include <glib.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum rpc_role {
    RPC_ANYONE = 1 << 0, /* no session needed */
    RPC_OFFICER = 1 << 1,
    RPC_APPLICANT = 1 << 2,
    RPC_GUARDIAN = 1 << 3,
    RPC_INTERPRETER = 1 << 4,
    RPC_SUBMITTER = 1 << 5, /* the applicant of a face check, who came with its ticket */
    RPC_SERVICE = 1 << 6,   /* a foreign order service, which came with its account's token */
    RPC_HOLDER = 1 << 7,    /* an account holder of the built-in order book, signed in by a code */
    RPC_PARTY = RPC_APPLICANT | RPC_GUARDIAN | RPC_INTERPRETER, /* whoever came with an interview's ticket */
    RPC_MISSION = RPC_OFFICER | RPC_SERVICE, /* whoever acts for a mission, on all that is the mission's */
};

enum rpc_type { RPC_STRING, RPC_INTEGER, RPC_BOOLEAN };

struct rpc_param {
    const char *name; /* NULL ends a list */
    enum rpc_type type;
    bool optional;
    size_t min, max;           /* strings: length in bytes of UTF-8; integers: value */
    const char *const *values; /* strings: the allowed ones, NULL-terminated; NULL: any */
    const char *summary;
};

/* Who is calling: what the connection's session says. Values, valid for the call. */
struct rpc_caller {
    uint64_t connection;   /* hub id */
    enum rpc_role role;    /* RPC_ANYONE until signed in */
    const char *session;   /* id of the session row; NULL without one */
    const char *officer;   /* officer id, for RPC_OFFICER */
    const char *account;   /* service account id, for RPC_SERVICE */
    const char *holder;    /* account id, for RPC_HOLDER */
    const char *mission;   /* mission id, for RPC_OFFICER and RPC_SERVICE */
    const char *party;     /* party id, for RPC_PARTY */
    const char *interview; /* interview id, for RPC_PARTY */
    const char *facecheck; /* face check id, for RPC_SUBMITTER */
    const char *address;   /* peer address, for throttling; never logged */
    int64_t expires_us;    /* UTC: when the session ends; 0: never. A call after it is session_expired. */
};

/* Who that is, for histories and logs: the id of the officer, service account, account holder, party or
 * face check; NULL for nobody. */
const char *rpc_caller_id(const struct rpc_caller *caller);

struct service; /* everything a handler works with: service.h */

struct rpc_method {
    const char *name;
    unsigned roles;    /* enum rpc_role, or-ed */
    const char *scope; /* that a service account needs for it (account.h); of methods with RPC_SERVICE */
    bool of_book;      /* refused where the built-in order book is off ([book] enabled) */
    const char *summary;
    const struct rpc_param *params; /* NULL: none */
    const char *result;             /* name of a schema in openrpc.json #/components/schemas */
    /* Returns the result (a new reference), or NULL with an RPC_ERROR set. `params` is borrowed and already checked. */
    json_t *(*call)(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error);
};

/* Domain errors, one for each `data.code` of the API. */
enum rpc_error {
    RPC_ERROR_PARSE,
    RPC_ERROR_INVALID_REQUEST,
    RPC_ERROR_METHOD_NOT_FOUND,
    RPC_ERROR_INVALID_PARAMS,
    RPC_ERROR_INTERNAL,
    RPC_ERROR_NOT_SIGNED_IN,
    RPC_ERROR_FORBIDDEN,
    RPC_ERROR_BAD_CREDENTIALS,
    RPC_ERROR_RATE_LIMITED,
    RPC_ERROR_SESSION_EXPIRED,
    RPC_ERROR_TICKET_UNKNOWN,
    RPC_ERROR_TICKET_EXPIRED,
    RPC_ERROR_TICKET_USED,
    RPC_ERROR_TICKET_REVOKED,
    RPC_ERROR_TICKET_RESCHEDULED,
    RPC_ERROR_NOT_OPEN,
    RPC_ERROR_INTERVIEW_OVER,
    RPC_ERROR_WRONG_STATE,
    RPC_ERROR_NOT_ADMITTED,
    RPC_ERROR_NOT_FOUND,
    RPC_ERROR_BUSY,
    RPC_ERROR_LIMIT,
    RPC_ERROR_SDP_REFUSED,
    RPC_ERROR_PEER_GONE,
    RPC_ERROR_NO_VIDEO,
    RPC_ERROR_NO_KEYFRAME,
    RPC_ERROR_CAPTURE_FAILED,
    RPC_ERROR_STORAGE_FAILED,
    RPC_ERROR_DRAINING,
    RPC_ERROR_TOO_LARGE,
    RPC_ERROR_CONFLICT,
    RPC_ERROR_TRIES_EXHAUSTED,
    RPC_ERROR_SLOT_TAKEN,
    RPC_ERROR_NOT_BOOKABLE,
    RPC_ERROR_TOO_LATE,
    RPC_ERROR_BOOKINGS_EXHAUSTED,
    RPC_ERROR_GUARDIAN_MISSING,
    RPC_ERROR_SCRIPT_OPEN,
    RPC_ERROR_NOT_WITHDRAWABLE,
    RPC_ERROR_DUPLICATE_ORDER,
    RPC_ERROR_OUTSIDE_DISTRICT,
    RPC_ERROR_NOT_VERIFIED,
    RPC_ERROR_DAY_FULL,
    RPC_ERROR_MISSING,
};
#define RPC_ERROR rpc_error_quark()
GQuark rpc_error_quark(void);
const char *rpc_error_name(enum rpc_error code); /* "ticket_used"; static */

/* Sets an RPC_ERROR that also carries `data` members for the caller, e.g. {"opens_at": …}. Takes `data` (may be NULL).
 */
void rpc_set_error(GError **error, enum rpc_error code, json_t *data, const char *format, ...) G_GNUC_PRINTF(4, 5);

struct rpc_table {
    const struct rpc_method *const *groups; /* NULL-terminated list of lists; each ends with a NULL name */
};

/* One message in, one reply out (NULL for a notification, which we accept and ignore). `text` need not be terminated.
 * Never fails: what is wrong becomes a JSON-RPC error object. `malformed` is set when the text was no JSON-RPC at all,
 * so that the connection can count it. */
char *rpc_dispatch(const struct rpc_table *table, struct service *service, const struct rpc_caller *caller,
                   const char *text, size_t length, bool *malformed);

/* The reply to a request that is not even queued: `code` with the request's id, or NULL for a notification. */
char *rpc_refuse(const char *text, size_t length, enum rpc_error code, const char *message);

/* The OpenRPC 1.3 document of the live table: names, parameters with JSON schemas, results, "x-roles". New reference.
 */
json_t *rpc_discover(const struct rpc_table *table);

/* A notification's text (RFC: no id). Takes `params`. Caller frees. */
char *rpc_notification(const char *method, json_t *params);
