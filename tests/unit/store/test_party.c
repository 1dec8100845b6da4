#include <pthread.h>

#include "tests/unit/store/fixture.h"

static struct store_party *redeem(struct fixture *fixture, const char *device, GError **error)
{
    return store_ticket_redeem(fixture->store, fixture->ticket, device, NOW_US, error);
}

static void a_ticket_is_tied_to_its_first_device(void **state)
{
    struct fixture *fixture = *state;
    struct store_party *party;
    assert_ok(party = store_ticket_find(fixture->store, fixture->ticket, NOW_US, &error));
    assert_false(party->device_tied); /* looking ties nothing */
    store_party_free(party);
    assert_ok(party = redeem(fixture, "phone", &error));
    assert_true(party->device_tied);
    assert_string_equal(party->name, APPLICANT_NAME);
    assert_int_equal(party->role, STORE_APPLICANT);
    store_party_free(party);

    reopen(fixture);
    assert_fails(redeem(fixture, "laptop", &error), STORE_ERROR_DEVICE);
    assert_ok(party = redeem(fixture, "phone", &error));
    store_party_free(party);
}

static void a_ticket_that_opens_nothing_says_why(void **state)
{
    struct fixture *fixture = *state;
    struct store *store = fixture->store;
    assert_fails(store_ticket_find(store, "guessed", NOW_US, &error), STORE_ERROR_NOT_FOUND);
    assert_fails(store_ticket_find(store, fixture->ticket, EXPIRES_US, &error), STORE_ERROR_EXPIRED);
    assert_ok(store_interview_reschedule(store, "interview-1", SCHEDULED_US + 1, "officer-1", NOW_US, &error));
    assert_fails(redeem(fixture, "phone", &error), STORE_ERROR_RESCHEDULED);
    assert_ok(store_interview_reschedule(store, "interview-1", SCHEDULED_US, "officer-1", NOW_US, &error));
    assert_ok(store_ticket_revoke(store, "party-1", &error));
    assert_fails(redeem(fixture, "phone", &error), STORE_ERROR_REVOKED);
    assert_fails(store_ticket_revoke(store, "nobody", &error), STORE_ERROR_NOT_FOUND);
}

static void revoking_a_ticket_ends_the_sessions_it_gave(void **state)
{
    struct fixture *fixture = *state;
    const struct store_session session = {.id = (char *)"s1", .party = (char *)"party-1", .expires_us = EXPIRES_US};
    assert_ok(store_session_add(fixture->store, &session, "token", &error));
    assert_ok(store_ticket_revoke(fixture->store, "party-1", &error));
    assert_fails(store_session_find(fixture->store, "token", NOW_US, &error), STORE_ERROR_NOT_FOUND);
}

static void a_new_ticket_takes_the_place_of_a_spent_one(void **state)
{
    struct fixture *fixture = *state;
    struct store_party *party;
    assert_ok(party = redeem(fixture, "lost phone", &error));
    store_party_free(party);
    assert_ok(store_interview_reschedule(fixture->store, "interview-1", SCHEDULED_US + 1, "officer-1", NOW_US, &error));
    assert_ok(store_ticket_issue(fixture->store, "party-1", "fresh", EXPIRES_US, &error));
    assert_fails(redeem(fixture, "lost phone", &error), STORE_ERROR_NOT_FOUND);
    assert_ok(party = store_ticket_redeem(fixture->store, "fresh", "new phone", NOW_US, &error));
    store_party_free(party);
    assert_fails(store_ticket_issue(fixture->store, "nobody", "other", EXPIRES_US, &error), STORE_ERROR_NOT_FOUND);
}

#define DEVICES 8

struct attempt {
    struct fixture *fixture;
    pthread_barrier_t *start;
    char device[16];
    int outcome; /* -1: redeemed, else the error */
};

static void *attempt_redeem(void *data)
{
    struct attempt *attempt = data;
    g_autoptr(GError) error = NULL;
    pthread_barrier_wait(attempt->start);
    struct store_party *party = redeem(attempt->fixture, attempt->device, &error);
    attempt->outcome = party != NULL ? -1 : error->code;
    store_party_free(party);
    return NULL;
}

static void of_many_devices_at_the_same_moment_one_wins(void **state)
{
    pthread_barrier_t start;
    pthread_barrier_init(&start, NULL, DEVICES);
    struct attempt attempts[DEVICES];
    pthread_t threads[DEVICES];
    for (unsigned i = 0; i < DEVICES; i++) {
        attempts[i] = (struct attempt){.fixture = *state, .start = &start};
        g_snprintf(attempts[i].device, sizeof(attempts[i].device), "device-%u", i);
        assert_int_equal(pthread_create(&threads[i], NULL, attempt_redeem, &attempts[i]), 0);
    }
    unsigned won = 0, refused = 0;
    for (unsigned i = 0; i < DEVICES; i++) {
        pthread_join(threads[i], NULL);
        won += attempts[i].outcome == -1;
        refused += attempts[i].outcome == STORE_ERROR_DEVICE;
    }
    pthread_barrier_destroy(&start);
    assert_int_equal(won, 1);
    assert_int_equal(refused, DEVICES - 1);
}

static void parties_keep_their_order_and_their_marks(void **state)
{
    struct fixture *fixture = *state;
    struct store_party officer = sample_party("a-officer", "interview-1");
    officer.role = STORE_OFFICER;
    officer.officer = (char *)"officer-1";
    assert_ok(store_party_add(fixture->store, &officer, NULL, &error));
    assert_ok(store_party_set(fixture->store, "party-1", true, false, &error));
    assert_fails(store_party_set(fixture->store, "nobody", true, true, &error), STORE_ERROR_NOT_FOUND);

    g_autoptr(GPtrArray) parties = NULL;
    assert_ok(parties = store_party_list(fixture->store, "interview-1", &error));
    assert_int_equal(parties->len, 2);
    const struct store_party *first = parties->pdata[0], *second = parties->pdata[1];
    assert_string_equal(first->id, "party-1");
    assert_true(first->ready);
    assert_false(first->admitted);
    assert_true(first->ticket_expires_us == EXPIRES_US);
    assert_string_equal(second->officer, "officer-1");
    assert_true(second->ticket_expires_us == 0);
}

/* An officer and a guardian are none of an interview's applicant, wherever they stand. */
static void applicants_are_named_in_the_order_of_their_interviews(void **state)
{
    struct fixture *fixture = *state;
    struct store_interview interviews[] = {sample_interview("of an officer alone"), sample_interview("interview-1"),
                                           sample_interview("erased"), sample_interview("of a guardian, too")};
    struct store_party parties[] = {sample_party("p1", interviews[0].id), sample_party("p2", interviews[2].id),
                                    sample_party("p3", interviews[3].id), sample_party("p4", interviews[3].id)};
    parties[0].role = STORE_OFFICER;
    parties[2].role = STORE_GUARDIAN;
    parties[2].name = (char *)"Zhang Wei";
    parties[3].name = (char *)"Li Na";
    g_autoptr(GPtrArray) asked = g_ptr_array_new(), names = NULL, none = NULL;
    for (unsigned i = 0; i < G_N_ELEMENTS(interviews); i++) {
        if (i != 1) { /* the fixture's own */
            assert_ok(store_interview_add(fixture->store, &interviews[i], &error));
        }
        g_ptr_array_add(asked, &interviews[i]);
    }
    for (unsigned i = 0; i < G_N_ELEMENTS(parties); i++) {
        assert_ok(store_party_add(fixture->store, &parties[i], NULL, &error));
    }
    assert_ok(store_interview_erase(fixture->store, "erased", "officer-1", NOW_US, &error));

    static const char *const expected[] = {"", APPLICANT_NAME, "", "Li Na"};
    assert_ok(names = store_party_applicants(fixture->store, asked, &error));
    assert_int_equal(names->len, G_N_ELEMENTS(expected));
    for (unsigned i = 0; i < names->len; i++) {
        assert_string_equal(names->pdata[i], expected[i]);
    }
    g_ptr_array_set_size(asked, 0);
    assert_ok(none = store_party_applicants(fixture->store, asked, &error));
    assert_int_equal(none->len, 0);
}

static void a_ticket_cannot_be_given_twice(void **state)
{
    struct fixture *fixture = *state;
    const struct store_party guardian = sample_party("party-2", "interview-1");
    assert_fails(store_party_add(fixture->store, &guardian, fixture->ticket, &error), STORE_ERROR_CONFLICT);
    const struct store_party stray = sample_party("party-3", "no interview");
    assert_fails(store_party_add(fixture->store, &stray, NULL, &error), STORE_ERROR_NOT_FOUND);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        test_with_store(a_ticket_is_tied_to_its_first_device),
        test_with_store(a_ticket_that_opens_nothing_says_why),
        test_with_store(revoking_a_ticket_ends_the_sessions_it_gave),
        test_with_store(a_new_ticket_takes_the_place_of_a_spent_one),
        test_with_store(of_many_devices_at_the_same_moment_one_wins),
        test_with_store(parties_keep_their_order_and_their_marks),
        test_with_store(applicants_are_named_in_the_order_of_their_interviews),
        test_with_store(a_ticket_cannot_be_given_twice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
