/* slots: the appointment times of a mission (D-35). Pure: policy, time zone, what is taken and the instants come in.
 *
 * A mission is open while its wall clock shows a time within the day's hours and the day is no holiday. When clocks
 * change that means: an hour that does not exist is not there, and one that exists twice is open twice. Appointments
 * follow one another without a gap from the moment on at which the mission opens, as many as fit before it closes; an
 * appointment goes on over a change of clocks. GTimeZone says what clocks show, nobody here. */
#pragma once

#include "signaling/policy.h"

struct slot {
    int64_t from_us, to_us;
    unsigned free; /* places left */
};

/* Those that begin in [from_us, to_us), by time, each with the policy's whole capacity free: GArray of struct slot. */
GArray *slots_list(const struct policy *policy, GTimeZone *zone, int64_t from_us, int64_t to_us);
/* Takes away what is taken: `taken`, of struct store_appointment and sorted, as store_appointment_list gives it. An
 * interview counts in each slot that it overlaps, also one of another length that was booked before policy changed. */
void slots_take(GArray *slots, const GArray *taken);
/* Whether one begins at `at_us`. */
bool slots_has(const struct policy *policy, GTimeZone *zone, int64_t at_us);

/* The instants [*from_us, *to_us) as far as an appointment in them may be booked at `now_us`; empty when from ≥ to. */
void slots_bookable(const struct policy *policy, int64_t now_us, int64_t *from_us, int64_t *to_us);
/* Whether an appointment at `at_us` may still be moved or cancelled. */
bool slots_may_change(const struct policy *policy, int64_t at_us, int64_t now_us);
