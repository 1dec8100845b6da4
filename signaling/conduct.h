/* conduct: which officer conducts an interview, and what has to be there before it ends. Everything here happens inside
 * a turn.
 *
 * An interview is assigned to one officer: by hand, by lot, or to whoever starts the call. While it runs it can be
 * handed over: the call is offered, taken over, and for a moment both are in it; the first leaves when the media of the
 * second, whose interview it is by then, has connected. So it is never without an officer, and if the second is lost
 * before that the first goes on. All of that stands in the store and outlives a restart; an offer does not. */
#pragma once

#include "signaling/turn.h"

/* RPC_ERROR_INTERVIEW_OVER or _WRONG_STATE unless the call is running. */
bool conduct_check_running(const struct turn *turn, GError **error);
/* The same, and RPC_ERROR_NOT_ADMITTED unless the calling officer is in the call. */
bool conduct_check_in_call(const struct turn *turn, GError **error);
/* Whether an officer has to do with the interview: it is assigned to them, or they have been in its call. */
bool conduct_is_own(const struct turn *turn, const char *officer);
/* An officer of the interview's mission, or NULL with RPC_ERROR_NOT_FOUND. */
struct store_officer *conduct_officer(const struct turn *turn, const char *id, GError **error);

/* Makes it `officer`'s; `event` is what its history calls that. Nothing happens where it is already. */
bool conduct_assign(struct turn *turn, const char *officer, const char *event, GError **error);
/* Draws one of the mission's officers who are there, in no call and not assigned elsewhere at that time; caller frees.
 * NULL with RPC_ERROR_BUSY when nobody is. */
char *conduct_draw(const struct turn *turn, GError **error);

/* Offers the running call, which the calling officer conducts, to another one: RPC_ERROR_BUSY when that one is not
 * there or in a call. The offer stands for interview.ring_timeout_s. */
bool conduct_offer(struct turn *turn, const struct store_officer *officer, GError **error);
/* Lets the calling officer into the running call: because it was offered to them, or because it has no officer any
 * more. RPC_ERROR_FORBIDDEN otherwise, _BUSY when they are in another call. */
bool conduct_take_over(struct turn *turn, GError **error);
/* All officers but `officer` leave the call. */
bool conduct_release_others(struct turn *turn, const char *officer, GError **error);
/* A party's media has connected: the first officer leaves when the second has. */
void conduct_joined(struct turn *turn, const char *party);
/* A party that is an officer is lost for good. Who is beside them goes on, else the mission's officers are told
 * (call.unattended). */
bool conduct_lost(struct turn *turn, struct store_party *officer, GError **error);

/* interview_check_proof with what is stored. */
bool conduct_check_proof(const struct turn *turn, const char *outcome, GError **error);
