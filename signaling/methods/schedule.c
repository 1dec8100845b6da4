/* The applicant's appointment (D-35). */
#include "signaling/schedule.h"
#include "signaling/instant.h"
#include "signaling/methods/methods.h"
#include "signaling/methods/params.h"
#include "signaling/ticket.h"
#include "signaling/turn.h"
#include "signaling/view.h"
#include "signaling/wording.h"

#define DAY_US (24 * INT64_C(3600) * G_USEC_PER_SEC)

static bool read_instant(const json_t *params, const char *name, int64_t *us, GError **error)
{
    if (!instant_parse(param_text(params, name), us)) {
        rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, NULL,
                      "params.%s is no instant of UTC such as 2026-11-21T09:30:00.000Z", name);
        return false;
    }
    return true;
}

/* ---- looking ---- */

static json_t *slots_json(const GArray *slots)
{
    json_t *list = json_array();
    for (guint i = 0; i < slots->len; i++) {
        const struct slot *slot = &g_array_index(slots, struct slot, i);
        if (slot->free > 0) {
            json_array_append_new(list,
                                  json_pack("{s:o, s:i}", "at", instant_json(slot->from_us), "free", (int)slot->free));
        }
    }
    return list;
}

static json_t *languages_json(const struct policy *policy)
{
    json_t *list = json_array();
    for (char **language = policy->mission.languages; *language != NULL; language++) {
        json_array_append_new(list, json_string(*language));
    }
    return list;
}

static json_t *policy_json(const struct policy *policy)
{
    const struct wording payment = wording_of_payment(policy);
    return json_pack("{s:i, s:i, s:i, s:i, s:o, s:i, s:{s:s?, s:s?, s:s?}}", "length_min",
                     (int)policy->appointment.length_min, "notice_h", (int)policy->appointment.notice_h, "ahead_days",
                     (int)policy->appointment.ahead_days, "reschedulings", (int)policy->appointment.reschedulings,
                     "languages", languages_json(policy), "retention_years", (int)policy->retention.years, "payment",
                     "en", wording_for(&payment, "en"), "zh-Hans", wording_for(&payment, "zh-Hans"), "zh-Hant",
                     wording_for(&payment, "zh-Hant"));
}

static bool read_range(const json_t *params, int64_t *from_us, int64_t *to_us, GError **error)
{
    if (!read_instant(params, "from", from_us, error) || !read_instant(params, "to", to_us, error)) {
        return false;
    }
    if (*to_us <= *from_us || *to_us - *from_us > SCHEDULE_DAYS_MAX * DAY_US) {
        rpc_set_error(error, RPC_ERROR_INVALID_PARAMS, NULL, "params.to must be after params.from, by at most %d days",
                      SCHEDULE_DAYS_MAX);
        return false;
    }
    return true;
}

static json_t *slots(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    g_auto(Turn) turn = {0};
    g_auto(Schedule) schedule = {0};
    int64_t from_us, to_us;
    if (!read_range(params, &from_us, &to_us, error) || !turn_begin(&turn, service, caller, NULL, error) ||
        !schedule_init(&schedule, service, turn.mission, error)) {
        return NULL;
    }
    slots_bookable(schedule.policy, turn.now_us, &from_us, &to_us);
    g_autoptr(GArray) found = schedule_slots(&schedule, from_us, to_us, turn.interview->id, error);
    if (found == NULL) {
        return NULL;
    }
    return json_pack("{s:o, s:o, s:o, s:i, s:o}", "mission", view_mission(turn.mission), "policy",
                     policy_json(schedule.policy), "scheduled_at", instant_json(turn.interview->scheduled_us),
                     "bookings_left", (int)schedule_bookings_left(&schedule, turn.interview), "slots",
                     slots_json(found));
}

/* ---- choosing ---- */

/* `event` books at params.at. */
static json_t *choose(struct service *service, const struct rpc_caller *caller, const json_t *params,
                      enum interview_event event, GError **error)
{
    g_auto(Turn) turn = {0};
    g_auto(Schedule) schedule = {0};
    int64_t at_us;
    if (!read_instant(params, "at", &at_us, error) || !turn_begin(&turn, service, caller, NULL, error) ||
        !interview_check(turn.interview, event, error) || !schedule_init(&schedule, service, turn.mission, error) ||
        (event == EVENT_MOVE && !schedule_check_change(&schedule, turn.interview, turn.now_us, error)) ||
        !schedule_check_booking(&schedule, turn.interview, at_us, turn.now_us, error)) {
        return NULL;
    }
    const struct interview_change change = {
        .event = event,
        .scheduled_us = at_us,
        .length_min = schedule.policy->appointment.length_min,
        .capacity = schedule.policy->appointment.capacity,
        .tickets_until_us = ticket_expires_us(service->config, at_us),
    };
    return turn_apply(&turn, change, error) ? turn_result(&turn) : NULL;
}

static json_t *book(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    return choose(service, caller, params, EVENT_BOOK, error);
}

static json_t *reschedule(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    return choose(service, caller, params, EVENT_MOVE, error);
}

static json_t *cancel(struct service *service, const struct rpc_caller *caller, json_t *params, GError **error)
{
    (void)params;
    g_auto(Turn) turn = {0};
    g_auto(Schedule) schedule = {0};
    if (!turn_begin(&turn, service, caller, NULL, error) || !interview_check(turn.interview, EVENT_UNBOOK, error) ||
        !schedule_init(&schedule, service, turn.mission, error) ||
        !schedule_check_change(&schedule, turn.interview, turn.now_us, error)) {
        return NULL;
    }
    const struct interview_change change = {
        .event = EVENT_UNBOOK,
        .tickets_until_us =
            ticket_required_expires_us(service->config, schedule.policy->appointment.link_days, 0, turn.now_us),
    };
    return turn_apply(&turn, change, error) ? turn_result(&turn) : NULL;
}

#define INSTANT(member, meaning)                                                                                       \
    {                                                                                                                  \
        .name = member, .type = RPC_STRING, .min = 20, .max = 32, .summary = (meaning)                                 \
    }

static const struct rpc_param slots_params[] = {
    INSTANT("from", "RFC 3339, UTC."),
    INSTANT("to", "RFC 3339, UTC; at most 62 days later."),
    {0},
};
static const struct rpc_param at_params[] = {INSTANT("at", "One of the times of schedule.slots."), {0}};

const struct rpc_method schedule_methods[] = {
    {.name = "schedule.slots",
     .roles = RPC_APPLICANT,
     .summary = "The mission's free appointment times in [from, to), as far as they may be booked now (D-35).",
     .params = slots_params,
     .result = "Slots",
     .call = slots},
    {.name = "schedule.book",
     .roles = RPC_APPLICANT,
     .summary =
         "Books an appointment for an interview that is required, or that was missed. The link that the applicant "
         "came with opens it.",
     .params = at_params,
     .result = "Interview",
     .call = book},
    {.name = "schedule.reschedule",
     .roles = RPC_APPLICANT,
     .summary = "Books another time instead, as often and as late as the mission allows.",
     .params = at_params,
     .result = "Interview",
     .call = reschedule},
    {.name = "schedule.cancel",
     .roles = RPC_APPLICANT,
     .summary = "Gives the appointment back; the interview is still required.",
     .result = "Interview",
     .call = cancel},
    {0},
};
