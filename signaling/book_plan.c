#include "signaling/book_plan.h"

#include "signaling/instant.h"

#include <string.h>

void book_plan_clear(struct book_plan *plan)
{
    requirement_clear(&plan->requirement);
    g_clear_pointer(&plan->args, json_decref);
    g_clear_pointer(&plan->actor, g_free);
    g_clear_pointer(&plan->reason, g_free);
}

bool book_concerns(const struct store_event *event)
{
    return g_str_has_prefix(event->type, "interview.") || strcmp(event->type, "facecheck.completed") == 0;
}

/* ---- the pieces of a plan ---- */

static void add(struct book_plan *plan, enum order_event event, bool silent)
{
    plan->changes[plan->count++] = (struct order_change){.event = event, .silent = silent};
}

static void set_text(char **field, const char *text)
{
    g_free(*field);
    *field = g_strdup(text);
}

/* Makes the interview that the order is to have; or takes the one that it has already, by somebody else's hand. False:
 * nobody knows any more whom to invite. */
static bool add_interview(struct book_plan *plan, struct order_turn *turn)
{
    struct store_order *order = turn->row;
    struct store_interview *there = store_interview_of_order(turn->service->store, order->mission, order->number, NULL);
    if (there != NULL) {
        set_text(&order->interview, there->id);
        store_interview_free(there);
        return true;
    }
    if (!order_requirement(&plan->requirement, turn, NULL, NULL)) {
        return false;
    }
    plan->interview = (struct store_order_interview){&plan->requirement.interview, plan->requirement.invitations,
                                                     plan->requirement.count};
    plan->update.interview = &plan->interview;
    set_text(&order->interview, plan->requirement.interview.id);
    return true;
}

/* ---- face checks ---- */

static bool plan_facecheck(struct book_plan *plan, struct order_turn *turn, const struct store_event *event,
                           const char *state)
{
    struct store_order *order = turn->row;
    if (g_strcmp0(order->facecheck, event->subject) != 0 || !order->facecheck_due) {
        return false;
    }
    order->facecheck_due = false;
    if (g_strcmp0(state, "passed") == 0) {
        add(plan, ORDER_EVENT_FACECHECK_PASSED, false);
    } else if (turn->policy->interview.facecheck_undecided && add_interview(plan, turn)) { /* D-18, D-19 */
        add(plan, ORDER_EVENT_FACECHECK_SKIPPED, true);
        add(plan, ORDER_EVENT_INTERVIEW_REQUIRED, false);
    } else {
        add(plan, ORDER_EVENT_FACECHECK_UNDECIDED, false);
    }
    return true;
}

/* ---- interviews ---- */

/* Whoever has done it, as the order's history knows them: an officer, the holder's side, or the server. */
static char *actor_of(struct store *store, const struct store_order *order, const char *actor)
{
    struct store_officer *officer = store_officer_get(store, actor, NULL);
    struct store_party *party = officer == NULL ? store_party_get(store, actor, NULL) : NULL;
    char *name = g_strdup(officer != NULL ? officer->id : party != NULL ? order->account : "system");
    store_officer_free(officer);
    store_party_free(party);
    return name;
}

/* Who and why, from the interview's history: each version after the first has its row. */
static void read_cause(struct book_plan *plan, const struct order_turn *turn, const struct store_event *event,
                       json_int_t version)
{
    struct store *store = turn->service->store;
    g_autoptr(GPtrArray) history = store_interview_history(store, event->subject, NULL);
    struct store_interview *interview = store_interview_get(store, event->subject, NULL);
    if (history != NULL && version >= 2 && version - 2 < (json_int_t)history->len) {
        plan->actor = actor_of(store, turn->row, ((struct store_history *)history->pdata[(guint)version - 2])->actor);
    }
    plan->reason = interview != NULL ? g_strdup(interview->reason) : NULL;
    store_interview_free(interview);
}

/* An interview that others have made for an order in review is the order's. */
static bool plan_adopted(struct book_plan *plan, struct order_turn *turn, const struct store_event *event, bool booked)
{
    if (turn->row->state != ORDER_IN_REVIEW) {
        return false;
    }
    set_text(&turn->row->interview, event->subject);
    add(plan, ORDER_EVENT_INTERVIEW_REQUIRED, booked);
    if (booked) {
        add(plan, ORDER_EVENT_BOOKED, false);
    }
    return true;
}

/* What a type of event means; -1: nothing. */
static int meaning_of(const struct store_order *order, const char *type, const char *cause, const char *outcome)
{
    const struct {
        const char *type, *cause; /* NULL: any */
        enum order_event event;
    } rows[] = {
        {"interview.required", "unbook", ORDER_EVENT_UNBOOKED},
        {"interview.scheduled", "book", ORDER_EVENT_BOOKED},
        {"interview.rescheduled", NULL, ORDER_EVENT_RESCHEDULED},
        {"interview.started", NULL, ORDER_EVENT_STARTED},
        {"interview.missed", NULL, ORDER_EVENT_MISSED},
        {"interview.ended", NULL, g_strcmp0(outcome, "in_person") == 0 ? ORDER_EVENT_IN_PERSON : ORDER_EVENT_ENDED},
        {"interview.aborted", NULL,
         order->state == ORDER_INTERVIEWING ? ORDER_EVENT_ABORTED : ORDER_EVENT_INTERVIEW_DROPPED},
    };
    for (size_t i = 0; i < G_N_ELEMENTS(rows); i++) {
        if (strcmp(type, rows[i].type) == 0 && (rows[i].cause == NULL || g_strcmp0(cause, rows[i].cause) == 0)) {
            return (int)rows[i].event;
        }
    }
    return -1;
}

static bool plan_interview(struct book_plan *plan, struct order_turn *turn, const struct store_event *event,
                           const json_t *data)
{
    const char *cause = json_string_value(json_object_get(data, "cause"));
    const char *outcome = json_string_value(json_object_get(data, "outcome"));
    struct store_order *order = turn->row;
    if (g_strcmp0(order->interview, event->subject) != 0) {
        const bool booked = strcmp(event->type, "interview.scheduled") == 0;
        return g_strcmp0(cause, "created") == 0 && plan_adopted(plan, turn, event, booked);
    }
    const int meaning = meaning_of(order, event->type, cause, outcome);
    if (meaning < 0 || !order_check(order, (enum order_event)meaning, NULL)) {
        return false;
    }
    add(plan, (enum order_event)meaning, false);
    read_cause(plan, turn, event, json_integer_value(json_object_get(data, "version")));
    return true;
}

/* ---- the whole ---- */

/* For the texts of messages: the appointment as it stands. */
static json_t *args_of(const struct store_order *order)
{
    json_t *args = json_object();
    if (order->interview_scheduled_us != 0) {
        json_object_set_new(args, "scheduled_at", instant_json(order->interview_scheduled_us));
    }
    return args;
}

bool book_plan(struct book_plan *plan, struct order_turn *turn, const struct store_event *event)
{
    json_t *data = json_loads(event->data, 0, NULL);
    const char *state = json_string_value(json_object_get(data, "state"));
    const bool own = strcmp(turn->row->mission, event->mission) == 0;
    const bool planned =
        own && (strcmp(event->type, "facecheck.completed") == 0 ? plan_facecheck(plan, turn, event, state)
                                                                : plan_interview(plan, turn, event, data));
    plan->args = args_of(turn->row);
    for (size_t i = 0; i < plan->count; i++) {
        plan->changes[i].args = plan->args;
        plan->changes[i].actor = plan->actor;
        plan->changes[i].reason = plan->reason;
    }
    json_decref(data);
    return planned;
}
