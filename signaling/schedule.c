#include "signaling/schedule.h"

#include "signaling/failure.h"
#include "signaling/instant.h"
#include "signaling/rpc.h"

bool schedule_init(struct schedule *schedule, struct service *service, const struct store_mission *mission,
                   GError **error)
{
    GTimeZone *zone = g_time_zone_new_identifier(mission->time_zone);
    if (zone == NULL) {
        rpc_set_error(error, RPC_ERROR_INTERNAL, NULL, "time zone %s is unknown here: install tzdata",
                      mission->time_zone);
        return false;
    }
    *schedule = (struct schedule){service, mission, policies_get(service->policies, mission->id), zone};
    return true;
}

void schedule_clear(struct schedule *schedule)
{
    g_clear_pointer(&schedule->zone, g_time_zone_unref);
}

GArray *schedule_slots(const struct schedule *schedule, int64_t from_us, int64_t to_us, const char *except,
                       GError **error)
{
    g_autoptr(GArray) slots = slots_list(schedule->policy, schedule->zone, from_us, to_us);
    if (slots->len == 0) {
        return g_steal_pointer(&slots);
    }
    GError *cause = NULL;
    const int64_t last_us = g_array_index(slots, struct slot, slots->len - 1).to_us;
    g_autoptr(GArray) taken =
        store_appointment_list(schedule->service->store, schedule->mission->id,
                               g_array_index(slots, struct slot, 0).from_us, last_us, except, &cause);
    if (taken == NULL) {
        failure_store(error, cause, "appointments");
        return NULL;
    }
    slots_take(slots, taken);
    return g_steal_pointer(&slots);
}

unsigned schedule_bookings_left(const struct schedule *schedule, const struct store_interview *interview)
{
    const unsigned most = schedule->policy->appointment.reschedulings + 1;
    return most > interview->bookings ? most - interview->bookings : 0;
}

bool schedule_check_booking(const struct schedule *schedule, const struct store_interview *interview, int64_t at_us,
                            int64_t now_us, GError **error)
{
    if (schedule_bookings_left(schedule, interview) == 0) {
        rpc_set_error(error, RPC_ERROR_BOOKINGS_EXHAUSTED, NULL,
                      "the appointment was chosen %u times, which is as often as the mission allows: ask the mission",
                      interview->bookings);
        return false;
    }
    int64_t from_us = at_us, to_us = at_us + 1;
    slots_bookable(schedule->policy, now_us, &from_us, &to_us);
    const bool same = interview->state == INTERVIEW_SCHEDULED && at_us == interview->scheduled_us;
    if (from_us >= to_us || same || !slots_has(schedule->policy, schedule->zone, at_us)) {
        g_autofree char *at = instant_format(at_us);
        rpc_set_error(error, RPC_ERROR_NOT_BOOKABLE, NULL,
                      "%s cannot be booked: choose one of the times that schedule.slots lists", at);
        return false;
    }
    return true;
}

bool schedule_check_change(const struct schedule *schedule, const struct store_interview *interview, int64_t now_us,
                           GError **error)
{
    if (!slots_may_change(schedule->policy, interview->scheduled_us, now_us)) {
        rpc_set_error(error, RPC_ERROR_TOO_LATE, NULL,
                      "less than %u h before the appointment it cannot be changed any more: ask the mission",
                      schedule->policy->appointment.notice_h);
        return false;
    }
    return true;
}
