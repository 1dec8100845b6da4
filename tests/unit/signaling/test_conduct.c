/* Several officers and one interview: whose it is, handing it over, guardians, scripts, opinions, hints. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "signaling/calls_private.h"
#include "signaling/policy.h"
#include "tests/support/synthetic_peer.h"
#include "tests/unit/signaling/service_fixture.h"

static struct fixture *fixture;
static struct rpc_caller first, second, third, stranger, applicant;

/* A colleague of the officer "here". */
static struct rpc_caller colleague(const char *id)
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

static int setup(void **state)
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

static int teardown(void **state)
{
    (void)state;
    fixture_free(fixture);
    return 0;
}

#define assert_call(expected, caller, method, params)                                                                  \
    do {                                                                                                               \
        g_autofree char *code_ = fixture_code(fixture, caller, method, params);                                        \
        if (strcmp(code_, expected) != 0) {                                                                            \
            fail_msg("%s: %s instead of %s", method, code_, expected);                                                 \
        }                                                                                                              \
    } while (false)

static void begin_call_of(const char *interview, const struct rpc_caller *guest, const struct rpc_caller *officer)
{
    assert_call("ok", guest, "interview.ready", json_object());
    assert_call("ok", officer, "call.start", fixture_of(interview));
    assert_call("ok", guest, "call.accept", json_object());
}

static void begin_call(void)
{
    begin_call_of("i", &applicant, &first);
}

static json_t *with(const char *name, const char *value)
{
    return json_pack("{s:s, s:s}", "interview_id", "i", name, value);
}

static json_t *view(void)
{
    json_t *reply = fixture_call(fixture, &first, "interview.get", fixture_of("i"));
    json_t *result = json_incref(json_object_get(reply, "result"));
    json_decref(reply);
    return result;
}

/* The id in one of the view's members {"id", …}; NULL: null. Caller frees. */
static char *id_of(const char *member)
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

/* Which officers the interview's view has, by name. */
static char *officers_in_view(void)
{
    json_t *interview = view(), *party;
    GString *names = g_string_new(NULL);
    size_t index;
    json_array_foreach(json_object_get(interview, "parties"), index, party)
    {
        if (g_strcmp0(json_string_value(json_object_get(party, "role")), "officer") == 0) {
            g_string_append_printf(names, "%s%s", names->len > 0 ? "," : "",
                                   json_string_value(json_object_get(party, "name")));
        }
    }
    json_decref(interview);
    return g_string_free(names, FALSE);
}

#define assert_officers(expected)                                                                                      \
    do {                                                                                                               \
        g_autofree char *officers_ = officers_in_view();                                                               \
        assert_string_equal(officers_, expected);                                                                      \
    } while (false)

static void join(const struct rpc_caller *caller)
{
    struct synthetic_peer *peer = synthetic_peer_new(&(const struct synthetic_config){.slots = 3}, NULL);
    g_autofree char *sdp = synthetic_peer_offer(peer);
    synthetic_peer_free(peer);
    json_t *params = json_pack("{s:s}", "sdp", sdp);
    if (caller->role == RPC_OFFICER) {
        json_object_set_new(params, "interview_id", json_string("i"));
    }
    assert_call("ok", caller, "media.join", params);
}

static void tick_in(int64_t seconds)
{
    calls_tick(fixture->service.calls, g_get_real_time() + seconds * SECOND_US);
}

/* As the media engine tells when DTLS is up. */
static void connects(const struct rpc_caller *caller)
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

static unsigned peers(void)
{
    struct media_engine_stats stats;
    media_engine_stats(fixture->service.media, &stats);
    return stats.peers;
}

/* ---- handing over ---- */

static void the_first_officer_leaves_when_the_second_has_joined_and_not_before(void **state)
{
    (void)state;
    begin_call();
    join(&applicant);
    join(&first);
    assert_id("here", "assigned");
    fixture_was_told(fixture, &second, "");
    assert_call("ok", &first, "call.hand_over", with("officer_id", "second"));
    assert_true(fixture_was_told(fixture, &second, "call.offered"));
    assert_false(fixture_was_told(fixture, &third, "call.offered"));
    assert_id("second", "offered");
    assert_officers("Chen Jing");

    assert_call("ok", &second, "call.take_over", fixture_of("i"));
    assert_officers("Chen Jing,second");
    assert_id("second", "assigned");
    assert_id(NULL, "offered");
    join(&second);
    connects(&first); /* as after a reload: that is not the second's joining */
    assert_officers("Chen Jing,second");
    assert_int_equal(peers(), 3);
    fixture_was_told(fixture, &first, "");
    connects(&second);
    assert_officers("second");
    assert_int_equal(peers(), 2);
    json_t *closed = fixture_told(fixture, &first, "media.closed");
    assert_string_equal(json_string_value(json_object_get(closed, "reason")), "handed_over");
    json_decref(closed);
    assert_int_equal(fixture_state(fixture, "i"), INTERVIEW_IN_CALL);
    assert_call("not_admitted", &first, "call.hint",
                json_pack("{s:s, s:s, s:s}", "interview_id", "i", "party_id", "i-a", "hint", "unmute"));
    assert_call("ok", &second, "call.end", with("outcome", "identity_confirmed"));
}

static void only_who_was_offered_a_call_takes_it_over_while_it_has_an_officer(void **state)
{
    (void)state;
    assert_call("wrong_state", &second, "call.take_over", fixture_of("i"));
    assert_call("wrong_state", &first, "call.hand_over", with("officer_id", "second"));
    begin_call();
    assert_call("forbidden", &second, "call.take_over", fixture_of("i"));
    assert_call("not_admitted", &second, "call.hand_over", with("officer_id", "third"));
    assert_call("not_found", &first, "call.hand_over", with("officer_id", "elsewhere"));
    assert_call("not_found", &first, "call.hand_over", with("officer_id", "nobody"));
    assert_call("busy", &first, "call.hand_over", with("officer_id", "here"));
    assert_call("ok", &first, "call.hand_over", with("officer_id", "second"));
    assert_call("forbidden", &third, "call.take_over", fixture_of("i"));
    assert_call("not_found", &stranger, "call.take_over", fixture_of("i"));
    assert_call("forbidden", &applicant, "call.take_over", fixture_of("i"));
    assert_call("ok", &first, "call.hand_over", with("officer_id", "third")); /* instead */
    assert_call("forbidden", &second, "call.take_over", fixture_of("i"));
    assert_call("ok", &third, "call.take_over", fixture_of("i"));
    assert_call("ok", &third, "call.take_over", fixture_of("i")); /* once more changes nothing */
    assert_call("forbidden", &first, "call.hand_over", with("officer_id", "second"));
    assert_call("busy", &third, "call.hand_over", with("officer_id", "here")); /* who is still in it */
    assert_officers("Chen Jing,third");
    assert_call("ok", &third, "call.abort", with("reason", "enough"));
    assert_call("interview_over", &second, "call.take_over", fixture_of("i"));
}

static void an_offer_ends_by_itself_and_an_officer_in_a_call_or_away_gets_none(void **state)
{
    (void)state;
    begin_call();
    assert_call("ok", &first, "call.hand_over", with("officer_id", "second"));
    fixture_was_told(fixture, &first, "");
    tick_in(fixture->config->interview.ring_timeout_s + 1);
    assert_true(fixture_was_told(fixture, &first, "interview.changed"));
    assert_id(NULL, "offered");
    assert_call("forbidden", &second, "call.take_over", fixture_of("i"));

    fixture_add_interview(fixture, "j", g_get_real_time());
    const struct rpc_caller other = fixture_connect(fixture, RPC_APPLICANT, "j-a", "j");
    assert_call("ok", &first, "call.hand_over", with("officer_id", "second"));
    begin_call_of("j", &other, &second);
    assert_call("busy", &second, "call.take_over", fixture_of("i"));
    assert_call("busy", &first, "call.hand_over", with("officer_id", "second"));
    assert_call("ok", &third, "session.end", json_object());
    tick_in(0);
    assert_call("busy", &first, "call.hand_over", with("officer_id", "third"));
    assert_officers("Chen Jing");
}

/* The connection closes and the grace runs out. */
static void lose(const struct rpc_caller *caller)
{
    fixture_disconnect(fixture, caller);
    tick_in(0);
    tick_in(fixture->config->interview.grace_s + 1);
}

static void a_second_officer_who_is_lost_before_joining_leaves_the_call_to_the_first(void **state)
{
    (void)state;
    begin_call();
    join(&applicant);
    join(&first);
    assert_call("ok", &first, "call.hand_over", with("officer_id", "second"));
    assert_call("ok", &second, "call.take_over", fixture_of("i"));
    lose(&second);
    assert_officers("Chen Jing");
    assert_id("here", "assigned");
    assert_int_equal(peers(), 2);
    assert_false(fixture_was_told(fixture, &third, "call.unattended"));
    assert_call("ok", &first, "call.hand_over", with("officer_id", "third"));
}

static void a_first_officer_who_is_lost_leaves_the_call_to_the_second(void **state)
{
    (void)state;
    begin_call();
    assert_call("ok", &first, "call.hand_over", with("officer_id", "second"));
    assert_call("ok", &second, "call.take_over", fixture_of("i"));
    lose(&first);
    first = fixture_connect(fixture, RPC_OFFICER, "here", NULL);
    assert_officers("second");
    assert_id("second", "assigned");
    assert_int_equal(fixture_state(fixture, "i"), INTERVIEW_IN_CALL);
}

static void a_call_without_an_officer_is_told_and_taken_over_by_another(void **state)
{
    (void)state;
    begin_call();
    join(&applicant);
    join(&first);
    fixture_was_told(fixture, &second, "");
    lose(&first);
    json_t *told = fixture_told(fixture, &second, "call.unattended");
    assert_string_equal(json_string_value(json_object_get(told, "interview_id")), "i");
    json_decref(told);
    assert_false(fixture_was_told(fixture, &stranger, "call.unattended"));
    assert_false(fixture_was_told(fixture, &applicant, "call.unattended"));
    assert_int_equal(fixture_state(fixture, "i"), INTERVIEW_IN_CALL);
    assert_call("ok", &second, "call.take_over", fixture_of("i"));
    first = fixture_connect(fixture, RPC_OFFICER, "here", NULL);
    assert_officers("second"); /* who comes back has no part in it any more */
    assert_call("forbidden", &third, "call.take_over", fixture_of("i"));
    assert_call("not_admitted", &first, "media.join", with("sdp", "v=0"));
}

static void a_hand_over_survives_a_restart(void **state)
{
    (void)state;
    begin_call();
    assert_call("ok", &first, "call.hand_over", with("officer_id", "second"));
    assert_call("ok", &second, "call.take_over", fixture_of("i"));
    fixture_stop(fixture);
    fixture_start(fixture);
    first = fixture_connect(fixture, RPC_OFFICER, "here", NULL);
    second = colleague("second");
    assert_officers("Chen Jing,second");
    join(&first);
    connects(&first);
    assert_officers("Chen Jing,second");
    join(&second);
    connects(&second);
    assert_officers("second");
}

static void a_full_room_makes_place_for_the_second_officer(void **state)
{
    (void)state;
    fixture_add_party(fixture, "i", "i-g", STORE_GUARDIAN);
    fixture_add_party(fixture, "i", "i-t", STORE_INTERPRETER);
    const struct rpc_caller others[] = {fixture_connect(fixture, RPC_GUARDIAN, "i-g", "i"),
                                        fixture_connect(fixture, RPC_INTERPRETER, "i-t", "i")};
    for (size_t i = 0; i < G_N_ELEMENTS(others); i++) {
        assert_call("ok", &others[i], "interview.ready", json_object());
    }
    begin_call();
    join(&applicant);
    join(&others[0]);
    join(&others[1]);
    join(&first);
    assert_int_equal(peers(), 4);
    assert_call("ok", &first, "call.hand_over", with("officer_id", "second"));
    assert_call("ok", &second, "call.take_over", fixture_of("i"));
    assert_call("sdp_refused", &second, "media.join", with("sdp", "v=0"));
    assert_officers("Chen Jing,second"); /* not for an offer that is no use */
    join(&second);
    assert_officers("second");
    assert_int_equal(peers(), 4);
}

/* ---- whose it is ---- */

static void an_interview_is_assigned_by_hand_or_by_lot_among_who_is_free(void **state)
{
    (void)state;
    fixture_add_interview(fixture, "j", g_get_real_time());
    const struct rpc_caller other = fixture_connect(fixture, RPC_APPLICANT, "j-a", "j");
    begin_call_of("j", &other, &second); /* in a call */
    fixture_add_interview(fixture, "k", g_get_real_time() + 10 * MINUTE_US);
    assert_call("ok", &first, "interview.assign",
                json_pack("{s:s, s:s}", "interview_id", "k", "officer_id", "here")); /* engaged at that time */
    for (unsigned i = 0; i < 20; i++) {
        assert_call("ok", &first, "interview.assign", fixture_of("i"));
        assert_id("third", "assigned");
    }
    assert_call("ok", &third, "session.end", json_object()); /* away */
    tick_in(0);
    assert_call("busy", &first, "interview.assign", fixture_of("i"));
    assert_id("third", "assigned");
    assert_call("ok", &first, "interview.assign", with("officer_id", "second")); /* by hand whoever is wanted */
    assert_id("second", "assigned");
    assert_call("not_found", &first, "interview.assign", with("officer_id", "elsewhere"));
    assert_call("not_found", &stranger, "interview.assign", with("officer_id", "elsewhere"));
    assert_call("forbidden", &applicant, "interview.assign", fixture_of("i"));
    begin_call();
    assert_id("here", "assigned"); /* who starts the call has it */
    assert_call("wrong_state", &first, "interview.assign", with("officer_id", "second"));
    assert_call("ok", &first, "call.end", with("outcome", "identity_confirmed"));
    assert_call("interview_over", &first, "interview.assign", with("officer_id", "second"));
}

static void the_lot_falls_on_each_of_those_who_are_free(void **state)
{
    (void)state;
    unsigned seen = 0;
    for (unsigned i = 0; i < 100 && seen != 7; i++) {
        assert_call("ok", &first, "interview.assign", fixture_of("i"));
        g_autofree char *id = id_of("assigned");
        seen |= g_str_equal(id, "here") ? 1 : g_str_equal(id, "second") ? 2 : 4;
    }
    assert_int_equal(seen, 7); /* by chance not in one of 10^17 runs */
}

static void the_list_says_who_is_there_and_who_talks(void **state)
{
    (void)state;
    begin_call();
    assert_call("ok", &third, "session.end", json_object());
    tick_in(0);
    json_t *reply = fixture_call(fixture, &first, "officer.list", json_object()), *officer;
    json_t *officers = json_object_get(json_object_get(reply, "result"), "officers");
    assert_int_equal(json_array_size(officers), 3); /* of this mission */
    size_t index;
    json_array_foreach(officers, index, officer)
    {
        const char *id = json_string_value(json_object_get(officer, "id"));
        assert_int_equal(json_is_true(json_object_get(officer, "present")), !g_str_equal(id, "third"));
        assert_int_equal(json_is_true(json_object_get(officer, "in_call")), g_str_equal(id, "here"));
        assert_int_equal(json_is_true(json_object_get(officer, "you")), g_str_equal(id, "here"));
    }
    json_decref(reply);
    assert_call("forbidden", &applicant, "officer.list", json_object());
}

/* ---- the guardian ---- */

static void add_capture(const char *id, const char *interview, const char *party, const char *kind)
{
    struct store_capture capture = {.id = (char *)id,
                                    .interview = (char *)interview,
                                    .party = (char *)party,
                                    .officer = (char *)"here",
                                    .kind = (char *)kind,
                                    .codec = (char *)"VP8",
                                    .room = (char *)"r",
                                    .dtls_fingerprint = (char *)"AB",
                                    .captured_us = 1};
    g_autoptr(GBytes) jpeg = g_bytes_new_static("jpeg", 4);
    g_assert_true(store_capture_add(fixture->service.store, &capture, jpeg, NULL));
}

static json_t *guardian(const char *interview, const char *party, const char *capture)
{
    return json_pack("{s:s, s:s, s:s, s:s}", "interview_id", interview, "party_id", party, "relation", "mother",
                     "capture_id", capture);
}

/* An interview of a child, with its guardian "c-g". */
static void add_child(void)
{
    const struct store_interview interview = {.id = (char *)"c",
                                              .mission = (char *)"here",
                                              .order_ref = (char *)"2026-STO-000002",
                                              .document = (char *)"passport",
                                              .scheduled_us = g_get_real_time(),
                                              .length_min = 20,
                                              .guardian_needed = true,
                                              .version = 1};
    g_assert_true(store_interview_add(fixture->service.store, &interview, NULL));
    fixture_add_party(fixture, "c", "c-a", STORE_APPLICANT);
    fixture_add_party(fixture, "c", "c-g", STORE_GUARDIAN);
}

static void a_childs_interview_ends_with_its_guardian_identified(void **state)
{
    (void)state;
    add_child();
    const struct rpc_caller child = fixture_connect(fixture, RPC_APPLICANT, "c-a", "c");
    add_capture("own", "c", "c-g", "document");
    assert_call("wrong_state", &first, "interview.guardian", guardian("c", "c-g", "own"));
    begin_call_of("c", &child, &first);
    add_capture("childs", "c", "c-a", "document");
    add_capture("face", "c", "c-g", "face");
    add_capture("others", "i", "i-a", "document");
    static const char *const decided[] = {"identity_confirmed", "not_confirmed"};
    for (size_t i = 0; i < G_N_ELEMENTS(decided); i++) {
        assert_call("guardian_missing", &first, "call.end",
                    json_pack("{s:s, s:s, s:s}", "interview_id", "c", "outcome", decided[i], "reason", "why"));
    }
    assert_call("not_admitted", &second, "interview.guardian", guardian("c", "c-g", "own"));
    assert_call("not_found", &stranger, "interview.guardian", guardian("c", "c-g", "own"));
    assert_call("forbidden", &child, "interview.guardian", guardian("c", "c-g", "own"));
    assert_call("invalid_params", &first, "interview.guardian", guardian("c", "c-a", "childs"));
    assert_call("not_found", &first, "interview.guardian", guardian("c", "i-a", "own"));
    assert_call("invalid_params", &first, "interview.guardian", guardian("c", "c-g", "childs"));
    assert_call("invalid_params", &first, "interview.guardian", guardian("c", "c-g", "face"));
    assert_call("not_found", &first, "interview.guardian", guardian("c", "c-g", "others"));
    assert_call("not_found", &first, "interview.guardian", guardian("c", "c-g", "none"));
    assert_call("guardian_missing", &first, "call.end",
                json_pack("{s:s, s:s}", "interview_id", "c", "outcome", "identity_confirmed"));

    fixture_was_told(fixture, &second, "");
    assert_call("ok", &first, "interview.guardian", guardian("c", "c-g", "own"));
    json_t *told = fixture_told(fixture, &second, "interview.changed");
    const char *relation = "", *capture = "";
    assert_int_equal(
        json_unpack(told, "{s:{s:{s:s, s:s}}}", "interview", "guardian", "relation", &relation, "capture_id", &capture),
        0);
    assert_string_equal(relation, "mother");
    assert_string_equal(capture, "own");
    json_decref(told);
    assert_call("ok", &first, "call.end",
                json_pack("{s:s, s:s}", "interview_id", "c", "outcome", "identity_confirmed"));
    assert_call("interview_over", &first, "interview.guardian", guardian("c", "c-g", "own"));
}

static void a_childs_interview_may_go_on_in_person_or_be_broken_off_without(void **state)
{
    (void)state;
    add_child();
    const struct rpc_caller child = fixture_connect(fixture, RPC_APPLICANT, "c-a", "c");
    begin_call_of("c", &child, &first);
    assert_call("ok", &first, "call.end",
                json_pack("{s:s, s:s, s:s}", "interview_id", "c", "outcome", "in_person", "reason", "no guardian"));
}

/* ---- the script ---- */

static struct policies *with_script(const char *text)
{
    g_autofree char *file = g_build_filename(fixture->folder, "here.script", NULL);
    assert_true(g_file_set_contents(file, text, -1, NULL));
    g_autoptr(GError) error = NULL;
    struct policies *policies = policies_load(fixture->folder, &error);
    if (policies == NULL) {
        fail_msg("%s", error->message);
    }
    fixture->service.policies = policies;
    return policies;
}

#define WORDS "en = Why?\nzh_hans = 为什么？\nzh_hant = 為什麼？\n"

static json_t *answered(const char *item, bool done, const char *answer)
{
    return json_pack("{s:s, s:s, s:b, s:s*}", "interview_id", "i", "item_id", item, "done", done, "answer", answer);
}

/* "purpose+ alone-": each item with whether it is done. */
static char *script_of(void)
{
    json_t *reply = fixture_call(fixture, &second, "interview.script", fixture_of("i")), *item;
    GString *text = g_string_new(NULL);
    size_t index;
    json_array_foreach(json_object_get(json_object_get(reply, "result"), "items"), index, item)
    {
        g_string_append_printf(text, "%s%s%s", index > 0 ? " " : "", json_string_value(json_object_get(item, "id")),
                               json_is_null(json_object_get(item, "done")) ? "-" : "+");
    }
    json_decref(reply);
    return g_string_free(text, FALSE);
}

#define assert_script(expected)                                                                                        \
    do {                                                                                                               \
        g_autofree char *script_ = script_of();                                                                        \
        assert_string_equal(script_, expected);                                                                        \
    } while (false)

static void what_the_script_requires_is_done_before_the_end(void **state)
{
    (void)state;
    struct policies *policies =
        with_script("[purpose]\nkind = question\nrequired = true\n" WORDS
                    "[face]\nkind = capture\ncapture = face\n" WORDS "[alone]\nkind = check\nrequired = true\n" WORDS);
    assert_script("purpose- face- alone-");
    assert_call("wrong_state", &first, "interview.answer", answered("purpose", true, "a visit"));
    begin_call();
    json_t *reply = fixture_call(fixture, &first, "call.end", with("outcome", "identity_confirmed"));
    const char *code = "", *one = "", *other = "";
    assert_int_equal(
        json_unpack(reply, "{s:{s:{s:s, s:[s,s!]}}}", "error", "data", "code", &code, "items", &one, &other), 0);
    assert_string_equal(code, "script_open");
    assert_string_equal(one, "purpose");
    assert_string_equal(other, "alone");
    json_decref(reply);

    assert_call("not_admitted", &second, "interview.answer", answered("purpose", true, NULL));
    assert_call("not_found", &stranger, "interview.answer", answered("purpose", true, NULL));
    assert_call("forbidden", &applicant, "interview.answer", answered("purpose", true, NULL));
    assert_call("forbidden", &applicant, "interview.script", json_object());
    assert_call("not_found", &first, "interview.answer", answered("weather", true, NULL));
    assert_call("invalid_params", &first, "interview.answer", answered("purpose", false, "a visit"));
    g_autofree char *book = g_strnfill(2001, 'a');
    assert_call("invalid_params", &first, "interview.answer", answered("purpose", true, book));
    fixture_was_told(fixture, &second, "");
    assert_call("ok", &first, "interview.answer", answered("purpose", true, "a visit"));
    assert_true(fixture_was_told(fixture, &second, "interview.script_changed"));
    assert_call("ok", &first, "interview.answer", answered("alone", true, NULL));
    assert_script("purpose+ face- alone+");
    assert_call("ok", &first, "interview.answer", answered("alone", false, NULL));
    assert_script("purpose+ face- alone-");
    assert_call("script_open", &first, "call.end", with("outcome", "identity_confirmed"));
    assert_call("ok", &first, "interview.answer", answered("alone", true, ""));
    assert_call("ok", &first, "call.end", with("outcome", "identity_confirmed"));
    assert_call("interview_over", &first, "interview.answer", answered("face", true, NULL));
    fixture->service.policies = NULL;
    policies_free(policies);
}

static void what_was_asked_stays_as_it_was_worded_when_the_script_changes(void **state)
{
    (void)state;
    struct policies *before = with_script("[purpose]\nkind = question\n" WORDS "[face]\nkind = check\n" WORDS);
    begin_call();
    assert_call("ok", &first, "interview.answer", answered("purpose", true, "a visit"));
    assert_call("ok", &first, "interview.answer", answered("face", true, NULL));
    struct policies *after =
        with_script("[face]\nkind = check\nen = How?\nzh_hans = 怎么？\nzh_hant = 怎麼？\n[new]\nkind = check\n" WORDS);
    assert_script("face+ new- purpose+");
    json_t *reply = fixture_call(fixture, &first, "interview.script", fixture_of("i"));
    const char *worded = "", *answer = "";
    assert_int_equal(json_unpack(reply, "{s:{s:[{s:{s:s}}, {}, {s:{s:s}}]}}", "result", "items", "text", "en", &worded,
                                 "done", "answer", &answer),
                     0);
    assert_string_equal(worded, "Why?");
    assert_string_equal(answer, "a visit");
    json_decref(reply);
    fixture->service.policies = NULL;
    policies_free(before);
    policies_free(after);
}

/* ---- opinions ---- */

static void an_opinion_is_asked_of_somebody_else_and_given_by_that_one_alone(void **state)
{
    (void)state;
    assert_call("wrong_state", &first, "interview.ask_opinion", with("officer_id", "second"));
    begin_call();
    assert_call("forbidden", &second, "interview.opinion", with("opinion", "agree"));
    assert_call("forbidden", &second, "interview.ask_opinion", with("officer_id", "third")); /* not theirs to ask */
    assert_call("forbidden", &first, "interview.ask_opinion", with("officer_id", "here"));
    assert_call("not_found", &first, "interview.ask_opinion", with("officer_id", "elsewhere"));
    assert_call("ok", &first, "interview.ask_opinion", with("officer_id", "second"));
    json_t *told = fixture_told(fixture, &second, "interview.opinion_asked");
    assert_non_null(told);
    json_decref(told);
    assert_false(fixture_was_told(fixture, &third, "interview.opinion_asked"));
    assert_call("forbidden", &third, "interview.opinion", with("opinion", "agree"));
    assert_call("forbidden", &first, "interview.opinion", with("opinion", "agree"));
    assert_call("not_found", &stranger, "interview.opinion", with("opinion", "agree"));
    assert_call("invalid_params", &second, "interview.opinion", with("opinion", "perhaps"));
    g_autofree char *book = g_strnfill(501, 'a');
    assert_call("invalid_params", &second, "interview.opinion",
                json_pack("{s:s, s:s, s:s}", "interview_id", "i", "opinion", "agree", "reason", book));
    assert_call("ok", &first, "call.end", with("outcome", "identity_confirmed"));
    assert_call("ok", &second, "interview.opinion", with("opinion", "disagree")); /* also after the end */
    assert_call("conflict", &second, "interview.opinion", with("opinion", "agree"));
    assert_call("conflict", &first, "interview.ask_opinion", with("officer_id", "third"));
    json_t *interview = view();
    const char *opinion = "", *by = "";
    json_unpack(interview, "{s:{s:s, s:{s:s}}}", "opinion", "opinion", &opinion, "officer", "id", &by);
    assert_string_equal(opinion, "disagree");
    assert_string_equal(by, "second");
    json_decref(interview);
}

static void nobody_has_a_second_opinion_on_an_interview_of_their_own(void **state)
{
    (void)state;
    begin_call();
    assert_call("ok", &first, "interview.ask_opinion", with("officer_id", "second"));
    assert_call("ok", &first, "call.hand_over", with("officer_id", "second"));
    assert_call("ok", &second, "call.take_over", fixture_of("i")); /* and now it is */
    assert_call("forbidden", &second, "interview.opinion", with("opinion", "agree"));
    join(&second);
    connects(&second);
    assert_call("forbidden", &second, "interview.ask_opinion", with("officer_id", "here")); /* it was theirs */
    assert_call("ok", &second, "interview.ask_opinion", with("officer_id", "third"));
    assert_call("ok", &third, "interview.opinion", with("opinion", "agree"));
}

/* ---- hints ---- */

static json_t *hint(const char *party, const char *what)
{
    return json_pack("{s:s, s:s, s:s}", "interview_id", "i", "party_id", party, "hint", what);
}

static void a_hint_reaches_its_party_alone_and_not_too_often(void **state)
{
    (void)state;
    fixture_add_party(fixture, "i", "i-g", STORE_GUARDIAN);
    const struct rpc_caller parent = fixture_connect(fixture, RPC_GUARDIAN, "i-g", "i");
    assert_call("wrong_state", &first, "call.hint", hint("i-a", "unmute"));
    begin_call();
    assert_call("invalid_params", &first, "call.hint", hint("i-a", "dance"));
    assert_call("not_admitted", &second, "call.hint", hint("i-a", "unmute"));
    assert_call("not_admitted", &first, "call.hint", hint("i-g", "unmute"));
    assert_call("forbidden", &applicant, "call.hint", hint("i-a", "unmute"));
    assert_call("not_found", &stranger, "call.hint", hint("i-a", "unmute"));
    g_autofree char *own = NULL;
    json_t *interview = view();
    own = g_strdup(json_string_value(json_object_get(json_object_get(interview, "you"), "party_id")));
    json_decref(interview);
    assert_call("invalid_params", &first, "call.hint", hint(own, "unmute"));

    assert_call("ok", &first, "call.hint", hint("i-a", "less_glare"));
    json_t *told = fixture_told(fixture, &applicant, "call.hint");
    const char *what = "", *from = "";
    assert_int_equal(json_unpack(told, "{s:s, s:s!}", "hint", &what, "from", &from), 0);
    assert_string_equal(what, "less_glare");
    assert_string_equal(from, "Chen Jing");
    json_decref(told);
    assert_false(fixture_was_told(fixture, &parent, "call.hint"));
    unsigned shown = 1;
    for (unsigned i = 0; i < 20; i++) {
        g_autofree char *code = fixture_code(fixture, &first, "call.hint", hint("i-a", "closer"));
        shown += g_str_equal(code, "ok");
        assert_true(g_str_equal(code, "ok") || g_str_equal(code, "rate_limited"));
    }
    assert_true(shown < 10);
    lose(&applicant);
    assert_call("peer_gone", &first, "call.hint", hint("i-a", "closer"));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(the_first_officer_leaves_when_the_second_has_joined_and_not_before),
        TEST(only_who_was_offered_a_call_takes_it_over_while_it_has_an_officer),
        TEST(an_offer_ends_by_itself_and_an_officer_in_a_call_or_away_gets_none),
        TEST(a_second_officer_who_is_lost_before_joining_leaves_the_call_to_the_first),
        TEST(a_first_officer_who_is_lost_leaves_the_call_to_the_second),
        TEST(a_call_without_an_officer_is_told_and_taken_over_by_another),
        TEST(a_hand_over_survives_a_restart),
        TEST(a_full_room_makes_place_for_the_second_officer),
        TEST(an_interview_is_assigned_by_hand_or_by_lot_among_who_is_free),
        TEST(the_lot_falls_on_each_of_those_who_are_free),
        TEST(the_list_says_who_is_there_and_who_talks),
        TEST(a_childs_interview_ends_with_its_guardian_identified),
        TEST(a_childs_interview_may_go_on_in_person_or_be_broken_off_without),
        TEST(what_the_script_requires_is_done_before_the_end),
        TEST(what_was_asked_stays_as_it_was_worded_when_the_script_changes),
        TEST(an_opinion_is_asked_of_somebody_else_and_given_by_that_one_alone),
        TEST(nobody_has_a_second_opinion_on_an_interview_of_their_own),
        TEST(a_hint_reaches_its_party_alone_and_not_too_often),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
