/* A running call changes hands: offered, taken over, lost, and never without an officer. */
#include "tests/unit/signaling/conduct_fixture.h"

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
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
