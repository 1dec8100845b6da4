#include "signaling/stage.h"

#include "signaling/calls_private.h"
#include "signaling/conduct.h"
#include "signaling/failure.h"
#include "signaling/quality.h"
#include "signaling/view.h"

/* ---- telling ---- */

/* To the page that joined, or, when its connection is another by now, to all of the party's. `except` is told nothing.
 */
static void tell(struct calls *calls, const struct call_party *party, uint64_t except, const char *text)
{
    if (g_strcmp0(presence_subject(calls->presence, party->connection), party->subject) != 0) {
        calls_tell(calls, party->subject, except, text);
    } else if (party->connection != except) {
        hub_send(calls->service->hub, party->connection, g_strdup(text));
    }
}

static void tell_closed(struct calls *calls, const struct call *call, const struct call_party *party,
                        const char *reason, uint64_t except)
{
    g_autofree char *text =
        rpc_notification("media.closed", json_pack("{s:s, s:s}", "interview_id", call->id, "reason", reason));
    tell(calls, party, except, text);
}

static struct call_party *party_of_peer(const struct call *call, media_peer_id peer)
{
    for (guint i = 0; peer != 0 && i < call->parties->len; i++) {
        struct call_party *party = g_ptr_array_index(call->parties, i);
        if (party->peer == peer) {
            return party;
        }
    }
    return NULL;
}

static json_t *slots_json(const struct call *call, const struct call_party *party)
{
    json_t *slots = json_array();
    for (unsigned i = 0; i < party->slot_count; i++) {
        const struct call_party *source = party_of_peer(call, party->slots[i].source);
        json_array_append_new(slots, json_pack("{s:i, s:s?, s:s?, s:s?}", "index", (int)party->slots[i].index,
                                               "party_id", source != NULL ? source->id : NULL, "role",
                                               source != NULL ? view_role_name(source->role) : NULL, "name",
                                               source != NULL ? source->name : NULL));
    }
    return slots;
}

/* ---- joining and leaving ---- */

static bool may_join(const struct turn *turn, GError **error)
{
    const struct service *service = turn->service;
    const bool draining = g_atomic_int_get(&service->draining) != 0;
    if (turn->calls->stopped || (draining && turn->interview->state != INTERVIEW_IN_CALL)) {
        rpc_set_error(error, RPC_ERROR_DRAINING, NULL, "the server is about to stop: no new calls; try again soon");
        return false;
    }
    return true;
}

static void forget_peer(struct call_party *party)
{
    party->peer = 0;
    party->slot_count = 0;
    g_clear_pointer(&party->microphone, g_free);
    g_clear_pointer(&party->camera, g_free);
}

bool stage_leave(struct calls *calls, struct call *call, struct call_party *party, const char *reason, uint64_t except)
{
    if (party->peer == 0) {
        return false;
    }
    media_leave(calls->service->media, party->peer);
    forget_peer(party);
    tell_closed(calls, call, party, reason, except);
    return true;
}

void stage_close(struct calls *calls, struct call *call, const char *reason)
{
    for (guint i = 0; i < call->parties->len; i++) {
        stage_leave(calls, call, g_ptr_array_index(call->parties, i), reason, 0);
    }
    if (call->room != 0) {
        media_room_close(calls->service->media, call->room);
        call->room = 0;
    }
}

/* How the others' microphones and cameras are, for somebody who has just come. */
static void tell_states(const struct turn *turn, const struct call_party *newcomer)
{
    for (guint i = 0; i < turn->call->parties->len; i++) {
        const struct call_party *party = g_ptr_array_index(turn->call->parties, i);
        if (party != newcomer && party->peer != 0 && party->microphone != NULL) {
            hub_send(turn->service->hub, newcomer->connection,
                     rpc_notification("party.media",
                                      json_pack("{s:s, s:s, s:s, s:s}", "interview_id", turn->call->id, "party_id",
                                                party->id, "microphone", party->microphone, "camera", party->camera)));
        }
    }
}

/* A full room has no place for both officers of a hand-over: the first leaves a moment before the second has joined. */
static bool make_place(struct turn *turn, const struct store_party *newcomer, GError **error)
{
    unsigned peers = 0;
    for (guint i = 0; i < turn->call->parties->len; i++) {
        const struct call_party *party = g_ptr_array_index(turn->call->parties, i);
        peers += party->peer != 0 && !g_str_equal(party->id, newcomer->id);
    }
    const bool full = peers >= MEDIA_PARTIES_MAX && newcomer->role == STORE_OFFICER &&
                      g_strcmp0(turn->conduct->assigned, newcomer->officer) == 0;
    return !full || conduct_release_others(turn, newcomer->officer, error);
}

/* The earlier peer goes first: the room has a place for each party, not for two pages of one. It stays for an offer
 * that is no use. */
bool stage_join(struct turn *turn, const struct store_party *row, const char *sdp, char **answer_sdp, json_t **slots,
                GError **error)
{
    struct calls *calls = turn->calls;
    struct call *call = turn->call;
    struct call_party *party = turn_live(turn, row);
    struct media_answer answer = {0};
    GError *cause = NULL;
    if (!may_join(turn, error)) {
        return false;
    }
    if (!media_check_offer(turn->service->media, sdp, &cause)) {
        failure_media(error, cause);
        return false;
    }
    if (!make_place(turn, row, error)) {
        return false;
    }
    turn->changed |= stage_leave(calls, call, party, "replaced", turn->caller->connection);
    if ((call->room == 0 && !media_room_open(turn->service->media, &call->room, &cause)) ||
        !media_join(turn->service->media, call->room, sdp, &answer, &cause)) {
        failure_media(error, cause);
        return false;
    }
    party->peer = answer.peer;
    party->state = MEDIA_PEER_CONNECTING;
    party->connection = 0; /* until the answer is out, nobody is told of slots */
    calls_drain(calls);
    party->connection = turn->caller->connection;
    tell_states(turn, party);
    g_message("event=media_joined interview=%s party=%s room=%016" G_GINT64_MODIFIER "x peer=%016" G_GINT64_MODIFIER
              "x",
              call->id, party->id, call->room, answer.peer);
    *answer_sdp = g_steal_pointer(&answer.sdp);
    *slots = slots_json(call, party);
    media_answer_clear(&answer);
    turn->changed = true;
    return true;
}

bool stage_restart(struct turn *turn, const struct store_party *row, const char *sdp, char **answer_sdp, GError **error)
{
    const struct call_party *party = turn_live(turn, row);
    GError *cause = NULL;
    if (party->peer == 0) {
        rpc_set_error(error, RPC_ERROR_PEER_GONE, NULL, "there is no media to restart: join anew");
        return false;
    }
    if (!media_restart_ice(turn->service->media, party->peer, sdp, answer_sdp, &cause)) {
        failure_media(error, cause);
        return false;
    }
    return true;
}

/* ---- what the engine tells ---- */

static struct call *call_of_room(struct calls *calls, media_room_id room)
{
    GHashTableIter iter;
    void *value;
    g_hash_table_iter_init(&iter, calls->by_interview);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        struct call *call = value;
        if (call->room == room) {
            return call;
        }
    }
    return NULL;
}

/* NULL for test rooms, and for peers that have been replaced or ended here. */
static struct call_party *find_peer(struct calls *calls, media_room_id room, media_peer_id peer, struct call **call)
{
    *call = call_of_room(calls, room);
    return *call != NULL ? party_of_peer(*call, peer) : NULL;
}

void stage_peer_state(struct calls *calls, media_room_id room, media_peer_id peer, enum media_peer_state state,
                      enum media_close_reason reason)
{
    struct call *call;
    struct call_party *party = find_peer(calls, room, peer, &call);
    if (party == NULL) {
        return;
    }
    party->state = state;
    if (state == MEDIA_PEER_CLOSED) {
        g_message("event=media_closed interview=%s party=%s reason=%s", call->id, party->id,
                  media_close_reason_name(reason));
        forget_peer(party);
        tell_closed(calls, call, party, media_close_reason_name(reason), 0);
    }
    g_auto(Turn) turn = {0};
    g_autoptr(GError) error = NULL;
    if (turn_begin_locked(&turn, calls, call->id, &error)) {
        turn.changed = true;
        if (state == MEDIA_PEER_CONNECTED) {
            conduct_joined(&turn, party->id);
        }
    } else {
        g_warning("event=turn_failed interview=%s reason=\"%s\"", call->id, error->message);
    }
}

void stage_peer_slots(struct calls *calls, media_room_id room, media_peer_id peer, const struct media_slot *slots,
                      unsigned count)
{
    struct call *call;
    struct call_party *party = find_peer(calls, room, peer, &call);
    if (party == NULL) {
        return;
    }
    party->slot_count = count;
    for (unsigned i = 0; i < count; i++) {
        party->slots[i] = slots[i];
    }
    if (party->connection != 0) {
        g_autofree char *text = rpc_notification(
            "media.slots", json_pack("{s:s, s:o}", "interview_id", call->id, "slots", slots_json(call, party)));
        tell(calls, party, 0, text);
    }
}

/* ---- connection tests ---- */

struct stage_test {
    media_room_id room;
    int64_t expires_us;
};

void stage_test_free(void *test)
{
    g_free(test);
}

bool stage_test(struct turn *turn, const char *sdp, char **answer_sdp, GError **error)
{
    struct calls *calls = turn->calls;
    struct media_engine *media = turn->service->media;
    struct media_answer answer = {0};
    media_room_id room = 0;
    GError *cause = NULL;
    if (!may_join(turn, error)) {
        return false;
    }
    stage_test_end(calls, turn->self->id);
    if (!media_room_open(media, &room, &cause) || !media_join(media, room, sdp, &answer, &cause)) {
        if (room != 0) {
            media_room_close(media, room);
        }
        failure_media(error, cause);
        return false;
    }
    struct stage_test *test = g_new0(struct stage_test, 1);
    test->room = room;
    test->expires_us = turn->now_us + (int64_t)turn->service->config->interview.test_call_s * G_USEC_PER_SEC;
    g_hash_table_insert(calls->tests, g_strdup(turn->self->id), test);
    *answer_sdp = g_steal_pointer(&answer.sdp);
    media_answer_clear(&answer);
    return true;
}

void stage_test_end(struct calls *calls, const char *party)
{
    const struct stage_test *test = g_hash_table_lookup(calls->tests, party);
    if (test != NULL) {
        media_room_close(calls->service->media, test->room);
        g_hash_table_remove(calls->tests, party);
    }
}

void stage_test_sweep(struct calls *calls, int64_t now_us)
{
    GHashTableIter iter;
    void *value;
    g_hash_table_iter_init(&iter, calls->tests);
    while (g_hash_table_iter_next(&iter, NULL, &value)) {
        const struct stage_test *test = value;
        if (test->expires_us <= now_us) {
            media_room_close(calls->service->media, test->room);
            g_hash_table_iter_remove(&iter);
        }
    }
}

/* ---- quality ---- */

void stage_tell_quality(struct calls *calls, struct call *call)
{
    struct media_peer_stats stats[MEDIA_PARTIES_MAX];
    const unsigned count = media_room_stats(calls->service->media, call->room, stats);
    json_t *parties = json_array();
    for (guint i = 0; i < call->parties->len; i++) {
        const struct call_party *party = g_ptr_array_index(call->parties, i);
        const struct media_peer_stats *own = NULL;
        for (unsigned s = 0; s < count && party->peer != 0; s++) {
            own = stats[s].peer == party->peer ? &stats[s] : own;
        }
        if (own != NULL) {
            json_array_append_new(parties, quality_json(party->id, own));
        }
    }
    g_autofree char *text =
        rpc_notification("call.quality", json_pack("{s:s, s:o}", "interview_id", call->id, "parties", parties));
    for (guint i = 0; i < call->parties->len; i++) {
        const struct call_party *party = g_ptr_array_index(call->parties, i);
        if (party->peer != 0) {
            tell(calls, party, 0, text);
        }
    }
}
