#include "signaling/calls_private.h"

#include "signaling/stage.h"

/* ---- what is alive ---- */

static void call_party_free(void *data)
{
    struct call_party *party = data;
    g_free(party->id);
    g_free(party->subject);
    g_free(party->name);
    g_free(party->microphone);
    g_free(party->camera);
    g_free(party);
}

static void call_free(void *data)
{
    struct call *call = data;
    call_offer_clear(&call->offer);
    g_free(call->id);
    g_ptr_array_unref(call->parties);
    g_free(call);
}

struct call *calls_get(struct calls *calls, const char *interview_id)
{
    struct call *call = g_hash_table_lookup(calls->by_interview, interview_id);
    if (call == NULL) {
        call = g_new0(struct call, 1);
        call->id = g_strdup(interview_id);
        call->parties = g_ptr_array_new_with_free_func(call_party_free);
        g_hash_table_insert(calls->by_interview, call->id, call);
    }
    return call;
}

struct call_party *call_find_party(const struct call *call, const char *party_id)
{
    for (guint i = 0; i < call->parties->len; i++) {
        struct call_party *party = g_ptr_array_index(call->parties, i);
        if (g_str_equal(party->id, party_id)) {
            return party;
        }
    }
    return NULL;
}

const char *call_subject(const struct store_party *party)
{
    return party->role == STORE_OFFICER ? party->officer : party->id;
}

const struct call_offer *call_offer(const struct call *call, int64_t now_us)
{
    return call->offer.officer != NULL && now_us < call->offer.expires_us ? &call->offer : NULL;
}

void call_offer_clear(struct call_offer *offer)
{
    g_free(offer->officer);
    g_free(offer->name);
    *offer = (struct call_offer){0};
}

bool calls_has_present(const struct calls *calls, const struct call *call, unsigned roles)
{
    for (guint i = 0; i < call->parties->len; i++) {
        const struct call_party *party = g_ptr_array_index(call->parties, i);
        if ((roles & 1u << party->role) != 0 && presence_is(calls->presence, party->subject)) {
            return true;
        }
    }
    return false;
}

void calls_tell(struct calls *calls, const char *subject, uint64_t except, const char *text)
{
    const GArray *connections = presence_connections(calls->presence, subject);
    for (guint i = 0; connections != NULL && i < connections->len; i++) {
        const uint64_t connection = g_array_index(connections, uint64_t, i);
        if (connection != except) {
            hub_send(calls->service->hub, connection, g_strdup(text));
        }
    }
}

/* ---- what others post ---- */

struct calls_event {
    enum { TOLD_CLOSED, TOLD_PEER_STATE, TOLD_PEER_SLOTS } kind;
    uint64_t connection;
    media_room_id room;
    media_peer_id peer;
    enum media_peer_state state;
    enum media_close_reason reason;
    unsigned slot_count;
    struct media_slot slots[MEDIA_SLOTS_MAX];
};

static void post(struct calls *calls, const struct calls_event *event)
{
    g_mutex_lock(&calls->queue_lock);
    g_queue_push_tail(&calls->queue, g_memdup2(event, sizeof *event));
    g_cond_signal(&calls->queue_filled);
    g_mutex_unlock(&calls->queue_lock);
}

void calls_connection_closed(struct calls *calls, const struct rpc_caller *caller)
{
    post(calls, &(const struct calls_event){.kind = TOLD_CLOSED, .connection = caller->connection});
}

static void on_peer_state(void *context, media_room_id room, media_peer_id peer, enum media_peer_state state,
                          enum media_close_reason reason)
{
    post(context, &(const struct calls_event){
                      .kind = TOLD_PEER_STATE, .room = room, .peer = peer, .state = state, .reason = reason});
}

static void on_peer_slots(void *context, media_room_id room, media_peer_id peer, const struct media_slot *slots,
                          unsigned count)
{
    struct calls_event event = {.kind = TOLD_PEER_SLOTS, .room = room, .peer = peer};
    event.slot_count = MIN(count, MEDIA_SLOTS_MAX);
    for (unsigned i = 0; i < event.slot_count; i++) {
        event.slots[i] = slots[i];
    }
    post(context, &event);
}

struct media_listener calls_media_listener(struct calls *calls)
{
    return (struct media_listener){.context = calls, .peer_state = on_peer_state, .peer_slots = on_peer_slots};
}

static void handle(struct calls *calls, const struct calls_event *event)
{
    switch (event->kind) {
    case TOLD_CLOSED:
        presence_detach(calls->presence, event->connection, g_get_real_time());
        break;
    case TOLD_PEER_STATE:
        stage_peer_state(calls, event->room, event->peer, event->state, event->reason);
        break;
    case TOLD_PEER_SLOTS:
        stage_peer_slots(calls, event->room, event->peer, event->slots, event->slot_count);
        break;
    }
}

static struct calls_event *take(struct calls *calls)
{
    g_mutex_lock(&calls->queue_lock);
    struct calls_event *event = g_queue_pop_head(&calls->queue);
    g_mutex_unlock(&calls->queue_lock);
    return event;
}

void calls_drain(struct calls *calls)
{
    struct calls_event *event;
    while ((event = take(calls)) != NULL) {
        handle(calls, event);
        g_free(event);
    }
}

/* Events are taken off the queue under the calls' lock only, so their order holds whoever drains. */
static void *run(void *data)
{
    struct calls *calls = data;
    bool closing = false;
    while (!closing) {
        g_mutex_lock(&calls->queue_lock);
        while (g_queue_is_empty(&calls->queue) && !calls->closing) {
            g_cond_wait(&calls->queue_filled, &calls->queue_lock);
        }
        closing = calls->closing;
        g_mutex_unlock(&calls->queue_lock);
        g_mutex_lock(&calls->lock);
        calls_drain(calls);
        g_mutex_unlock(&calls->lock);
    }
    return NULL;
}

/* ---- coming and going ---- */

static struct call_party *find_subject(const struct call *call, const char *subject)
{
    for (guint i = 0; i < call->parties->len; i++) {
        struct call_party *party = g_ptr_array_index(call->parties, i);
        if (g_str_equal(party->subject, subject)) {
            return party;
        }
    }
    return NULL;
}

void calls_each_interview_of(struct calls *calls, const char *subject,
                             void (*act)(struct turn *turn, struct call_party *party))
{
    g_autoptr(GList) all = g_hash_table_get_values(calls->by_interview);
    for (GList *item = all; item != NULL; item = item->next) {
        const struct call *call = item->data;
        struct call_party *party = find_subject(call, subject);
        g_auto(Turn) turn = {0};
        g_autoptr(GError) error = NULL;
        if (party == NULL) {
            continue;
        }
        if (turn_begin_locked(&turn, calls, call->id, &error)) {
            act(&turn, party);
        } else {
            g_warning("event=turn_failed interview=%s reason=\"%s\"", call->id, error->message);
        }
    }
}

static void came(struct turn *turn, struct call_party *party)
{
    g_info("event=party_present interview=%s party=%s", turn->interview->id, party->id);
    turn->changed = true;
}

static void replace(struct calls *calls, const GArray *replaced)
{
    for (guint i = 0; i < replaced->len; i++) {
        const uint64_t connection = g_array_index(replaced, uint64_t, i);
        hub_send(calls->service->hub, connection, rpc_notification("session.replaced", json_object()));
        hub_detach(calls->service->hub, connection);
    }
}

/* Who takes part in no interview, the applicant of a face check, an account holder or a service: a connection that did
 * before, does not any more. */
static void attach_outsider(struct calls *calls, const struct rpc_caller *identity)
{
    g_mutex_lock(&calls->lock);
    hub_attach(calls->service->hub, identity->connection, identity);
    presence_detach(calls->presence, identity->connection, g_get_real_time());
    g_mutex_unlock(&calls->lock);
}

void calls_attach(struct calls *calls, const struct rpc_caller *identity)
{
    if ((identity->role & (RPC_SUBMITTER | RPC_HOLDER | RPC_SERVICE)) != 0) {
        attach_outsider(calls, identity);
        return;
    }
    const bool officer = identity->role == RPC_OFFICER;
    const char *subject = officer ? identity->officer : identity->party;
    const int64_t now_us = g_get_real_time();
    g_autoptr(GArray) replaced = g_array_new(FALSE, FALSE, sizeof(uint64_t));

    g_mutex_lock(&calls->lock);
    hub_attach(calls->service->hub, identity->connection, identity);
    const bool absent = presence_attach(calls->presence, subject, identity->connection, !officer, now_us, replaced);
    replace(calls, replaced);
    if (!officer) {
        g_auto(Turn) turn = {0};
        g_autoptr(GError) error = NULL;
        if (!turn_begin_locked(&turn, calls, identity->interview, &error)) {
            g_warning("event=turn_failed interview=%s reason=\"%s\"", identity->interview, error->message);
        }
    }
    if (absent) {
        calls_each_interview_of(calls, subject, came);
    }
    g_mutex_unlock(&calls->lock);
}

struct session_connections {
    const char *session;
    GArray *connections; /* uint64_t */
};

static void collect_session(const struct rpc_caller *caller, void *context)
{
    struct session_connections *found = context;
    if (g_strcmp0(caller->session, found->session) == 0) {
        g_array_append_val(found->connections, caller->connection);
    }
}

void calls_sign_out(struct calls *calls, const struct rpc_caller *caller)
{
    g_autoptr(GArray) connections = g_array_new(FALSE, FALSE, sizeof(uint64_t));
    struct session_connections found = {.session = caller->session, .connections = connections};
    g_mutex_lock(&calls->lock);
    hub_each(calls->service->hub, ~(unsigned)RPC_ANYONE, collect_session, &found);
    for (guint i = 0; i < connections->len; i++) {
        const uint64_t connection = g_array_index(connections, uint64_t, i);
        hub_detach(calls->service->hub, connection);
        presence_leave(calls->presence, connection, g_get_real_time());
    }
    g_mutex_unlock(&calls->lock);
}

/* ---- the server ---- */

unsigned calls_running(struct calls *calls)
{
    unsigned running = 0;
    GHashTableIter iter;
    void *value;
    g_mutex_lock(&calls->lock);
    g_hash_table_iter_init(&iter, calls->by_interview);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct call *call = value;
        running += call->state == INTERVIEW_IN_CALL && calls_has_present(calls, call, CALLS_ANYBODY);
    }
    g_mutex_unlock(&calls->lock);
    return running;
}

void calls_stop(struct calls *calls)
{
    GHashTableIter iter;
    void *value;
    g_mutex_lock(&calls->lock);
    calls->stopped = true;
    g_hash_table_iter_init(&iter, calls->by_interview);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        stage_close(calls, value, "ended");
    }
    stage_test_sweep(calls, INT64_MAX);
    g_mutex_unlock(&calls->lock);
}

/* ---- beginning and end ---- */

/* Whoever was there before the restart has a grace to come back. */
static bool pick_up(struct calls *calls, const struct store_interview *interview, GError **error)
{
    if (interview->state == INTERVIEW_SCHEDULED) {
        return true;
    }
    g_auto(Turn) turn = {0};
    if (!turn_begin_locked(&turn, calls, interview->id, error)) {
        return false;
    }
    for (guint i = 0; i < turn.parties->len; i++) {
        const struct store_party *party = g_ptr_array_index(turn.parties, i);
        if (party->ready || party->admitted) {
            struct call_party *live = turn_live(&turn, party);
            live->invited = interview->state == INTERVIEW_RINGING;
            presence_expect(calls->presence, live->subject, turn.now_us);
        }
    }
    return true;
}

struct calls *calls_new(struct service *service, GError **error)
{
    struct calls *calls = g_new0(struct calls, 1);
    calls->service = service;
    g_mutex_init(&calls->lock);
    g_mutex_init(&calls->queue_lock);
    g_cond_init(&calls->queue_filled);
    g_queue_init(&calls->queue);
    calls->by_interview = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, call_free);
    calls->presence = presence_new((int64_t)service->config->interview.grace_s * G_USEC_PER_SEC);
    calls->tests = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, stage_test_free);
    calls->up_since_us = g_get_real_time();
    calls->version = (uint64_t)calls->up_since_us / 1000;

    g_autoptr(GPtrArray) live = store_interview_live(service->store, error);
    bool ok = live != NULL;
    for (guint i = 0; ok && i < live->len; i++) {
        ok = pick_up(calls, g_ptr_array_index(live, i), error);
    }
    if (!ok) {
        calls_free(calls);
        return NULL;
    }
    calls->thread = g_thread_new("calls", run, calls);
    return calls;
}

void calls_free(struct calls *calls)
{
    if (calls == NULL) {
        return;
    }
    if (calls->thread != NULL) {
        g_mutex_lock(&calls->queue_lock);
        calls->closing = true;
        g_cond_signal(&calls->queue_filled);
        g_mutex_unlock(&calls->queue_lock);
        g_thread_join(calls->thread);
    }
    g_queue_clear_full(&calls->queue, g_free);
    g_hash_table_unref(calls->tests);
    g_hash_table_unref(calls->by_interview);
    presence_free(calls->presence);
    g_cond_clear(&calls->queue_filled);
    g_mutex_clear(&calls->queue_lock);
    g_mutex_clear(&calls->lock);
    g_free(calls);
}
