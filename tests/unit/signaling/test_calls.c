#include "tests/unit/signaling/call_fixture.h"

static struct rpc_caller officer, applicant;

static int setup(void **state)
{
    (void)state;
    fixture = fixture_new();
    fixture_add_interview(fixture, "i", g_get_real_time());
    officer = fixture_connect(fixture, RPC_OFFICER, "here", NULL);
    applicant = fixture_connect(fixture, RPC_APPLICANT, "i-a", "i");
    return 0;
}

static void assert_state(enum store_interview_state expected)
{
    assert_string_equal(interview_state_name(fixture_state(fixture, "i")), interview_state_name(expected));
}

static void ring(void)
{
    assert_call("ok", &applicant, "interview.ready", json_object());
    assert_call("ok", &officer, "call.start", fixture_of("i"));
}

static void begin_call(void)
{
    ring();
    assert_call("ok", &applicant, "call.accept", json_object());
}

/* ---- the call ---- */

static void nobody_joins_media_unadmitted_however_early(void **state)
{
    (void)state;
    assert_call("not_admitted", &applicant, "media.join", join_params(&applicant));
    assert_call("not_admitted", &officer, "media.join", join_params(&officer));
    ring();
    assert_call("not_admitted", &applicant, "media.join", join_params(&applicant));
    assert_call("ok", &officer, "media.join", join_params(&officer)); /* the officer's preview */
    assert_int_equal(peers(), 1);
    assert_call("ok", &applicant, "call.accept", json_object());
    assert_call("ok", &applicant, "media.join", join_params(&applicant));
    assert_int_equal(peers(), 2);
}

static void a_declined_call_leaves_nobody_admitted_and_no_media(void **state)
{
    (void)state;
    ring();
    assert_call("ok", &officer, "media.join", join_params(&officer));
    fixture_was_told(fixture, &officer, "");
    assert_call("ok", &applicant, "call.decline", json_object());
    assert_state(INTERVIEW_WAITING);
    assert_int_equal(peers(), 0);
    json_t *closed = fixture_told(fixture, &officer, "media.closed");
    assert_string_equal(json_string_value(json_object_get(closed, "reason")), "ended");
    json_decref(closed);
    assert_call("not_admitted", &officer, "media.join", join_params(&officer));
    ring();
    assert_state(INTERVIEW_RINGING);
}

static void a_late_guardian_waits_for_the_officer(void **state)
{
    (void)state;
    fixture_add_party(fixture, "i", "g", STORE_GUARDIAN);
    const struct rpc_caller guardian = fixture_connect(fixture, RPC_GUARDIAN, "g", "i");
    begin_call();
    assert_call("ok", &guardian, "interview.ready", json_object());
    assert_call("not_admitted", &guardian, "call.accept", json_object());
    assert_call("not_admitted", &guardian, "media.join", join_params(&guardian));
    assert_call("ok", &officer, "call.admit", json_pack("{s:s, s:s}", "interview_id", "i", "party_id", "g"));
    assert_call("ok", &guardian, "call.accept", json_object());
    assert_call("ok", &guardian, "media.join", join_params(&guardian));
}

static void a_guardian_who_waits_is_admitted_by_accepting(void **state)
{
    (void)state;
    fixture_add_party(fixture, "i", "g", STORE_GUARDIAN);
    const struct rpc_caller guardian = fixture_connect(fixture, RPC_GUARDIAN, "g", "i");
    assert_call("ok", &guardian, "interview.ready", json_object());
    assert_state(INTERVIEW_SCHEDULED); /* the applicant alone makes it waiting */
    ring();
    assert_false(fixture_admitted(fixture, "g"));
    assert_call("ok", &guardian, "call.accept", json_object());
    assert_state(INTERVIEW_RINGING);
    assert_call("wrong_state", &guardian, "media.join", join_params(&guardian));
    assert_call("ok", &applicant, "call.accept", json_object());
    assert_call("ok", &guardian, "media.join", join_params(&guardian));
}

static void a_guardian_at_whom_it_rings_may_accept_after_the_applicant(void **state)
{
    (void)state;
    fixture_add_party(fixture, "i", "g", STORE_GUARDIAN);
    const struct rpc_caller guardian = fixture_connect(fixture, RPC_GUARDIAN, "g", "i");
    assert_call("ok", &guardian, "interview.ready", json_object());
    ring();
    assert_call("ok", &applicant, "call.accept", json_object());
    assert_state(INTERVIEW_IN_CALL);
    assert_call("ok", &guardian, "call.accept", json_object());
    assert_call("ok", &guardian, "media.join", join_params(&guardian));
}

static void applicants_and_officers_are_not_let_in_by_admit(void **state)
{
    (void)state;
    ring();
    assert_call("forbidden", &officer, "call.admit", json_pack("{s:s, s:s}", "interview_id", "i", "party_id", "i-a"));
    assert_call("not_found", &officer, "call.admit", json_pack("{s:s, s:s}", "interview_id", "i", "party_id", "x"));
    assert_false(fixture_admitted(fixture, "i-a"));
}

static void another_missions_interview_is_not_found(void **state)
{
    (void)state;
    const struct rpc_caller stranger = fixture_connect(fixture, RPC_OFFICER, "elsewhere", NULL);
    static const char *const methods[] = {"interview.get", "call.start",   "call.cancel",
                                          "call.missed",   "capture.list", "note.list"};
    for (size_t i = 0; i < G_N_ELEMENTS(methods); i++) {
        assert_call("not_found", &stranger, methods[i], fixture_of("i"));
    }
    assert_call("not_found", &stranger, "call.abort", json_pack("{s:s, s:s}", "interview_id", "i", "reason", "x"));
    begin_call();
    assert_false(fixture_was_told(fixture, &stranger, "interview.changed"));
}

static void a_party_cannot_name_another_interview(void **state)
{
    (void)state;
    fixture_add_interview(fixture, "j", g_get_real_time());
    assert_call("forbidden", &applicant, "interview.get", fixture_of("j"));
    assert_call("forbidden", &applicant, "media.leave", fixture_of("j"));
    assert_call("forbidden", &applicant, "call.start", fixture_of("i"));
}

static void an_ended_interview_takes_everybodys_media_and_nobody_in(void **state)
{
    (void)state;
    begin_call();
    assert_call("ok", &officer, "media.join", join_params(&officer));
    assert_call("ok", &applicant, "media.join", join_params(&applicant));
    fixture_was_told(fixture, &applicant, "");
    assert_call("invalid_params", &officer, "call.end",
                json_pack("{s:s, s:s}", "interview_id", "i", "outcome", "not_confirmed"));
    assert_call("ok", &officer, "call.end",
                json_pack("{s:s, s:s}", "interview_id", "i", "outcome", "identity_confirmed"));
    assert_int_equal(peers(), 0);
    assert_true(fixture_was_told(fixture, &applicant, "media.closed"));
    assert_call("interview_over", &applicant, "media.join", join_params(&applicant));
    assert_call("interview_over", &applicant, "interview.ready", json_object());
    assert_call("interview_over", &officer, "call.start", fixture_of("i"));
}

static void a_draining_server_starts_no_call_but_lets_running_ones_go_on(void **state)
{
    (void)state;
    begin_call();
    fixture_add_interview(fixture, "j", g_get_real_time());
    const struct rpc_caller other = fixture_connect(fixture, RPC_APPLICANT, "j-a", "j");
    assert_call("ok", &other, "interview.ready", json_object());
    g_atomic_int_set(&fixture->service.draining, 1);
    assert_call("draining", &officer, "call.start", fixture_of("j"));
    assert_call("ok", &applicant, "media.join", join_params(&applicant));
    assert_int_equal(calls_running(fixture->service.calls), 1);
    calls_stop(fixture->service.calls);
    assert_call("draining", &applicant, "media.join", join_params(&applicant));
    assert_int_equal(peers(), 0);
    assert_state(INTERVIEW_IN_CALL);
}

static void media_is_joined_again_without_the_earlier_peer(void **state)
{
    (void)state;
    begin_call();
    assert_call("ok", &applicant, "media.join", join_params(&applicant));
    assert_call("ok", &applicant, "media.join", join_params(&applicant));
    assert_int_equal(peers(), 1);
    assert_false(fixture_was_told(fixture, &applicant, "media.closed")); /* the page that joins knows */
    json_t *params = join_params(&officer);
    assert_call("ok", &officer, "media.join", params);
    const struct rpc_caller second = fixture_connect(fixture, RPC_OFFICER, "here", NULL);
    assert_call("ok", &second, "media.join", join_params(&second));
    json_t *closed = fixture_told(fixture, &officer, "media.closed");
    assert_string_equal(json_string_value(json_object_get(closed, "reason")), "replaced");
    json_decref(closed);
    assert_int_equal(peers(), 2);
}

static void the_answer_says_who_is_in_which_slot(void **state)
{
    (void)state;
    begin_call();
    assert_call("ok", &officer, "media.join", join_params(&officer));
    json_t *reply = fixture_call(fixture, &applicant, "media.join", join_params(&applicant));
    const char *role = NULL, *name = NULL;
    assert_int_equal(json_unpack(reply, "{s:{s:[{s:s, s:s}]}}", "result", "slots", "role", &role, "name", &name), 0);
    assert_string_equal(role, "officer");
    assert_string_equal(name, "Chen Jing");
    json_decref(reply);
}

static void offers_that_cannot_be_used_are_refused_with_the_reason(void **state)
{
    (void)state;
    begin_call();
    assert_call("sdp_refused", &applicant, "media.join", json_pack("{s:s}", "sdp", "v=0"));
    assert_call("peer_gone", &applicant, "media.restart", join_params(&applicant));
    g_autofree char *huge = g_strnfill(64 * 1024 + 1, 'v');
    assert_call("invalid_params", &applicant, "media.join", json_pack("{s:s}", "sdp", huge));
}

static void a_test_room_is_ones_own_and_ends_by_itself(void **state)
{
    (void)state;
    assert_call("ok", &applicant, "media.test", join_params(&applicant));
    assert_call("ok", &applicant, "media.test", join_params(&applicant)); /* once more replaces the first */
    assert_int_equal(peers(), 1);
    tick_in(10);
    assert_int_equal(peers(), 1);
    tick_in(20);
    assert_int_equal(peers(), 0);
}

static void screenshots_are_for_the_officer_in_the_call_and_say_what_is_missing(void **state)
{
    (void)state;
    json_t *face = json_pack("{s:s, s:s, s:s}", "interview_id", "i", "party_id", "i-a", "kind", "face");
    assert_call("wrong_state", &officer, "capture.take", json_incref(face));
    begin_call();
    assert_call("no_video", &officer, "capture.take", json_incref(face));
    assert_call("forbidden", &applicant, "capture.take", json_incref(face));
    assert_call("ok", &applicant, "media.join", join_params(&applicant));
    assert_call("ok", &applicant, "media.state", json_pack("{s:s, s:s}", "microphone", "on", "camera", "off"));
    json_t *reply = fixture_call(fixture, &officer, "capture.take", json_incref(face));
    const char *message = "";
    json_unpack(reply, "{s:{s:s}}", "error", "message", &message);
    assert_non_null(strstr(message, "camera is off"));
    json_decref(reply);
    json_decref(face);
}

/* ---- coming, going, coming back ---- */

static void a_lost_connection_is_no_loss_within_the_grace(void **state)
{
    (void)state;
    begin_call();
    assert_call("ok", &applicant, "media.join", join_params(&applicant));
    fixture_disconnect(fixture, &applicant);
    tick_in(29);
    assert_int_equal(peers(), 1);
    applicant = fixture_connect(fixture, RPC_APPLICANT, "i-a", "i");
    tick_in(3600);
    assert_int_equal(peers(), 1);
    assert_state(INTERVIEW_IN_CALL);
}

static void lost_for_good_in_a_call_ends_that_partys_media_alone(void **state)
{
    (void)state;
    begin_call();
    assert_call("ok", &applicant, "media.join", join_params(&applicant));
    assert_call("ok", &officer, "media.join", join_params(&officer));
    fixture_disconnect(fixture, &applicant);
    tick_in(31);
    assert_int_equal(peers(), 1);
    assert_state(INTERVIEW_IN_CALL);
    applicant = fixture_connect(fixture, RPC_APPLICANT, "i-a", "i"); /* may come back while the call lives */
    assert_call("ok", &applicant, "media.join", join_params(&applicant));
    assert_int_equal(peers(), 2);
}

static void an_applicant_lost_while_it_rings_is_not_waiting_any_more(void **state)
{
    (void)state;
    ring();
    assert_call("ok", &officer, "media.join", join_params(&officer));
    fixture_disconnect(fixture, &applicant);
    tick_in(31);
    assert_state(INTERVIEW_SCHEDULED);
    assert_int_equal(peers(), 0);
    struct store_party *row = store_party_get(fixture->service.store, "i-a", NULL);
    assert_false(row->ready);
    store_party_free(row);
}

static void signing_out_ends_the_media_at_once(void **state)
{
    (void)state;
    begin_call();
    assert_call("ok", &officer, "media.join", join_params(&officer));
    calls_sign_out(fixture->service.calls, &officer);
    tick_in(0);
    assert_int_equal(peers(), 0);
}

static void a_second_page_of_a_party_takes_over(void **state)
{
    (void)state;
    const struct rpc_caller second = fixture_connect(fixture, RPC_APPLICANT, "i-a", "i");
    assert_true(fixture_was_told(fixture, &applicant, "session.replaced"));
    assert_call("ok", &second, "interview.ready", json_object());
    assert_false(fixture_was_told(fixture, &applicant, "interview.changed"));
    fixture_disconnect(fixture, &applicant);
    tick_in(3600);
    assert_state(INTERVIEW_WAITING);
}

/* ---- time ---- */

static void ringing_stops_by_itself(void **state)
{
    (void)state;
    ring();
    tick_in(59);
    assert_state(INTERVIEW_RINGING);
    tick_in(60);
    assert_state(INTERVIEW_WAITING);
}

static void an_abandoned_call_is_aborted_after_ten_minutes_without_anybody(void **state)
{
    (void)state;
    begin_call();
    fixture_disconnect(fixture, &applicant);
    fixture_disconnect(fixture, &officer);
    tick_in(31);
    tick_in(31 + 599);
    assert_state(INTERVIEW_IN_CALL);
    tick_in(31 + 601);
    assert_state(INTERVIEW_ABORTED);
    struct store_interview *row = store_interview_get(fixture->service.store, "i", NULL);
    assert_string_equal(row->reason, "abandoned");
    store_interview_free(row);
}

/* No-shows are looked for at every tenth tick. */
static void ticks_in(int64_t seconds)
{
    for (unsigned i = 0; i < 10; i++) {
        tick_in(seconds);
    }
}

static void who_never_came_is_missed_and_who_is_there_is_not(void **state)
{
    (void)state;
    fixture_add_interview(fixture, "j", g_get_real_time());
    ticks_in(9 * 60);
    assert_int_equal(fixture_state(fixture, "j"), INTERVIEW_SCHEDULED);
    ticks_in(11 * 60);
    assert_int_equal(fixture_state(fixture, "j"), INTERVIEW_MISSED);
    assert_state(INTERVIEW_SCHEDULED); /* its applicant is still at the device check */
}

/* ---- a restart ---- */

static void a_call_goes_on_after_a_restart_with_a_fresh_grace(void **state)
{
    (void)state;
    begin_call();
    fixture_stop(fixture);
    fixture_start(fixture);
    tick_in(29);
    assert_int_equal(calls_running(fixture->service.calls), 1);
    officer = fixture_connect(fixture, RPC_OFFICER, "here", NULL);
    applicant = fixture_connect(fixture, RPC_APPLICANT, "i-a", "i");
    assert_call("ok", &applicant, "media.join", join_params(&applicant));
    assert_call("ok", &officer, "media.join", join_params(&officer));
    tick_in(3600);
    assert_int_equal(peers(), 2);
    assert_state(INTERVIEW_IN_CALL);
}

static void who_does_not_come_back_after_a_restart_is_lost(void **state)
{
    (void)state;
    assert_call("ok", &applicant, "interview.ready", json_object());
    fixture_stop(fixture);
    fixture_start(fixture);
    tick_in(29);
    assert_state(INTERVIEW_WAITING);
    tick_in(31);
    assert_state(INTERVIEW_SCHEDULED);
}

static void views_grow_in_version_with_every_change_and_over_a_restart(void **state)
{
    (void)state;
    json_int_t last = 0;
    for (unsigned i = 0; i < 4; i++) {
        json_t *reply = fixture_call(fixture, &officer, "interview.get", fixture_of("i"));
        const json_int_t version = json_integer_value(json_object_get(json_object_get(reply, "result"), "version"));
        json_decref(reply);
        assert_true(version > last);
        last = version;
        if (i == 0) {
            assert_call("ok", &applicant, "interview.ready", json_object());
        } else if (i == 1) {
            fixture_disconnect(fixture, &applicant); /* presence counts too */
            tick_in(31);
        } else {
            g_usleep(2000); /* versions begin at the clock's milliseconds */
            fixture_stop(fixture);
            fixture_start(fixture);
        }
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(nobody_joins_media_unadmitted_however_early),
        TEST(a_declined_call_leaves_nobody_admitted_and_no_media),
        TEST(a_late_guardian_waits_for_the_officer),
        TEST(a_guardian_who_waits_is_admitted_by_accepting),
        TEST(a_guardian_at_whom_it_rings_may_accept_after_the_applicant),
        TEST(applicants_and_officers_are_not_let_in_by_admit),
        TEST(another_missions_interview_is_not_found),
        TEST(a_party_cannot_name_another_interview),
        TEST(an_ended_interview_takes_everybodys_media_and_nobody_in),
        TEST(a_draining_server_starts_no_call_but_lets_running_ones_go_on),
        TEST(media_is_joined_again_without_the_earlier_peer),
        TEST(the_answer_says_who_is_in_which_slot),
        TEST(offers_that_cannot_be_used_are_refused_with_the_reason),
        TEST(a_test_room_is_ones_own_and_ends_by_itself),
        TEST(screenshots_are_for_the_officer_in_the_call_and_say_what_is_missing),
        TEST(a_lost_connection_is_no_loss_within_the_grace),
        TEST(lost_for_good_in_a_call_ends_that_partys_media_alone),
        TEST(an_applicant_lost_while_it_rings_is_not_waiting_any_more),
        TEST(signing_out_ends_the_media_at_once),
        TEST(a_second_page_of_a_party_takes_over),
        TEST(ringing_stops_by_itself),
        TEST(an_abandoned_call_is_aborted_after_ten_minutes_without_anybody),
        TEST(who_never_came_is_missed_and_who_is_there_is_not),
        TEST(a_call_goes_on_after_a_restart_with_a_fresh_grace),
        TEST(who_does_not_come_back_after_a_restart_is_lost),
        TEST(views_grow_in_version_with_every_change_and_over_a_restart),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
