/* Several officers and one interview: whose it is, guardians, scripts, opinions, hints. */
#include "signaling/policy.h"
#include "tests/unit/signaling/conduct_fixture.h"

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
