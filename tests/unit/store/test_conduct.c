/* How an interview is conducted: whose it is, its guardian, its script, a second opinion; and what is left of them. */
#include <string.h>

#include "tests/unit/store/disk.h"

#define ANSWER "Since May 2019, in Flushing"
#define REASON "The eyes are another person's"

static void add_officer(struct store *store, const char *id, const char *mission, const char *name)
{
    const struct store_officer officer = {.id = (char *)id,
                                          .mission = (char *)mission,
                                          .login = (char *)id,
                                          .name = (char *)name,
                                          .password_hash = (char *)"x"};
    assert_ok(store_officer_add(store, &officer, &error));
}

static void add_guardian(struct store *store)
{
    struct store_party guardian = sample_party("guardian-1", "interview-1");
    guardian.role = STORE_GUARDIAN;
    assert_ok(store_party_add(store, &guardian, NULL, &error));
    struct store_capture capture = sample_capture("capture-1");
    capture.party = (char *)"guardian-1";
    capture.kind = (char *)"document";
    g_autoptr(GBytes) jpeg = g_bytes_new_static("jpeg", 4);
    assert_ok(store_capture_add(store, &capture, jpeg, &error));
}

static struct store_guardianship sample_guardianship(const char *relation)
{
    return (struct store_guardianship){.party = (char *)"guardian-1",
                                       .relation = (char *)relation,
                                       .capture = (char *)"capture-1",
                                       .officer = (char *)"officer-1",
                                       .at_us = NOW_US};
}

static struct store_script_answer sample_answer(const char *item, const char *answer)
{
    return (struct store_script_answer){.interview = (char *)"interview-1",
                                        .item = (char *)item,
                                        .kind = (char *)"question",
                                        .en = (char *)"Since when?",
                                        .zh_hans = (char *)"什么时候？",
                                        .zh_hant = (char *)"什麼時候？",
                                        .officer = (char *)"officer-1",
                                        .at_us = NOW_US,
                                        .answer = (char *)answer};
}

static struct store_conduct *conduct_of(struct store *store)
{
    struct store_conduct *conduct;
    assert_ok(conduct = store_conduct_get(store, "interview-1", &error));
    return conduct;
}

/* The events of its history, one word each. */
static char *history_of(struct store *store)
{
    g_autoptr(GPtrArray) rows = store_interview_history(store, "interview-1", NULL);
    GString *text = g_string_new(NULL);
    for (guint i = 0; i < rows->len; i++) {
        const struct store_history *row = g_ptr_array_index(rows, i);
        g_string_append_printf(text, "%s%s", i > 0 ? " " : "", row->event);
    }
    return g_string_free(text, FALSE);
}

static void all_of_it_is_there_after_a_restart_with_its_history(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture->store;
    struct store_conduct *conduct = conduct_of(store);
    assert_null(conduct->assigned);
    assert_null(conduct->guardian.party);
    assert_null(conduct->opinion.officer);
    store_conduct_free(conduct);

    add_officer(store, "officer-2", "nyc", "An Ran");
    add_guardian(store);
    const struct store_guardianship first = sample_guardianship("father"), second = sample_guardianship("mother");
    assert_ok(store_interview_assign(store, "interview-1", "officer-1", "officer-2", "assigned", NOW_US, &error));
    assert_ok(store_guardianship_set(store, "interview-1", &first, &error));
    assert_ok(store_guardianship_set(store, "interview-1", &second, &error));
    struct store_opinion opinion = {.officer = (char *)"officer-2", .asked_by = (char *)"officer-1", .asked_us = 1};
    assert_ok(store_opinion_ask(store, "interview-1", &opinion, &error));
    opinion = (struct store_opinion){
        .officer = (char *)"officer-2", .opinion = (char *)"disagree", .reason = (char *)REASON, .given_us = 2};
    assert_ok(store_opinion_give(store, "interview-1", &opinion, &error));

    reopen(fixture);
    conduct = conduct_of(fixture->store);
    assert_string_equal(conduct->assigned_name, "Li Wei");
    assert_string_equal(conduct->guardian.relation, "mother");
    assert_string_equal(conduct->guardian.officer_name, "Li Wei");
    assert_string_equal(conduct->opinion.officer_name, "An Ran");
    assert_string_equal(conduct->opinion.opinion, "disagree");
    assert_string_equal(conduct->opinion.reason, REASON);
    assert_int_equal(conduct->opinion.asked_us, 1);
    assert_int_equal(conduct->opinion.given_us, 2);
    store_conduct_free(conduct);
    g_autofree char *history = history_of(fixture->store);
    assert_string_equal(history, "assigned guardian_identified guardian_identified opinion_asked opinion_given");
    struct store_interview *interview = store_interview_get(fixture->store, "interview-1", NULL);
    assert_int_equal(interview->version, 6);
    store_interview_free(interview);
}

static void an_opinion_is_given_once_and_by_who_was_asked_last(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    add_officer(store, "officer-2", "nyc", "An Ran");
    add_officer(store, "officer-3", "nyc", "Bao Lin");
    const struct store_opinion questions[] = {
        {.officer = (char *)"officer-2", .asked_by = (char *)"officer-1", .asked_us = 1},
        {.officer = (char *)"officer-3", .asked_by = (char *)"officer-1", .asked_us = 2}};
    const struct store_opinion answers[] = {
        {.officer = (char *)"officer-2", .opinion = (char *)"agree", .given_us = 3},
        {.officer = (char *)"officer-3", .opinion = (char *)"agree", .given_us = 4}};
    assert_fails(store_opinion_give(store, "interview-1", &answers[0], &error), STORE_ERROR_NOT_FOUND);
    assert_ok(store_opinion_ask(store, "interview-1", &questions[0], &error));
    assert_ok(store_opinion_ask(store, "interview-1", &questions[1], &error));
    assert_fails(store_opinion_give(store, "interview-1", &answers[0], &error), STORE_ERROR_NOT_FOUND);
    assert_ok(store_opinion_give(store, "interview-1", &answers[1], &error));
    assert_fails(store_opinion_give(store, "interview-1", &answers[1], &error), STORE_ERROR_CONFLICT);
    assert_fails(store_opinion_ask(store, "interview-1", &questions[0], &error), STORE_ERROR_CONFLICT);
    g_autofree char *history = history_of(store);
    assert_string_equal(history, "opinion_asked opinion_asked opinion_given"); /* nothing of what was refused */
}

static void an_answer_is_replaced_and_taken_back(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    const struct store_script_answer first = sample_answer("abroad", "no answer"),
                                     better = sample_answer("abroad", ANSWER);
    struct store_script_answer other = sample_answer("purpose", NULL);
    other.at_us = NOW_US + 1;
    assert_ok(store_script_answer_set(store, &first, &error));
    assert_ok(store_script_answer_set(store, &other, &error));
    assert_ok(store_script_answer_set(store, &better, &error));
    g_autoptr(GPtrArray) answers = NULL;
    assert_ok(answers = store_script_answer_list(store, "interview-1", &error));
    assert_int_equal(answers->len, 2);
    const struct store_script_answer *found = g_ptr_array_index(answers, 0);
    assert_string_equal(found->item, "abroad");
    assert_string_equal(found->answer, ANSWER);
    assert_string_equal(found->zh_hans, "什么时候？");
    assert_string_equal(found->officer_name, "Li Wei");
    found = g_ptr_array_index(answers, 1);
    assert_null(found->answer);

    assert_ok(store_script_answer_remove(store, "interview-1", "abroad", &error));
    assert_ok(store_script_answer_remove(store, "interview-1", "never asked", &error));
    g_autoptr(GPtrArray) left = store_script_answer_list(store, "interview-1", NULL);
    assert_int_equal(left->len, 1);
}

static void answers_and_reasons_are_sealed_and_go_with_the_interviews_key(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture->store;
    add_officer(store, "officer-2", "nyc", "An Ran");
    add_guardian(store);
    const struct store_script_answer answer = sample_answer("abroad", ANSWER);
    const struct store_guardianship guardianship = sample_guardianship("father");
    const struct store_opinion question = {
        .officer = (char *)"officer-2", .asked_by = (char *)"officer-1", .asked_us = 1};
    const struct store_opinion opinion = {
        .officer = (char *)"officer-2", .opinion = (char *)"agree", .reason = (char *)REASON, .given_us = 2};
    assert_ok(store_script_answer_set(store, &answer, &error));
    assert_ok(store_guardianship_set(store, "interview-1", &guardianship, &error));
    assert_ok(store_opinion_ask(store, "interview-1", &question, &error));
    assert_ok(store_opinion_give(store, "interview-1", &opinion, &error));
    assert_nowhere(fixture->path, ANSWER, sizeof(ANSWER) - 1);
    assert_nowhere(fixture->path, REASON, sizeof(REASON) - 1);

    assert_ok(store_interview_erase(store, "interview-1", "officer-1", NOW_US, &error));
    g_autoptr(GPtrArray) answers = NULL;
    assert_ok(answers = store_script_answer_list(store, "interview-1", &error));
    assert_null(((struct store_script_answer *)g_ptr_array_index(answers, 0))->answer);
    struct store_conduct *conduct = conduct_of(store);
    assert_null(conduct->opinion.reason);
    assert_string_equal(conduct->opinion.opinion, "agree");
    assert_string_equal(conduct->guardian.relation, "father");
    store_conduct_free(conduct);

    assert_fails(store_script_answer_set(store, &answer, &error), STORE_ERROR_NOT_FOUND);
    assert_fails(store_guardianship_set(store, "interview-1", &guardianship, &error), STORE_ERROR_NOT_FOUND);
    assert_fails(store_opinion_ask(store, "interview-1", &question, &error), STORE_ERROR_NOT_FOUND);
    assert_fails(store_interview_assign(store, "interview-1", "officer-2", "officer-1", "assigned", 1, &error),
                 STORE_ERROR_NOT_FOUND);
}

static void what_does_not_exist_is_not_referred_to(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    struct store_guardianship guardianship = sample_guardianship("father");
    assert_fails(store_guardianship_set(store, "interview-1", &guardianship, &error), STORE_ERROR_NOT_FOUND);
    add_guardian(store);
    guardianship.relation = (char *)"uncle";
    assert_fails(store_guardianship_set(store, "interview-1", &guardianship, &error), STORE_ERROR_CONFLICT);
    assert_fails(store_interview_assign(store, "interview-1", "nobody", "officer-1", "assigned", 1, &error),
                 STORE_ERROR_NOT_FOUND);
    assert_fails(store_conduct_get(store, "interview-9", &error), STORE_ERROR_NOT_FOUND);
    struct store_interview *interview = store_interview_get(store, "interview-1", NULL);
    assert_int_equal(interview->version, 1);
    store_interview_free(interview);
}

static void add_interview(struct store *store, const char *id, int64_t scheduled_us, const char *assigned)
{
    struct store_interview interview = sample_interview(id);
    interview.order_ref = (char *)id;
    interview.scheduled_us = scheduled_us;
    interview.guardian_needed = true;
    assert_ok(store_interview_add(store, &interview, &error));
    assert_ok(store_interview_assign(store, id, assigned, "system", "assigned", NOW_US, &error));
}

static void set_state(struct store *store, const char *id, enum store_interview_state state)
{
    struct store_interview *interview = store_interview_get(store, id, NULL);
    assert_true(interview->guardian_needed); /* also after an update */
    interview->state = state;
    assert_ok(store_interview_update(store, interview, "system", "test", NOW_US, &error));
    store_interview_free(interview);
}

static bool holds(const GPtrArray *ids, const char *id)
{
    return g_ptr_array_find_with_equal_func((GPtrArray *)ids, id, g_str_equal, NULL);
}

static void who_is_engaged_at_that_time_or_in_a_call_is_known(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    static const char *const ids[] = {"same", "touching", "inside", "over"};
    for (unsigned i = 0; i < G_N_ELEMENTS(ids); i++) {
        add_officer(store, ids[i], "nyc", ids[i]);
    }
    add_interview(store, "i-same", SCHEDULED_US, "same");
    add_interview(store, "i-touching", SCHEDULED_US + 20 * MINUTE_US, "touching");
    add_interview(store, "i-inside", SCHEDULED_US - 19 * MINUTE_US, "inside");
    add_interview(store, "i-over", SCHEDULED_US, "over");
    set_state(store, "i-over", INTERVIEW_MISSED);
    struct store_interview *interview = store_interview_get(store, "interview-1", NULL);
    g_autoptr(GPtrArray) engaged = NULL;
    assert_ok(engaged = store_officers_engaged(store, interview, &error));
    assert_int_equal(engaged->len, 2);
    assert_true(holds(engaged, "same") && holds(engaged, "inside"));
    store_interview_free(interview);

    struct store_party officer = sample_party("party-o", "i-same");
    officer.role = STORE_OFFICER;
    officer.officer = (char *)"same";
    officer.admitted = true;
    assert_ok(store_party_add(store, &officer, NULL, &error));
    g_autoptr(GPtrArray) before = store_officers_in_call(store, "nyc", NULL);
    assert_int_equal(before->len, 0);
    set_state(store, "i-same", INTERVIEW_IN_CALL);
    g_autoptr(GPtrArray) during = store_officers_in_call(store, "nyc", NULL);
    assert_true(holds(during, "same"));
    g_autoptr(GPtrArray) elsewhere = store_officers_in_call(store, "sto", NULL);
    assert_int_equal(elsewhere->len, 0);
    set_state(store, "i-same", INTERVIEW_ENDED);
    g_autoptr(GPtrArray) after = store_officers_in_call(store, "nyc", NULL);
    assert_int_equal(after->len, 0);
}

static void officers_are_listed_by_name_and_mission(void **state)
{
    struct store *store = ((struct fixture *)*state)->store;
    const struct store_mission mission = {
        .id = (char *)"sto", .name_en = (char *)"S", .name_zh_hans = (char *)"斯", .time_zone = (char *)"UTC"};
    assert_ok(store_mission_add(store, &mission, &error));
    add_officer(store, "officer-2", "nyc", "An Ran");
    add_officer(store, "officer-3", "sto", "Bao Lin");
    g_autoptr(GPtrArray) officers = NULL;
    assert_ok(officers = store_officer_list(store, "nyc", &error));
    assert_int_equal(officers->len, 2);
    assert_string_equal(((struct store_officer *)g_ptr_array_index(officers, 0))->name, "An Ran");
    assert_string_equal(((struct store_officer *)g_ptr_array_index(officers, 1))->name, "Li Wei");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_with_store(all_of_it_is_there_after_a_restart_with_its_history),
        test_with_store(an_opinion_is_given_once_and_by_who_was_asked_last),
        test_with_store(an_answer_is_replaced_and_taken_back),
        test_with_store(answers_and_reasons_are_sealed_and_go_with_the_interviews_key),
        test_with_store(what_does_not_exist_is_not_referred_to),
        test_with_store(who_is_engaged_at_that_time_or_in_a_call_is_known),
        test_with_store(officers_are_listed_by_name_and_mission),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
