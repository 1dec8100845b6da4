/* same_person: a quiet look, every interview.same_person_s during a call, whether the applicant's face is still the one
 * of the portrait, else of the data page, else of the first face capture. Officers are told; nothing is stored. It
 * gives way to everything else: to captures, and to whatever vision is busy with. */
#pragma once

#include "signaling/service.h"

/* Starts its thread, unless same_person_s is 0. */
struct same_person *same_person_new(struct service *service);
void same_person_free(struct same_person *same_person);

/* Switches it on or off for one interview, until that is over; returns what it is then. It begins on. */
bool same_person_watch(struct same_person *same_person, const char *interview, bool enabled);
