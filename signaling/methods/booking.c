/* Interviews as a foreign order service makes, moves and cancels them, and as it sees them: how they stand and how they
 * ended, nothing of who took part but ids and roles. */
#include "signaling/account.h"
#include "signaling/failure.h"
#include "signaling/instant.h"
#include "signaling/methods/methods.h"
#include "signaling/methods/params.h"
#include "signaling/minor.h"
#include "signaling/ticket.h"
#include "signaling/turn.h"
#include "signaling/view.h"

#define PARTIES_MAX       3
#define REASON_LENGTH_MAX (4 * INTERVIEW_REASON_MAX) /* bytes of UTF-8, whatever the script */

/* ---- parties and their links ---- */

/* Those that a new interview has, each with its ticket. */
struct booking {
    struct store_party parties[PARTIES_MAX];
    char *tickets[PARTIES_MAX];
    unsigned count;
};

static void booking_clear(struct booking *booking)
{
    for (unsigned i = 0; i < booking->count; i++) {
        g_free(booking->parties[i].id);
        store_secret_free(booking->tickets[i]);
    }
    booking->count = 0;
}
typedef struct booking Booking; /* for g_auto */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Booking, booking_clear)

static void add_party(struct booking *booking, enum store_role role, const char *interview, const char *name,
                      int64_t expires_us)
{
    if (name == NULL) {
        return;
    }
    booking->tickets[booking->count] = store_secret_new();
    booking->parties[booking->count++] = (struct store_party){
        .id = store_id_new(),
        .interview = (char *)interview,
        .role = role,
        .name = (char *)name,
        .ticket_expires_us = expires_us,
    };
}

/* ---- what a service sees ---- */

static json_t *interview_view(const struct turn *turn)
{
    const struct store_interview *row = turn->interview;
    json_t *parties = json_array();
    for (guint i = 0; i < turn->parties->len; i++) {
        const struct store_party *party = g_ptr_array_index(turn->parties, i);
        if (party->role != STORE_OFFICER) {
            json_array_append_new(parties,
                                  json_pack("{s:s, s:s}", "party_id", party->id, "role", view_role_name(party->role)));
        }
    }
    const unsigned before_min = turn->service->config->interview.join_before_min;
    const int64_t opens_us = row->scheduled_us != 0 ? interview_opens_us(row, before_min) : 0;
    return json_pack("{s:s, s:i, s:s, s:s, s:s, s:o, s:i, s:o, s:o, s:o, s:s?}", "id", row->id, "version",
                     (int)row->version, "order_ref", row->order_ref, "document", row->document, "state",
                     interview_state_name(row->state), "scheduled_at", instant_json(row->scheduled_us), "length_min",
                     (int)row->length_min, "opens_at", instant_json(opens_us), "state_since",
                     instant_json(row->state_since_us), "parties", parties, "outcome", row->outcome);
}

static json_t *outcome(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(Turn) turn = {0};
    return turn_begin(&turn, service, caller, param_text(params, "interview_id"), error) ? interview_view(&turn) : NULL;
}

/* ---- making ---- */

static bool read_time(const json_t *params, int64_t *scheduled_us, GError **error)
{
    int64_t us = 0;
    if (!instant_parse(param_text(params, "scheduled_at"), &us)) {
        rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, NULL,
                      "params.scheduled_at is no RFC 3339 time with its zone, such as 2026-11-21T09:30:00Z");
        return false;
    }
    if (us <= g_get_real_time()) {
        rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, NULL, "params.scheduled_at is over already");
        return false;
    }
    *scheduled_us = us;
    return true;
}

/* Takes `cause`. */
static void refuse(struct service *service, const struct store_interview *interview, GError *cause, GError **error)
{
    if (!g_error_matches(cause, STORE_ERROR, STORE_ERROR_SUPERSEDED)) {
        failure_store(error, cause, "interview");
        return;
    }
    struct store_interview *there =
        store_interview_of_order(service->store, interview->mission, interview->order_ref, NULL);
    rpc_set_error(error, RPC_ERROR_CONFLICT, json_pack("{s:s*}", "interview_id", there != NULL ? there->id : NULL),
                  "this order has an interview that is not over: move or cancel that one");
    store_interview_free(there);
    g_error_free(cause);
}

/* Officers are told when the turn ends. */
static json_t *made(struct service *service, const struct rpc_caller *caller, const char *id,
                    const struct booking *booking, GError **error)
{
    g_auto(Turn) turn = {0};
    if (!turn_begin(&turn, service, caller, id, error)) {
        return NULL;
    }
    turn.changed = true;
    json_t *links = json_array();
    for (unsigned i = 0; i < booking->count; i++) {
        const struct store_party *party = &booking->parties[i];
        json_array_append_new(links, view_link(service->config, party, booking->tickets[i], party->ticket_expires_us));
    }
    g_message("event=interview_made interview=%s service=%s", id, caller->account);
    return json_pack("{s:o, s:o}", "interview", interview_view(&turn), "links", links);
}

static json_t *create(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    int64_t scheduled_us = 0;
    const char *guardian = param_text(params, "guardian");
    const struct policy *policy = policies_get(service->policies, caller->mission);
    if (!read_time(params, &scheduled_us, error) ||
        !minor_check_guardian(policy, param_text(params, "birth_date"), guardian, error)) {
        return NULL;
    }
    g_autofree char *id = store_id_new();
    const struct store_interview interview = {
        .id = id,
        .mission = (char *)caller->mission,
        .order_ref = (char *)param_text(params, "order_ref"),
        .document = (char *)param_text(params, "document"),
        .scheduled_us = scheduled_us,
        .length_min = (unsigned)json_integer_value(json_object_get(params, "length_min")),
        .state_since_us = g_get_real_time(),
        .guardian_needed = guardian != NULL,
        .version = 1,
    };
    const int64_t expires_us = ticket_expires_us(service->config, scheduled_us);
    g_auto(Booking) booking = {0};
    add_party(&booking, STORE_APPLICANT, id, param_text(params, "applicant"), expires_us);
    add_party(&booking, STORE_GUARDIAN, id, guardian, expires_us);
    add_party(&booking, STORE_INTERPRETER, id, param_text(params, "interpreter"), expires_us);
    struct store_invitation invitations[PARTIES_MAX];
    for (unsigned i = 0; i < booking.count; i++) {
        invitations[i] = (struct store_invitation){&booking.parties[i], booking.tickets[i]};
    }
    GError *cause = NULL;
    if (!store_interview_require(service->store, &interview, invitations, booking.count, &cause)) {
        refuse(service, &interview, cause, error);
        return NULL;
    }
    return made(service, caller, id, &booking, error);
}

/* ---- moving and cancelling ---- */

static bool check_not_begun(const struct turn *turn, bool cancelling, GError **error)
{
    const enum store_interview_state state = turn->interview->state;
    if (state == INTERVIEW_SCHEDULED || (cancelling && (state == INTERVIEW_WAITING || state == INTERVIEW_REQUIRED))) {
        return true;
    }
    if (interview_is_over(state)) {
        return interview_check(turn->interview, EVENT_ABORT, error); /* says that it is over */
    }
    json_t *allowed =
        cancelling ? json_pack("[s, s, s]", "required", "scheduled", "waiting") : json_pack("[s]", "scheduled");
    rpc_set_error(error, RPC_ERROR_WRONG_STATE,
                  json_pack("{s:s, s:o}", "state", interview_state_name(state), "allowed", allowed),
                  "the interview is %s: it is the officer's now", interview_state_name(state));
    return false;
}

/* A new ticket for everybody who comes with one; NULL with the error set. */
static json_t *issue_links(struct turn *turn, int64_t expires_us, GError **error)
{
    json_t *links = json_array();
    for (guint i = 0; i < turn->parties->len; i++) {
        const struct store_party *party = g_ptr_array_index(turn->parties, i);
        GError *cause = NULL;
        if (party->role == STORE_OFFICER) {
            continue;
        }
        char *ticket = store_secret_new();
        const bool issued = store_ticket_issue(turn->service->store, party->id, ticket, expires_us, &cause);
        if (issued) {
            json_array_append_new(links, view_link(turn->service->config, party, ticket, expires_us));
        }
        store_secret_free(ticket);
        if (!issued) {
            failure_store(error, cause, "ticket");
            json_decref(links);
            return NULL;
        }
    }
    return links;
}

/* To the same time is allowed, too: for links that were lost on their way. */
static json_t *reschedule(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    int64_t scheduled_us = 0;
    GError *cause = NULL;
    g_auto(Turn) turn = {0};
    if (!read_time(params, &scheduled_us, error) ||
        !turn_begin(&turn, service, caller, param_text(params, "interview_id"), error) ||
        !check_not_begun(&turn, false, error)) {
        return NULL;
    }
    if (!store_interview_reschedule(service->store, turn.interview->id, scheduled_us, caller->account, turn.now_us,
                                    &cause)) {
        failure_store(error, cause, "interview");
        return NULL;
    }
    turn.interview->scheduled_us = scheduled_us;
    turn.interview->version++;
    turn.changed = true;
    json_t *links = issue_links(&turn, ticket_expires_us(service->config, scheduled_us), error);
    return links != NULL ? json_pack("{s:o, s:o}", "interview", interview_view(&turn), "links", links) : NULL;
}

static json_t *cancel(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    const struct interview_change change = {.event = EVENT_ABORT, .reason = param_text(params, "reason")};
    g_auto(Turn) turn = {0};
    if (!turn_begin(&turn, service, caller, param_text(params, "interview_id"), error) ||
        !check_not_begun(&turn, true, error) || !turn_apply(&turn, change, error)) {
        return NULL;
    }
    return interview_view(&turn);
}

#define TIME_PARAM                                                                                                     \
    {                                                                                                                  \
        .name = "scheduled_at", .type = RPC_STRING, .min = 20, .max = 40, .summary = "RFC 3339, with its zone."        \
    }
#define NAME_PARAM(role, left_out, meaning)                                                                            \
    {                                                                                                                  \
        .name = role, .type = RPC_STRING, .optional = (left_out), .min = 1, .max = 256, .summary = (meaning)           \
    }

static const char *const documents[] = {"passport", "travel_document", NULL};
static const struct rpc_param interview_params[] = {PARAM_INTERVIEW, {0}};
static const struct rpc_param create_params[] = {
    {.name = "order_ref", .type = RPC_STRING, .min = 1, .max = 64, .summary = "The order's number."},
    {.name = "document", .type = RPC_STRING, .values = documents, .summary = "What is applied for (D-6)."},
    TIME_PARAM,
    {.name = "length_min", .type = RPC_INTEGER, .min = 5, .max = 240, .summary = "How long it is planned to take."},
    NAME_PARAM("applicant", false, "The applicant's name."),
    NAME_PARAM("guardian", true, "The name of the guardian who takes part (D-21); left out: none does."),
    NAME_PARAM("interpreter", true, "The interpreter's name; left out: none takes part."),
    PARAM_BIRTH_DATE,
    {0},
};
static const struct rpc_param reschedule_params[] = {PARAM_INTERVIEW, TIME_PARAM, {0}};
static const struct rpc_param cancel_params[] = {
    PARAM_INTERVIEW,
    {.name = "reason", .type = RPC_STRING, .min = 1, .max = REASON_LENGTH_MAX, .summary = "Why; officers see it."},
    {0},
};

const struct rpc_method booking_methods[] = {
    {.name = "interview.create",
     .roles = RPC_SERVICE,
     .scope = ACCOUNT_SCOPE_INTERVIEW,
     .summary = "Makes an interview for an order, with a link for everybody who takes part.",
     .params = create_params,
     .result = "InterviewMade",
     .call = create},
    {.name = "interview.reschedule",
     .roles = RPC_SERVICE,
     .scope = ACCOUNT_SCOPE_INTERVIEW,
     .summary = "Moves an interview to which nobody has come yet; new links, the ones before stop working.",
     .params = reschedule_params,
     .result = "InterviewMade",
     .call = reschedule},
    {.name = "interview.cancel",
     .roles = RPC_SERVICE,
     .scope = ACCOUNT_SCOPE_INTERVIEW,
     .summary = "Cancels an interview before it is called: it is aborted.",
     .params = cancel_params,
     .result = "OrderInterview",
     .call = cancel},
    {.name = "interview.outcome",
     .roles = RPC_SERVICE,
     .scope = ACCOUNT_SCOPE_INTERVIEW,
     .summary = "How an interview stands, and once it ended how.",
     .params = interview_params,
     .result = "OrderInterview",
     .call = outcome},
    {0},
};
