/* schedule: what may be booked in a mission, from its policy, its time zone and what the store says is taken. */
#pragma once

#include "signaling/service.h"
#include "signaling/slots.h"

#define SCHEDULE_DAYS_MAX 62 /* looked at in one go */

/* Borrows the policy; cleared with schedule_clear. */
struct schedule {
    struct service *service;
    const struct store_mission *mission;
    const struct policy *policy;
    GTimeZone *zone;
};
/* Fails with RPC_ERROR_INTERNAL for a time zone that this machine does not know. */
bool schedule_init(struct schedule *schedule, struct service *service, const struct store_mission *mission,
                   GError **error);
void schedule_clear(struct schedule *schedule);
typedef struct schedule Schedule; /* for g_auto */
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC(Schedule, schedule_clear)

/* The slots that begin in [from_us, to_us) with what is free in each; what `except` (an interview; NULL: none) takes
 * counts as free. GArray of struct slot, or NULL with an RPC_ERROR. */
GArray *schedule_slots(const struct schedule *schedule, int64_t from_us, int64_t to_us, const char *except,
                       GError **error);

/* Whether `interview`, of this mission, may be booked at `at_us` now: RPC_ERROR_BOOKINGS_EXHAUSTED, or _NOT_BOOKABLE
 * for what is no slot, too soon or too far ahead. That it is still free is for the store to say. */
bool schedule_check_booking(const struct schedule *schedule, const struct store_interview *interview, int64_t at_us,
                            int64_t now_us, GError **error);
/* Whether the appointment may be moved or given back now: RPC_ERROR_TOO_LATE. */
bool schedule_check_change(const struct schedule *schedule, const struct store_interview *interview, int64_t now_us,
                           GError **error);
/* How often the applicant may still choose a time. */
unsigned schedule_bookings_left(const struct schedule *schedule, const struct store_interview *interview);
