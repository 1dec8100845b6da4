/* conduct_fixture: the interview "i", its applicant, the officer "here" (`first`) with two colleagues, and one of
 * another mission. */
#pragma once

#include "signaling/calls_private.h"
#include "tests/unit/signaling/call_fixture.h"

static struct rpc_caller first, second, third, stranger, applicant;

/* A colleague of the officer "here". */
static inline struct rpc_caller colleague(const char *id)
{
    struct rpc_caller caller = {.connection = hub_open(fixture->service.hub, "127.0.0.1"),
                                .role = RPC_OFFICER,
                                .session = id,
                                .officer = id,
                                .mission = "here",
                                .address = "127.0.0.1"};
    calls_attach(fixture->service.calls, &caller);
    return caller;
}

static inline int setup(void **state)
{
    (void)state;
    fixture = fixture_new();
    static const char *const ids[] = {"second", "third"};
    for (size_t i = 0; i < G_N_ELEMENTS(ids); i++) {
        const struct store_officer officer = {.id = (char *)ids[i],
                                              .mission = (char *)"here",
                                              .login = (char *)ids[i],
                                              .name = (char *)ids[i],
                                              .password_hash = (char *)"none"};
        g_assert_true(store_officer_add(fixture->service.store, &officer, NULL));
    }
    fixture_add_interview(fixture, "i", g_get_real_time());
    first = fixture_connect(fixture, RPC_OFFICER, "here", NULL);
    second = colleague("second");
    third = colleague("third");
    stranger = fixture_connect(fixture, RPC_OFFICER, "elsewhere", NULL);
    applicant = fixture_connect(fixture, RPC_APPLICANT, "i-a", "i");
    return 0;
}

static inline void begin_call_of(const char *interview, const struct rpc_caller *guest,
                                 const struct rpc_caller *officer)
{
    assert_call("ok", guest, "interview.ready", json_object());
    assert_call("ok", officer, "call.start", fixture_of(interview));
    assert_call("ok", guest, "call.accept", json_object());
}

static inline void begin_call(void)
{
    begin_call_of("i", &applicant, &first);
}

static inline json_t *with(const char *name, const char *value)
{
    return json_pack("{s:s, s:s}", "interview_id", "i", name, value);
}

static inline json_t *view(void)
{
    json_t *reply = fixture_call(fixture, &first, "interview.get", fixture_of("i"));
    json_t *result = json_incref(json_object_get(reply, "result"));
    json_decref(reply);
    return result;
}

/* The id in one of the view's members {"id", …}; NULL: null. Caller frees. */
static inline char *id_of(const char *member)
{
    json_t *interview = view();
    char *id = g_strdup(json_string_value(json_object_get(json_object_get(interview, member), "id")));
    json_decref(interview);
    return id;
}

#define assert_id(expected, member)                                                                                    \
    do {                                                                                                               \
        g_autofree char *id_ = id_of(member);                                                                          \
        assert_true(g_strcmp0(id_, expected) == 0);                                                                    \
    } while (false)

static inline void join(const struct rpc_caller *caller)
{
    assert_call("ok", caller, "media.join", join_params(caller));
}

/* As the media engine tells when DTLS is up. */
static inline void connects(const struct rpc_caller *caller)
{
    struct calls *calls = fixture->service.calls;
    const char *subject = caller->role == RPC_OFFICER ? caller->officer : caller->party;
    media_room_id room = 0;
    media_peer_id peer = 0;
    g_mutex_lock(&calls->lock);
    const struct call *call = calls_get(calls, "i");
    for (guint i = 0; i < call->parties->len; i++) {
        const struct call_party *party = g_ptr_array_index(call->parties, i);
        if (g_str_equal(party->subject, subject)) {
            room = call->room;
            peer = party->peer;
        }
    }
    g_mutex_unlock(&calls->lock);
    assert_true(peer != 0);
    const struct media_listener listener = calls_media_listener(calls);
    listener.peer_state(listener.context, room, peer, MEDIA_PEER_CONNECTED, MEDIA_CLOSE_LEFT);
    tick_in(0);
}

/* The connection closes and the grace runs out. */
static inline void lose(const struct rpc_caller *caller)
{
    fixture_disconnect(fixture, caller);
    tick_in(0);
    tick_in(fixture->config->interview.grace_s + 1);
}
