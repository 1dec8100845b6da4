/* What time does to calls: graces, rings, no-shows, abandoned calls. */
#include "signaling/calls_private.h"
#include "signaling/conduct.h"
#include "signaling/stage.h"

#define SWEEP_TICKS         10 /* no-shows are looked for this often */
#define SESSION_SWEEP_TICKS 60
#define QUALITY_TICKS       2

/* What a subject lost for good leaves behind. */
static void lost(struct turn *turn, struct call_party *party)
{
    struct calls *calls = turn->calls;
    g_autoptr(GError) error = NULL;
    g_message("event=party_lost interview=%s party=%s", turn->interview->id, party->id);
    turn->changed = true;
    stage_leave(calls, turn->call, party, "lost", 0);
    struct store_party *row = turn_party(turn, party->id, &error);
    bool ok = row != NULL;
    if (ok && party->role == STORE_APPLICANT) {
        ok = turn_apply(turn, (struct interview_change){.event = EVENT_LOST}, &error) ||
             interview_is_over(turn->interview->state);
    } else if (ok && party->role == STORE_OFFICER) {
        ok = conduct_lost(turn, row, &error); /* `party` may be gone */
    } else if (ok && !row->admitted) {
        party->invited = false;
        ok = turn_set_party(turn, row, false, false, &error);
    }
    if (!ok) {
        g_warning("event=party_lost_failed interview=%s reason=\"%s\"", turn->interview->id, error->message);
    }
}

static void apply_event(struct calls *calls, const char *interview_id, enum interview_event event, const char *reason)
{
    g_auto(Turn) turn = {0};
    g_autoptr(GError) error = NULL;
    if (!turn_begin_locked(&turn, calls, interview_id, &error) ||
        !turn_apply(&turn, (struct interview_change){.event = event, .reason = reason}, &error)) {
        g_warning("event=%s_failed interview=%s reason=\"%s\"", interview_event_name(event), interview_id,
                  error->message);
    }
}

/* Nobody took it: whoever offered it sees that. */
static void expire_offer(struct calls *calls, struct call *call, int64_t now_us)
{
    if (call->offer.officer == NULL || call_offer(call, now_us) != NULL) {
        return;
    }
    call_offer_clear(&call->offer);
    g_auto(Turn) turn = {0};
    g_autoptr(GError) error = NULL;
    if (turn_begin_locked(&turn, calls, call->id, &error)) {
        turn.changed = true;
    } else {
        g_warning("event=turn_failed interview=%s reason=\"%s\"", call->id, error->message);
    }
}

static void tick_call(struct calls *calls, struct call *call, int64_t now_us)
{
    if (call->state == INTERVIEW_RINGING && call->ring_expires_us <= now_us) {
        apply_event(calls, call->id, EVENT_RING_TIMEOUT, NULL);
    }
    if (call->state != INTERVIEW_IN_CALL || calls_has_present(calls, call, CALLS_ANYBODY)) {
        call->empty_since_us = 0;
    } else if (call->empty_since_us == 0) {
        call->empty_since_us = now_us;
    } else if (now_us - call->empty_since_us >=
               (int64_t)calls->service->config->interview.abandoned_min * 60 * G_USEC_PER_SEC) {
        apply_event(calls, call->id, EVENT_ABANDONED, "abandoned");
    }
    expire_offer(calls, call, now_us);
    if (call->state == INTERVIEW_IN_CALL && call->room != 0 && calls->ticks % QUALITY_TICKS == 0) {
        stage_tell_quality(calls, call);
    }
}

/* Nobody is waiting for it: the store alone knows it again. */
static bool is_idle(const struct calls *calls, const struct call *call)
{
    return interview_is_over(call->state) ||
           ((call->state == INTERVIEW_SCHEDULED || call->state == INTERVIEW_REQUIRED) &&
            !calls_has_present(calls, call, CALLS_ANYBODY));
}

static void sweep_no_shows(struct calls *calls, int64_t now_us)
{
    g_autoptr(GError) error = NULL;
    g_autoptr(GPtrArray) live = store_interview_live(calls->service->store, &error);
    if (live == NULL) {
        g_warning("event=no_show_sweep_failed reason=\"%s\"", error->message);
        return;
    }
    for (guint i = 0; i < live->len; i++) {
        const struct store_interview *interview = g_ptr_array_index(live, i);
        const int64_t due_us =
            interview_no_show_us(interview, calls->service->config->interview.no_show_min, calls->up_since_us);
        const struct call *call = g_hash_table_lookup(calls->by_interview, interview->id);
        if (interview->state == INTERVIEW_SCHEDULED && due_us <= now_us &&
            (call == NULL || !calls_has_present(calls, call, 1u << STORE_APPLICANT))) {
            apply_event(calls, interview->id, EVENT_NO_SHOW, NULL);
        }
    }
}

void calls_tick(struct calls *calls, int64_t now_us)
{
    g_mutex_lock(&calls->lock);
    calls_drain(calls);
    calls->ticks++;
    g_autoptr(GPtrArray) gone = presence_expire(calls->presence, now_us);
    for (guint i = 0; i < gone->len; i++) {
        calls_each_interview_of(calls, g_ptr_array_index(gone, i), lost);
    }
    g_autoptr(GList) all = g_hash_table_get_values(calls->by_interview);
    for (GList *item = all; item != NULL; item = item->next) {
        struct call *call = item->data;
        tick_call(calls, call, now_us);
        if (is_idle(calls, call)) {
            g_hash_table_remove(calls->by_interview, call->id);
        }
    }
    if (calls->ticks % SWEEP_TICKS == 0) {
        sweep_no_shows(calls, now_us);
    }
    stage_test_sweep(calls, now_us);
    const bool sweep_sessions = calls->ticks % SESSION_SWEEP_TICKS == 0;
    g_mutex_unlock(&calls->lock);
    if (sweep_sessions) {
        store_session_sweep(calls->service->store, now_us);
    }
}
